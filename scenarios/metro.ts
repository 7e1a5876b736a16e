/**
 * Is every token that a gate of a metro let through settled once, whenever it is uploaded? Telephones make signed tokens, gates check them
 * without a network; some gates are offline for up to two hours and upload late, twice, or the exit before the entry; clocks of gates are
 * wrong by ninety seconds, telephones are cloned, tokens forged; meanwhile answers vanish, a shard and the gateway die.
 *
 *   paydrill run scenarios/metro.ts --faults scenarios/metro.faults.json
 *
 * Nobody waits for two hours: a tap of then is made and checked with both clocks set back, and the ledger sees by its own how late it comes.
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import type { Options } from 'k6/options';
import { festival, type OperationResult, operationId, product } from 'k6/x/pay';

/** Riders a second, all together. */
const RATE = Number(__ENV.RATE ?? 600);
const SECONDS = Number(__ENV.SECONDS ?? 20);
const USERS = Number(__ENV.USERS ?? 100_000);
/** Of the metro: 1 is the operator of the line, 2 of another. */
const [OPERATOR, OTHER] = [1, 2];
const DEPOSIT_MINOR = 1_500;
const STATIONS = 40;
const HOUR_S = 3_600;
/** What a gate keeps in its queue and uploads again. */
const LATER = [
  'reference_not_here_yet',
  'not_admitted',
  'expired_before_execution',
  'shard_unavailable',
  'not_sent',
];
const UPLOADS_MAX = 200;
const SAME = 'a second upload is told what became of the first';

const night = festival({ users: USERS, merchants: 2 });
const transit = product<'station'>('transit');

/** `lastsS`: as long as one of them may take, with a stack that is away for a while. */
const arrivals = (share: number, lastsS = 2) => ({
  executor: 'constant-arrival-rate' as const,
  rate: Math.max(1, Math.round(RATE * share)),
  duration: `${SECONDS}s`,
  preAllocatedVUs: Math.max(20, Math.ceil(RATE * share * lastsS)),
});

export const options: Options = {
  scenarios: {
    riders: { ...arrivals(0.6), exec: 'ride' },
    offlineGates: { ...arrivals(0.2), exec: 'uploadLate' },
    clones: { ...arrivals(0.08), exec: 'clone' },
    forgers: { ...arrivals(0.08), exec: 'forge' },
    neverLeft: { ...arrivals(0.04, 7), exec: 'lapse' },
  },
  thresholds: { checks: ['rate==1'] },
  ext: {
    paydrill: {
      users: USERS,
      merchants: 2,
      // Operators are on every shard: where one were elsewhere than its rider, a gateway that dies could Cancel an exit, for good.
      splitMerchants: Number(__ENV.SPLIT ?? 2),
      openingMinor: 10_000_000,
      products: ['transit'],
    },
  },
};

/** Nobody taps twice at one moment: each group has riders of its own, one after the other. */
function rider(group: number): number {
  const each = Math.floor(USERS / 6);
  return group * each + 1 + (exec.scenario.iterationInTest % each);
}

const between = (from: number, to: number): number =>
  from + Math.floor(Math.random() * (to - from));

const anyStation = (): number => between(0, STATIONS);

interface Tap {
  readonly user: number;
  /** Any, where it is left out. */
  readonly station?: number;
  /** By the telephone's clock. */
  readonly agoS: number;
  /** By how much the gate's clock is wrong. */
  readonly gateSkewS?: number;
}

/** At a gate without a network: the id of a token that it lets through. */
function tap(of: 'enter' | 'exit', at: Tap): string {
  const { agoS, station = anyStation(), user } = at;
  return read(of, transit.token({ of, user, station, skewS: -agoS }), at);
}

function read(of: 'enter' | 'exit', token: string, { agoS, gateSkewS = 0 }: Tap): string {
  const seen = transit.readToken(token, { of, skewS: gateSkewS - agoS });
  check(seen, {
    'a gate lets a good token through, without a network': ({ problem }) => problem === undefined,
  });
  if (seen.problem !== undefined) throw new Error(seen.problem);
  return seen.id;
}

const entryOf = (id: string, account: number) => ({
  id,
  account,
  counterparty: 0,
  amountMinor: DEPOSIT_MINOR,
});

const enter = (user: number, id: string) => transit.enter({ payer: user, id });
const leave = (user: number, entry: string, id: string, merchant = OPERATOR) =>
  transit.exit({ of: entryOf(entry, user), merchant, id });

/** A gate keeps what it saw until it is told what became of it. */
function upload(send: () => OperationResult): OperationResult {
  let last = send();
  for (let n = 1; n < UPLOADS_MAX && isOpen(last); n++) {
    sleep(0.1);
    last = send();
  }
  return last;
}

const isOpen = ({ outcome, code }: OperationResult): boolean =>
  outcome === 'unknown' || LATER.includes(code);

/** Whoever was let through is settled. */
function settled(result: OperationResult): boolean {
  return check(result, {
    'what a gate let through is settled, however late it is uploaded': ({ outcome }) =>
      outcome === 'ok',
  });
}

/** Not answered is no answer: nothing is said of it. */
function refusedAs(result: OperationResult, name: string): void {
  check(result, {
    [`${name} is refused by name`]: ({ outcome, code }) =>
      outcome === 'unknown' || code === name || LATER.includes(code),
  });
}

