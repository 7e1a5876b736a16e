/**
 * What is reserved on one shard: branches (Try to Confirm or Cancel) and holds (hold to release, void or expiry), each followed
 * from its making to its end. Where it is made twice, ended twice, ended with other legs or before it was made, that is
 * counted; what was never ended is found when the log is over.
 */
import { COMMAND, EXPIRY_WITHIN_MS } from '../../../wire/ledger-commands.js';
import { ENTRY, ENTRY_COMMAND } from '../../../wire/ledger-log.js';
import { ENDS_HOLD } from './command-flags.js';
import { findAt, type OperationMemory } from './operation-index.js';
import { BRANCH, type SeenMemory } from './seen.js';
import type { WalkFacts } from './walk-facts.js';

const { try_: TRY, confirm: CONFIRM, cancel: CANCEL, hold: HOLD } = COMMAND;
const { expire: EXPIRE } = ENTRY_COMMAND;
const WITHIN_US = EXPIRY_WITHIN_MS * 1000;
const REFERENCE = ENTRY.reference / 4;

/** An entry that makes or ends something; `words` and `at`: where it lies. */
export interface ReservingEntry {
  readonly operation: number;
  readonly command: number;
  readonly isCreated: boolean;
  readonly legs: number;
  readonly legsDigest: number;
  readonly timestampUs: number;
}

export class Reservations {
  readonly #operations: OperationMemory;
  readonly #seen: SeenMemory;
  readonly #facts: WalkFacts;
  /** Holds with a timeout: operation and the time at which it must have ended, alternately. */
  readonly #deadlines: number[] = [];

  constructor(operations: OperationMemory, seen: SeenMemory, facts: WalkFacts) {
    this.#operations = operations;
    this.#seen = seen;
    this.#facts = facts;
  }

  onEntry(words: Int32Array, at: number, entry: ReservingEntry): void {
    const { operation, command, isCreated, legs, legsDigest } = entry;
    if (command === TRY && isCreated) this.#made(operation, BRANCH.tried, legsDigest);
    else if ((command === CONFIRM && isCreated) || (command === CANCEL && legs > 0))
      this.#ended(operation, BRANCH.tried, BRANCH.ended, legsDigest);
    else if (command === HOLD && isCreated) {
      this.#made(operation, BRANCH.held, legsDigest);
      const seconds = words[at + ENTRY.timeoutS / 4] >>> 0;
      if (seconds > 0)
        this.#deadlines.push(operation, entry.timestampUs + seconds * 1_000_000 + WITHIN_US);
    } else if (ENDS_HOLD[command] === 1) {
      const held = findAt(this.#operations, words, at + REFERENCE);
      if (isCreated && held < 0) this.#facts.wrongEnds++;
      if (isCreated && held >= 0) this.#ended(held, BRANCH.held, BRANCH.released, legsDigest);
      if (legs === 0) return;
      const isOwn = command !== EXPIRE || held === operation;
      if (held < 0 || !isOwn || this.#seen.branchLegs[held] !== legsDigest) this.#facts.wrongLegs++;
    }
  }

  /** Counts the holds that must have ended by `nowUs` and have not. */
  countOverdue(nowUs: number): void {
    const { branch } = this.#seen;
    for (let i = 0; i < this.#deadlines.length; i += 2) {
      const isOver = this.#deadlines[i + 1] <= nowUs;
      if (isOver && (branch[this.#deadlines[i]] & BRANCH.released) === 0) this.#facts.stuck++;
    }
  }

  #made(operation: number, as: number, legsDigest: number): void {
    const { branch, branchLegs } = this.#seen;
    this.#facts.branchesAndHolds++;
    const others = BRANCH.crosses | BRANCH.poor | BRANCH.refused | BRANCH.begun;
    if ((branch[operation] & ~others) !== 0) this.#facts.wrongEnds++;
    branch[operation] |= as;
    branchLegs[operation] = legsDigest;
  }

  #ended(operation: number, made: number, ended: number, legsDigest: number): void {
    const { branch, branchLegs } = this.#seen;
    const before = branch[operation];
    const isOpen = (before & made) !== 0 && (before & ended) === 0;
    if (!isOpen || branchLegs[operation] !== legsDigest) this.#facts.wrongEnds++;
    branch[operation] = before | ended;
  }
}
