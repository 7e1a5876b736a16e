/**
 * Does the risk engine in line stop what is fraud, leave the others alone, and do what it said it did, while its gateway is killed? Festival
 * traffic with four labelled schemes in it: rings of transfers, money gathered by one, money scattered and gathered again, and brushing.
 * The labels stay here: no request carries them. Beside the laws of every drill three look at the engine's own log: every move was decided
 * on, what was denied moved nothing, and decided again it comes out the same.
 *
 *   paydrill run scenarios/fraud.ts --faults scenarios/fraud.faults.json
 *
 * For the engine a second is 24 minutes: a day passes in a minute.
 */
import { check, sleep } from 'k6';
import { Rate } from 'k6/metrics';
import type { Options } from 'k6/options';
import {
  capture,
  festival,
  hold,
  type OperationResult,
  pay,
  refund,
  topUp,
  transfer,
  voidHold,
} from 'k6/x/pay';

/** Honest operations a second, all together. */
const RATE = Number(__ENV.RATE ?? 2_000);
/** Schemes a second, all together; each has five to twenty moves. */
const SCHEMES = Number(__ENV.SCHEMES ?? 4);
const USERS = Number(__ENV.USERS ?? 20_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 500);
const SECONDS = Number(__ENV.SECONDS ?? 40);

const night = festival({
  users: USERS,
  merchants: MERCHANTS,
  medianMinor: 8_800,
  maxMinor: 200_000,
});

/** Of the moves of schemes that were decided on, those that were denied. */
const recall = new Rate('fraud_recall');
/** Of the schemes, those of which any move was. */
const found = new Rate('schemes_found');
/** Of the moves that were denied, those of schemes. */
const precision = new Rate('fraud_precision');
/** The same of the honest moves. */
const disturbed = new Rate('honest_disturbed');

const arrivals = (perSec: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(perSec)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(50, Math.ceil(perSec / 2)),
});

export const options: Options = {
  scenarios: {
    shoppers: { ...arrivals(RATE * 0.6), exec: 'shop' },
    friends: { ...arrivals(RATE * 0.2), exec: 'send' },
    savers: { ...arrivals(RATE * 0.1), exec: 'fill' },
    bookers: { ...arrivals(RATE * 0.05), exec: 'book' },
    rings: { ...arrivals(SCHEMES / 4), exec: 'ring' },
    collectors: { ...arrivals(SCHEMES / 4), exec: 'collect' },
    scatterers: { ...arrivals(SCHEMES / 4), exec: 'scatter' },
    brushers: { ...arrivals(SCHEMES / 4), exec: 'brush' },
  },
  thresholds: {
    honest_disturbed: ['rate<0.01'],
    fraud_precision: ['rate>0.5'],
    // Always hold: so that the summary has each.
    ...Object.fromEntries(
      ['ring', 'collect', 'scatter', 'brush'].map((name) => [
        `fraud_recall{scheme:${name}}`,
        ['rate>=0'],
      ]),
    ),
  },
  ext: {
    paydrill: {
      ...{ users: USERS, merchants: MERCHANTS, splitMerchants: 50 },
      risk: {
        ...{ rules: 'risk/in-line-rules.json', model: 'risk/model.json' },
        ...{ speed: 1_440, startHour: 8, closed: ['transfer'] },
      },
    },
  },
};

function honest(result: OperationResult): OperationResult {
  const isDenied = result.code === 'risk_denied';
  if (isDenied || result.outcome === 'ok') disturbed.add(isDenied);
  if (isDenied) precision.add(false);
  return ended(result);
}

/** Whether the move was denied. The scheme goes on all the same. */
function move(name: string, result: OperationResult): boolean {
  const isDenied = result.code === 'risk_denied';
  if (isDenied || result.outcome === 'ok') recall.add(isDenied, { scheme: name });
  if (isDenied) precision.add(true);
  ended(result);
  return isDenied;
}

