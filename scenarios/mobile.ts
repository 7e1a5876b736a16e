/**
 * Does a payment that a telephone sends twice happen once? People pay by telephone over networks that stall, are narrow and break between the
 * request and its answer; their apps lose patience and send again under the same id, over a new connection each time they are opened;
 * meanwhile answers vanish, a shard and the gateway die.
 *
 *   paydrill run scenarios/mobile.ts --faults scenarios/mobile.faults.json
 */
import { check } from 'k6';
import http from 'k6/http';
import type { Options } from 'k6/options';
import { festival, type PaymentOperation, payments } from 'k6/x/pay';

/** Payments a second, over all networks together. */
const RATE = Number(__ENV.RATE ?? 500);
const USERS = Number(__ENV.USERS ?? 100_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 500);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** How long an app waits for an answer before it sends again. */
const PATIENCE_MS = Number(__ENV.PATIENCE_MS ?? 1_500);

/** Of a night's telephones, and how long they hold a VU at most, about. */
const NETWORKS = {
  '2g': { share: 0.05, seconds: 8 },
  '3g': { share: 0.2, seconds: 3 },
  '4g-commuter': { share: 0.4, seconds: 2 },
  elevator: { share: 0.05, seconds: 8 },
} as const;
/** At home, by the link `clients`. */
const WIFI_SHARE = 0.3;

const night = festival({
  users: USERS,
  merchants: MERCHANTS,
  medianMinor: 3_800,
  maxMinor: 200_000,
});

const telephones = (network: string, share: number, seconds: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(10, Math.ceil(RATE * share * seconds)),
  maxVUs: Math.max(20, Math.ceil(RATE * share * seconds * 4)),
  exec: 'pay',
  env: { NETWORK: network },
  tags: { network },
});

export const options: Options = {
  scenarios: {
    wifi: telephones('', WIFI_SHARE, 1),
    ...Object.fromEntries(
      Object.entries(NETWORKS).map(([network, { share, seconds }]) => [
        network,
        telephones(network, share, seconds),
      ]),
    ),
  },
  // An app that is opened has no connection yet.
  noVUConnectionReuse: true,
  thresholds: {
    checks: ['rate==1'],
    'http_req_duration{network:3g}': ['p(95)<4000'],
    'http_req_duration{network:2g}': ['med<2000'],
  },
  ext: {
    paydrill: {
      users: USERS,
      merchants: MERCHANTS,
      splitMerchants: 50,
      networks: Object.keys(NETWORKS),
    },
  },
};

export function pay(): void {
  const payer = night.payer();
  const [from, to] = [`user:${payer}`, `merchant:${night.merchant()}`];
  const amountMinor = night.amountMinor();
  const payment = payments.pay({ from, to, amountMinor });
  send(payment, { kind: 'pay', payer: from, payee: to, amountMinor });
  if (payment.outcome !== 'ok' || !night.chance(0.1)) return;
  const part = Math.ceil(amountMinor / 2);
  const refund = payments.refund({ payment, amountMinor: part });
  const back = { payer: to, payee: from, amountMinor: part, reference: payment.id };
  send(refund, { kind: 'refund', ...back });
}

interface Body {
  readonly kind: string;
  readonly payer: string;
  readonly payee: string;
  readonly amountMinor: number;
  readonly reference?: string;
}

/** Until it is answered, always under the same id, as an app does that shows its user a wheel. */
function send(operation: PaymentOperation, body: Body): void {
  const base = __ENV.NETWORK ? payments.urlOver(__ENV.NETWORK) : payments.url;
  const user = body.payer.startsWith('user') ? body.payer : body.payee;
  operation.lookUp(({ id }) => http.get(`${payments.url}/v1/operations/${id}?account=${user}`));
  const answer = operation.attempt(
    ({ id }) =>
      http.post(`${base}/v1/operations`, JSON.stringify({ id, ...body }), {
        headers: { 'Content-Type': 'application/json' },
        timeout: PATIENCE_MS,
      }),
    { attempts: 20 },
  );
  // What stays without an answer is looked up in the end.
  if (operation.outcome === 'ok' || operation.outcome === 'declined')
    check(answer, {
      'paid, or declined for a reason': ({ status }) => status === 200 || status === 402,
    });
}
