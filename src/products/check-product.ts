/**
 * What is wrong with a product's definition, one line each, by name: nothing of it is used before this says nothing. What its operations do
 * is tried in check-legs.ts.
 */
import { OPERATION_KIND_NAMES, OPERATION_KINDS } from '../wire/operation-kinds.js';
import { compiledKind, openingOf, type ProductKind } from './catalogue.js';
import { legProblems } from './check-legs.js';
import { DETAIL_BITS } from './details.js';
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

/** An id from further ahead is refused whatever it is. */
const CODE_WINDOW_S = 300;
/** Of a code's age, and of how long something must wait. */
const DAY_S = 86_400;
/** What a script may ask of every product. */
const OF_EVERY_PRODUCT: readonly string[] = ['balance', 'code', 'token', 'readToken'];
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
    if (account.of !== 'user' && account.of !== 'merchant' && account.of !== 'shard')
      problems.push(
        `account ${name} is of "${String(account.of)}", none of user, merchant and shard`,
      );
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
  problems.push(...timeProblems(key, operation));
  problems.push(...detailProblems(product, operation).map((problem) => `${key}: ${problem}`));
  if (problems.length > 0) return problems;
  let kind: ProductKind;
  try {
    kind = compiledKind(product, { name: key, operation });
  } catch (error) {
    return [`${key}: ${error instanceof Error ? error.message : error}`];
  }
  return [...sameProblems(kind), ...legProblems(kind)].map((problem) => `${key}: ${problem}`);
}

/** What an order has besides; and what an expression means something else by. */
const NO_DETAILS: readonly string[] = [
  'account',
  'amount',
  'amountMinor',
  'id',
  'merchant',
  'of',
  'payee',
  'payer',
  'rest',
  'skewS',
  'tags',
  'user',
];

function detailProblems(
  { rates = {} }: ProductDefinition,
  { amounts = {}, code, details = {}, oncePer, refersTo = [] }: ProductOperation,
): string[] {
  if (details === 'same') {
    if (code !== undefined) return ['its id is a code and has details of its own'];
    if (refersTo.length > 0) return [];
    return ['its details are the same as those of nothing: it refers to no operation'];
  }
  const named = Object.entries(details);
  if (named.length > 0 && oncePer !== undefined)
    return ['its id is made of something else and has no room for details'];
  const problems = named.flatMap(([name, bits]) => {
    const isTaken =
      NO_DETAILS.includes(name) || Object.hasOwn(rates, name) || Object.hasOwn(amounts, name);
    if (!WORD.test(name) || isTaken)
      return [`detail ${name}: the name must be a word, and mean nothing else`];
    const isWidth = Number.isInteger(bits) && bits >= 1 && bits <= DETAIL_BITS;
    return isWidth ? [] : [`detail ${name} has ${bits} bits, not 1 to ${DETAIL_BITS}`];
  });
  if (problems.length > 0) return problems;
  const bits = named.reduce((sum, [, width]) => sum + width, 0);
  return bits > DETAIL_BITS
    ? [`its details have ${bits} bits together, at most ${DETAIL_BITS} are possible`]
    : [];
}

function sameProblems({ details, isSame }: ProductKind): string[] {
  return isSame && details.length === 0
    ? ['its details are the same as those of what it refers to, which have none alike']
    : [];
}

function onceProblems(key: string, operation: ProductOperation): string[] {
  const { code, counterparty, oncePer, refersTo = [] } = operation;
  if (oncePer === undefined) return [];
  if (refersTo.length === 0 || counterparty === undefined)
    return [`${key}: once for each counterparty is of what has one, and refers to something`];
  return code === undefined ? [] : [`${key}: an id is a code, or made of what it refers to`];
}

/** Of what refers to something that may come later, or that must be of age. */
function timeProblems(key: string, { afterS, awaits, code, refersTo = [] }: ProductOperation) {
  const problems: string[] = [];
  if (afterS !== undefined && (!Number.isInteger(afterS) || afterS < 1 || afterS > DAY_S))
    problems.push(`${key}: afterS ${afterS} is no whole number of seconds from 1 to ${DAY_S}`);
  const wanting = { afterS, awaits, 'code.followsS': code?.followsS };
  for (const [name, value] of Object.entries(wanting))
    if (value !== undefined && refersTo.length === 0)
      problems.push(`${key}: ${name} is of what refers to something`);
  return problems;
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
  for (const name of ['lateS', 'followsS', 'shownS'] as const) {
    const seconds = code[name] ?? stepS;
    if (!Number.isInteger(seconds) || seconds < stepS || seconds > DAY_S)
      problems.push(
        `${key}: code.${name} ${seconds} is no whole number of seconds from stepS to ${DAY_S}`,
      );
  }
  if (!/^[A-Za-z0-9-]+$/.test(secret))
    problems.push(`${key}: code.secret must be letters, digits and hyphens`);
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
