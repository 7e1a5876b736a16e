/**
 * Does everybody get one part of a red packet, and do all parts together come to what was put in? One packet that a crowd wants at once, and
 * many among friends; some ask twice, some come late, what is left goes back; meanwhile answers vanish, a shard and the gateway die.
 *
 *   paydrill run scenarios/red-packets.ts --faults scenarios/red-packets.faults.json
 */
import { check } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { festival, type OperationResult, product } from 'k6/x/pay';

/** Parts that are asked for in a second, of all packets together. */
const RATE = Number(__ENV.RATE ?? 4_000);
const USERS = Number(__ENV.USERS ?? 200_000);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** What is in the packet of the crowd, minor units: less than is asked for, so that who comes late gets nothing. */
const CROWD_MINOR = Number(__ENV.CROWD_MINOR ?? 20_000_000);
const GIVER = 1;

const night = festival({ users: USERS, merchants: 1, medianMinor: 2_000, maxMinor: 20_000 });
const packets = product('red-packets');

const arrivals = (share: number) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil((RATE * share) / 2)),
});

export const options: Options = {
  scenarios: {
    crowd: { ...arrivals(0.8), exec: 'grab' },
    cheats: { ...arrivals(0.02), exec: 'cheat' },
    friends: { ...arrivals(0.04), exec: 'give' },
  },
  thresholds: { checks: ['rate==1'] },
  ext: {
    paydrill: { users: USERS, merchants: 1, openingMinor: 100_000_000, products: ['red-packets'] },
  },
};

/** The packet of the crowd; its giver has another: whoever gets more than there is in the one takes it out of that. */
export function setup(): OperationResult {
  packets.issue({ payer: GIVER, amountMinor: CROWD_MINOR });
  return packets.issue({ payer: GIVER, amountMinor: CROWD_MINOR });
}

/** Some have found out that an id may be made up, and ask for a second part under one of their own: refused. */
export function cheat(packet: OperationResult): void {
  const payee = 2 + (exec.scenario.iterationInTest % (USERS - 1));
  const claim = { of: packet, payee, amountMinor: 1 };
  const { id } = packets.claim(claim);
  const own = id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  check(packets.claim({ ...claim, id: own }), {
    'no part under an id of one’s own': ({ outcome }) => outcome !== 'ok',
  });
}

/** Each person is another; one in ten asks again at once, for more. */
export function grab(packet: OperationResult): void {
  const payee = 2 + (exec.scenario.iterationInTest % (USERS - 1));
  const first = packets.claim({ of: packet, payee, amountMinor: partOf(night.amountMinor()) });
  if (!night.chance(0.1)) return;
  const again = packets.claim({ of: packet, payee, amountMinor: partOf(night.amountMinor()) });
  check([first, again], {
    'one part for one person': (both) => {
      const parts = both.filter(({ outcome }) => outcome === 'ok');
      return parts.length < 2 || parts[0]?.amountMinor === parts[1]?.amountMinor;
    },
  });
}

function partOf(amountMinor: number): number {
  return 1 + Math.floor(Math.random() * 2 * amountMinor);
}

/** A packet for some friends: split as chance has it, the last gets what is left, or nobody takes that and it goes back. */
export function give(): void {
  const payer = night.payer();
  const packet = packets.issue({ payer, amountMinor: 10 + night.amountMinor() });
  if (packet.outcome !== 'ok') return;
  let left = packet.amountMinor;
  const friends = 3 + Math.floor(Math.random() * 3);
  for (let friend = 0; friend < friends && left > 1; friend++) {
    const amountMinor = 1 + Math.floor(Math.random() * (left - 1));
    const claimed = packets.claim({ of: packet, payee: night.payee(payer), amountMinor });
    if (claimed.outcome === 'unknown') return; // what is left is not known then
    if (claimed.outcome === 'ok') left -= amountMinor;
  }
  const ended = packets.expire({ of: packet, amountMinor: left });
  check(ended, {
    'no more goes back than was left': ({ outcome, code }) =>
      outcome !== 'declined' || code !== 'exceeds_credits',
  });
}
