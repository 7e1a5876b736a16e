/**
 * A first drill, to be changed: twelve seconds of payments and refunds in a small town, while starter.faults.json makes
 * one link slow, drops replies and kills a ledger shard. It ends with exit code 0 where every payment is accounted for
 * and the thresholds hold.
 */
import { check } from 'k6';
import { Counter } from 'k6/metrics';
import type { OperationResult } from 'k6/x/pay';
import { festival, pay, refund } from 'k6/x/pay';

const town = festival({ users: 10_000, merchants: 200 });
const refundedMinor = new Counter('refunded_minor');

export const options = {
  // The accounts that the reference stack is opened with.
  ext: { paydrill: { users: 10_000, merchants: 200, splitMerchants: 40 } },
  scenarios: {
    shopping: {
      executor: 'ramping-arrival-rate',
      exec: 'shop',
      startRate: 100,
      timeUnit: '1s',
      stages: [
        { target: 1000, duration: '2s' },
        { target: 1000, duration: '8s' },
        { target: 100, duration: '2s' },
      ],
      preAllocatedVUs: 2000,
      maxVUs: 4000,
      gracefulStop: '20s',
    },
    refunds: {
      executor: 'constant-arrival-rate',
      exec: 'giveBack',
      startTime: '3s',
      rate: 50,
      duration: '9s',
      preAllocatedVUs: 200,
      maxVUs: 500,
      gracefulStop: '20s',
    },
  },
  thresholds: {
    pay_response_time: ['p(95)<3000'],
    checks: ['rate>0.99'],
  },
};

export function shop() {
  check(payOnce(), { 'paid, or declined for a reason': ({ outcome }) => outcome !== 'unknown' });
}

export function giveBack() {
  const payment = payOnce();
  if (payment.outcome !== 'ok') return;
  const back = refund({ payment });
  if (back.outcome === 'ok') refundedMinor.add(back.amountMinor);
}

function payOnce(): OperationResult {
  return pay({
    payer: town.payer(),
    merchant: town.merchant(),
    amountMinor: town.amountMinor(),
    channel: town.channel(),
  });
}
