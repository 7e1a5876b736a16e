/**
 * Is money from the fund there in a second, and never twice, while the fund house is slow and then away? People pay from the fund, buy units and
 * redeem them, a rush of them at one moment; the yield of the day is credited; a shard and the gateway die meanwhile.
 *
 *   paydrill run scenarios/fund.ts --faults scenarios/fund.faults.json
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { festival, type OperationResult, product } from 'k6/x/pay';

/** Operations a second, all together, outside the rush. */
const RATE = Number(__ENV.RATE ?? 2_000);
const USERS = Number(__ENV.USERS ?? 20_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 500);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** As the fund has them: money for 10,000 units, what a day earns per ten million. */
const PRICE = 12_500;
const YIELD_PER_10M = 480;

const night = festival({
  users: USERS,
  merchants: MERCHANTS,
  medianMinor: 8_800,
  maxMinor: 300_000,
});
const fund = product('fund');

const arrivals = (share: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil((RATE * share) / 2)),
});

export const options: Options = {
  scenarios: {
    shoppers: { ...arrivals(0.5), exec: 'shop' },
    savers: { ...arrivals(0.2), exec: 'save' },
    spenders: { ...arrivals(0.03), exec: 'spend' },
    yields: { ...arrivals(0.1), exec: 'earn' },
    // Midnight: for a tenth of the time everybody wants their money at once.
    rush: {
      ...arrivals(0.5),
      startTime: `${SECONDS * 0.6}s`,
      duration: `${SECONDS * 0.1}s`,
      exec: 'redeem',
    },
  },
  ext: { paydrill: { users: USERS, merchants: MERCHANTS, splitMerchants: 50, products: ['fund'] } },
};

const ended = (result: OperationResult): boolean =>
  check(result, { 'told what became of it': ({ outcome }) => outcome !== 'unknown' });

export function shop(): void {
  const payment = fund.pay({
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
  });
  ended(payment);
  if (payment.outcome === 'ok' && night.chance(0.1))
    ended(fund.refund({ of: payment, amountMinor: Math.ceil(payment.amountMinor / 2) }));
}

export function save(): void {
  ended(fund.subscribe({ payer: night.payer(), amountMinor: Math.max(100, night.amountMinor()) }));
  redeem();
}

/** The money is there at once. Of three redemptions the fund house pays one the same evening. */
export function redeem(): void {
  const redeemed = fund.redeem({ payer: night.payer(), amountMinor: night.amountMinor() });
  ended(redeemed);
  if (redeemed.outcome !== 'ok' || !night.chance(0.3)) return;
  sleep(untilHousePays());
  ended(fund.settle({ of: redeemed }));
  // Once, whoever asks again.
  if (night.chance(0.1)) ended(fund.settle({ of: redeemed }));
}

/** Seconds. It is slow, and from the middle of the load on, for a fifth of it, it is away. */
function untilHousePays(): number {
  const done = exec.instance.currentTestRunDuration / 1000 / SECONDS;
  const slow = SECONDS * (0.02 + 0.03 * Math.random());
  return done > 0.5 && done < 0.7 ? SECONDS * (0.7 - done) + slow : slow;
}

/** A few users until there is nothing left. */
export function spend(): void {
  ended(fund.redeem({ payer: 1 + (night.payer() % 20), amountMinor: night.amountAround(150_000) }));
}

/** What the units that somebody has now are worth earns a day's yield. */
export function earn(): void {
  const payee = night.payer();
  const units = fund.balance({ account: 'units', user: payee }).receipt?.legs[0]?.balanceMinor ?? 0;
  const amountMinor = Math.floor(
    (Math.floor((units * PRICE) / 10_000) * YIELD_PER_10M) / 10_000_000,
  );
  if (amountMinor >= 2) ended(fund.yield({ payee, amountMinor }));
}
