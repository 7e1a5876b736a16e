/**
 * The ledger of one shard: commands in, entries into the batch, acks into the connection's buffer. One writer, no I/O
 * but reading an old entry back; whoever calls it holds the acks back until the batch is on disk.
 *
 *   command --> known id? --yes--> repeats: what was recorded is answered again, or refused as another body
 *                  | no
 *                  v
 *               id acceptable? legs well-formed? --no--> declined, nothing recorded (it can never be accepted,
 *                  |                                      or may have been forgotten)
 *                  v
 *               checks, in TigerBeetle's order of precedence --refused--> an entry with the code and no legs: the
 *                  |                                                      id is declined for good; nothing is recorded
 *                  |                                                      where what it awaits has not come yet
 *                  v
 *               entry with legs, receipt
 *
 * Ids are remembered for ever: in memory within the bounds of ids.ts (16M a shard), then in the archive. One that nobody knows
 * and that was made before the watermark, where memory begins, is `id_too_old`; one from too far ahead of the ledger's clock `id_not_time_ordered` (id-age.ts).
 *
 * Longer than 400 lines by the places where planted bugs (mutants/) bite: each is where such a bug would live.
 */
import { OUTCOME } from '../../wire/acks.js';
import type { OpenRange } from '../../wire/admin.js';
import { CMD, COMMAND, COMMAND_BYTES } from '../../wire/ledger-commands.js';
import { ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG, LEG_PENDING } from '../../wire/ledger-log.js';
import type { Mutant } from '../../wire/mutants.js';
import { lastingRefusal, RESULTS } from '../../wire/results.js';
import type { AckBuffer } from './ack-buffer.js';
import type { Books } from './books.js';
import type { ClockUs } from './clock.js';
import { Command } from './command.js';
import { idRefusal, windowRefusal } from './id-age.js';
import { STATE, userMark } from './ids.js';
import { type Forgets, forgettingBug } from './mutants/forgetting.js';
import { giveBack } from './mutants/holds.js';
import { openedAs } from './mutants/opening.js';
import { type PostingBug, postingBug } from './mutants/posting.js';
import { freshened, type ReadBug, readBug } from './mutants/telling.js';
import { userOf } from './parties.js';
import { captureRefusal, refundRefusal, voidRefusal } from './references.js';
import { REFUNDS } from './refund-kinds.js';
import { difference } from './repeats.js';

/** Holds that expire in one go, so that expiry never keeps commands waiting for long. */
const EXPIRE_AT_ONCE = 1024;
const NO_RESERVE = -1;
const NOT_YET = RESULTS.reference_not_here_yet.code;
/** Commands whose places in memory are fetched together. */
const LOOK_AHEAD = 16;

export interface LedgerOptions {
  readonly books: Books;
  readonly clock: ClockUs;
  readonly mutant?: Mutant;
}

export class Ledger {
  readonly books: Books;
  readonly #clock: ClockUs;
  readonly #command = new Command();
  readonly #checkOverdraft: boolean;
  readonly #mutant: Mutant | undefined;
  readonly #postingBug: PostingBug | undefined;
  readonly #forgets: Forgets | undefined;
  readonly #readBug: ReadBug | undefined;

  constructor({ books, clock, mutant }: LedgerOptions) {
    this.books = books;
    this.#clock = clock;
    this.#checkOverdraft = mutant !== 'skip-overdraft-check';
    this.#mutant = mutant;
    this.#postingBug = postingBug(mutant);
    this.#forgets = forgettingBug(books, mutant);
    this.#readBug = readBug(books.accounts, mutant);
  }

