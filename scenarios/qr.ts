/**
 * Does a code pay once, in its time and for its owner, whatever telephones and terminals do? People pay by codes that their telephones make
 * without a network; some clocks are wrong by ninety seconds, two terminals scan one code, old codes come back, made-up ones are tried;
 * meanwhile answers vanish, a shard and the gateway die.
 *
 *   paydrill run scenarios/qr.ts --faults scenarios/qr.faults.json
 */
import { check } from 'k6';
import type { Options } from 'k6/options';
import { festival, type OperationResult, product } from 'k6/x/pay';

/** Iterations a second, all together. */
const RATE = Number(__ENV.RATE ?? 1_500);
const USERS = Number(__ENV.USERS ?? 200_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 500);
const SECONDS = Number(__ENV.SECONDS ?? 20);

const night = festival({
  users: USERS,
  merchants: MERCHANTS,
  medianMinor: 3_500,
  maxMinor: 100_000,
});
const qr = product('qr');

const arrivals = (share: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil((RATE * share) / 2)),
});

export const options: Options = {
  scenarios: {
    payers: { ...arrivals(0.7), exec: 'pay' },
    wrongClocks: { ...arrivals(0.1), exec: 'skewed' },
    twoTerminals: { ...arrivals(0.1), exec: 'twice' },
    thieves: { ...arrivals(0.1), exec: 'guess' },
  },
  thresholds: { checks: ['rate==1'] },
  ext: { paydrill: { users: USERS, merchants: MERCHANTS, splitMerchants: 50, products: ['qr'] } },
};

const order = (payer: number) => ({
  payer,
  merchant: night.merchant(),
  amountMinor: night.amountMinor(),
});

/** Not answered is no answer: nothing is said of it. */
const refused = (result: OperationResult, what: string): boolean =>
  check(result, { [what]: ({ outcome }) => outcome !== 'ok' });

export function pay(): void {
  const payer = night.payer();
  const paid = qr.pay({ id: qr.code({ user: payer }), ...order(payer) });
  if (paid.outcome === 'ok' && night.chance(0.05)) qr.refund({ of: paid });
}

/** Codes are good for 45 seconds before and behind the ledger's clock: a minute and a half is too far. */
export function skewed(): void {
  const payer = night.payer();
  const skewS = night.chance(0.5) ? 90 : -90;
  refused(
    qr.pay({ id: qr.code({ user: payer, skewS }), ...order(payer) }),
    'a wrong clock pays nothing',
  );
}

/** One code in front of two terminals, and once more at the first. */
export function twice(): void {
  const payer = night.payer();
  const id = qr.code({ user: payer });
  const first = { id, ...order(payer) };
  const second = { id, ...order(payer), merchant: first.merchant === 1 ? 2 : 1 };
  const one = qr.pay(first);
  const other = qr.pay(second);
  check([one, other], {
    'a code pays one of two terminals': (both) =>
      both.filter(({ outcome }) => outcome === 'ok').length <= 1,
  });
  if (one.outcome === 'ok')
    check(qr.pay(first), {
      'who shows it again is told what was paid': ({ code }) =>
        code !== 'code_out_of_window' && code !== 'exceeds_credits',
    });
}

/** The code of somebody else, and one that is as good as guessed. */
export function guess(): void {
  const payer = night.payer();
  const id = night.chance(0.5)
    ? qr.code({ user: night.payee(payer) })
    : qr.code({ user: payer }).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  refused(qr.pay({ id, ...order(payer) }), 'a code that is not the payer’s pays nothing');
}
