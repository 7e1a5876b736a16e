/**
 * What is wrong with a product's definition, one line each, by name: nothing of it is used before this says nothing. Legs are tried with
 * amounts from the smallest to the largest: on each side of the operation they must come out at zero, clearing included.
 */
import { LEGS_MAX } from '../wire/ledger-commands.js';
import { OPERATION_KIND_NAMES, OPERATION_KINDS } from '../wire/operation-kinds.js';
import { AMOUNT_MINOR_MAX } from '../wire/results.js';
import { type CompiledLeg, compiledLegs, MONEY, minAmountOf, openingOf } from './catalogue.js';
import { OUR_PRODUCTS } from './ours.js';
import {
  ACCOUNT_CLASS_MAX,
  ACCOUNT_CLASS_MIN,
  KIND_MAX,
  KIND_MIN,
  type ProductDefinition,
  type ProductOperation,
} from './product.js';

/** What is there already: numbers and classes may be had once, references must lead somewhere. */
interface Taken {
  /** By number of the kind, its name. */
  readonly kinds: ReadonlyMap<number, string>;
  /** By account class, its name. */
  readonly classes: ReadonlyMap<number, string>;
  readonly products: readonly string[];
}

/** Each may refer to those `beside`, to its own, and to those before it: so that references end somewhere. */
export function problemsOfProducts(
  products: readonly ProductDefinition[],
  beside: readonly ProductDefinition[] = OUR_PRODUCTS,
): readonly string[] {
  const kinds = new Map(OPERATION_KIND_NAMES.map((name) => [OPERATION_KINDS[name].number, name]));
  const taken = { kinds: new Map<number, string>(kinds), classes: new Map<number, string>() };
  const names: string[] = [];
  const take = ({ name, accounts = {}, operations }: ProductDefinition): void => {
    names.push(name);
    for (const [key, row] of Object.entries(operations))
      taken.kinds.set(row.number, `${name}.${key}`);
    for (const [key, row] of Object.entries(accounts))
      taken.classes.set(row.class, `${name}.${key}`);
  };
  for (const product of beside) take(product);
  return products.flatMap((product) => {
    const problems = productProblems(product, { ...taken, products: names });
    take(product);
    return problems;
  });
}

const AMOUNTS = [
  1,
  2,
  3,
  99,
  100,
  101,
  9_999,
  10_000,
  10_001,
  123_457,
  2 ** 32 + 1,
  AMOUNT_MINOR_MAX,
];
/** What it does with this much is what it is meant to do. */
const LARGE = 2 ** 32 + 1;
/** An id from further ahead is refused whatever it is. */
const CODE_WINDOW_S = 300;
/** What a script may ask of every product. */
const OF_EVERY_PRODUCT: readonly string[] = ['balance', 'code'];
const NAME = /^[a-z][a-z0-9-]{0,31}$/;
const WORD = /^[a-z][A-Za-z0-9]{0,31}$/;

function productProblems(product: ProductDefinition, taken: Taken): readonly string[] {
  const { name } = product;
  if (!NAME.test(name))
    return [`product "${name}": the name must be lower-case letters, digits and hyphens`];
  const problems = [
    ...(taken.products.includes(name) ? [`there is a product ${name} already`] : []),
    ...rateProblems(product),
    ...accountProblems(product, taken),
    ...Object.entries(product.operations).flatMap(([key, operation]) =>
      operationProblems(key, { product, operation, taken }),
    ),
    ...cycleProblems(product),
  ];
  return problems.map((problem) => `${name}: ${problem}`);
}

function rateProblems({ rates = {} }: ProductDefinition): string[] {
  return Object.entries(rates).flatMap(([name, rate]) => {
    if (!WORD.test(name) || name === 'amount' || name === 'rest')
      return [`rate ${name}: the name must be a word, and neither amount nor rest`];
    return Number.isSafeInteger(rate) ? [] : [`rate ${name} is ${rate}, no whole number`];
  });
}

function accountProblems(product: ProductDefinition, taken: Taken): string[] {
  const own = new Map<number, string>();
  return Object.entries(product.accounts ?? {}).flatMap(([name, account]) => {
    const problems: string[] = [];
    if (!WORD.test(name)) problems.push(`account ${name}: the name must be a word`);
    const isInRange = account.class >= ACCOUNT_CLASS_MIN && account.class <= ACCOUNT_CLASS_MAX;
    if (!Number.isInteger(account.class) || !isInRange)
      problems.push(
        `account ${name}: class ${account.class} is not within ${ACCOUNT_CLASS_MIN} to ${ACCOUNT_CLASS_MAX}`,
      );
    const other = own.get(account.class) ?? taken.classes.get(account.class);
    if (other !== undefined)
      problems.push(`account ${name}: class ${account.class} is that of ${other}`);
    own.set(account.class, name);
    if (account.of !== 'user' && account.of !== 'shard')
      problems.push(`account ${name} is of "${String(account.of)}", neither user nor shard`);
    const isBounded = account.mustNotOverdraw === true || account.mustNotPassOpening === true;
    if (account.asset !== undefined && !WORD.test(account.asset))
      problems.push(`account ${name}: asset "${account.asset}" must be a word`);
    if (account.of === 'shard' && (isBounded || account.opening !== undefined))
      problems.push(`account ${name} is of a shard: it opens with nothing and has no bounds`);
    return [...problems, ...attempted(`account ${name}`, () => openingOf(product, account))];
  });
}

