/**
 * What people ask of service.js, and what nobody should get from it: refunds of more than is left, holds that are captured twice.
 *
 *   shopping   payments to shops, one in three given back: in parts, and now and then for more than is left
 *   friends    transfers between people, wages from the bank, the same request sent twice
 *   deposits   holds: captured whole, in part, a second time under another id; called off; or forgotten
 *
 * One payer in four is bob, who has four accounts: so many things happen to one account at the same time. carol has little.
 */
import { check } from 'k6';
import http from 'k6/http';
import type { Options } from 'k6/options';
import { type PaymentOperation, payments } from 'k6/x/pay';

/** Iterations a second; most are one to three operations. */
const RATE = Number(__ENV.RATE ?? 120);

function scenario(exec: string, share: number) {
  return {
    executor: 'constant-arrival-rate' as const,
    exec,
    rate: Math.max(1, Math.round(RATE * share)),
    duration: '20s',
    preAllocatedVUs: 20,
    maxVUs: RATE,
    gracefulStop: '30s',
  };
}

export const options: Options = {
  scenarios: {
    shopping: scenario('shop', 0.4),
    friends: scenario('befriend', 0.35),
    deposits: scenario('deposit', 0.25),
  },
  thresholds: {
    pay_unknown: ['rate<0.001'],
    checks: ['rate>0.99'],
  },
};

export function shop(): void {
  const order = { from: payer(), to: shopName(), amountMinor: amount() };
  const payment = payments.pay(order);
  ask(payment, '/payments', order);
  if (payment.outcome !== 'ok' || !chance(0.35)) return;
  const half = Math.ceil(payment.amountMinor / 2);
  giveBack(payment, half);
  if (chance(0.4)) giveBack(payment, payment.amountMinor - half);
  // One unit more than can be left.
  if (chance(0.4)) giveBack(payment, payment.amountMinor - half + 1);
}

export function befriend(): void {
  const wages = { from: 'bank', to: payer(), amountMinor: amount() };
  const gift = { from: payer(), to: `alice-${upTo(200)}`, amountMinor: amount() };
  const order = chance(0.2) ? wages : gift;
  if (order.from === order.to) return;
  const transfer = payments.transfer(order);
  const first = ask(transfer, '/payments', order);
  if (transfer.outcome !== 'ok' || !chance(0.1)) return;
  const again = post('/payments', { id: transfer.id, ...order });
  const isAnswer = again.status === 201 || REFUSED.includes(again.status);
  if (isAnswer)
    check(again, {
      'who asks again gets the first answer': ({ status }) => status === first.status,
    });
}

export function deposit(): void {
  const order = { from: payer(), to: shopName(), amountMinor: amount() };
  const hold = payments.hold(order);
  ask(hold, '/holds', order);
  // Some are forgotten.
  if (hold.outcome !== 'ok' || chance(0.05)) return;
  if (chance(0.25)) {
    ask(payments.void({ hold }), `/holds/${hold.id}/void`, {});
    return;
  }
  const part = chance(0.5) ? hold.amountMinor : Math.ceil(hold.amountMinor / 3);
  take(hold, part);
  if (chance(0.2)) take(hold, part);
}

// --- how it is asked ---

function giveBack(payment: PaymentOperation, amountMinor: number): void {
  ask(payments.refund({ payment, amountMinor }), `/payments/${payment.id}/refunds`, {
    amountMinor,
  });
}

function take(hold: PaymentOperation, amountMinor: number): void {
  ask(payments.capture({ hold, amountMinor }), `/holds/${hold.id}/capture`, { amountMinor });
}

/**
 * Until it is known what came of it, always under the same id; what stays unknown is looked up once the faults are healed. What the service has refused it refuses for ever: so it promises,
 * whatever became of the attempts before.
 */
function ask(operation: PaymentOperation, path: string, body: object) {
  operation.lookUp(({ id }) => http.get(`${__ENV.BASE_URL}/payments/${id}`, { timeout: '3s' }));
  return operation.attempt(({ id }) => {
    const answer = post(path, { id, ...body });
    if (REFUSED.includes(answer.status)) operation.declined();
    return answer;
  });
}

const REFUSED = [402, 404, 409, 422];

function post(path: string, body: object) {
  return http.post(`${__ENV.BASE_URL}${path}`, JSON.stringify(body), { timeout: '3s' });
}

// --- who and how much; Math.random() follows the seed ---

function payer(): string {
  if (chance(0.25)) return `bob-${upTo(4)}`;
  return chance(0.1) ? `carol-${upTo(20)}` : `alice-${upTo(200)}`;
}

/** The first shops are the busiest. */
function shopName(): string {
  return `shop-${Math.ceil(30 * Math.random() ** 2)}`;
}

function amount(): number {
  return 100 + upTo(4_000);
}

/** A whole number from 1. */
function upTo(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}

function chance(probability: number): boolean {
  return Math.random() < probability;
}
