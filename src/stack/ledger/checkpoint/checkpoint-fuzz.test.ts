/**
 * Books restored from a checkpoint against books that read the whole log: random commands over many pages of accounts and
 * many seconds of ids, little memory for ids, short checkpoints, a kill between any two batches. Each row is a seed; the
 * twin's answers are the right ones. PAYDRILL_FUZZ_RUNS=<n> asks for more seeds, from PAYDRILL_SEED=<n> on.
 */
import { describe, expect, test } from 'vitest';
import { merchantAccount, userAccount } from '../../../wire/accounts.js';
import { readUint64 } from '../../../wire/bytes.js';
import { ENTRY } from '../../../wire/ledger-log.js';
import { formatOperationId, readOperationId } from '../../../wire/operation-id.js';
import {
  type AckRead,
  type Asked,
  clearing,
  fee,
  idWords,
  LedgerKit,
  platform,
} from '../testing/ledger-kit.js';

const USERS = 500;
const MERCHANTS = 200;
const OPENING = [
  {
    firstAccount: userAccount(1),
    count: USERS,
    stride: 1,
    openingMinor: 5000,
    mustNotOverdraw: true,
  },
  {
    firstAccount: merchantAccount(1),
    count: MERCHANTS,
    stride: 1,
    openingMinor: 0,
    mustNotOverdraw: true,
  },
];
/** Milliseconds of id time from one operation to the next. */
const STEP = 23;

/** mulberry32 (Tommy Ettinger, public domain). */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

class Traffic {
  /** Everything ever asked that takes an id, by the number of the operation. */
  readonly asked: Asked[] = [];
  readonly #draw: (below: number) => number;

  constructor(draw: (below: number) => number) {
    this.#draw = draw;
  }

  next(): Asked {
    const kind = this.#draw(100);
    const earlier = this.#earlier();
    if (earlier !== undefined && kind < 10) return earlier;
    if (earlier !== undefined && kind < 16) return { ...earlier, command: 'lookup' };
    if (earlier?.command === 'try_' && kind < 60) {
      return { ...earlier, command: kind < 45 ? 'confirm' : 'cancel' };
    }
    const asked = this.#new(kind, earlier);
    this.asked.push(asked);
    return asked;
  }

  /** Mostly a recent one. */
  #earlier(): Asked | undefined {
    const back = this.#draw(4) === 0 ? this.#draw(this.asked.length + 1) : this.#draw(30);
    return this.asked[this.asked.length - 1 - back];
  }

  #new(kind: number, earlier: Asked | undefined): Asked {
    const id = this.asked.length * STEP + this.#draw(STEP);
    const user = userAccount(1 + this.#draw(USERS));
    const merchant = merchantAccount(1 + this.#draw(MERCHANTS));
    const amount = 1 + this.#draw(400);
    const [payer, payee] = [earlier?.legs?.[0][0] ?? user, earlier?.counterparty ?? merchant];
    const counterparty = earlier === undefined ? merchant : payee;
    if (earlier?.kind === 'hold' && kind < 70) {
      if (kind < 50)
        return { command: 'void_', id, kind: 'void', reference: earlier.id, user: payer };
      const legs = [
        [payer, -amount],
        [payee, amount],
      ] as const;
      return { command: 'capture', id, kind: 'capture', reference: earlier.id, counterparty, legs };
    }
    if (earlier !== undefined && kind < 40) {
      const legs = [
        [payee, -amount],
        [payer, amount],
      ] as const;
      const command = kind < 30 ? 'post' : 'try_';
      const flags = command === 'try_' ? 1 : 0;
      return {
        command,
        id,
        kind: 'refund',
        reference: earlier.id,
        flags,
        peer: flags,
        user: payer,
        legs,
      };
    }
    if (kind < 55) {
      const legs = [
        [user, -amount],
        [clearing(0), amount],
      ] as const;
      const timeoutS = this.#draw(3) * 20;
      return { command: 'hold', id, kind: 'hold', timeoutS, counterparty: merchant, legs };
    }
    if (kind < 70) {
      const legs = [
        [user, -amount],
        [clearing(1), amount],
      ] as const;
      return { command: 'try_', id, flags: 1, peer: 1, counterparty: merchant, legs };
    }
    if (kind < 73)
      return { command: 'record_decline', id, amount, code: 1, user, counterparty: merchant };
    if (kind < 75) return { command: 'cancel', id, user };
    const legs = [
      [user, -amount - 3],
      [merchant, amount],
      [fee, 2],
      [platform, 1],
    ] as const;
    return { command: 'post', id, counterparty: merchant, legs };
  }
}