interface Case {
  readonly product: ProductDefinition;
  readonly operation: ProductOperation;
  readonly taken: Taken;
}

function operationProblems(key: string, { product, operation, taken }: Case): string[] {
  const problems: string[] = [];
  const { number } = operation;
  if (!WORD.test(key) || OF_EVERY_PRODUCT.includes(key))
    problems.push(
      `operation ${key}: the name must be a word, and none of ${OF_EVERY_PRODUCT.join(', ')}`,
    );
  if (!Number.isInteger(number) || number < KIND_MIN || number > KIND_MAX)
    problems.push(`${key}: number ${number} is not within ${KIND_MIN} to ${KIND_MAX}`);
  const sharing = Object.entries(product.operations).find(
    ([other, row]) => other !== key && row.number === number,
  );
  const other = sharing?.[0] ?? taken.kinds.get(number);
  if (other !== undefined) problems.push(`${key}: number ${number} is that of ${other}`);
  if (operation.home !== 'payer' && operation.home !== 'payee')
    return [...problems, `${key}: home is "${String(operation.home)}", neither payer nor payee`];
  for (const wanted of operation.refersTo ?? []) {
    const [of, name] = wanted.split('.');
    const isOwn =
      of === product.name && name !== undefined && Object.hasOwn(product.operations, name);
    if (!isOwn && ![...taken.kinds.values()].includes(wanted))
      problems.push(`${key} refers to ${wanted}, which is no operation`);
  }
  if (operation.goesOn !== undefined && (operation.refersTo ?? []).length === 0)
    problems.push(`${key} goes on from nothing: it refers to no operation`);
  problems.push(...codeProblems(key, operation), ...onceProblems(key, operation));
  let legs: readonly CompiledLeg[];
  let minMinor: number;
  try {
    legs = compiledLegs(product, operation);
    minMinor = minAmountOf(product, operation);
  } catch (error) {
    return [...problems, `${key}: ${error instanceof Error ? error.message : error}`];
  }
  return [
    ...problems,
    ...legProblems(operation, { legs, minMinor }).map((problem) => `${key}: ${problem}`),
  ];
}

function onceProblems(key: string, operation: ProductOperation): string[] {
  const { code, counterparty, oncePer, refersTo = [] } = operation;
  if (oncePer === undefined) return [];
  if (refersTo.length === 0 || counterparty === undefined)
    return [`${key}: once for each counterparty is of what has one, and refers to something`];
  return code === undefined ? [] : [`${key}: an id is a code, or made of what it refers to`];
}

function codeProblems(key: string, { code }: ProductOperation): string[] {
  if (code === undefined) return [];
  const { secret, stepS, windowS } = code;
  const problems: string[] = [];
  if (!Number.isInteger(stepS) || stepS < 1)
    problems.push(`${key}: code.stepS ${stepS} is no whole number of seconds from 1`);
  if (!Number.isInteger(windowS) || windowS < stepS || windowS >= CODE_WINDOW_S)
    problems.push(
      `${key}: code.windowS ${windowS} is no whole number of seconds from stepS to below ${CODE_WINDOW_S}`,
    );
  if (!/^[A-Za-z0-9-]+$/.test(secret))
    problems.push(`${key}: code.secret must be letters, digits and hyphens`);
  return problems;
}

