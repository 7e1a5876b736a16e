/**
 * Does pay-later keep its promise while a shard dies during the bill run? Credit payments, refunds of some, late fees, repayments and bills, all
 * at once; twenty users spend until the limit says no.
 *
 *   paydrill run scenarios/huabei.ts --faults scenarios/huabei.faults.json
 */
import { check } from 'k6';
import type { Options } from 'k6/options';
import { festival, type OperationResult, product } from 'k6/x/pay';

/** Operations a second, all together. */
const RATE = Number(__ENV.RATE ?? 4_000);
const USERS = Number(__ENV.USERS ?? 20_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 500);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** What each user may owe, minor units. */
const LIMIT = 500_000;

const night = festival({
  users: USERS,
  merchants: MERCHANTS,
  medianMinor: 8_800,
  maxMinor: 200_000,
});
const huabei = product('huabei');

const arrivals = (share: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil((RATE * share) / 2)),
});

export const options: Options = {
  scenarios: {
    shoppers: { ...arrivals(0.6), exec: 'shop' },
    spenders: { ...arrivals(0.05), exec: 'spend' },
    repayers: { ...arrivals(0.15), exec: 'repay' },
    bills: { ...arrivals(0.1), exec: 'bill' },
  },
  ext: {
    paydrill: { users: USERS, merchants: MERCHANTS, splitMerchants: 50, products: ['huabei'] },
  },
};

const ended = (result: OperationResult): boolean =>
  check(result, { 'told what became of it': ({ outcome }) => outcome !== 'unknown' });

/** One payment in ten comes back, half of it or all. */
export function shop(): void {
  const payment = huabei.pay({
    payer: night.payer(),
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
  });
  ended(payment);
  if (payment.outcome !== 'ok' || !night.chance(0.1)) return;
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

/** A late fee now and then, then what was spent is paid back, fees first; more than is owed is refused. */
export function repay(): void {
  const payer = night.payer();
  const payment = huabei.pay({
    payer,
    merchant: night.merchant(),
    amountMinor: night.amountMinor(),
  });
  ended(payment);
  if (payment.outcome !== 'ok') return;
  const fee = night.chance(0.3) ? huabei.lateFee({ payer, amountMinor: 500 }) : undefined;
  const owed = payment.amountMinor + (fee?.outcome === 'ok' ? fee.amountMinor : 0);
  ended(huabei.repay({ payer, amountMinor: night.chance(0.5) ? owed : Math.ceil(owed / 3) }));
  if (night.chance(0.1)) ended(huabei.repay({ payer, amountMinor: 900_000 }));
  // What is repaid already comes back as money.
  if (night.chance(0.2)) ended(huabei.refund({ of: payment }));
}

/** What the user owes at this moment is billed. */
export function bill(): void {
  const payer = night.payer();
  const left = huabei.balance({ account: 'available', user: payer });
  const balanceMinor = left.receipt?.legs[0]?.balanceMinor ?? LIMIT;
  if (balanceMinor < LIMIT) ended(huabei.bill({ payer, amountMinor: LIMIT - balanceMinor }));
}
