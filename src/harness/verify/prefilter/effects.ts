/**
 * The entries by which operations take effect, on their home shard or as the far half: how often, whether as asked, whether they
 * were declined, and with which shard they share an operation.
 */
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY } from '../../../wire/ledger-log.js';
import { timestampDigest } from './digest.js';
import type { LegWalk } from './leg-walk.js';
import type { MovedAsAsked } from './moved-as-asked.js';
import { type OperationMemory, STATUS } from './operation-index.js';
import { BRANCH, type SeenMemory } from './seen.js';
import type { WalkFacts } from './walk-facts.js';

const { void_: VOID } = COMMAND;

/** A shard number that `committedWith` and `confirmedFor` cannot hold, one higher, in a byte. */
const PEER_TOO_LARGE = 255;

export class Effects {
  readonly #operations: OperationMemory;
  readonly #seen: SeenMemory;
  readonly #shard: number;
  readonly #facts: WalkFacts;
  readonly #legs: LegWalk;
  readonly #moved: MovedAsAsked;

  constructor(
    memory: {
      readonly operations: OperationMemory;
      readonly seen: SeenMemory;
      readonly shard: number;
    },
    facts: WalkFacts,
    legs: LegWalk,
    moved: MovedAsAsked,
  ) {
    this.#operations = memory.operations;
    this.#seen = memory.seen;
    this.#shard = memory.shard;
    this.#facts = facts;
    this.#legs = legs;
    this.#moved = moved;
  }

  /** The shard recorded an operation that it did not know. */
  onBeginning(operation: number): void {
    const { branch } = this.#seen;
    if ((branch[operation] & BRANCH.begun) !== 0) this.#facts.begunTwice++;
    branch[operation] |= BRANCH.begun;
  }

  /** An operation took effect; `words` and `at`: the entry, whose legs have been walked. */
  onEffect(
    words: Int32Array,
    at: number,
    entry: {
      readonly operation: number;
      readonly command: number;
      readonly role: number;
      readonly peer: number;
    },
  ): void {
    const facts = this.#facts;
    const seen = this.#seen;
    const legs = this.#legs;
    const { operation, peer } = entry;
    const status = this.#operations.status[operation];
    const time = timestampDigest(
      words[at + ENTRY.timestamp / 4],
      words[at + ENTRY.timestamp / 4 + 1],
    );
    facts.effects++;
    seen.effects[operation] = Math.min(255, seen.effects[operation] + 1);
    seen.told[operation] = (seen.told[operation] + legs.toldDigest + time) | 0;
    const crosses = peer !== this.#shard;
    if (crosses) {
      if (entry.role === COMMAND_FLAG.primary) facts.crossShard++;
      else facts.stuck++;
      if (seen.committedWith[operation] !== 0 || peer === PEER_TOO_LARGE) facts.stuck++;
      seen.committedWith[operation] = peer + 1;
      seen.branch[operation] |= BRANCH.crosses;
    }
    if ((status & STATUS.definiteDecline) !== 0) facts.declinedButDone++;
    const isRefused = (status & STATUS.refusedAsOther) !== 0;
    // A void has the legs of its hold: who asked for it stands in what was asked alone.
    const isOther = entry.command === VOID ? !legs.bodyFits : !this.#moved.fits;
    if (isRefused || isOther) facts.wrongBody++;
  }

  /** The far half of an operation was confirmed here. */
  onHalf({ operation, peer }: { readonly operation: number; readonly peer: number }): void {
    const facts = this.#facts;
    const seen = this.#seen;
    const legs = this.#legs;
    seen.halves[operation] = Math.min(255, seen.halves[operation] + 1);
    seen.told[operation] = (seen.told[operation] + legs.toldDigest) | 0;
    if (seen.confirmedFor[operation] !== 0 || peer === PEER_TOO_LARGE) facts.stuck++;
    seen.confirmedFor[operation] = peer + 1;
    if (!this.#moved.fits) facts.wrongBody++;
  }
}
