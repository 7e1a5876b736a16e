/**
 * Every operation in every role, and everything a client can ask that must be refused: small, short and mean. Not a festival:
 * its traffic is what shows a bug of any kind, so `paydrill mutants --run` plants each of them under it.
 *
 *   shopping   pays, partial refunds, refunds beyond what was paid, refunds that name somebody else
 *   friends    transfers, half of them across shards; top-ups, now and then one of more than 2^32 minor units
 *   deposits   holds that are captured whole, in part, for too much, twice, for another merchant, voided, voided after the capture
 *              or by another, or left alone until they expire
 *   repeats    ids that come again: at the same time, later, with another amount, payee or payer; declined ones after a top-up
 *   readers    balances, those of accounts that are paying among them
 *   gamblers   payments over risk control's limits, of one and of many
 *   crowd      for three seconds many small transfers at a time, so that batches fill up and many are under way when something breaks
 *
 * Users begin with little, so that many a payment is more than its payer has. A well-behaved client never sends an id twice on purpose
 * or refunds what it has refunded; here that is the question.
 *
 *   paydrill run scenarios/every-operation.ts
 *   paydrill run scenarios/every-operation.ts --faults none --mutant capture-twice
 */
import type { Options } from 'k6/options';
import {
  balance,
  capture,
  festival,
  hold,
  type OperationResult,
  operationId,
  pay,
  refund,
  topUp,
  transfer,
  voidHold,
} from 'k6/x/pay';

/** Iterations a second, all scenarios together; most are several operations. */
const RATE = Number(__ENV.RATE ?? 500);
const USERS = 400;
const MERCHANTS = 40;
const SPLIT_MERCHANTS = 10;
const OPENING_MINOR = 60_000;
/** Risk control's limits of the reference stack, minor units: of one payment, and of one payer within a minute. */
const RISK_MINOR_MAX = 5_000_000;
/** Users n and n + 12 live on one shard, whether there are 1, 2, 3 or 4. */
const SAME_SHARD = 12;
/** Nobody pays from the last users but gamblers and readers. */
const SHOPPERS = USERS - 2 * SAME_SHARD;
const GAMBLER = USERS;

const crowd = festival({
  users: SHOPPERS,
  merchants: MERCHANTS,
  medianMinor: 3_000,
  amountSigma: 1,
  maxMinor: 90_000,
  channels: { huabei: 1, yuebao: 1, balance: 2, bankCard: 1, other: 1 },
});

const share = (part: number): number => Math.max(1, Math.round(RATE * part));

function scenario(exec: string, part: number) {
  return {
    executor: 'constant-arrival-rate' as const,
    exec,
    rate: share(part),
    duration: '10s',
    // Short, so that what is not answered when the load ends is looked up.
    gracefulStop: '200ms',
    preAllocatedVUs: share(part),
    maxVUs: share(part) * 10,
  };
}

export const options: Options = {
  ext: {
    paydrill: {
      users: USERS,
      merchants: MERCHANTS,
      splitMerchants: SPLIT_MERCHANTS,
      openingMinor: OPENING_MINOR,
      // Short, so that attempts run out of time wherever a link is slow.
      deadlineMs: 400,
    },
  },
  scenarios: {
    shopping: scenario('shop', 0.3),
    friends: scenario('befriend', 0.15),
    deposits: scenario('deposit', 0.2),
    repeats: scenario('repeat', 0.2),
    readers: scenario('read', 0.13),
    gamblers: scenario('gamble', 0.02),
    crowd: { ...scenario('hurry', 5), startTime: '2400ms', duration: '3s' },
  },
};

// --- what people do ---

/** The first twenty users do a third of everything, so that their accounts are busy. */
function somebody(): number {
  return crowd.chance(0.33) ? 1 + (crowd.payer() % 20) : crowd.payer();
}

function order() {
  return {
    payer: somebody(),
    merchant: crowd.merchant(),
    amountMinor: crowd.amountMinor(),
    channel: crowd.channel(),
  };
}