/** With a network at both gates. A ride takes some seconds here. */
export function ride(): void {
  const user = rider(0);
  const gateSkewS = night.chance(0.1) ? (night.chance(0.5) ? 90 : -90) : 0;
  const entry = tap('enter', { user, agoS: between(5, 20), gateSkewS });
  if (!settled(upload(() => enter(user, entry)))) return;
  const exit = tap('exit', { user, agoS: 0, gateSkewS });
  settled(upload(() => leave(user, entry, exit)));
}

/** Gates that had no network for up to two hours: queues come in any order, and some come twice. */
export function uploadLate(): void {
  const user = rider(1);
  const agoS = between(HOUR_S / 2, 2 * HOUR_S - 60);
  const entry = tap('enter', { user, agoS });
  const exit = tap('exit', { user, agoS: agoS - between(300, 1_500) });
  if (night.chance(0.4)) refusedAs(leave(user, entry, exit), 'reference_not_here_yet');
  const entered = upload(() => enter(user, entry));
  const left = upload(() => leave(user, entry, exit));
  settled(entered);
  settled(left);
  if (!night.chance(0.3)) return;
  const again = [upload(() => enter(user, entry)), upload(() => leave(user, entry, exit))];
  check(again, {
    [SAME]: ([one, other]) => isSame(one, entered) && isSame(other, left),
  });
}

const isSame = (one: OperationResult | undefined, other: OperationResult): boolean =>
  one === undefined || isOpen(one) || JSON.stringify(one.receipt) === JSON.stringify(other.receipt);

/**
 * A copied token: gates without a network let both in, and the ledger takes it once. A copied telephone: two exits of one entry, while
 * another entry of the same rider is there to pay for it.
 */
export function clone(): void {
  const user = rider(2);
  const gate = { user, agoS: between(30, HOUR_S) };
  const token = transit.token({ of: 'enter', user, station: 3, skewS: -gate.agoS });
  const entry = read('enter', token, gate);
  const first = upload(() => enter(user, entry));
  const second = upload(() => enter(user, read('enter', token, gate)));
  if (!settled(first)) return;
  check(second, { [SAME]: (other) => isSame(other, first) });
  const another = tap('enter', { user, agoS: 10 });
  if (!settled(upload(() => enter(user, another)))) return;
  const [exit, copied, last] = [0, 2, 4].map((agoS) => tap('exit', { user, agoS }));
  if (!settled(upload(() => leave(user, entry, exit)))) return;
  refusedAs(leave(user, entry, exit, OTHER), 'exists_with_different_credit_account_id');
  refusedAs(leave(user, entry, copied), 'refund_exceeds_payment');
  settled(upload(() => leave(user, another, last)));
}

/** What no honest telephone makes, and gates see without a network. */
function showBad(user: number): void {
  const of = 'enter';
  const good = transit.token({ of, user, station: 3 });
  const bad = {
    cut: good.slice(0, between(0, good.length - 1)),
    malformed: `${good}A`,
    bad_signature: flipped(good),
    unknown_kind: transit.token({ of: 'exit', user, station: 3 }),
    from_the_future: transit.token({ of, user, station: 3, skewS: 400 }),
    expired: transit.token({ of, user, station: 3, skewS: -400 }),
  };
  for (const [name, token] of Object.entries(bad))
    check(transit.readToken(token, { of }), {
      'a gate says why it does not let a token through': ({ problem }) => problem === name,
    });
}

/** A rogue gate uploads what it likes. */
export function forge(): void {
  const user = rider(3);
  showBad(user);
  const code = (of: 'enter' | 'exit', skewS: number, who = user) =>
    transit.code({ of, user: who, station: anyStation(), skewS });
  const guessed = code('enter', -50).replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  refusedAs(enter(user, guessed), 'code_not_genuine');
  refusedAs(enter(user, code('enter', -4 * HOUR_S - 60)), 'code_out_of_window');
  refusedAs(enter(user, code('enter', 200)), 'code_out_of_window');
  const entry = code('enter', -30);
  if (!settled(upload(() => enter(user, entry)))) return;
  refusedAs(leave(user, entry, code('exit', -HOUR_S)), 'code_not_in_sequence');
  // Two who ride swap: the one leaves by the other's entry.
  const other = rider(4);
  const others = code('enter', -40, other);
  if (!settled(upload(() => enter(other, others)))) return;
  refusedAs(leave(other, entry, code('exit', -1, other)), 'reference_has_different_accounts');
  settled(upload(() => leave(other, others, code('exit', 0, other))));
  settled(upload(() => leave(user, entry, code('exit', 0))));
}

/** Of the signed part, one character is another. */
function flipped(token: string): string {
  const at = between(4, 28);
  return token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
}

/** An entry of almost four hours ago: nobody left, and in some seconds nobody can any more. */
export function lapse(): void {
  const user = rider(5);
  const entry = tap('enter', { user, agoS: 4 * HOUR_S - 3 });
  const beganMs = Date.now();
  if (enter(user, entry).outcome !== 'ok') return; // too late, after a stack that was away
  const ended = (id: string) => transit.lapse({ of: entryOf(entry, user), merchant: OPERATOR, id });
  if (night.chance(0.5)) {
    const early = ended(operationId());
    const isEarly = Date.now() - beganMs < 1_500;
    if (isEarly) refusedAs(early, 'too_early');
    if (early.code !== 'too_early') return;
  }
  sleep(4);
  const id = operationId();
  settled(upload(() => ended(id)));
  refusedAs(
    leave(user, entry, transit.code({ of: 'exit', user, station: 3, skewS: -2 * HOUR_S - 60 })),
    'code_out_of_window',
  );
}
