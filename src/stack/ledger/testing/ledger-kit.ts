/**
 * For the tests and benches of this room: commands written as plain objects, acks and entries read back as such, and a
 * ledger on a real store in a temp folder whose clock the test holds.
 */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { knownKind } from '../../../products/kinds.js';
import {
  ACCOUNT_CLASS,
  accountParts,
  formatAccount,
  merchantAccount,
  systemAccount,
  userAccount,
} from '../../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME, type Outcome } from '../../../wire/acks.js';
import type { OpenRange } from '../../../wire/admin.js';
import { readInt64, readUint64, writeInt64, writeUint64 } from '../../../wire/bytes.js';
import { CMD, COMMAND, COMMAND_BYTES, type CommandName } from '../../../wire/ledger-commands.js';
import {
  ACCOUNT,
  ACCOUNT_BYTES,
  ENTRY,
  ENTRY_HEAD_BYTES,
  ENTRY_LEG_BYTES,
  LEG,
} from '../../../wire/ledger-log.js';
import type { Mutant } from '../../../wire/mutants.js';
import {
  formatOperationId,
  makeOperationId,
  readOperationId,
  writeOperationId,
} from '../../../wire/operation-id.js';
import { resultName } from '../../../wire/results.js';
import { openLmdbStore } from '../../store/lmdb-store.js';
import type { Store } from '../../store/store.js';
import { changeDerived } from '../../store/testing/derived.js';
import { AckBuffer } from '../ack-buffer.js';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { Ledger } from '../ledger.js';
import { tailBug } from '../mutants/tail.js';
import { recoverBooks } from '../recovery.js';

export const START_MS = 1_700_000_000_000;

export const alice = userAccount(1);
export const bob = userAccount(2);
export const carol = userAccount(3);
export const shop = merchantAccount(1);
export const cafe = merchantAccount(2);
export const fee = systemAccount(1, 0);
export const platform = systemAccount(2, 0);
export const bank = systemAccount(3, 0);
export const clearing = (peer: number): number => systemAccount(16 + peer, 0);

/** Alice, Bob and Carol have 1,000 each; the shop and the cafe nothing. */
export const OPENING: readonly OpenRange[] = [
  { firstAccount: alice, count: 3, stride: 1, openingMinor: 1000, mustNotOverdraw: true },
  { firstAccount: shop, count: 2, stride: 1, openingMinor: 0, mustNotOverdraw: true },
];

export type Posting = readonly [account: number, amountMinor: number];

export interface Asked {
  readonly command: CommandName;
  /** The n-th id of the test; also its millisecond. */
  readonly id: number;
  /** By name, those of products too. */
  readonly kind?: string;
  readonly legs?: readonly Posting[];
  readonly amount?: number;
  readonly reference?: number;
  readonly timeoutS?: number;
  readonly code?: number;
  readonly flags?: number;
  readonly peer?: number;
  readonly tag?: number;
  readonly channel?: number;
  /** Accounts of the parties; default: those that the legs show. */
  readonly user?: number;
  readonly counterparty?: number;
}

export interface AckRead {
  readonly tag: number;
  readonly outcome: Outcome;
  readonly code: string;
  readonly timestamp: number;
  readonly legs: readonly { account: number; balance: number; version: number }[];
}

export interface EntryRead {
  readonly id: string;
  readonly reference: string;
  readonly timestamp: number;
  readonly amount: number;
  readonly code: string;
  readonly command: number;
  readonly legs: readonly {
    account: number;
    posting: number;
    balance: number;
    version: number;
    pending: number;
  }[];
}

export function idWords(n: number): readonly [number, number, number, number] {
  return makeOperationId({ unixMs: START_MS + n, free12: 7, free30: n, free32: n * 2654435761 });
}

export function idText(n: number): string {
  return formatOperationId(idWords(n));
}