  /** Applies all commands of a frame; every one of them gets exactly one ack in `acks`. */
  apply(content: Uint8Array, acks: AckBuffer): void {
    this.books.setTime(this.#clock());
    const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
    const command = this.#command;
    let fetched = 0;
    for (let at = 0; at + COMMAND_BYTES <= content.byteLength; at += COMMAND_BYTES) {
      if (at >= fetched) fetched = this.#fetchAhead(view, at);
      command.read(view, at);
      if (command.hasMore) {
        at += COMMAND_BYTES;
        command.readMore(view, at + COMMAND_BYTES <= content.byteLength ? at : -1);
      }
      if (command.command === COMMAND.post) this.#create(command, acks);
      else this.#applyOther(command, acks);
    }
  }

  /** Brings into the cache what the next commands need; where they end. */
  #fetchAhead(view: DataView, from: number): number {
    const end = Math.min(view.byteLength - COMMAND_BYTES + 1, from + LOOK_AHEAD * COMMAND_BYTES);
    let at = from;
    for (; at < end; at += COMMAND_BYTES) {
      this.books.touch(view, at + CMD.id, at + CMD.accounts);
      this.books.touchAccount(view, at + CMD.accounts + 8);
    }
    return at;
  }

  /** Ledger time: microseconds since the Unix epoch. */
  nowUs(): number {
    this.books.setTime(this.#clock());
    return this.books.nowUs;
  }

  #applyOther(command: Command, acks: AckBuffer): void {
    switch (command.command) {
      case COMMAND.confirm:
        this.#confirm(command, acks);
        return;
      case COMMAND.cancel:
        this.#cancel(command, acks);
        return;
      case COMMAND.lookup:
        this.#lookup(command, acks);
        return;
      case COMMAND.balance:
        this.#balance(command, acks);
        return;
      default:
        this.#create(command, acks);
        return;
    }
  }

