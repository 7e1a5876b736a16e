/**
 * Every kind of operation that there is: those of wire/operation-kinds.ts and those of the products. What asks for kinds asks here.
 */
import { RECEIPT_LEGS } from '../wire/acks.js';
import {
  OPERATION_KIND_NAMES,
  OPERATION_KINDS,
  type OperationKindRow,
} from '../wire/operation-kinds.js';
import { Catalogue, MONEY, type ProductKind } from './catalogue.js';
import { lateS } from './code.js';
import { OUR_PRODUCTS } from './ours.js';
import { ACCOUNT_CLASS_MAX, type ProductDefinition } from './product.js';
import { theirProducts } from './theirs.js';

export interface KnownKind {
  /** `pay`, `huabei.pay`. */
  readonly name: string;
  readonly row: OperationKindRow;
}

/** Not ours: see theirs.ts. */
export const THEIR_PRODUCTS = theirProducts();

export const CATALOGUE = new Catalogue([...OUR_PRODUCTS, ...THEIR_PRODUCTS]);

/** In order of their numbers. */
const KINDS: readonly KnownKind[] = [
  ...OPERATION_KIND_NAMES.map((name) => ({ name, row: OPERATION_KINDS[name] })),
  ...CATALOGUE.kinds,
].sort((a, b) => a.row.number - b.row.number);

const BY_NUMBER: readonly (KnownKind | undefined)[] = Array.from({ length: 256 }, (_, number) =>
  KINDS.find(({ row }) => row.number === number),
);

const BY_NAME: ReadonlyMap<string, KnownKind> = new Map(KINDS.map((kind) => [kind.name, kind]));

const PRODUCT_KINDS: readonly (ProductKind | undefined)[] = Array.from(
  { length: 256 },
  (_, number) => CATALOGUE.kinds.find(({ row }) => row.number === number),
);

/** Names of the kinds for which `holds`, in order of their numbers. */
export function kindsWhere(holds: (row: OperationKindRow) => boolean): readonly string[] {
  return KINDS.flatMap(({ name, row }) => (holds(row) ? [name] : []));
}

/** By number, 256 long: 1 for the kinds for which `holds`. For loops over millions of records. */
export function kindFlags(holds: (row: OperationKindRow) => boolean): Uint8Array {
  const flags = new Uint8Array(256);
  for (const { row } of KINDS) if (holds(row)) flags[row.number] = 1;
  return flags;
}

/** Undefined for a number that no kind has. */
export function operationKind(number: number): KnownKind | undefined {
  return BY_NUMBER[number];
}

/** Undefined for a name that no kind has. */
export function kindNamed(name: string): KnownKind | undefined {
  return BY_NAME.get(name);
}

/** Of a name that stands in the table. */
export function knownKind(name: string): KnownKind {
  const kind = BY_NAME.get(name);
  if (kind === undefined) throw new Error(`there is no kind ${name}`);
  return kind;
}

/** Undefined for a number that is no product's. */
export function productKind(number: number): ProductKind | undefined {
  return PRODUCT_KINDS[number];
}

/**
 * By number: 1 for kinds that go on from something of their user's alone, towards somebody who had no part in it: the shard of the
 * other knows nothing of what is referred to.
 */
export const PASSES_ON: Uint8Array = kindFlags(
  ({ counterparty, goesOn, refersTo }) =>
    goesOn !== undefined &&
    counterparty !== undefined &&
    refersTo.every((name) => BY_NAME.get(name)?.row.counterparty === undefined),
);

/** By number: 1 for kinds that go on from something that may have had a counterparty, and have none themselves. */
export const GOES_ON_ALONE: Uint8Array = kindFlags(
  ({ counterparty, goesOn }) => goesOn !== undefined && counterparty === undefined,
);

/** Each kind by name with each that it may refer to. */
export const KINDS_REFERRED: readonly (readonly [kind: string, refersTo: string])[] = KINDS.flatMap(
  ({ name, row }) => row.refersTo.map((to) => [name, to] as const),
);

/** By number: how far the code in an id may lie ahead of the clock, milliseconds; 0 for kinds whose ids are no codes. */
export const CODE_AHEAD_MS: Float64Array = Float64Array.from(
  PRODUCT_KINDS,
  (kind) => (kind?.operation.code?.windowS ?? 0) * 1000,
);

/** By number: how far it may lie behind. */
export const CODE_LATE_MS: Float64Array = Float64Array.from(
  PRODUCT_KINDS,
  (kind) => lateS(kind?.operation.code) * 1000,
);

/** By number: how long after the time in the id that is referred to, milliseconds; 0 for kinds that may happen at once. */
export const AFTER_MS: Float64Array = Float64Array.from(
  PRODUCT_KINDS,
  (kind) => (kind?.operation.afterS ?? 0) * 1000,
);

/** By number: 1 for kinds of which what they refer to may come after them. */
export const AWAITS: Uint8Array = Uint8Array.from(PRODUCT_KINDS, (kind) =>
  kind?.operation.awaits === true ? 1 : 0,
);

/** By number: 1 for the kinds with more legs than a receipt tells; theirs tell those of home alone, the first of them. */
export const WIDE: Uint8Array = Uint8Array.from(PRODUCT_KINDS, (kind) =>
  kind !== undefined && kind.legs.length > RECEIPT_LEGS ? 1 : 0,
);

/** By number: 1 for the kinds whose legs depend on details in ids. */
export const DETAILED: Uint8Array = Uint8Array.from(PRODUCT_KINDS, (kind) =>
  kind?.isDetailed === true ? 1 : 0,
);

/** By class: 1 for accounts that merchants have of a product. */
export const OF_MERCHANT: Uint8Array = Uint8Array.from(
  { length: ACCOUNT_CLASS_MAX + 1 },
  (_, number) => (CATALOGUE.classes.get(number)?.account.of === 'merchant' ? 1 : 0),
);

/** By class: 1 for accounts that count other things than money. */
export const NO_MONEY: Uint8Array = Uint8Array.from(
  { length: ACCOUNT_CLASS_MAX + 1 },
  (_, number) => ((CATALOGUE.classes.get(number)?.account.asset ?? MONEY) === MONEY ? 0 : 1),
);

/** The products of these names. Throws an Error of one line where there is none of a name. */
export function productsNamed(names: readonly string[]): readonly ProductDefinition[] {
  return names.map((name) => {
    const product = CATALOGUE.products.find((one) => one.name === name);
    if (product !== undefined) return product;
    const known = CATALOGUE.products.map((one) => one.name).join(', ');
    throw new Error(`there is no product ${name}; there are ${known}`);
  });
}

/** By number: 1 for the kinds of these products. */
export function kindsOffered(products: readonly ProductDefinition[]): Uint8Array {
  const flags = new Uint8Array(256);
  for (const { product, row } of CATALOGUE.kinds)
    if (products.includes(product)) flags[row.number] = 1;
  return flags;
}

/** Number by name, of all kinds. */
export const KIND_NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(
  KINDS.map(({ name, row }) => [name, row.number]),
);