/** The amount is what the first debited account pays, unless given. */
export function encodeCommands(asked: readonly Asked[]): Buffer {
  const bytes = Buffer.alloc(asked.length * COMMAND_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  asked.forEach((one, i) => {
    const at = i * COMMAND_BYTES;
    const legs = one.legs ?? [];
    if (one.id >= 0) writeOperationId(view, at + CMD.id, idWords(one.id));
    if (one.reference !== undefined) {
      writeOperationId(view, at + CMD.reference, idWords(one.reference));
    }
    view.setUint32(at + CMD.tag, one.tag ?? i, true);
    view.setUint8(at + CMD.command, COMMAND[one.command]);
    view.setUint8(at + CMD.kind, knownKind(one.kind ?? 'pay').row.number);
    view.setUint8(at + CMD.legs, legs.length);
    view.setUint8(at + CMD.flags, one.flags ?? 0);
    view.setUint16(at + CMD.code, one.code ?? 0, true);
    view.setUint8(at + CMD.channel, one.channel ?? 0);
    view.setUint8(at + CMD.peer, one.peer ?? 0);
    view.setUint32(at + CMD.timeoutS, one.timeoutS ?? 0, true);
    const debit = legs.find(([, posting]) => posting < 0);
    writeUint64(view, at + CMD.amount, one.amount ?? -(debit?.[1] ?? 0));
    const { user, counterparty } = partiesOf(one);
    view.setUint32(at + CMD.user, user, true);
    view.setUint32(at + CMD.counterparty, partyCode(counterparty), true);
    legs.slice(0, 4).forEach(([account, posting], leg) => {
      writeUint64(view, at + CMD.accounts + leg * 8, account);
      writeInt64(view, at + CMD.postings + leg * 8, posting);
    });
  });
  return bytes;
}

/**
 * Whom the operation is of, by number, as a command names it (a refund of money from the bank is as much user 3's as the
 * bank's), and who is on the other side, as an account; 0 = not told, none.
 */
export function partiesOf(asked: Asked): { readonly user: number; readonly counterparty: number } {
  const debit = asked.legs?.find(([, posting]) => posting < 0)?.[0] ?? 0;
  const credit = asked.legs?.find(([, posting]) => posting > 0)?.[0] ?? 0;
  const towardsUser = asked.kind === 'refund' || asked.kind === 'topUp';
  const shown = asked.kind === 'topUp' ? 0 : towardsUser ? debit : credit;
  return {
    user: accountParts(asked.user ?? (towardsUser ? credit : debit)).number,
    counterparty: asked.counterparty ?? shown,
  };
}

function partyCode(account: number): number {
  const isMerchant = accountParts(account).accountClass === ACCOUNT_CLASS.merchant;
  return (account % 2 ** 31) + (isMerchant ? 2 ** 31 : 0);
}

const OUTCOMES = Object.keys(OUTCOME) as Outcome[];

/** Ack records, as in the content of an ack frame. */
export function decodeAcks(content: Uint8Array): AckRead[] {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const acks: AckRead[] = [];
  for (let at = 0; at < content.byteLength; at += ACK_BYTES) {
    const legs = [];
    for (let i = 0; i < view.getUint8(at + ACK.legs); i++) {
      legs.push({
        account: readUint64(view, at + ACK.accounts + i * 8),
        balance: readInt64(view, at + ACK.balances + i * 8),
        version: view.getUint32(at + ACK.versions + i * 4, true),
      });
    }
    const code = view.getUint16(at + ACK.code, true);
    acks.push({
      tag: view.getUint32(at + ACK.tag, true),
      outcome: OUTCOMES[view.getUint8(at + ACK.outcome)],
      code: resultName(code) ?? `code ${code}`,
      timestamp: readUint64(view, at + ACK.timestamp),
      legs,
    });
  }
  return acks;
}

/** Entries, as they lie in the log. */
export function decodeEntries(content: Uint8Array): EntryRead[] {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const entries: EntryRead[] = [];
  for (let at = 0; at < content.byteLength; ) {
    const legs = [];
    for (let i = 0; i < view.getUint8(at + ENTRY.legs); i++) {
      const leg = at + ENTRY_HEAD_BYTES + i * ENTRY_LEG_BYTES;
      legs.push({
        account: readUint64(view, leg + LEG.account),
        posting: readInt64(view, leg + LEG.posting),
        balance: readInt64(view, leg + LEG.balance),
        version: view.getUint32(leg + LEG.version, true),
        pending: view.getUint32(leg + LEG.pending, true),
      });
    }
    entries.push({
      id: formatOperationId(readOperationId(view, at + ENTRY.id)),
      reference: formatOperationId(readOperationId(view, at + ENTRY.reference)),
      timestamp: readUint64(view, at + ENTRY.timestamp),
      amount: readUint64(view, at + ENTRY.amount),
      code: resultName(view.getUint16(at + ENTRY.code, true)) ?? '?',
      command: view.getUint8(at + ENTRY.command),
      legs,
    });
    at += ENTRY_HEAD_BYTES + legs.length * ENTRY_LEG_BYTES;
  }
  return entries;
}

export interface KitOptions {
  readonly shards?: number;
  readonly mutant?: Mutant;
  readonly idsMax?: number;
  readonly checkpointEvery?: number;
  readonly arenaBytes?: number;
  readonly opening?: readonly OpenRange[];
  /** The folder whose log it begins with, without what is beside it. */
  readonly copyOf?: string;
}

/** A ledger on a store in a temp folder. Its clock stands still at `nowMs` until the test moves it. */
export class LedgerKit {
  nowMs = START_MS + 60_000;
  ledger: Ledger;
  /** What the last start had to say, and how many entries it replayed. */
  readonly logLines: string[] = [];
  replayed = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'paydrill-ledger-'));
  readonly #options: KitOptions;
  #store: Store;
  #checkpoint: Checkpoint | undefined;

  constructor(options: KitOptions = {}) {
    this.#options = options;
    if (options.copyOf !== undefined) {
      copyFileSync(join(options.copyOf, 'ledger.mdb'), join(this.#folder, 'ledger.mdb'));
    }
    this.#store = openLmdbStore({ folder: this.#folder });
    if (options.copyOf !== undefined) this.#store.clearDerived();
    this.ledger = this.#recover();
    this.ledger.open(options.opening ?? OPENING);
  }

  /** Acks of the commands, as one frame would give them. */
  run(...asked: Asked[]): AckRead[] {
    return this.apply(encodeCommands(asked));
  }

  /** The same for commands in bytes. */
  apply(content: Uint8Array): AckRead[] {
    const acks = new AckBuffer();
    this.ledger.apply(content, acks);
    const frame = acks.frame();
    return decodeAcks(frame.subarray(frame.length - acks.count * ACK_BYTES));
  }

  /** The ack of one command. */
  ask(asked: Asked): AckRead {
    return this.run(asked)[0];
  }

  code(asked: Asked): string {
    return this.ask(asked).code;
  }

  balance(account: number): number {
    const { accounts } = this.ledger.books;
    return accounts.balance(accounts.indexOf(account));
  }

  async commit(): Promise<void> {
    if (!this.ledger.books.log.empty) await this.#checkpoint?.commit();
  }

  /** Every entry, after a commit. */
  async entries(): Promise<EntryRead[]> {
    await this.commit();
    const { EntryExport, EXPORT_BYTES_MAX } = await import('../export.js');
    const target = Buffer.alloc(EXPORT_BYTES_MAX);
    const reader = new EntryExport(this.ledger.books.log);
    const all: EntryRead[] = [];
    for (;;) {
      const bytes = reader.read(all.length, this.#store.batches, target);
      if (bytes === 0) return all;
      all.push(...decodeEntries(target.subarray(0, bytes)));
    }
  }

  /** All account records, which is all the state there is about money: one line of numbers each. */
  accountRecords(): string[] {
    const { accounts } = this.ledger.books;
    const bytes = Buffer.alloc(accounts.count * ACCOUNT_BYTES);
    accounts.export(0, bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lines = [];
    for (let at = 0; at < bytes.length; at += ACCOUNT_BYTES) {
      const amounts = [8, 16, 24, 32, 40].map((offset) => readInt64(view, at + offset));
      const version = view.getUint32(at + ACCOUNT.version, true);
      const flags = view.getUint32(at + ACCOUNT.flags, true);
      lines.push([formatAccount(readUint64(view, at)), ...amounts, version, flags].join(' '));
    }
    return lines;
  }

  /** Commits and comes back as after a restart. */
  async restart(options: { mutant?: Mutant } = {}): Promise<void> {
    await this.commit();
    await this.crash(options);
  }

  /** Comes back as after kill -9: what was not committed is gone. */
  async crash(options: { mutant?: Mutant } = {}): Promise<void> {
    await this.#store.close();
    const mendTail = tailBug(options.mutant ?? this.#options.mutant);
    this.#store = openLmdbStore({ folder: this.#folder, mendTail });
    this.ledger = this.#recover(options.mutant);
  }

  /** The same after a crash with what is beside the log changed; see changeDerived. */
  async tamper(change: (key: Buffer, value: Buffer) => Buffer | undefined): Promise<void> {
    await this.#store.close();
    await changeDerived(this.#folder, change);
    this.#store = openLmdbStore({ folder: this.#folder });
    this.ledger = this.#recover();
  }

  /**
   * What a ledger is that has read the whole log and nothing else, with room for everything in memory; for a moment when
   * everything is committed.
   */
  fromLog(): LedgerKit {
    const { opening, shards } = this.#options;
    const twin = new LedgerKit({ opening, shards, copyOf: this.#folder });
    twin.nowMs = this.nowMs;
    return twin;
  }

  async close(): Promise<void> {
    await this.#store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #recover(mutant: Mutant | undefined = this.#options.mutant): Ledger {
    const { shards = 3, ...options } = this.#options;
    this.logLines.length = 0;
    const logLine = (line: string) => this.logLines.push(line);
    const start = { ...options, shard: 0, shards, store: this.#store, mutant, logLine };
    const { books, checkpoint, replayed } = recoverBooks(start);
    this.#checkpoint = checkpoint;
    this.replayed = replayed;
    return new Ledger({ books, clock: () => this.nowMs * 1000, mutant });
  }
}