  /** Opens account ranges and records with the batch those that were not open. Throws OpenError. */
  open(ranges: readonly OpenRange[]): void {
    for (const asked of ranges) {
      const range = openedAs(asked, this.#mutant);
      if (this.books.accounts.open(range)) this.books.log.opened([range]);
    }
  }

  /** Ends the holds whose time is over; how many. */
  expireDue(): number {
    const { books } = this;
    books.setTime(this.#clock());
    let expired = 0;
    while (books.pending.deadlines.nextUs <= books.nowUs && expired < EXPIRE_AT_ONCE) {
      books.expire(books.pending.deadlines.nextSlot);
      expired++;
    }
    return expired;
  }

  /** Everything that takes an id: post, try_, hold, capture, void_, record_decline. */
  #create(command: Command, acks: AckBuffer): void {
    const { books } = this;
    const known = books.find(command.id0, command.id1, command.id2, command.id3);
    if (known >= 0 && this.#forgets?.(known) !== true) {
      this.#repeat(command, known, acks);
      return;
    }
    const refused = idRefusal(books, command);
    if (refused !== 0) {
      acks.declined(command.tag, refused);
      return;
    }
    if (!command.wellFormed()) {
      acks.declined(command.tag, RESULTS.malformed_operation.code);
      return;
    }
    const opens = command.command === COMMAND.try_ || command.command === COMMAND.hold;
    if (opens && books.pending.full) {
      acks.declined(command.tag, RESULTS.not_admitted.code);
      return;
    }
    const code = this.#refusal(command);
    if (code === NOT_YET && this.#mutant !== 'forget-late-exits') {
      acks.declined(command.tag, code);
      return;
    }
    const record = books.takeRecord(command);
    if (record < 0) {
      acks.declined(command.tag, RESULTS.not_admitted.code);
      return;
    }
    if (code !== 0) {
      books.decline(command, record, code);
      acks.declined(command.tag, code);
      return;
    }
    const at = this.#record(command, record);
    acks.receipt(command.tag, books.log.view, at);
  }

  /** 0, or the code the operation is declined with for good. Leaves the legs resolved. */
  #refusal(command: Command): number {
    const { legs } = this.books;
    const late = windowRefusal(this.books, command, this.#mutant);
    if (late !== 0) return late;
    switch (command.command) {
      case COMMAND.record_decline:
        return lastingRefusal(command.code);
      case COMMAND.void_:
        return voidRefusal(this.books, command, this.#mutant);
      case COMMAND.capture:
        legs.fromCommand(command);
        return (
          legs.resolve() ||
          captureRefusal(this.books, command, this.#mutant) ||
          legs.refusal(legs.firstAccount(true), this.#checkOverdraft)
        );
      default:
        legs.fromCommand(command);
        return (
          legs.resolve() ||
          this.#fill(command) ||
          (REFUNDS[command.kind] === 1 ? refundRefusal(this.books, command, this.#mutant) : 0) ||
          legs.refusal(NO_RESERVE, this.#checkOverdraft)
        );
    }
  }

  /** Always 0. */
  #fill(command: Command): number {
    if (command.fills) this.books.legs.fill();
    return 0;
  }

  /** The command has passed its checks: its entry is written. Where the entry is. */
  #record(command: Command, record: number): number {
    const { books } = this;
    switch (command.command) {
      case COMMAND.try_:
        return books.tryBranch(command, record);
      case COMMAND.hold:
        return books.hold(command, record);
      case COMMAND.void_:
        if (this.#isCapturedBefore(command)) return giveBack(books, command, record);
        return books.void(command, record, this.#heldSlot(command));
      case COMMAND.capture:
        if (!this.#isCapturedBefore(command)) books.release(command, this.#heldSlot(command));
        books.legs.fromCommand(command);
        if (books.legs.resolve() !== 0) throw new Error('accounts vanished during a capture');
        return books.post(command, record);
      default:
        this.#postingBug?.bite(command, books, record);
        return books.post(command, record);
    }
  }

  /** Only the mutants that end a hold twice get here with one. */
  #isCapturedBefore(command: Command): boolean {
    const { ids } = this.books;
    return (
      this.#mutant !== undefined && ids.state(this.books.findReference(command)) === STATE.captured
    );
  }

  #heldSlot(command: Command): number {
    return this.books.ids.a(this.books.findReference(command));
  }

  /** An id that is known: what was recorded is answered again, if it is the same operation. */
  #repeat(command: Command, record: number, acks: AckBuffer): void {
    const { ids } = this.books;
    const state = ids.state(record);
    if (state === STATE.declined || state === STATE.cancelled) {
      acks.declined(command.tag, ids.a(record));
      return;
    }
    this.books.findEntry(record);
    const { entryView: view, entryAt: at } = this.books;
    const different = difference(command, view, at, this.#mutant);
    if (different !== 0) {
      acks.declined(command.tag, different);
      return;
    }
    if (state === STATE.tried && command.command !== COMMAND.try_) {
      acks.answer(command.tag, OUTCOME.unknown, RESULTS.tried.code);
      return;
    }
    if (this.#mutant === 'fresh-receipt-on-repeat') {
      acks.receipt(command.tag, freshened(this.books.accounts, view, at), 0);
      return;
    }
    acks.receipt(command.tag, view, at);
  }

  #confirm(command: Command, acks: AckBuffer): void {
    const { books } = this;
    const record = books.find(command.id0, command.id1, command.id2, command.id3);
    if (record < 0) {
      this.#emptyConfirm(command, acks);
      return;
    }
    if (books.ids.state(record) === STATE.tried) {
      const at = books.confirm(books.ids.a(record));
      acks.receipt(command.tag, books.log.view, at);
      return;
    }
    const bites = this.#mutant === 'confirm-again-posts' && command.legs >= 2;
    if (bites && books.ids.state(record) === STATE.confirmed) {
      this.#postAsConfirmed(command, record, acks);
      return;
    }
    this.#ended(command, record, acks);
  }

  /** Confirm for a branch that was never tried is refused and changes nothing. */
  #emptyConfirm(command: Command, acks: AckBuffer): void {
    const { books } = this;
    const refused = idRefusal(books, command);
    if (refused !== 0) {
      acks.declined(command.tag, refused);
      return;
    }
    const bites = this.#mutant === 'confirm-without-try' && command.legs >= 2;
    if (bites && command.wellFormed()) {
      this.#postAsConfirmed(command, books.takeRecord(command), acks);
      return;
    }
    acks.declined(command.tag, RESULTS.confirm_without_try.code);
  }

  /** For mutants: the legs of the command are posted as if they had been tried. */
  #postAsConfirmed(command: Command, record: number, acks: AckBuffer): void {
    const { books } = this;
    const { view } = books.log;
    books.legs.fromCommand(command);
    if (books.legs.resolve() !== 0) throw new Error('a branch names an account that is not there');
    const at = books.post(command, record);
    for (let leg = at + ENTRY_HEAD_BYTES; leg < books.log.next; leg += ENTRY_LEG_BYTES) {
      view.setUint32(leg + LEG.pending, LEG_PENDING.confirmed, true);
    }
    acks.receipt(command.tag, view, at);
  }

  #cancel(command: Command, acks: AckBuffer): void {
    const { books } = this;
    const record = books.find(command.id0, command.id1, command.id2, command.id3);
    if (record >= 0 && books.ids.state(record) !== STATE.tried) {
      this.#ended(command, record, acks);
      return;
    }
    const code = lastingRefusal(command.code);
    if (record >= 0) books.cancel(books.ids.a(record), code);
    else {
      const refused = idRefusal(books, command);
      if (refused !== 0) {
        acks.declined(command.tag, refused);
        return;
      }
      const tombstone = books.takeRecord(command);
      if (tombstone < 0) {
        acks.declined(command.tag, RESULTS.not_admitted.code);
        return;
      }
      books.decline(command, tombstone, code);
    }
    acks.declined(command.tag, code);
  }

  /** Confirm or Cancel of what is decided already, and look-up: the recorded result, whatever was asked. */
  #ended(command: Command, record: number, acks: AckBuffer): void {
    const { ids } = this.books;
    const state = ids.state(record);
    if (state === STATE.declined || state === STATE.cancelled) {
      acks.declined(command.tag, ids.a(record));
      return;
    }
    this.books.findEntry(record);
    acks.receipt(command.tag, this.books.entryView, this.books.entryAt);
  }

  /**
   * Only the user of an operation is told what became of it. To anybody else that stays `unknown`: a decline would say that
   * it never happened. That nothing is recorded is said as of the last entry: what comes later may be the operation.
   */
  #lookup(command: Command, acks: AckBuffer): void {
    const { ids } = this.books;
    const record = this.books.find(command.id0, command.id1, command.id2, command.id3);
    if (record < 0 || this.#mutant === 'lookup-says-absent') {
      const refused = idRefusal(this.books, command);
      const tooOld = refused === RESULTS.id_too_old.code;
      if (tooOld) acks.declined(command.tag, refused);
      else acks.notFound(command.tag, this.books.lastUs);
      return;
    }
    if (!this.#isOf(command.user, record)) {
      acks.answer(command.tag, OUTCOME.unknown, RESULTS.reference_has_different_accounts.code);
      return;
    }
    if (ids.state(record) === STATE.tried) {
      acks.answer(command.tag, OUTCOME.unknown, RESULTS.tried.code);
      return;
    }
    this.#ended(command, record, acks);
  }

  #isOf(user: number, record: number): boolean {
    const { books } = this;
    const state = books.ids.state(record);
    if (state === STATE.declined || state === STATE.cancelled) {
      const mark = books.ids.c(record);
      return mark === 0 || mark === userMark(user);
    }
    books.findEntry(record);
    return userOf(books.entryView, books.entryAt) === user;
  }

  #balance(command: Command, acks: AckBuffer): void {
    const { accounts, lastUs } = this.books;
    const account = command.accounts[0];
    const index = accounts.indexOf(account);
    if (index < 0) {
      acks.declined(command.tag, RESULTS.debit_account_not_found.code);
      return;
    }
    const read = {
      account,
      balanceMinor: accounts.balance(index),
      version: accounts.version(index),
      timestampUs: lastUs,
    };
    acks.balance(command.tag, this.#readBug?.(read, index) ?? read);
  }
}
