/**
 * Products as they are used: kinds of operation by number and name, account classes by number and name, postings ready to be written.
 * Made once from definitions that have passed check-product.ts. Pure.
 */
import { SYSTEM_ACCOUNT } from '../wire/accounts.js';
import { LEGS_MAX } from '../wire/ledger-commands.js';
import { ACCOUNT_FLAG } from '../wire/ledger-log.js';
import type { OperationKindRow } from '../wire/operation-kinds.js';
import { AMOUNT_MINOR_MAX } from '../wire/results.js';
import { atReference, type Detail, detailNames, earlierDetails, ownDetails } from './details.js';
import { AMOUNT, type Amount, parseAmount, type Scope } from './expression.js';
import type { ProductAccount, ProductDefinition, ProductOperation } from './product.js';

/** Which account a leg is on. */
export type LegAccount =
  /** The party's own. */
  | { readonly on: Side; readonly of: 'party' }
  /** The party's of a product. */
  | { readonly on: Side; readonly of: 'user'; readonly class: number }
  | { readonly on: 'far'; readonly of: 'merchant'; readonly class: number }
  /** Of the shard of the party. */
  | { readonly on: Side; readonly of: 'shard'; readonly class: number }
  | { readonly on: Side; readonly of: 'system'; readonly number: number };

/** `home`: on the shard of the user who asks. `far`: on that of the counterparty. */
export type Side = 'home' | 'far';

export interface CompiledLeg {
  readonly account: LegAccount;
  /** What it counts. */
  readonly asset: string;
  readonly amount: Amount;
  /** Of `rest` legs: the `first` is asked for the whole amount, `more` take what is left. */
  readonly rest?: 'first' | 'more';
}

export interface ProductKind {
  /** `huabei.pay`. */
  readonly name: string;
  readonly row: OperationKindRow;
  readonly product: ProductDefinition;
  readonly operation: ProductOperation;
  readonly legs: readonly CompiledLeg[];
  /** The least amount that it takes. */
  readonly minMinor: number;
  /** In its id. */
  readonly details: readonly Detail[];
  /** Its id has the details of what it refers to. */
  readonly isSame: boolean;
  /** Whether amounts, or whether it may be, depend on details in ids. */
  readonly isDetailed: boolean;
  /** Not 0 where its details may be. */
  readonly where: Amount | undefined;
  /** Where what it refers to may have its details: one of these is not 0, or there is none. */
  readonly earlierWhere: readonly Amount[];
  readonly amountIs: Amount | undefined;
}

export interface ClassRow {
  /** `huabei.available`. */
  readonly name: string;
  readonly account: ProductAccount;
  readonly openingMinor: number;
  /** ACCOUNT_FLAG. */
  readonly flags: number;
}

/** What accounts count that say nothing else. */
export const MONEY = 'money';

/** In place of an amount: see product.ts. */
const REST = 'rest';

/** Accounts of every shard that a leg may name without a product. */
const SHARD_ACCOUNTS: Readonly<Record<string, number>> = {
  fee: SYSTEM_ACCOUNT.fee,
  platform: SYSTEM_ACCOUNT.platform,
  bank: SYSTEM_ACCOUNT.bank,
};

export class Catalogue {
  readonly products: readonly ProductDefinition[];
  readonly kinds: readonly ProductKind[];
  /** By number. */
  readonly classes: ReadonlyMap<number, ClassRow>;

  /** Throws an Error of one line where a definition is none. */
  constructor(products: readonly ProductDefinition[]) {
    this.products = products;
    this.kinds = products.flatMap(kindsOf);
    this.classes = new Map(products.flatMap(classesOf));
  }

  /** Of the products of these names, by number. */
  classesOf(products: readonly string[]): readonly (readonly [number, ClassRow])[] {
    return [...this.classes].filter(([, { name }]) =>
      products.some((product) => name.startsWith(`${product}.`)),
    );
  }
}

function kindsOf(product: ProductDefinition): ProductKind[] {
  return Object.entries(product.operations).map(([name, operation]) =>
    compiledKind(product, { name, operation }),
  );
}

/** Throws an Error of one line. */
export function compiledKind(
  product: ProductDefinition,
  { name, operation }: { readonly name: string; readonly operation: ProductOperation },
): ProductKind {
  const scope = scopeOf(product, operation);
  const { rates, details } = scope;
  const optional = (text: string | undefined): Amount | undefined =>
    text === undefined
      ? undefined
      : parseAmount(text, { rates, amounts: new Map(), details, withoutAmount: true });
  return {
    name: `${product.name}.${name}`,
    row: rowOf(operation),
    product,
    operation,
    legs: compiledLegs(product, { operation, scope }),
    minMinor: minAmountOf(product, operation),
    details: ownDetails(product, operation),
    isSame: operation.details === 'same',
    isDetailed: details !== undefined && details.size > 0,
    where: optional(operation.where),
    earlierWhere: earlierWhere(product, operation),
    amountIs: optional(operation.amountIs),
  };
}

/** Of each that it may refer to, over the details in that id. None where one of them may have any. */
function earlierWhere(product: ProductDefinition, operation: ProductOperation): readonly Amount[] {
  const { rates = {} } = product;
  const details = new Map(
    earlierDetails(product, operation).map((one) => [one.name, atReference(one)]),
  );
  if (details.size === 0) return [];
  const kinds = (operation.refersTo ?? []).map((kind) => kind.slice(product.name.length + 1));
  const texts = kinds.flatMap((key) => whereOf(product, key) ?? []);
  if (texts.length < kinds.length) return [];
  return texts.map((text) => parseAmount(text, { rates, amounts: new Map(), details }));
}

