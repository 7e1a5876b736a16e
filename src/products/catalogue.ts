/**
 * Products as they are used: kinds of operation by number and name, account classes by number and name, postings ready to be written.
 * Made once from definitions that have passed check-product.ts. Pure.
 */
import { SYSTEM_ACCOUNT } from '../wire/accounts.js';
import { LEGS_MAX } from '../wire/ledger-commands.js';
import { ACCOUNT_FLAG } from '../wire/ledger-log.js';
import type { OperationKindRow } from '../wire/operation-kinds.js';
import { AMOUNT_MINOR_MAX } from '../wire/results.js';
import { AMOUNT, type Amount, parseAmount } from './expression.js';
import type { ProductAccount, ProductDefinition, ProductOperation } from './product.js';

/** Which account a leg is on. */
export type LegAccount =
  /** The party's own. */
  | { readonly on: Side; readonly of: 'party' }
  /** The party's of a product. */
  | { readonly on: Side; readonly of: 'user'; readonly class: number }
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
  return Object.entries(product.operations).map(([name, operation]) => ({
    name: `${product.name}.${name}`,
    row: rowOf(operation),
    product,
    operation,
    legs: compiledLegs(product, operation),
    minMinor: minAmountOf(product, operation),
  }));
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

/** Throws an Error of one line. */
export function compiledLegs(
  product: ProductDefinition,
  operation: ProductOperation,
): readonly CompiledLeg[] {
  const { rates = {} } = product;
  const amounts = new Map<string, Amount>();
  for (const [name, text] of Object.entries(operation.amounts ?? {}))
    amounts.set(name, parseAmount(text, { rates, amounts }));
  if (operation.legs.length > LEGS_MAX)
    throw new Error(`there are ${operation.legs.length} legs, at most ${LEGS_MAX} are possible`);
  return operation.legs.map((leg, index) => {
    const account = legAccount(leg.account, product, operation);
    const asset = assetOf(account, product);
    if (leg.amount !== REST)
      return { account, asset, amount: parseAmount(leg.amount, { rates, amounts }) };
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
  const of = ofParty === undefined ? 'shard' : 'user';
  if (account?.of === of) {
    if (of === 'user' && !isHome && operation.counterparty !== 'user')
      throw new Error(`"${text}": only users have accounts of a product`);
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
