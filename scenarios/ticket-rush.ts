/**
 * Is a seat sold once, and a segment left out by nobody? Trains of four segments whose sale opens at one second: everybody looks what is left, at all
 * times, and everybody wants the same trains. A journey takes a seat on each of its segments and the money with them, or nothing; it is paid for, given
 * up, given back; who comes late waits; meanwhile answers vanish, a shard and the gateway die.
 *
 *   paydrill run scenarios/ticket-rush.ts --faults scenarios/ticket-rush.faults.json
 *
 * Thousands look for each who orders: on the real system of the account ten thousand. That many are asked for with
 *
 *   paydrill run scenarios/ticket-rush.ts -e QUERIES_PER_ORDER=10000
 *
 * but of the 60,000 looks that two cores answer beside everything else in 20 s six orders are left, and no rush: the default is 30 to 1, 2,000 orders.
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { festival, operationId, product } from 'k6/x/pay';

/** Looks at what is left in a second, of all trains together. */
const QUERIES = Number(__ENV.QUERIES ?? 3_000);
const QUERIES_PER_ORDER = Number(__ENV.QUERIES_PER_ORDER ?? 30);
const SECONDS = Number(__ENV.SECONDS ?? 20);
/** When the sale opens, seconds. */
const OPENS_S = Number(__ENV.OPENS_S ?? SECONDS / 4);
const USERS = Number(__ENV.USERS ?? 20_000);
const TRAINS = Number(__ENV.TRAINS ?? 8);

const FARE = 5_000;
const STATIONS = 5;

const night = festival({ users: USERS, merchants: TRAINS, zipfExponent: 1 });
const tickets = product<'from' | 'to'>('tickets');

const orders = Math.max(4, Math.round((QUERIES * SECONDS) / QUERIES_PER_ORDER));
/** Of all orders so many come within the first second; the others until the end. */
const AT_ONCE = 0.5;
const restS = Math.max(1, SECONDS - OPENS_S - 1);

/** Of orders; who asks for what there is not. */
const CHEATS = 0.04;

/** `count` of them within these seconds. */
const arrivals = (each: { count: number; startS: number; seconds: number }) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(each.count)),
  timeUnit: `${each.seconds}s`,
  startTime: `${each.startS}s`,
  duration: `${each.seconds}s`,
  preAllocatedVUs: Math.min(5_000, Math.max(20, Math.ceil((each.count / each.seconds) * 3))),
  gracefulStop: '10s',
});

export const options: Options = {
  scenarios: {
    look: {
      ...arrivals({ count: QUERIES * SECONDS, startS: 0, seconds: SECONDS }),
      preAllocatedVUs: Math.max(20, QUERIES),
      exec: 'look',
    },
    rush: { ...arrivals({ count: orders * AT_ONCE, startS: OPENS_S, seconds: 1 }), exec: 'order' },
    after: {
      ...arrivals({ count: orders * (1 - AT_ONCE), startS: OPENS_S + 1, seconds: restS }),
      exec: 'order',
    },
    cheats: {
      ...arrivals({ count: orders * CHEATS, startS: OPENS_S, seconds: restS + 1 }),
      exec: 'cheat',
    },
  },
  thresholds: { checks: ['rate==1'] },
  ext: {
    paydrill: { users: USERS, merchants: TRAINS, splitMerchants: 0, products: ['tickets'] },
  },
};

/** What is left on a segment of a train. */
export function look(): void {
  const segment = 1 + Math.floor(Math.random() * (STATIONS - 1));
  tickets.balance({ account: `seg${segment}`, merchant: night.merchant() });
}

function journey(): { from: number; to: number } {
  const from = 1 + Math.floor(Math.random() * (STATIONS - 1));
  return { from, to: from + 1 + Math.floor(Math.random() * (STATIONS - from)) };
}

/** Held, and then paid for, or not; some give it back; who gets none waits. */
export function order(): void {
  const payer = night.payer();
  const merchant = night.merchant();
  const { from, to } = journey();
  const held = tickets.hold({ payer, merchant, from, to });
  if (held.outcome === 'declined') {
    if (held.code === 'exceeds_credits' && night.chance(0.3)) wait({ payer, merchant, from, to });
    return;
  }
  if (held.outcome !== 'ok') return;
  sleep(Math.random());
  const isPaying = night.chance(0.7);
  const ended = isPaying ? tickets.pay({ of: held }) : tickets.expire({ of: held });
  if (night.chance(0.1)) {
    const other = isPaying ? tickets.expire({ of: held }) : tickets.pay({ of: held });
    check([ended, other], {
      'paid for or given up, not both': (both) =>
        both.filter(({ outcome }) => outcome === 'ok').length < 2,
    });
  }
  if (isPaying && ended.outcome === 'ok' && night.chance(0.2)) tickets.refund({ of: ended });
}

/** Asks for a while whether a seat is free again. */
function wait(wanted: { payer: number; merchant: number; from: number; to: number }): void {
  const { payer, merchant, from, to } = wanted;
  const placed = tickets.wait({ payer, from, to });
  if (placed.outcome !== 'ok') return;
  for (let asked = 0; asked < 3; asked++) {
    sleep(0.3 + Math.random());
    const granted = tickets.grant({ of: placed, merchant });
    if (granted.outcome !== 'declined') return;
  }
  tickets.leave({ of: placed });
}

/** An id that has another journey than this one has. */
function idOfOther(id: string): string {
  const journeyIn = (one: string): number => Number.parseInt(one.slice(15, 18), 16) % 64;
  for (;;) {
    const other = operationId();
    if (journeyIn(other) !== journeyIn(id)) return other;
  }
}

/** Cheaper, by an id of one’s own for which there may be no journey, or for a journey that is not the one that is held. */
export function cheat(): void {
  const payer = night.payer();
  const merchant = night.merchant();
  const { from, to } = journey();
  const answers = [
    tickets.hold({ payer, merchant, from, to, amountMinor: FARE * (to - from) - 1 }),
  ];
  const made = tickets.hold({ payer, merchant, id: operationId(), amountMinor: 7 });
  answers.push(made);
  if (exec.scenario.iterationInTest % 2 === 0) {
    const held = tickets.hold({ payer, merchant, from: 1, to: 2 });
    if (held.outcome === 'ok') {
      answers.push(tickets.pay({ of: held, id: idOfOther(held.id) }));
      tickets.expire({ of: held });
    }
  }
  check(answers, {
    'nobody travels for less': (all) => all.every(({ outcome }) => outcome !== 'ok'),
  });
}
