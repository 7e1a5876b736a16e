/**
 * Payments and refunds as any k6 script would make them, by POST to the JSON API of the reference stack: the load that k6.ts and
 * drill.ts share. It imports k6's own modules alone. What it is about to ask, and what was answered, it says to a teller: under
 * k6 that is nobody, under paydrill the journal, by which the laws judge.
 */
import { check } from 'k6';
import http, { type RefinedResponse } from 'k6/http';
import type { Options } from 'k6/options';

const USERS = 10_000;
const MERCHANTS = 200;

/** What came of one operation, to be said once. */
export interface Told {
  settle(answer: unknown): unknown;
}

export interface Teller<Operation extends Told> {
  /** Where the API is. */
  url(): string;
  pay(order: { id: string; from: string; to: string; amountMinor: number }): Operation;
  refund(order: { id: string; payment: Operation; amountMinor: number }): Operation;
}

export const options = {
  // The accounts that the reference stack is opened with, where paydrill starts it.
  ext: { paydrill: { users: USERS, merchants: MERCHANTS, splitMerchants: 40 } },
  scenarios: {
    shopping: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE ?? 200),
      duration: __ENV.DURATION ?? '10s',
      preAllocatedVUs: 100,
      maxVUs: 1000,
    },
  },
  // As the faults of drill.faults.json leave it: nobody asks again.
  thresholds: {
    checks: ['rate>0.75'],
    http_req_failed: ['rate<0.25'],
    http_req_duration: ['p(95)<2000'],
  },
} satisfies Options;

/** Paid, or declined for a reason: both are what was to be expected. */
const expected = http.expectedStatuses(200, 402);

/** One of four is sorry, and wants half of it back. */
export function shop<Operation extends Told>(teller: Teller<Operation>): void {
  const from = `user:${1 + Math.floor(Math.random() * USERS)}`;
  const to = `merchant:${1 + Math.floor(Math.random() * MERCHANTS)}`;
  const amountMinor = 100 + Math.floor(Math.random() * 9900);
  const id = uuid7();
  const payment = teller.pay({ id, from, to, amountMinor });
  const paid = post(teller.url(), { kind: 'pay', id, payer: from, payee: to, amountMinor });
  payment.settle(paid);
  check(paid, {
    'paid, or declined for a reason': ({ status }) => status === 200 || status === 402,
  });
  if (paid.status !== 200 || Math.random() > 0.25) return;
  giveBack(teller, { payment, id, from, to, amountMinor: Math.floor(amountMinor / 2) });
}

function giveBack<Operation extends Told>(
  teller: Teller<Operation>,
  order: { payment: Operation; id: string; from: string; to: string; amountMinor: number },
): void {
  const { payment, amountMinor } = order;
  const id = uuid7();
  const refund = teller.refund({ id, payment, amountMinor });
  const body = { kind: 'refund', id, payer: order.to, payee: order.from, reference: order.id };
  const back = post(teller.url(), { ...body, amountMinor });
  refund.settle(back);
  check(back, { 'given back': ({ status }) => status === 200 });
}

function post(url: string, body: object): RefinedResponse<'text'> {
  return http.post(`${url}/v1/operations`, JSON.stringify(body), {
    headers: { 'Content-Type': 'application/json' },
    responseCallback: expected,
    responseType: 'text',
  });
}

/** RFC 9562, version 7: 48 bits of milliseconds, then chance. */
function uuid7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  const variant = '89ab'[Math.floor(Math.random() * 4)];
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-${variant}${hex(3)}-${hex(6)}${hex(6)}`;
}

function hex(digits: number): string {
  return Math.floor(Math.random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}
