/**
 * The night of Double Eleven, 23:59 to the day after, in forty seconds of load.
 *
 *   payments/s                        midnight
 *   peak      |                           ______________
 *             |                          |              \
 *   half      |                          |               \___
 *             |                          |                   \__
 *   a seventh |                          |                      \______
 *             |  ___________             |                             \
 *             |_/  top-ups  \__quiet____/   plateau      knees          refunds
 *             0 s           5           7           25          34       38
 *
 * The shape is the public one: orders step up tenfold within a second (2011: the first minute was ten times the
 * minute before), payments follow and stay high (2017: 100 million payments in the first 7:23 minutes, whose
 * mean of 226,000/s lies only 13 % under the peak of 256,000/s, reached at 00:05:22), then fall in knees (rate over
 * the day's mean in 2019: 28x until 5:25, 14.5x until 12:49, 3.9x until one hour: 1 to 0.5 to 0.14). Money is moved
 * into wallets beforehand because banks were the bottleneck of 2012; refunds come afterwards.
 *
 *   paydrill run scenarios/double-eleven.ts --peak 100000 --duration-scale 0.5
 *   paydrill run scenarios/double-eleven.ts -e MERCHANTS=200 -e SKEW=1.4        a few shops take it all
 */
import { check } from 'k6';
import type { Options } from 'k6/options';
import {
  capture,
  festival,
  hold,
  type OperationResult,
  pay,
  product,
  refund,
  topUp,
  transfer,
  voidHold,
} from 'k6/x/pay';

// --- parameters: -e NAME=value ---

/**
 * Payments a second on the plateau, all scenarios together. In 2016 it was 120,000, in 2017 256,000; the default is what
 * two idle cores carry that also run the proxy, the stack and the ledger's disk. On less, iterations are dropped and
 * counted; give more where there is more.
 */
const PEAK = Number(__ENV.PEAK ?? 220_000);
const USERS = Number(__ENV.USERS ?? 1_000_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 20_000);
/**
 * Zipf exponent of merchants. In 2019, 299 of 200,000 brands took at least 16 % of the money; s = 1 fits. Over
 * 20,000 merchants it gives the busiest 9.5 % of all payments: 23,000/s into one account, about the 20,000/s
 * that Ant's chief architect named in 2021 for one hot account.
 */
const SKEW = Number(__ENV.SKEW ?? 1);

const night = festival({
  users: USERS,
  merchants: MERCHANTS,
  zipfExponent: SKEW,
  // An assumption: baskets of about 88 yuan in the middle, a tenth above 300, none above 20,000 yuan.
  medianMinor: 8_800,
  amountSigma: 0.95,
  maxMinor: 2_000_000,
  // Shares of payments in 2016: Huabei 29 %, Yu'e Bao 18 %. How the other 53 % split was never published:
  // wallet balance, bank card and the rest are assumptions.
  channels: { huabei: 29, yuebao: 18, balance: 23, bankCard: 25, other: 5 },
});

const huabei = product('huabei');
const fund = product('fund');

// --- the night's timetable ---

const share = (part: number): number => Math.max(1, Math.round(PEAK * part));

/** Seconds of the peak's payments that may wait for their answers. */
const WAITING_S = 0.5;

/**
 * VUs are what can be under way at once: rate times response time. Idle ones are taken last in, first out, so that many cost
 * nothing until they are needed: on an honest second a thirtieth of its payments is under way, and that much stays in the caches
 * of the machine. While a fault holds payments back, people wait rather than vanish, half a second's worth of them at the peak;
 * beyond that iterations are dropped and counted.
 */
const vus = (rate: number, seconds: number): number => Math.max(20, Math.ceil(rate * seconds));

