/**
 * Do the smaller products keep their promises together, while everything is being broken? Purchases in instalments, takings that are swept
 * to the bank, policies and claims, disputes. What is under way, in suspense or set aside ends once, and nothing of it is left then.
 *
 *   paydrill run scenarios/everyday.ts --faults scenarios/everyday.faults.json
 */
import { check } from 'k6';
import type { Options } from 'k6/options';
import { festival, type OperationResult, pay, product, refund } from 'k6/x/pay';

/** Iterations a second, all together. */
const RATE = Number(__ENV.RATE ?? 1_200);
const USERS = Number(__ENV.USERS ?? 10_000);
const MERCHANTS = Number(__ENV.MERCHANTS ?? 200);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** Users n and n + 12 live on one shard, whether there are 1, 2, 3 or 4. */
const SAME_SHARD = 12;
/** Minor units: more than any merchant takes in a drill. */
const TOO_MUCH = 4_000_000_000;

const town = festival({
  users: USERS,
  merchants: MERCHANTS,
  zipfExponent: 0.5,
  medianMinor: 9_000,
  minMinor: 100,
  maxMinor: 150_000,
});
const instalments = product('instalments');
const settlement = product('settlement');
const insurance = product('insurance');
const chargeback = product('chargeback');

const arrivals = (share: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil((RATE * share) / 2)),
  // Whom an absent shard keeps waiting.
  maxVUs: Math.max(100, Math.ceil(RATE * share * 3)),
});

export const options: Options = {
  scenarios: {
    shoppers: { ...arrivals(0.3), exec: 'shop' },
    buyers: { ...arrivals(0.2), exec: 'buyInParts' },
    owners: { ...arrivals(0.2), exec: 'settle' },
    insured: { ...arrivals(0.15), exec: 'insure' },
    disputes: { ...arrivals(0.15), exec: 'dispute' },
  },
  thresholds: { checks: ['rate>0.98'], pay_unknown: ['rate<0.05'] },
  ext: {
    paydrill: {
      users: USERS,
      merchants: MERCHANTS,
      splitMerchants: 40,
      products: ['instalments', 'settlement', 'insurance', 'chargeback'],
      // While a shard is away what can wait is refused, so that shops go on: sweeps to the bank first, then new policies and disputes.
      brownOut: [
        { kinds: ['settlement.sweep'], inFlight: 100 },
        { kinds: ['insurance.insure', 'chargeback.open'], inFlight: 200 },
      ],
    },
  },
};

const told = (result: OperationResult): boolean => {
  check(result, { 'told what became of it': ({ outcome }) => outcome !== 'unknown' });
  return result.outcome === 'ok';
};
const refused = (result: OperationResult): boolean =>
  check(result, { 'what must not go did not': ({ outcome }) => outcome !== 'ok' });
const partOf = (amountMinor: number, parts: number): number =>
  Math.max(1, Math.floor(amountMinor / parts));

function order() {
  return { payer: town.payer(), merchant: town.merchant(), amountMinor: town.amountMinor() };
}

/** What merchants have in their tills. */
export function shop(): void {
  told(pay(order()));
}

/** In three parts, the last of which is what the division left; some stop after the first, some pay once more. */
export function buyInParts(): void {
  const bought = instalments.buy(order());
  if (!told(bought)) return;
  const first = partOf(bought.amountMinor, 3);
  told(instalments.part({ of: bought, amountMinor: first }));
  if (town.chance(0.2)) return;
  told(instalments.part({ of: bought, amountMinor: first }));
  const last = bought.amountMinor - 2 * first;
  if (!told(instalments.part({ of: bought, amountMinor: last }))) return;
  if (town.chance(0.2)) refused(instalments.part({ of: bought, amountMinor: 1 }));
}

/** The owner of a shop has what it takes brought to the bank, in two sweeps; one arrives, and now and then one comes back. */
export function settle(): void {
  const { merchant, ...paid } = order();
  if (!told(pay({ ...paid, merchant }))) return;
  const payee = 1 + (merchant % USERS);
  const amountMinor = partOf(paid.amountMinor, 3);
  const [first, second] = [
    settlement.sweep({ payee, merchant, amountMinor }),
    settlement.sweep({ payee, merchant, amountMinor }),
  ];
  if (town.chance(0.05)) refused(settlement.sweep({ payee, merchant, amountMinor: TOO_MUCH }));
  if (!told(first) || !told(second)) return;
  if (town.chance(0.2)) told(settlement.bounce({ of: first }));
  else told(settlement.arrive({ of: first }));
  // While the second is under way.
  refused(settlement.arrive({ of: first }));
  if (town.chance(0.1)) refused(settlement.arrive({ of: second, amountMinor: amountMinor - 1 }));
  told(settlement.arrive({ of: second }));
}

/** Two claims within the sum insured: one is rejected, and must not be paid; the other is paid. Nobody else claims. */
export function insure(): void {
  const payer = town.payer();
  const policy = insurance.insure({ payer, amountMinor: town.amountAround(30_000) });
  if (!told(policy) || town.chance(0.3)) return;
  const amountMinor = partOf(policy.amountMinor, 2);
  const [first, second] = [
    insurance.claim({ of: policy, amountMinor }),
    insurance.claim({ of: policy, amountMinor }),
  ];
  refused(insurance.claim({ of: policy }));
  refused(
    insurance.claim({ of: policy, payee: 1 + ((payer + SAME_SHARD - 1) % USERS), amountMinor: 1 }),
  );
  if (!told(first) || !told(second)) return;
  told(insurance.reject({ of: first }));
  refused(insurance.payOut({ of: first }));
  told(insurance.payOut({ of: second }));
}

/** Two disputes of one payment: the payer wins one and loses the other, and cannot have both; a refund of it all is too much by now. */
export function dispute(): void {
  const payment = pay(order());
  if (!told(payment)) return;
  const amountMinor = partOf(payment.amountMinor, 3);
  const [first, second] = [
    chargeback.open({ of: payment, amountMinor }),
    chargeback.open({ of: payment, amountMinor }),
  ];
  if (!told(first) || !told(second)) return;
  told(chargeback.lose({ of: first }));
  refused(chargeback.win({ of: first }));
  if (town.chance(0.5)) refused(refund({ payment }));
  told(chargeback.win({ of: second }));
}
