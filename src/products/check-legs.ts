/**
 * Whether the legs of an operation do what legs must, whatever is asked: tried with amounts from the smallest to the largest, or with the one
 * that follows from its details, and with every value that details in its id and in the one that it refers to can have. On each side they must
 * come out at zero, clearing included.
 */
import { RECEIPT_LEGS } from '../wire/acks.js';
import { LEGS_MAX } from '../wire/ledger-commands.js';
import { AMOUNT_MINOR_MAX } from '../wire/results.js';
import { type CompiledLeg, MONEY, type ProductKind, type Side } from './catalogue.js';
import { DETAIL_BITS, type Detail, detailNames, detailOf, detailWord } from './details.js';
import { refusalOf } from './possible.js';
import type { ProductOperation } from './product.js';

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
/** More values than these take too long to try. */
const BITS_MAX = 18;

/** What may be asked. */
interface Asked {
  readonly amount: number;
  /** `detailWord` */
  readonly details: number;
}

/** Of a kind that compiles. */
export function legProblems(kind: ProductKind): string[] {
  const { legs, operation } = kind;
  if (legs.length < 2) return ['there must be two legs at least'];
  const places = legs.map(({ account }) => JSON.stringify({ ...account, side: account.on }));
  const twice = operation.legs.find((_, leg) => places.indexOf(places[leg] ?? '') !== leg);
  if (twice !== undefined) return [`two legs are on ${twice.account}`];
  const problems = [...sideProblems(kind), ...restProblems(operation)];
  const words = detailWords(kind);
  if (words === undefined)
    return [
      ...problems,
      `its details and those of what it refers to are more than ${BITS_MAX} bits together`,
    ];
  const meant = words.flatMap((details) => possible(kind, details, [LARGE]));
  if (meant.length === 0) return [...problems, 'whatever is asked, it is declined'];
  const directions = legs.map((leg) => meant.find((one) => minor(leg, one) !== 0));
  return [
    ...problems,
    ...firstOf(meant, (one) => partyProblems(kind, one)),
    ...firstOf(words, (details) =>
      firstOf(possible(kind, details, amountsFrom(kind.minMinor)), (one) =>
        askedProblems(kind, one, directions),
      ),
    ),
  ];
}

function firstOf<Case>(
  cases: readonly Case[],
  problemsOf: (one: Case) => readonly string[],
): readonly string[] {
  for (const one of cases) {
    const problems = problemsOf(one);
    if (problems.length > 0) return problems;
  }
  return [];
}

/** Every `detailWord` that there can be; undefined where these are too many. */
function detailWords({ details, isSame, operation, product }: ProductKind): number[] | undefined {
  const earlier = [...detailNames(product, operation).values()].filter(
    ({ shift }) => shift >= DETAIL_BITS,
  );
  const [own, before] = [bitsOf(details), bitsOf(earlier)];
  if (own + (isSame ? 0 : before) > BITS_MAX) return undefined;
  const words: number[] = [];
  for (let one = 0; one < 2 ** own; one++) {
    if (isSame) words.push(detailWord(one, one));
    else for (let other = 0; other < 2 ** before; other++) words.push(detailWord(one, other));
  }
  return words;
}

function bitsOf(details: readonly Detail[]): number {
  return details.reduce((sum, { bits }) => sum + bits, 0);
}

function amountsFrom(minMinor: number): readonly number[] {
  return [minMinor, minMinor + 1, ...AMOUNTS.filter((amount) => amount > minMinor + 1)];
}

/** What is not declined: with these amounts, or with the only one there is. */
function possible(kind: ProductKind, details: number, amounts: readonly number[]): Asked[] {
  const wanted = kind.amountIs === undefined ? amounts : [kind.amountIs.of(0, details)];
  return wanted.flatMap((amount) =>
    refusalOf(kind, amount, details) === 0 ? [{ amount, details }] : [],
  );
}

function minor({ amount, rest }: CompiledLeg, asked: Asked): number {
  return rest === 'more' ? 0 : amount.of(asked.amount, asked.details);
}

/** `4, of from 1, to 3`: what was asked, in words. */
function words({ product, operation }: ProductKind, { amount, details }: Asked): string {
  const told = [...detailNames(product, operation)].map(
    ([name, detail]) => `${name} ${detailOf(detail, details)}`,
  );
  return told.length === 0 ? `${amount}` : `${amount} (${told.join(', ')})`;
}

