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

/** Of the moves of schemes, those that were denied. */
const recall = new Rate('fraud_recall');
/** Of the moves that were denied, those of schemes. */
const precision = new Rate('fraud_precision');
/** Of the honest moves, those that were denied. */
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
  thresholds: { honest_disturbed: ['rate<0.01'], fraud_precision: ['rate>0.5'] },
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
  disturbed.add(isDenied);
  if (isDenied) precision.add(false);
  return ended(result);
}

/** False where the scheme is found out. */
function scheme(result: OperationResult): boolean {
  const isDenied = result.code === 'risk_denied';
  recall.add(isDenied);
  if (isDenied) precision.add(true);
  ended(result);
  return !isDenied;
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
  for (let move = 0; move < members.length * 2; move++) {
    const payer = members[move % members.length] ?? 1;
    const payee = members[(move + 1) % members.length] ?? 1;
    scheme(transfer({ payer, payee, amountMinor: amountMinor - move * 100 }));
    sleep(0.2);
  }
}

/** A dozen are made to pay one, who passes it on. */
export function collect(): void {
  const [mule = 1, last = 2, ...victims] = strangers(14);
  for (const payer of victims) {
    scheme(transfer({ payer, payee: mule, amountMinor: night.amountAround(60_000) }));
    sleep(0.05);
  }
  for (let move = 0; move < 3; move++) {
    scheme(transfer({ payer: mule, payee: last, amountMinor: night.amountAround(150_000) }));
    sleep(0.1);
  }
}

/** One sends to six, who send it on to one. */
export function scatter(): void {
  const [source = 1, sink = 2, ...mules] = strangers(8);
  const amountMinor = night.amountAround(90_000);
  for (const payee of mules) {
    scheme(transfer({ payer: source, payee, amountMinor }));
    sleep(0.05);
  }
  for (const payer of mules) {
    scheme(transfer({ payer, payee: sink, amountMinor: amountMinor - 500 }));
    sleep(0.05);
  }
}

/** Four buy at the same three small shops, again and again. */
export function brush(): void {
  const payers = strangers(4);
  const shops = [0, 1, 2].map(
    () => 1 + Math.floor(MERCHANTS / 2) + (night.payer() % Math.floor(MERCHANTS / 2)),
  );
  for (let move = 0; move < 20; move++) {
    const payer = payers[move % payers.length] ?? 1;
    const merchant = shops[move % shops.length] ?? 1;
    scheme(pay({ payer, merchant, amountMinor: night.amountAround(30_000) }));
    sleep(0.1);
  }
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
