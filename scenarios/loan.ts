/**
 * Is a loan decided and paid out within a second, and paid out once, while the stack breaks under it? Applications, disbursements, days of
 * interest, repayments and charge-offs, all at once; some ask for more than they may have, some want theirs twice, or what was declined.
 *
 *   paydrill run scenarios/loan.ts --faults scenarios/loan.faults.json
 */
import { check } from 'k6';
import { Trend } from 'k6/metrics';
import type { Options } from 'k6/options';
import { festival, type OperationResult, product } from 'k6/x/pay';

/** Iterations a second, all together. */
const RATE = Number(__ENV.RATE ?? 1_500);
const USERS = Number(__ENV.USERS ?? 20_000);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** Nothing is broken before: what a loan takes is measured here. */
const CALM_SECONDS = 5;
/** Minor units: risk control's limit of one payment, and what all loans of a user may be together. */
const RISK_MINOR_MAX = 5_000_000;
const LIMIT = 30_000_000;
/** They ask again and again, until their limit says no. */
const GREEDY = 10;

const crowd = festival({
  users: USERS - GREEDY,
  merchants: 1,
  medianMinor: 120_000,
  maxMinor: 900_000,
});
const loan = product('loan');
/** From the application to the money. */
const decideAndDisburse = new Trend('decide_and_disburse', true);

const arrivals = (share: number, from = 0, until = SECONDS) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  startTime: `${from}s`,
  duration: `${until - from}s`,
  preAllocatedVUs: Math.max(20, Math.ceil((RATE * share) / 2)),
  // Whom an absent shard keeps waiting.
  maxVUs: Math.max(100, Math.ceil(RATE * share * 3)),
});

export const options: Options = {
  scenarios: {
    calm: { ...arrivals(0.45, 0, CALM_SECONDS), exec: 'borrow' },
    borrowers: { ...arrivals(0.45, CALM_SECONDS), exec: 'borrow' },
    debtors: { ...arrivals(0.3), exec: 'owe' },
    greedy: { ...arrivals(0.05), exec: 'askForMore' },
    cheats: { ...arrivals(0.1), exec: 'cheat' },
    defaulters: { ...arrivals(0.1), exec: 'fail' },
  },
  thresholds: {
    'decide_and_disburse{scenario:calm}': ['p(99)<1000'],
    checks: ['rate>0.99'],
    pay_unknown: ['rate<0.05'],
  },
  ext: { paydrill: { users: USERS, merchants: 1, splitMerchants: 0, products: ['loan'] } },
};

const told = (result: OperationResult): boolean =>
  check(result, { 'told what became of it': ({ outcome }) => outcome !== 'unknown' });
const refused = (result: OperationResult): boolean =>
  check(result, { 'what must not go did not': ({ outcome }) => outcome !== 'ok' });

/** What a loan that was decided at once is paid out with; undefined where it was not. */
function borrowed(payer: number, amountMinor: number): OperationResult | undefined {
  const begunMs = Date.now();
  const application = loan.apply({ payer, amountMinor });
  told(application);
  if (application.outcome !== 'ok') return undefined;
  const paid = loan.disburse({ of: application });
  told(paid);
  if (paid.outcome !== 'ok') return undefined;
  decideAndDisburse.add(Date.now() - begunMs);
  return paid;
}

export function borrow(): void {
  borrowed(crowd.payer(), crowd.amountMinor());
}

/** Days of interest, and repayments: in part, of all of it, of more than is owed. */
export function owe(): void {
  const payer = crowd.payer();
  const paid = borrowed(payer, crowd.amountMinor());
  if (paid === undefined) return;
  const { amountMinor } = paid;
  const accrued = loan.accrue({ payer, amountMinor });
  told(accrued);
  told(loan.repay({ payer, amountMinor: Math.ceil(amountMinor / 3) }));
  if (crowd.chance(0.3))
    told(loan.repay({ payer, amountMinor: amountMinor - Math.ceil(amountMinor / 3) }));
  if (crowd.chance(0.1)) told(loan.repay({ payer, amountMinor: LIMIT }));
}

/** Within what risk control lets go, until the limit of all loans is reached. */
export function askForMore(): void {
  borrowed(USERS - GREEDY + 1 + (crowd.payer() % GREEDY), crowd.amountAround(800_000));
}

/** Too much for risk control; a part, what was declined, what is another's, and the same loan twice. */
export function cheat(): void {
  const payer = crowd.payer();
  const declined = loan.apply({ payer, amountMinor: RISK_MINOR_MAX + crowd.amountMinor() });
  refused(declined);
  const application = loan.apply({ payer, amountMinor: crowd.amountMinor() + 1 });
  told(application);
  if (application.outcome !== 'ok') return;
  const { amountMinor } = application;
  if (crowd.chance(0.5)) refused(loan.disburse({ of: application, amountMinor: amountMinor - 1 }));
  if (crowd.chance(0.5)) refused(loan.disburse({ of: declined, amountMinor }));
  refused(loan.disburse({ of: application, payee: 1 + (payer % USERS) }));
  told(loan.disburse({ of: application }));
  refused(loan.disburse({ of: application }));
}

/** Interest for some days, and then the loan is given up. */
export function fail(): void {
  const payer = crowd.payer();
  const paid = borrowed(payer, crowd.amountMinor());
  if (paid === undefined) return;
  for (let day = 0; day < 3; day++) told(loan.accrue({ payer, amountMinor: paid.amountMinor }));
  told(loan.chargeOff({ payee: payer, amountMinor: paid.amountMinor }));
  if (crowd.chance(0.2)) told(loan.chargeOff({ payee: payer, amountMinor: LIMIT }));
}
