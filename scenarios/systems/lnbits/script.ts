/**
 * Payments between wallets of one LNbits: the payee's invoice, then the payer pays it. The hash of the invoice is the id of the payment: who
 * does not know what came of it pays the same invoice again, or looks for it by its hash.
 */
import http from 'k6/http';
import type { Options } from 'k6/options';
import { payments } from 'k6/x/pay';

interface Wallet {
  readonly name: string;
  readonly adminkey: string;
  readonly inkey: string;
}

const BASE = `${__ENV.BASE_URL}`;
const ASSET = 'MSAT';

export const options: Options = {
  scenarios: {
    pay: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE ?? 12),
      duration: '20s',
      preAllocatedVUs: 10,
      maxVUs: 40,
      gracefulStop: '30s',
    },
  },
};

/** The wallets of the user whom accounts.js made. */
export function setup(): readonly Wallet[] {
  const login = post('/api/v1/auth', { username: 'admin', password: 'correct horse' }, {});
  const authorization = `Bearer ${login.json('access_token')}`;
  const answer = http.get(`${BASE}/api/v1/wallets`, { headers: { authorization } });
  const wallets = answer.json() as unknown as readonly Wallet[];
  return wallets.filter(({ name }) => name.startsWith('wallet-'));
}

export default function pay(wallets: readonly Wallet[]): void {
  const payer = drawn(wallets);
  const payee = drawn(wallets.filter(({ name }) => name !== payer.name));
  // One in ten is more than most wallets have.
  const sat = Math.random() < 0.1 ? 15_000 + upTo(15_000) : upTo(400);
  const invoice = post('/api/v1/payments', { out: false, amount: sat, memo: 'drill' }, payee);
  if (invoice.status !== 201) return; // nothing is asked yet
  const id = String(invoice.json('payment_hash'));
  const bolt11 = invoice.json('bolt11');
  payments
    .transfer({ id, from: payer.name, to: payee.name, amountMinor: sat * 1000, asset: ASSET })
    .lookUp(
      () => http.get(`${BASE}/api/v1/payments/${id}`, { headers: { 'x-api-key': payer.inkey } }),
      (answer) => {
        if (answer.status === 404) return 'absent';
        return answer.status === 200 && answer.json('paid') === true ? 'ok' : 'unknown';
      },
    )
    .attempt(() => post('/api/v1/payments', { out: true, bolt11 }, payer));
}

/** It answers 520 to whatever cannot be paid, and says in words what it is. */
payments.settleBy((answer) => {
  const { status, body } = answer as { status: number; body: string };
  if (status === 201 || (status === 520 && body.includes('already paid'))) return 'ok';
  if (status === 520 && body.includes('"failed"')) return 'declined';
  return 'unknown';
});

function post(path: string, body: object, { adminkey = '' }: Partial<Wallet>) {
  const headers = { 'content-type': 'application/json', 'x-api-key': adminkey };
  return http.post(`${BASE}${path}`, JSON.stringify(body), { headers, timeout: '5s' });
}

function drawn<One>(all: readonly One[]): One {
  return all[Math.floor(Math.random() * all.length)] as One;
}

/** A whole number from 1. */
function upTo(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}
