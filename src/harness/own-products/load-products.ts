/**
 * A folder of product files: each `.ts`, `.js`, `.mjs`, `.json`, `.yaml`, `.yml` or `.toml` file directly in it is one product, and they are
 * read in the order of their names. What is wrong in one is told by its name, before anything is started.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProductDefinition } from '../../products/product.js';
import { ProductFormatError, readProduct } from '../../products/read-product.js';
import { messageOf } from '../message-of.js';
import { PLAIN_FILE } from '../targets/file/plain-file.js';
import { UserError } from '../user-error.js';

const PRODUCT_FILE = /(?<!\.d)\.(ts|js|mjs|json|yaml|yml|toml)$/;

/** What they mean is not checked yet. Throws UserError. */
export async function loadProducts(folder: string): Promise<readonly ProductDefinition[]> {
  const files = filesIn(folder);
  if (files.length === 0)
    throw new UserError(`${folder} has no product: one is a .ts, .js, .json, .yaml or .toml file`);
  const products: ProductDefinition[] = [];
  for (const file of files) products.push(await productIn(join(folder, file)));
  return products;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => PRODUCT_FILE.test(file))
      .sort();
  } catch (cause) {
    throw new UserError(`the products in ${folder} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function productIn(path: string): Promise<ProductDefinition> {
  const { loadConfig } = await import('c12');
  const { config } = await loadConfig<Record<string, unknown>>({
    cwd: join(path, '..'),
    configFile: basename(path),
    configFileRequired: true,
    ...PLAIN_FILE,
    // `paydrill` is this program, wherever the file lies.
    jitiOptions: {
      ...PLAIN_FILE.jitiOptions,
      moduleCache: false,
      alias: { paydrill: DEFINE_PRODUCT },
    },
  }).catch((cause: unknown) => {
    const reason = messageOf(cause).split('\n')[0];
    throw new UserError(`the product file ${path} cannot be read: ${reason}`, { cause });
  });
  try {
    return readProduct(config);
  } catch (cause) {
    if (!(cause instanceof ProductFormatError)) throw cause;
    throw new UserError(`the product file ${path}: ${cause.message}`, { cause });
  }
}

const DEFINE_PRODUCT = fileURLToPath(new URL('../../products/product.js', import.meta.url));