/** What is open, oldest first where that counts, and when it ends. */
function open({ ledger }: LedgerKit): string[] {
  const { pending, ids } = ledger.books;
  const lines: string[] = [];
  const tell = (slot: number): string => {
    const at = pending.at(slot);
    const words = readOperationId(pending.view, at + ENTRY.id);
    const record = ids.find(words[0] | 0, words[1] | 0, words[2] | 0, words[3] | 0);
    const place = `${pending.batch(slot)}.${pending.offset(slot)}`;
    const ends = pending.deadlines.deadlineUs(slot);
    const known = record === pending.record(slot) && ids.a(record) === slot;
    const triedUs = readUint64(pending.view, at + ENTRY.timestamp);
    return `${formatOperationId(words)} ${ids.state(record)} ${place} ${triedUs} ${ends} ${known}`;
  };
  for (const slot of pending.branchSlots()) lines.push(tell(slot));
  const holds: string[] = [];
  for (let slot = 0; slot < pending.slots; slot++) {
    if (pending.holding(slot) === 2) holds.push(tell(slot));
  }
  return [...lines, ...holds.sort()];
}

/** Of every operation: what its repeat and its look-up are answered, and what of it was refunded. */
function answers(kit: LedgerKit, asked: readonly Asked[]): (AckRead | string)[] {
  const { books } = kit.ledger;
  return asked.flatMap((one) => {
    const [word0, word1, word2, word3] = idWords(one.id).map((word) => word | 0);
    const record = books.find(word0, word1, word2, word3);
    if (record < 0) return [`${one.id} is not known`];
    const repeated = kit.run({ ...one, tag: 0 }, { ...one, command: 'lookup', tag: 0 });
    return [...repeated, `${one.id} refunded ${books.refunds.get(record) ?? 0}`];
  });
}

/** Everything is committed. `watermarkMs`: before the kill. */
async function compare(
  kit: LedgerKit,
  asked: readonly Asked[],
  watermarkMs: number,
): Promise<void> {
  const twin = kit.fromLog();
  try {
    expect(twin.replayed).toBeGreaterThanOrEqual(kit.replayed);
    expect(kit.accountRecords()).toEqual(twin.accountRecords());
    expect(open(kit)).toEqual(open(twin));
    expect(kit.ledger.books.lastUs).toBe(twin.ledger.books.lastUs);
    expect(kit.ledger.books.ids.watermarkMs).toBeGreaterThanOrEqual(watermarkMs);
    expect(answers(kit, asked)).toEqual(answers(twin, asked));
    expect(kit.accountRecords()).toEqual(twin.accountRecords());
  } finally {
    await twin.close();
  }
}

const ROUNDS = Number(process.env.PAYDRILL_FUZZ_RUNS ?? 3);
const KILLS = 4;
const FIRST = Number(process.env.PAYDRILL_SEED ?? 1);

describe.each(Array.from({ length: ROUNDS }, (_, round) => FIRST + round))('seed %i', (seed) => {
  test('books from a checkpoint are the books of the whole log', { timeout: 60_000 }, async () => {
    const draw = generator(seed);
    const checkpointEvery = [30, 100, 400][seed % 3];
    const kit = new LedgerKit({ opening: OPENING, idsMax: 16 * 256, checkpointEvery });
    kit.nowMs += 10_000_000;
    const traffic = new Traffic(draw);
    let spared = 0;
    try {
      await kit.commit();
      let watermarkMs = 0;
      for (let kills = 0; kills < KILLS; kills++) {
        const batches = 1 + draw(120);
        for (let batch = 0; batch < batches; batch++) {
          kit.run(...Array.from({ length: 1 + draw(30) }, () => traffic.next()));
          if (draw(4) === 0) kit.nowMs += draw(9000);
          kit.ledger.expireDue();
          await kit.commit();
          watermarkMs = kit.ledger.books.ids.watermarkMs;
        }
        kit.run(...Array.from({ length: draw(20) }, () => traffic.next()));
        await kit.crash();
        expect(kit.logLines).toEqual([]);
        spared += kit.ledger.books.log.entries - kit.replayed;
        await compare(kit, traffic.asked, watermarkMs);
      }
      expect(spared).toBeGreaterThan(0);
    } finally {
      await kit.close();
    }
  });
});