function askedProblems(
  kind: ProductKind,
  asked: Asked,
  directions: readonly (Asked | undefined)[],
): string[] {
  const { legs, operation } = kind;
  const sum = sumOf(legs, asked);
  if (!Number.isSafeInteger(sum))
    return [`of ${words(kind, asked)} its legs come out at ${sum}, no whole number`];
  if (sum !== 0) return [`of ${words(kind, asked)} its legs come out at ${sum} and not at zero`];
  const uneven = sides(legs).find((side) => sumOf(side, asked) !== 0);
  if (uneven !== undefined)
    return [
      `of ${words(kind, asked)} its legs in ${uneven[0]?.asset} come out at ${sumOf(uneven, asked)} and not at zero on their side`,
    ];
  if (legs.every((leg) => minor(leg, asked) === 0))
    return [`of ${words(kind, asked)} it moves nothing: its minAmount must be larger`];
  const turned = legs.findIndex((leg, index) => {
    const direction = directions[index];
    return direction !== undefined && minor(leg, asked) * minor(leg, direction) < 0;
  });
  if (turned < 0) return [];
  const direction = directions[turned] ?? asked;
  return [
    `of ${words(kind, asked)} ${operation.legs[turned]?.account} moves the other way than of ${words(kind, direction)}: its minAmount must be larger`,
  ];
}

/** Legs in other things than money, by what they are in and the side they are on. */
function sides(legs: readonly CompiledLeg[]): readonly (readonly CompiledLeg[])[] {
  const others = legs.filter(({ asset }) => asset !== MONEY);
  return [...new Set(others.map(({ asset, account }) => `${asset} ${account.on}`))].map((side) =>
    others.filter(({ asset, account }) => `${asset} ${account.on}` === side),
  );
}

/** Legs that share the rest together are the whole amount once. */
function sumOf(legs: readonly CompiledLeg[], asked: Asked): number {
  let sum = 0;
  for (const leg of legs) sum += minor(leg, asked);
  return sum;
}

function sideProblems({ legs, operation }: ProductKind): string[] {
  const ofSide = (side: Side) => legs.filter(({ account }) => account.on === side);
  const largest = Math.max(ofSide('home').length, ofSide('far').length);
  const problems: string[] = [];
  if (ofSide('far').length > 0 && largest + 1 > LEGS_MAX)
    problems.push(
      `one side has ${largest} legs, and with its clearing account more than ${LEGS_MAX}`,
    );
  // The answer of home must have room for the account that says who is on the other side.
  if (ofSide('far').length > 0 && ofSide('home').length >= RECEIPT_LEGS)
    problems.push(
      `there are ${ofSide('home').length} legs at home, at most ${RECEIPT_LEGS - 1} are possible`,
    );
  if (operation.counterparty !== undefined && ofSide('far').length === 0)
    problems.push('no leg is on the side of its counterparty');
  return problems;
}

function restProblems({ legs }: ProductOperation): string[] {
  const places = legs.flatMap(({ amount }, index) => (amount === 'rest' ? [index] : []));
  if (places.length === 0) return [];
  if (places.length === 1) return ['one leg alone takes the rest: name its amount'];
  const isTogether = places.every((place, index) => place === (places[0] ?? 0) + index);
  return isTogether ? [] : ['legs that take the rest must stand side by side'];
}

/** A ledger reads back from the legs of an entry whose operation it is: the first of its direction on each side is the party's. */
function partyProblems({ legs, operation }: ProductKind, asked: Asked): string[] {
  const isFromHome = operation.home === 'payer';
  const goes = (leg: CompiledLeg, debit: boolean): boolean => {
    const moved = minor(leg, asked);
    return debit ? moved < 0 : moved > 0;
  };
  const first = (side: Side, debit: boolean): CompiledLeg | undefined =>
    legs.find((leg) => leg.account.on === side && goes(leg, debit));
  const own = first('home', isFromHome);
  const problems: string[] = [];
  if (!isParty(own))
    problems.push(
      `the first ${isFromHome ? 'debit' : 'credit'} at home must be the ${operation.home}'s`,
    );
  if (operation.counterparty === undefined) return problems;
  // On one shard the legs of both sides are one entry.
  if (legs.find((leg) => goes(leg, isFromHome)) !== own)
    problems.push(
      `the first ${isFromHome ? 'debit' : 'credit'} of all must be the ${operation.home}'s: its leg stands before those of the other side`,
    );
  if (!isParty(first('far', !isFromHome)))
    problems.push(
      `the first ${isFromHome ? 'credit' : 'debit'} on the other side must be the counterparty's`,
    );
  return problems;
}

function isParty(leg: CompiledLeg | undefined): boolean {
  const of = leg?.account.of;
  return of === 'party' || of === 'user' || of === 'merchant';
}
