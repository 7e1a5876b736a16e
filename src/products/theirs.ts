/**
 * Products that are not ours, in every process and thread of a drill: whoever has read and checked them (harness/own-products) puts them
 * into the environment, which children and threads inherit, before anything asks for kinds; kinds.ts takes them from there. A process has one set for good.
 */
import type { ProductDefinition } from './product.js';
import { readProduct } from './read-product.js';

/** Not one of the variables that stand for options: nobody types it. */
const VARIABLE = 'PRODUCTS_OF_A_PAYDRILL_DRILL';
/** Linux takes 128 KiB as one text of an environment. */
const BYTES_MAX = 120_000;

/** What kinds.ts took; undefined before it did. */
let taken: string | undefined;

/** None where nobody named any. */
export function theirProducts(): readonly ProductDefinition[] {
  taken = process.env[VARIABLE] ?? '';
  if (taken === '') return [];
  const content: unknown = JSON.parse(taken);
  return Array.isArray(content) ? content.map(readProduct) : [];
}

/** Checked ones. Throws an Error of one line where this process knows others already, and where they are too large. */
export function handOnProducts(products: readonly ProductDefinition[]): void {
  const text = products.length === 0 ? '' : JSON.stringify(products);
  if (taken !== undefined && taken !== text)
    throw new Error('this process knows other products already: another set needs another process');
  const bytes = Buffer.byteLength(text);
  if (bytes > BYTES_MAX)
    throw new Error(`they are ${bytes} bytes of JSON together, at most ${BYTES_MAX} are possible`);
  process.env[VARIABLE] = text;
}