function ended(result: OperationResult): OperationResult {
  check(result, { 'told what became of it': ({ outcome }) => outcome !== 'unknown' });
  return result;
}

/** One payment in twenty comes back. */
export function shop(): void {
  const order = {
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
  };
  const payment = honest(pay({ ...order, channel: night.chance(0.3) ? 'huabei' : 'balance' }));
  if (payment.outcome === 'ok' && night.chance(0.05)) ended(refund({ payment }));
}

/** To one of a few whom the user knows; some of it comes back. */
export function send(): void {
  const payer = night.payer();
  const payee = friendOf(payer);
  const amountMinor = night.amountMinor();
  honest(transfer({ payer, payee, amountMinor }));
  if (night.chance(0.2)) honest(transfer({ payer: payee, payee: payer, amountMinor }));
}

export function fill(): void {
  ended(topUp({ user: night.payer(), amountMinor: night.amountAround(50_000) }));
}

export function book(): void {
  const order = {
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
  };
  const held = honest(hold(order));
  if (held.outcome !== 'ok') return;
  ended(night.chance(0.7) ? capture({ hold: held }) : voidHold({ hold: held }));
}

/** Three or four hand the same money round, twice. */
export function ring(): void {
  const members = strangers(night.chance(0.5) ? 3 : 4);
  const amountMinor = night.amountAround(150_000);
  let isFound = false;
  for (let hop = 0; hop < members.length * 2; hop++) {
    const payer = members[hop % members.length] ?? 1;
    const payee = members[(hop + 1) % members.length] ?? 1;
    const order = { payer, payee, amountMinor: amountMinor - hop * 100 };
    isFound = move('ring', transfer(order)) || isFound;
    sleep(0.2);
  }
  found.add(isFound);
}

/** A dozen are made to pay one, who passes it on. */
export function collect(): void {
  const [mule = 1, last = 2, ...victims] = strangers(14);
  let isFound = false;
  for (const payer of victims) {
    const order = { payer, payee: mule, amountMinor: night.amountAround(60_000) };
    isFound = move('collect', transfer(order)) || isFound;
    sleep(0.05);
  }
  for (let part = 0; part < 3; part++) {
    const order = { payer: mule, payee: last, amountMinor: night.amountAround(150_000) };
    isFound = move('collect', transfer(order)) || isFound;
    sleep(0.1);
  }
  found.add(isFound);
}

/** One sends to six, who send it on to one. */
export function scatter(): void {
  const [source = 1, sink = 2, ...mules] = strangers(8);
  const amountMinor = night.amountAround(90_000);
  const orders = [
    ...mules.map((payee) => ({ payer: source, payee, amountMinor })),
    ...mules.map((payer) => ({ payer, payee: sink, amountMinor: amountMinor - 500 })),
  ];
  let isFound = false;
  for (const order of orders) {
    isFound = move('scatter', transfer(order)) || isFound;
    sleep(0.05);
  }
  found.add(isFound);
}

/** Four buy at the same three small shops, again and again. */
export function brush(): void {
  const payers = strangers(4);
  const small = Math.floor(MERCHANTS / 2);
  const shops = [0, 1, 2].map(() => 1 + small + (night.payer() % small));
  let isFound = false;
  for (let time = 0; time < 20; time++) {
    const payer = payers[time % payers.length] ?? 1;
    const merchant = shops[time % shops.length] ?? 1;
    const order = { payer, merchant, amountMinor: night.amountAround(30_000) };
    isFound = move('brush', pay(order)) || isFound;
    sleep(0.1);
  }
  found.add(isFound);
}

function friendOf(user: number): number {
  return 1 + ((user + Math.ceil(3 * (night.payer() / USERS))) % USERS);
}

/** So many users, no two the same. */
function strangers(count: number): number[] {
  const users = new Set<number>();
  while (users.size < count) users.add(night.payer());
  return [...users];
}