function legProblems(
  operation: ProductOperation,
  { legs, minMinor }: { readonly legs: readonly CompiledLeg[]; readonly minMinor: number },
): string[] {
  if (legs.length < 2) return ['there must be two legs at least'];
  const places = legs.map(({ account }) => JSON.stringify({ ...account, side: account.on }));
  const twice = operation.legs.find((_, leg) => places.indexOf(places[leg] ?? '') !== leg);
  if (twice !== undefined) return [`two legs are on ${twice.account}`];
  const problems: string[] = [];
  const ofSide = (side: 'home' | 'far') => legs.filter(({ account }) => account.on === side);
  const largest = Math.max(ofSide('home').length, ofSide('far').length);
  if (ofSide('far').length > 0 && largest + 1 > LEGS_MAX)
    problems.push(
      `one side has ${largest} legs, and with its clearing account more than ${LEGS_MAX}`,
    );
  if (operation.counterparty !== undefined && ofSide('far').length === 0)
    problems.push('no leg is on the side of its counterparty');
  problems.push(...restProblems(operation), ...partyProblems(operation, legs));
  const amounts = [minMinor, minMinor + 1, ...AMOUNTS.filter((amount) => amount > minMinor + 1)];
  for (const amount of amounts) {
    const sum = sumOf(legs, amount);
    if (!Number.isSafeInteger(sum))
      return [...problems, `of ${amount} its legs come out at ${sum}, no whole number`];
    if (sum !== 0) return [...problems, `of ${amount} its legs come out at ${sum} and not at zero`];
    const uneven = sides(legs).find((side) => sumOf(side, amount) !== 0);
    if (uneven !== undefined)
      return [
        ...problems,
        `of ${amount} its legs in ${uneven[0]?.asset} come out at ${sumOf(uneven, amount)} and not at zero on their side`,
      ];
    if (legs.every((leg) => leg.amount.of(amount) === 0))
      return [...problems, `of ${amount} it moves nothing: its minAmount must be larger`];
    const turned = legs.findIndex((leg) => leg.amount.of(amount) * leg.amount.of(LARGE) < 0);
    if (turned >= 0)
      return [
        ...problems,
        `of ${amount} ${operation.legs[turned]?.account} moves the other way than of ${LARGE}: its minAmount must be larger`,
      ];
  }
  return problems;
}

/** Legs in other things than money, by what they are in and the side they are on. */
function sides(legs: readonly CompiledLeg[]): readonly (readonly CompiledLeg[])[] {
  const others = legs.filter(({ asset }) => asset !== MONEY);
  return [...new Set(others.map(({ asset, account }) => `${asset} ${account.on}`))].map((side) =>
    others.filter(({ asset, account }) => `${asset} ${account.on}` === side),
  );
}

/** Legs that share the rest together are the whole amount once. */
function sumOf(legs: readonly CompiledLeg[], amountMinor: number): number {
  let sum = 0;
  for (const { amount, rest } of legs) if (rest !== 'more') sum += amount.of(amountMinor);
  return sum;
}

function restProblems({ legs }: ProductOperation): string[] {
  const places = legs.flatMap(({ amount }, index) => (amount === 'rest' ? [index] : []));
  if (places.length === 0) return [];
  if (places.length === 1) return ['one leg alone takes the rest: name its amount'];
  const isTogether = places.every((place, index) => place === (places[0] ?? 0) + index);
  return isTogether ? [] : ['legs that take the rest must stand side by side'];
}

/** A ledger reads back from the legs of an entry whose operation it is: the first of its direction on each side is the party's. */
function partyProblems(operation: ProductOperation, legs: readonly CompiledLeg[]): string[] {
  const isFromHome = operation.home === 'payer';
  const first = (side: 'home' | 'far', debit: boolean): CompiledLeg | undefined =>
    legs.find(({ account, amount }) => account.on === side && amount.of(10_000) < 0 === debit);
  const own = first('home', isFromHome);
  const problems: string[] = [];
  if (own?.account.of !== 'party' && own?.account.of !== 'user')
    problems.push(
      `the first ${isFromHome ? 'debit' : 'credit'} at home must be the ${operation.home}'s`,
    );
  if (operation.counterparty === undefined) return problems;
  // On one shard the legs of both sides are one entry.
  const before = legs.find(({ amount }) => amount.of(10_000) < 0 === isFromHome);
  if (before !== own)
    problems.push(
      `the first ${isFromHome ? 'debit' : 'credit'} of all must be the ${operation.home}'s: its leg stands before those of the other side`,
    );
  const other = first('far', !isFromHome);
  if (other?.account.of !== 'party' && other?.account.of !== 'user')
    problems.push(
      `the first ${isFromHome ? 'credit' : 'debit'} on the other side must be the counterparty's`,
    );
  return problems;
}

/** An operation can only refer to one that was there before it: somewhere the references must end. */
function cycleProblems({ name, operations }: ProductDefinition): string[] {
  const leadsTo = (key: string): readonly string[] =>
    (operations[key]?.refersTo ?? []).flatMap((kind) =>
      kind.startsWith(`${name}.`) ? [kind.slice(name.length + 1)] : [],
    );
  const reached = (from: string): Set<string> => {
    const found = new Set<string>();
    const next = [...leadsTo(from)];
    for (let key = next.pop(); key !== undefined; key = next.pop()) {
      if (found.has(key)) continue;
      found.add(key);
      next.push(...leadsTo(key));
    }
    return found;
  };
  return Object.keys(operations)
    .filter((key) => reached(key).has(key))
    .map((key) => `${key} refers to itself, by way of what it refers to`);
}

function attempted(what: string, attempt: () => unknown): string[] {
  try {
    attempt();
    return [];
  } catch (error) {
    return [`${what}: ${error instanceof Error ? error.message : error}`];
  }
}