export function shop(): void {
  const payment = pay(order());
  if (payment.outcome !== 'ok' || !crowd.chance(0.4)) return;
  const part = Math.ceil(payment.amountMinor / 2);
  refund({ payment, amountMinor: part });
  if (crowd.chance(0.5)) refund({ payment, amountMinor: payment.amountMinor - part + 1 });
  if (crowd.chance(0.5)) refund({ payment });
  else refund({ payment, amountMinor: 1, payer: neighbour(payment) });
}

export function befriend(): void {
  const payer = somebody();
  if (crowd.chance(0.3)) topUp({ user: payer, amountMinor: crowd.amountMinor() });
  transfer({ payer, payee: crowd.payee(payer), amountMinor: crowd.amountAround(2_000) });
  if (crowd.chance(0.02)) topUp({ user: GAMBLER - 1, amountMinor: 2 ** 32 + 500 });
}

export function hurry(): void {
  const payer = crowd.payer();
  transfer({ payer, payee: crowd.payee(payer), amountMinor: 1 + (crowd.amountMinor() % 20) });
}

export function deposit(): void {
  const held = hold({ ...order(), timeoutS: crowd.chance(0.5) ? 1 : 3 });
  if (held.outcome !== 'ok') return;
  const ending = Math.floor(crowd.payer() % 8);
  if (ending < 2) capture({ hold: held });
  if (ending === 2) capture({ hold: held, amountMinor: Math.ceil(held.amountMinor / 3) });
  if (ending === 3) {
    capture({ hold: held, merchant: 1 + (crowd.merchant() % MERCHANTS) });
    capture({ hold: held, amountMinor: held.amountMinor + 1 });
    voidHold({ hold: held, payer: neighbour(held) });
  }
  if (ending === 4) voidHold({ hold: held });
  if (ending < 3) {
    if (crowd.chance(0.3)) capture({ hold: held });
    if (crowd.chance(0.3)) voidHold({ hold: held });
  }
  // Who gave a hold up wants to pay with the money.
  if (ending === 4) pay({ ...order(), payer: payerOf(held) });
}

export async function repeat(): Promise<void> {
  const id = operationId();
  const first = order();
  const isTransfer = crowd.chance(0.5);
  const ask = (other: Partial<ReturnType<typeof order>> = {}): PromiseLike<OperationResult> => {
    const { payer, merchant, amountMinor, channel } = { ...first, ...other };
    if (!isTransfer) return pay({ id, payer, merchant, amountMinor, channel });
    return transfer({ id, payer, payee: USERS - SAME_SHARD - (merchant % 10), amountMinor });
  };
  const how = crowd.payer() % 5;
  const [result] = await Promise.all(how === 0 ? [ask(), ask(), ask()] : [ask()]);
  if (how === 1) await ask();
  if (how === 2) await ask({ amountMinor: first.amountMinor + 1 });
  if (how === 3) await ask({ merchant: (first.merchant % MERCHANTS) + 1 });
  if (how === 4) await ask({ payer: first.payer + SAME_SHARD });
  if (result.outcome === 'declined' && result.code === 'exceeds_credits') {
    await topUp({ user: first.payer, amountMinor: first.amountMinor });
    await ask();
  }
  late.push(() => ask());
  if (late.length > LATE) await late.shift()?.();
}

/** What this virtual user asks once more, when it has asked for so many others. */
const LATE = 3;
const late: (() => PromiseLike<OperationResult>)[] = [];

export async function read(): Promise<void> {
  const user = somebody();
  await Promise.all([balance({ user }), pay({ ...order(), payer: user }), balance({ user })]);
  await balance({ user });
}

export function gamble(): void {
  if (crowd.chance(0.3)) topUp({ user: GAMBLER, amountMinor: 20 * RISK_MINOR_MAX });
  const amountMinor = crowd.chance(0.3) ? RISK_MINOR_MAX + 1 : RISK_MINOR_MAX - 1;
  pay({ payer: GAMBLER, merchant: crowd.merchant(), amountMinor });
}

// --- who is who ---

/** Of one operation's user: the last users have no neighbour, and are nobody's payer. */
function payerOf({ receipt }: OperationResult): number {
  const leg = receipt?.legs.find(({ account }) => account.startsWith('user:'));
  return Number(leg?.account.slice('user:'.length) ?? 1);
}

function neighbour(result: OperationResult): number {
  return payerOf(result) + SAME_SHARD;
}
