/**
 * Random commands, restarts (from checkpoints and without) and crashes against the model of ledger-model.ts: every answer, every account and every
 * remembered id must agree. A failing run prints its seed; PAYDRILL_SEED=<n> repeats it and shrinks it;
 * PAYDRILL_FUZZ_RUNS=<n> asks for more runs.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAccount } from '../../wire/accounts.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import {
  type Asked,
  alice,
  bank,
  bob,
  cafe,
  carol,
  clearing,
  fee,
  LedgerKit,
  type Posting,
  partiesOf,
  platform,
  shop,
} from './testing/ledger-kit.js';
import { DECLINE_CODES, LedgerModel } from './testing/ledger-model.js';

const IDS = 24;
const USERS = [alice, bob, carol];
const SHOPS = [shop, cafe];
const EVERYONE = [fee, platform, bank, clearing(0), clearing(1), clearing(2), ...USERS, ...SHOPS];
const UNKNOWN = 77;
/**
 * An odd step: entries made while the clock stands still are a few microseconds apart, so no deadline may fall on a
 * time the clock takes, which the model could not tell.
 */
const TICK_MS = 501;

const step = fc.record({
  act: fc.nat(99),
  id: fc.nat(IDS - 1),
  reference: fc.nat(IDS - 1),
  user: fc.nat(3),
  shop: fc.nat(2),
  amount: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 1500 })),
  timeoutS: fc.constantFrom(0, 1, 3),
  flags: fc.constantFrom(COMMAND_FLAG.primary, COMMAND_FLAG.secondary),
  peer: fc.constantFrom(1, 2),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function legsOf(from: number, to: number, amount: number): Posting[] {
  return [
    [from, -amount],
    [to, amount],
  ];
}

/** What the step asks; refunds and captures mostly fit what they refer to. */
function askedBy(chosen: Step, model: LedgerModel): Asked {
  const { act, id, amount, reference, flags, peer, timeoutS } = chosen;
  const user = USERS[chosen.user] ?? UNKNOWN;
  const merchant = SHOPS[chosen.shop] ?? clearing(peer);
  const referred = model.ids.get(reference)?.asked;
  const paid = referred?.legs ?? [];
  const payer = paid.find(([, posting]) => posting < 0)?.[0] ?? user;
  const payee = paid.find(([, posting]) => posting > 0)?.[0] ?? merchant;
  const channel = amount % 7 === 0 ? 1 : 0;
  if (act < 18) return { command: 'post', id, channel, legs: payment(user, merchant, amount) };
  if (act < 24) return { command: 'post', id, kind: 'transfer', legs: legsOf(user, bob, amount) };
  if (act < 28) return { command: 'post', id, kind: 'topUp', legs: legsOf(bank, user, amount) };
  if (act < 38) {
    return { command: 'post', id, kind: 'refund', reference, legs: legsOf(payee, payer, amount) };
  }
  if (act < 44) {
    const legs = legsOf(payee, payer, amount);
    return { command: 'try_', id, kind: 'refund', reference, flags, peer, legs };
  }
  if (act < 54)
    return { command: 'try_', id, flags, peer, legs: legsOf(user, clearing(peer), amount) };
  if (act < 62) return { command: 'confirm', id };
  if (act < 68) {
    // 0: none is given, or that of an operation which took effect
    const code = act < 65 ? DECLINE_CODES[amount % DECLINE_CODES.length] : 0;
    return { command: 'cancel', id, code };
  }
  if (act < 78) {
    const legs = legsOf(user, clearing(0), amount);
    return { command: 'hold', id, kind: 'hold', timeoutS, counterparty: merchant, legs };
  }
  if (act < 86) {
    return {
      command: 'capture',
      id,
      kind: 'capture',
      reference,
      counterparty: act < 84 ? referred?.counterparty : merchant,
      legs: payment(payer, merchant, amount),
    };
  }
  if (act < 90) {
    return { command: 'void_', id, kind: 'void', reference, user: act < 89 ? payer : user };
  }
  if (act < 93) {
    const parties = { user, counterparty: merchant };
    return {
      command: 'record_decline',
      id,
      amount,
      code: DECLINE_CODES[amount % DECLINE_CODES.length],
      ...parties,
    };
  }
  if (act < 96) return { command: 'lookup', id, user: act < 95 ? userOf(id, model) : user };
  return { command: 'balance', id, legs: [[user, 0]] };
}

