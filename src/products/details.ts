/**
 * Details of an operation: small whole numbers by name that travel in the 12 free bits of its id beside the time, so that no record has a field
 * for them and no ledger keeps them apart: who has the id has them. The first that is named has the lowest bits.
 *
 *   id, words 0 and 1      unix ms, 48 bits | 0x7 | 12 bits of details
 *   `detailWord`           details of the operation, 12 bits | those of what it refers to, 12 bits
 *
 * Pure arithmetic.
 */
import type { DetailWidths, ProductDefinition, ProductOperation } from './product.js';

export const DETAIL_BITS = 12;
export const DETAIL_MASK = 2 ** DETAIL_BITS - 1;

export interface Detail {
  readonly name: string;
  /** Place and width in the word that `detailWord` makes. */
  readonly shift: number;
  readonly bits: number;
}

/** Of an operation and of what it refers to. */
export function detailWord(own: number, earlier: number): number {
  return own | (earlier << DETAIL_BITS);
}

/** The 12 bits, out of word 1 of an id. */
export function idDetails(word1: number): number {
  return word1 & DETAIL_MASK;
}

export function detailOf({ bits, shift }: Detail, word: number): number {
  return (word >>> shift) & (2 ** bits - 1);
}

/** Over the columns `id_hi` and `reference_hi`. */
export function detailSql({ bits, shift }: Detail): string {
  const isEarlier = shift >= DETAIL_BITS;
  const [column, from] = isEarlier ? ['reference_hi', shift - DETAIL_BITS] : ['id_hi', shift];
  return `((${column} >> ${from}) & ${2 ** bits - 1})::bigint`;
}

/** Those that the operation's own id has; none where it has none. `within`: operations that are being asked for theirs. */
export function ownDetails(
  product: ProductDefinition,
  operation: ProductOperation,
  within: readonly ProductOperation[] = [],
): readonly Detail[] {
  const { details = {} } = operation;
  if (details !== 'same') return laidOut(details);
  return within.includes(operation) ? [] : earlierDetails(product, operation, within);
}

/** Those in the id that it refers to, with the places that they have there: none where these differ, or are of another product. */
export function earlierDetails(
  product: ProductDefinition,
  operation: ProductOperation,
  within: readonly ProductOperation[] = [],
): readonly Detail[] {
  const [first, ...others] = (operation.refersTo ?? []).map((kind) => {
    const [of, key = ''] = kind.split('.');
    const earlier = of === product.name ? product.operations[key] : undefined;
    return earlier === undefined ? [] : ownDetails(product, earlier, [...within, operation]);
  });
  const isOne = others.every((other) => JSON.stringify(other) === JSON.stringify(first));
  return isOne ? (first ?? []) : [];
}

/** In the id that is referred to. */
export function atReference(detail: Detail): Detail {
  return { ...detail, shift: detail.shift + DETAIL_BITS };
}

/** By name as expressions have it. */
export function detailNames(
  product: ProductDefinition,
  operation: ProductOperation,
): ReadonlyMap<string, Detail> {
  const own = ownDetails(product, operation).map((one) => [one.name, one] as const);
  const earlier = earlierDetails(product, operation).map(
    (one) => [`of.${one.name}`, atReference(one)] as const,
  );
  return new Map([...own, ...earlier]);
}

function laidOut(widths: DetailWidths): readonly Detail[] {
  let shift = 0;
  return Object.entries(widths).map(([name, bits]) => {
    const detail = { name, shift, bits };
    shift += bits;
    return detail;
  });
}
