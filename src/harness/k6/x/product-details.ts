/**
 * Details that a script gives to an operation of a product, `{ from: 1, to: 3 }`, become 12 bits of its id; out of an id that the script
 * gives itself, and out of the one that is referred to, they are read. Throws a TypeError that names the operation and the detail.
 */
import type { ProductKind } from '../../../products/catalogue.js';
import { type Detail, detailOf, detailWord, idDetails } from '../../../products/details.js';
import type { OperationIdWords } from '../../../wire/operation-id.js';

/** What orders say of details: any of their fields may be one. */
export type DetailFields = Readonly<Record<string, unknown>>;

export interface GivenIds {
  /** Of the operation, where the script gives it. */
  readonly own: OperationIdWords | undefined;
  readonly earlier: OperationIdWords | undefined;
}

/** `detailWord` of the operation. */
export function detailsOfOrder(kind: ProductKind, order: DetailFields, ids: GivenIds): number {
  const earlier = ids.earlier === undefined ? 0 : idDetails(ids.earlier[1]);
  const names = kind.details.filter(({ name }) => order[name] !== undefined);
  if (kind.isSame) return detailWord(earlier, earlier);
  if (ids.own !== undefined) {
    const own = idDetails(ids.own[1]);
    const other = names.find((detail) => detailOf(detail, own) !== order[detail.name]);
    if (other !== undefined)
      throw new TypeError(
        `${kind.name}: ${other.name} is ${order[other.name]}, and in the id that is given ${detailOf(other, own)}`,
      );
    return detailWord(own, earlier);
  }
  let own = 0;
  for (const detail of kind.details) own |= fieldOf(kind, detail, order[detail.name]);
  const word = detailWord(own, earlier);
  if (kind.where !== undefined && kind.where.of(0, word) === 0) {
    const told = kind.details.map(({ name }) => `${name} ${order[name]}`).join(', ');
    throw new TypeError(
      `${kind.name}: there is none of ${told}: ${kind.operation.where} must not be 0`,
    );
  }
  return word;
}

function fieldOf({ name: kind }: ProductKind, { bits, name, shift }: Detail, value: unknown) {
  const most = 2 ** bits - 1;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw new TypeError(`${kind}: ${name} must be a whole number from 0 to ${most}, got ${value}`);
  return value << shift;
}