/** Whose the id is, where it is known. */
function userOf(id: number, model: LedgerModel): number {
  const known = model.ids.get(id);
  return known === undefined ? alice : partiesOf(known.asked).user;
}

function payment(from: number, to: number, amount: number): Posting[] {
  if (amount < 10) return legsOf(from, to, amount);
  return [
    [from, -amount],
    [to, amount - 3],
    [fee, 2],
    [platform, 1],
  ];
}

class Pair {
  readonly kit: LedgerKit;
  model = new LedgerModel();
  #committed: LedgerModel;

  constructor(checkpointEvery: number) {
    this.kit = new LedgerKit({ checkpointEvery });
    for (const account of [fee, platform, clearing(0), clearing(1), clearing(2), ...SHOPS]) {
      this.model.open(account, 0, SHOPS.includes(account));
    }
    this.model.open(bank, -3000, false);
    for (const account of USERS) this.model.open(account, 1000, true);
    this.#committed = this.model.copy();
  }

  ask(asked: Asked): void {
    const wanted = this.model.ask(asked, this.kit.nowMs);
    const { outcome, code, legs } = this.kit.ask(asked);
    expect({ asked, outcome, code, legs }).toEqual({ asked, ...wanted });
  }

  pass(): void {
    this.kit.nowMs += TICK_MS;
    this.model.expire(this.kit.nowMs);
    this.kit.ledger.expireDue();
  }

  async commit(): Promise<void> {
    await this.kit.commit();
    this.#committed = this.model.copy();
  }

  async crash(): Promise<void> {
    await this.kit.crash();
    expect(this.kit.logLines).toEqual([]);
    this.model = this.#committed.copy();
  }

  check(): void {
    const lines = EVERYONE.map((number) => {
      const account = this.model.accounts.get(number);
      return `${formatAccount(number)} ${account?.debitsPending} ${account?.debitsPosted} ${account?.creditsPending} ${account?.creditsPosted} ${account?.version}`;
    });
    const real = this.kit.accountRecords().map((line) => {
      const [name, _opening, ...amounts] = line.split(' ');
      return [name, ...amounts.slice(0, 5)].join(' ');
    });
    expect(real.sort()).toEqual(lines.sort());
    for (let id = 0; id < IDS; id++) this.ask({ command: 'lookup', id });
  }
}

async function run(steps: readonly Step[], checkpointEvery: number): Promise<void> {
  const pair = new Pair(checkpointEvery);
  try {
    await pair.commit();
    for (const [i, chosen] of steps.entries()) {
      if (chosen.act === 99 && chosen.user < 2) await pair.crash();
      else if (chosen.act >= 97) await pair.commit();
      else pair.ask(askedBy(chosen, pair.model));
      if (chosen.amount % 5 === 0) pair.pass();
      if (i % 16 === 15) await pair.commit();
    }
    await pair.commit();
    pair.check();
    await pair.crash();
    pair.check();
  } finally {
    await pair.kit.close();
  }
}

const RUNS = process.env.PAYDRILL_FUZZ_RUNS;
const SEED = process.env.PAYDRILL_SEED;

test(
  'random commands, restarts and crashes agree with the model',
  async () => {
    const steps = fc.array(step, { minLength: 50, maxLength: 250 });
    const checkpointEvery = fc.constantFrom(2, 10, 40, 10_000);
    await fc.assert(fc.asyncProperty(steps, checkpointEvery, run), {
      numRuns: Number(RUNS ?? 20),
      endOnFailure: SEED === undefined,
      ...(RUNS === undefined ? { interruptAfterTimeLimit: 20_000 } : {}),
      ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    });
  },
  RUNS === undefined ? 30_000 : 3_600_000,
);