export const options: Options = {
  // The shape is the script's; how high it is, this machine says, unless -e PEAK or --peak does.
  ext: {
    paydrill: { calibrate: __ENV.PEAK === undefined, products: ['huabei', 'fund'] },
  },
  scenarios: {
    // 23:59. Wallets are filled: since the banks failed in 2012, money is moved before midnight.
    topups: {
      executor: 'ramping-arrival-rate',
      exec: 'fillWallet',
      startTime: '0s',
      startRate: 0,
      stages: [
        { target: share(0.15), duration: '2s' },
        { target: share(0.15), duration: '3s' },
      ],
      preAllocatedVUs: vus(share(0.15), 0.05),
      maxVUs: vus(share(0.15), 2 * WAITING_S),
    },
    // The quiet minutes: everyone waits with a finger on the button. A fifth of the evening's rate.
    quiet: {
      executor: 'constant-arrival-rate',
      exec: 'buy',
      startTime: '5s',
      rate: share(0.03),
      duration: '2s',
      preAllocatedVUs: vus(share(0.03), 0.05),
      maxVUs: vus(share(0.03), 2 * WAITING_S),
    },
    // 00:00:00. The step to the peak within a second, and the plateau.
    plateau: {
      executor: 'ramping-arrival-rate',
      exec: 'buy',
      startTime: '7s',
      startRate: share(0.03),
      stages: [
        { target: share(0.9725), duration: '1s' },
        { target: share(0.9725), duration: '17s' },
      ],
      preAllocatedVUs: vus(PEAK, 0.03),
      maxVUs: vus(PEAK, WAITING_S),
    },
    // 00:05 to 01:00. The knees: half of the peak, then a seventh.
    knees: {
      executor: 'ramping-arrival-rate',
      exec: 'buy',
      startTime: '25s',
      startRate: share(0.9725),
      stages: [
        { target: share(0.5), duration: '3s' },
        { target: share(0.25), duration: '3s' },
        { target: share(0.14), duration: '3s' },
      ],
      preAllocatedVUs: vus(PEAK, 0.03),
      maxVUs: vus(PEAK, WAITING_S),
    },
    // All night: red packets between friends. Spring Festival 2016 saw 60 million in five minutes.
    transfers: {
      executor: 'constant-arrival-rate',
      exec: 'redPacket',
      startTime: '7s',
      rate: share(0.02),
      duration: '27s',
      preAllocatedVUs: vus(share(0.02), 0.05),
      maxVUs: vus(share(0.02), 2 * WAITING_S),
    },
    // All night: deposits. A hold is captured when the goods leave; one in five is called off.
    holds: {
      executor: 'constant-arrival-rate',
      exec: 'deposit',
      startTime: '7s',
      rate: share(0.0075),
      duration: '27s',
      preAllocatedVUs: vus(share(0.0075), 0.1),
      maxVUs: vus(share(0.0075), 2 * WAITING_S),
    },
    // The day after. Apparel came back at 10 % in 2014. Many refunds are of things paid only in order to get a
    // deposit back (2022: no refund of the deposit before the balance is paid): pay, then refund.
    refunds: {
      executor: 'constant-arrival-rate',
      exec: 'giveBack',
      startTime: '34s',
      rate: share(0.1),
      duration: '4s',
      preAllocatedVUs: vus(share(0.1), 0.1),
      maxVUs: vus(share(0.1), 2 * WAITING_S),
    },
  },
  thresholds: {
    // What an honest night keeps, with one shard slow, one away and one restarted in the middle of it.
    // Of all that was asked, what could not be sent while the gateway was away included; on a shortened night the restarts stay as long.
    pay_ok: ['rate>0.5'],
    // Of what could be sent and was answered no, because a shard was away or it was too much: the target's own part of it.
    pay_declined: ['rate<0.2'],
    pay_unknown: ['rate<0.05'],
    pay_response_time: ['p(50)<1000', 'p(99)<20000'],
    checks: ['rate>0.99'],
  },
};

// --- what people do ---

type Way = 'pay' | 'huabei' | 'fund';

interface Paid {
  readonly by: Way;
  readonly payment: OperationResult;
}

/** A payment of this VU that happened, kept in case the goods come back: one in ten of them. */
let kept: Paid | undefined;

export function fillWallet(): void {
  topUp({ user: night.payer(), amountMinor: night.amountAround(20_000) });
}

/** Who pays whom, how much, and how. */
function order() {
  return {
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
    channel: night.channel(),
  };
}

/** On credit, out of the fund, or from the wallet, which banks and others fill. */
export function buy(): void {
  const bought = order();
  let by: Way = 'pay';
  let payment: OperationResult;
  switch (bought.channel) {
    case 'huabei':
      by = 'huabei';
      payment = huabei.pay(bought);
      break;
    case 'yuebao':
      by = 'fund';
      payment = fund.pay(bought);
      break;
    default:
      payment = pay(bought);
  }
  if (payment.outcome === 'ok' && night.chance(0.1)) kept = { by, payment };
}

export function redPacket(): void {
  const payer = night.payer();
  transfer({ payer, payee: night.payee(payer), amountMinor: night.amountAround(800) });
}

export function deposit(): void {
  const held = hold({
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
    timeoutS: 600,
  });
  if (held.outcome !== 'ok') return;
  if (night.chance(0.2)) voidHold({ hold: held });
  else capture({ hold: held });
}

/** Who has nothing to give back pays first, from the wallet. */
export function giveBack(): void {
  const { by, payment }: Paid = kept ?? { by: 'pay', payment: pay(order()) };
  kept = undefined;
  if (payment.outcome !== 'ok') return;
  // one in four orders comes back in part
  const amountMinor = night.chance(0.25) ? Math.ceil(payment.amountMinor / 2) : payment.amountMinor;
  let refunded: OperationResult;
  switch (by) {
    case 'huabei':
      refunded = huabei.refund({ of: payment, amountMinor });
      break;
    case 'fund':
      refunded = fund.refund({ of: payment, amountMinor });
      break;
    default:
      refunded = refund({ payment, amountMinor });
  }
  check(refunded, {
    'the ledger knows a payment that happened': ({ code }) =>
      code !== 'refunded_operation_not_found',
    'what was paid once can be refunded once': ({ code }) => code !== 'refund_exceeds_payment',
  });
}
