/**
 * Whether an entry moved what its operation asked: its legs, in the direction, by the amounts and in the mode that follow from
 * what was asked, on the shard and in the role that follow from where the accounts lie. What ends a hold is compared
 * with the hold (reservations.ts).
 */

import { kindFlags } from '../../../products/kinds.js';
import { COMMAND, COMMAND_FLAG } from '../../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../../wire/ledger-log.js';
import type { OperationKindRow } from '../../../wire/operation-kinds.js';
import type { MoneyRules } from '../../records/target-facts.js';
import type { AccountStates } from './account-states.js';
import { commandFlags, ENDS_HOLD, OWN_LEGS } from './command-flags.js';
import type { LegWalk } from './leg-walk.js';
import type { OperationMemory } from './operation-index.js';
import { OwnLegs } from './own-legs.js';
import type { WalkFacts } from './walk-facts.js';

const { capture: CAPTURE, hold: HOLD, post: POST, void_: VOID } = COMMAND;
const { release: RELEASE } = ENTRY_COMMAND;
const { primary: PRIMARY, secondary: SECONDARY } = COMMAND_FLAG;
const LOCAL = 0;

const isOf = (effect: OperationKindRow['effect']): Uint8Array =>
  kindFlags((row) => row.effect === effect);
const POSTS = isOf('posts');
const RESERVES = isOf('reserves');
const CAPTURES = isOf('posts-reserved');
const FREES = isOf('frees-reserved');
const BRANCHES = commandFlags(['try_', 'confirm', 'cancel']);

/** An entry with legs, which have been walked. */
export interface MovingEntry {
  /** What it belongs to, or -1. */
  readonly operation: number;
  readonly command: number;
  readonly kind: number;
  readonly legs: number;
  readonly role: number;
  readonly peer: number;
}

export class MovedAsAsked {
  /** Whether the entry that was looked at last is the one its operation asked for. */
  fits = false;
  readonly #operations: OperationMemory;
  readonly #shard: number;
  readonly #facts: WalkFacts;
  readonly #legs: LegWalk;
  readonly #own: OwnLegs;

  constructor(
    place: {
      readonly operations: OperationMemory;
      readonly shard: number;
      readonly money: MoneyRules;
      readonly states: AccountStates;
    },
    facts: WalkFacts,
    legs: LegWalk,
  ) {
    this.#operations = place.operations;
    this.#shard = place.shard;
    this.#facts = facts;
    this.#legs = legs;
    this.#own = new OwnLegs(place.money, place.shard, place.states);
  }

  /** An entry without legs. */
  none(): void {
    this.fits = false;
  }

  /** `words` and `at`: where the entry lies. */
  onEntry(words: Int32Array, at: number, entry: MovingEntry): void {
    const { operation, command, kind, role, peer } = entry;
    this.fits = false;
    if (OWN_LEGS[command] === 1) {
      if (operation < 0) return;
      const { farEntry, homeEntry } = this.#operations;
      const asked = role === SECONDARY ? farEntry[operation] : homeEntry[operation];
      const isAsked = this.#own.askedFor(words, at, entry) === asked;
      this.fits = isAsked && this.#legs.modeFits && mayBe(command, kind, role);
    } else if (ENDS_HOLD[command] === 1) {
      const ofKind = command === RELEASE ? CAPTURES : command === VOID ? FREES : RESERVES;
      const isPlaced = role === LOCAL && peer === this.#shard;
      this.fits = operation >= 0 && ofKind[kind] === 1 && isPlaced && this.#legs.modeFits;
    }
    if (!this.fits) this.#facts.wrongLegs++;
  }
}

/** Whether an operation of that kind has entries with that command, in that role. */
function mayBe(command: number, kind: number, role: number): boolean {
  if (RESERVES[kind] === 1) return command === HOLD;
  if (role === SECONDARY || (role === PRIMARY && POSTS[kind] === 1)) return BRANCHES[command] === 1;
  return command === (POSTS[kind] === 1 ? POST : CAPTURE);
}