/** Of an operation whose details are the same as those of another, that of the other. */
function whereOf(product: ProductDefinition, key: string): string | undefined {
  const { details, refersTo = [], where } = product.operations[key] ?? {};
  if (where !== undefined || details !== 'same') return where;
  const [first = '', ...others] = refersTo;
  return others.length > 0 ? undefined : whereOf(product, first.slice(product.name.length + 1));
}

/** What the names in its expressions stand for. */
function scopeOf(product: ProductDefinition, operation: ProductOperation): Scope {
  const { rates = {} } = product;
  const details = detailNames(product, operation);
  const amounts = new Map<string, Amount>();
  for (const [name, text] of Object.entries(operation.amounts ?? {}))
    amounts.set(name, parseAmount(text, { rates, amounts, details }));
  return { rates, amounts, details };
}

function rowOf(operation: ProductOperation): OperationKindRow {
  return {
    number: operation.number,
    noun: operation.noun,
    home: operation.home,
    counterparty: operation.counterparty,
    direction: operation.home === 'payer' ? 'from-home' : 'towards-home',
    refersTo: operation.refersTo ?? [],
    ...(operation.goesOn === undefined ? {} : { goesOn: operation.goesOn }),
    effect: 'posts',
    hasTimeout: false,
    judgedByRisk: operation.judgedByRisk ?? false,
  };
}

function compiledLegs(
  product: ProductDefinition,
  { operation, scope }: { readonly operation: ProductOperation; readonly scope: Scope },
): readonly CompiledLeg[] {
  if (operation.legs.length > LEGS_MAX)
    throw new Error(`there are ${operation.legs.length} legs, at most ${LEGS_MAX} are possible`);
  return operation.legs.map((leg, index) => {
    const account = legAccount(leg.account, product, operation);
    const asset = assetOf(account, product);
    if (leg.amount !== REST) return { account, asset, amount: parseAmount(leg.amount, scope) };
    if (account.on !== 'home')
      throw new Error(`"${leg.account}" is not at home: it cannot take the rest`);
    const isFirst = operation.legs[index - 1]?.amount !== REST;
    return { account, asset, amount: AMOUNT, rest: isFirst ? 'first' : 'more' };
  });
}

function assetOf(account: LegAccount, { accounts = {} }: ProductDefinition): string {
  if (account.of === 'party' || account.of === 'system') return MONEY;
  return Object.values(accounts).find((one) => one.class === account.class)?.asset ?? MONEY;
}

function legAccount(
  text: string,
  product: ProductDefinition,
  operation: ProductOperation,
): LegAccount {
  const match = /^(?:(payer|payee)(?:\.([\w-]+))?|([\w-]+)@(payer|payee))$/.exec(text);
  if (match === null)
    throw new Error(
      `"${text}" names no account: write payer, payee.<account of the product> or <account of a shard>@payee`,
    );
  const [, party, ofParty, ofShard, beside] = match;
  const role = party ?? beside;
  const isHome = role === operation.home;
  if (!isHome && operation.counterparty === undefined)
    throw new Error(`"${text}": the operation has no ${role}`);
  const on = isHome ? 'home' : 'far';
  const wanted = ofParty ?? ofShard;
  if (wanted === undefined) return { on, of: 'party' };
  const account = product.accounts?.[wanted];
  const holder = !isHome && operation.counterparty === 'merchant' ? 'merchant' : 'user';
  const of = ofParty === undefined ? 'shard' : holder;
  if (account?.of === of) {
    if (!isHome && operation.counterparty === 'merchant-or-user' && of !== 'shard')
      throw new Error(`"${text}": whoever that is may have none`);
    if (of === 'merchant') return { on: 'far', of, class: account.class };
    return { on, of, class: account.class };
  }
  const number = of === 'shard' ? SHARD_ACCOUNTS[wanted] : undefined;
  if (number !== undefined) return { on, of: 'system', number };
  throw new Error(`"${text}": ${product.name} has no account ${wanted} of a ${of}`);
}

function classesOf(product: ProductDefinition): [number, ClassRow][] {
  return Object.entries(product.accounts ?? {}).map(([name, account]) => [
    account.class,
    {
      name: `${product.name}.${name}`,
      account,
      openingMinor: openingOf(product, account),
      flags:
        (account.mustNotOverdraw === true ? ACCOUNT_FLAG.mustNotOverdraw : 0) |
        (account.mustNotPassOpening === true ? ACCOUNT_FLAG.mustNotPassOpening : 0),
    },
  ]);
}

/** Throws an Error of one line. */
export function minAmountOf(
  product: ProductDefinition,
  { minAmount = 1 }: ProductOperation,
): number {
  const minor = typeof minAmount === 'number' ? minAmount : product.rates?.[minAmount];
  if (minor === undefined || !Number.isSafeInteger(minor) || minor < 1 || minor > AMOUNT_MINOR_MAX)
    throw new Error(
      `minAmount ${minAmount} is neither a whole number of minor units, from 1, nor a rate`,
    );
  return minor;
}

/** Throws an Error of one line. */
export function openingOf(product: ProductDefinition, account: ProductAccount): number {
  const { opening = 0 } = account;
  const minor = typeof opening === 'number' ? opening : product.rates?.[opening];
  if (minor === undefined || !Number.isSafeInteger(minor) || minor < 0)
    throw new Error(`opening ${opening} is neither a whole number of minor units nor a rate`);
  return minor;
}
