/**
 * From here on this process, its threads and its children know these products beside ours. To be called before anything else of the harness
 * is loaded: tables of kinds are made once, when they are first asked for.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemsOfProducts } from '../../products/check-product.js';
import type { ProductDefinition } from '../../products/product.js';
import { ProductFormatError, readProduct } from '../../products/read-product.js';
import { handOnProducts } from '../../products/theirs.js';
import { messageOf } from '../message-of.js';
import { PLAN_FILE } from '../records/plan-record.js';
import { UserError } from '../user-error.js';
import { loadProducts } from './load-products.js';

/** Throws UserError where one is wrong. */
export async function useProducts(folder: string): Promise<void> {
  use(await loadProducts(folder), folder);
}

/** Those that a run was made with: its plan.json has them. A folder that holds no run says nothing. Throws UserError. */
export function useProductsOfRun(folder: string): void {
  const file = join(folder, PLAN_FILE);
  if (!existsSync(file)) return;
  const products = productsIn(readFileSync(file, 'utf8'), file);
  if (products.length > 0) use(products, file);
}

function use(products: readonly ProductDefinition[], where: string): void {
  const [problem] = problemsOfProducts(products);
  if (problem !== undefined) throw new UserError(`the products in ${where}: ${problem}`);
  try {
    handOnProducts(products);
  } catch (cause) {
    throw new UserError(`the products in ${where}: ${messageOf(cause)}`, { cause });
  }
}

/** What is no plan, is for whoever reads it as one to say. */
function productsIn(text: string, file: string): readonly ProductDefinition[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return [];
  }
  const told =
    typeof content === 'object' && content !== null && 'own_products' in content
      ? content.own_products
      : [];
  if (!Array.isArray(told)) throw new UserError(`${file}: own_products is no list of products`);
  try {
    return told.map(readProduct);
  } catch (cause) {
    if (!(cause instanceof ProductFormatError)) throw cause;
    throw new UserError(`${file}: own_products: ${cause.message}`, { cause });
  }
}
