/**
 * Does pay-later keep its promise while a shard dies? Credit payments with refunds of some, late fees, and repayments that run through the night;
 * one user in ten spends until the limit says no.
 *
 *   paydrill run scenarios/huabei.ts --faults scenarios/huabei.faults.json
 */
import { check } from 'k6';
import type { Options } from 'k6/options';
import { festival, type OperationResult, product } from 'k6/x/pay';

/** Operations a second, all together. */
const RATE = Number(__ENV.RATE ?? 2_000);
const USERS = Number(__ENV.USERS ?? 20_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 500);
const SECONDS = Number(__ENV.SECONDS ?? 20);

const night = festival({ users: USERS, merchants: MERCHANTS, medianMinor: 8_800, maxMinor: 200_000 });
const huabei = product('huabei');

const arrivals = (share: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil(RATE * share)),
});

export const options: Options = {
  scenarios: {
    shoppers: { ...arrivals(0.7), exec: 'shop' },
    spenders: { ...arrivals(0.1), exec: 'spend' },
    repayers: { ...arrivals(0.15), exec: 'repay' },
    fees: { ...arrivals(0.05), exec: 'late' },
  },
  ext: {
    paydrill: { users: USERS, merchants: MERCHANTS, splitMerchants: 50, products: ['huabei'] },
  },
};

const ended = (result: OperationResult): boolean =>
  check(result, { 'told what became of it': ({ outcome }) => outcome !== 'unknown' });

/** One payment in twenty comes back, half of it or all. */
export function shop(): void {
  const payment = huabei.pay({
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
  });
  ended(payment);
  if (payment.outcome !== 'ok' || !night.chance(0.05)) return;
  const amountMinor = night.chance(0.5) ? Math.ceil(payment.amountMinor / 2) : payment.amountMinor;
  ended(huabei.refund({ of: payment, amountMinor }));
}

/** A few users, again and again: the limit refuses them. */
export function spend(): void {
  ended(
    huabei.pay({
      payer: 1 + (night.payer() % 20),
      merchant: night.merchant(),
      amountMinor: night.amountAround(60_000),
    }),
  );
}

/** What was spent a moment ago is paid back; more than is owed is refused. */
export function repay(): void {
  const payer = night.payer();
  const payment = huabei.pay({ payer, merchant: night.merchant(), amountMinor: night.amountMinor() });
  ended(payment);
  if (payment.outcome !== 'ok') return;
  ended(huabei.repay({ payer, amountMinor: payment.amountMinor }));
  if (night.chance(0.1)) ended(huabei.repay({ payer, amountMinor: 900_000 }));
}

export function late(): void {
  const payer = night.payer();
  const fee = huabei.lateFee({ payer, amountMinor: 500 });
  ended(fee);
  if (fee.outcome === 'ok') ended(huabei.repayFees({ payer, amountMinor: 500 }));
}
