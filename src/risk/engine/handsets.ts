/**
 * Who was seen lately with a device or a card: the last six users of each, exactly, and when. A seventh takes the place of the one seen longest
 * ago, so that a count says six where there are six or more. 64 bytes each, found by hash among twice as many places.
 *
 *   word 0 key   1 users (6 x number, last seen in seconds)
 *
 * The table does not grow: a handset that finds no room is not remembered, and counted in `unwatched`.
 */
import { hashWord, tableLength } from './hash.js';

export const HANDSET_USERS = 6;
const HANDSET_WORDS = 16;
const USERS_AT = 1;
/** What a handset takes: it stands in one of at least two places. */
export const HANDSET_BYTES = HANDSET_WORDS * 4 * 2;

export class Handsets {
  /** As many as there is room for. */
  readonly max: number;
  used = 0;
  unwatched = 0;
  readonly words: Uint32Array;
  readonly #mask: number;

  constructor(max: number) {
    this.max = max;
    this.words = new Uint32Array(tableLength(max) * HANDSET_WORDS);
    this.#mask = this.words.length / HANDSET_WORDS - 1;
  }

  /** Where the handset's record is, or would be. Key 0 is none: its record is never written. */
  find(key: number): number {
    const { words } = this;
    let place = hashWord(key) & this.#mask;
    for (;;) {
      const at = place * HANDSET_WORDS;
      if (words[at] === key || words[at] === 0) return at;
      place = (place + 1) & this.#mask;
    }
  }

  /** Reads where the handset would be: see `FusedEngine.warm`. */
  touch(key: number): number {
    return this.words[(hashWord(key) & this.#mask) * HANDSET_WORDS];
  }

  /** Whether this user is one of the handset's last. */
  hasUser(at: number, user: number): boolean {
    for (let i = at + USERS_AT; i < at + USERS_AT + HANDSET_USERS * 2; i += 2) {
      if (this.words[i] === user) return true;
    }
    return false;
  }

  /** Users seen within so many seconds; at most HANDSET_USERS. */
  usersWithin(at: number, windowS: number, atS: number): number {
    let users = 0;
    for (let i = at + USERS_AT; i < at + USERS_AT + HANDSET_USERS * 2; i += 2) {
      if (this.words[i] !== 0 && atS - this.words[i + 1] < windowS) users++;
    }
    return users;
  }

  /** Notes that the user was seen. Another user who was seen with it before, or 0. */
  note(key: number, user: number, atS: number): number {
    const { words } = this;
    const at = this.find(key);
    if (words[at] === 0) {
      if (this.used === this.max) {
        this.unwatched++;
        return 0;
      }
      this.used++;
      words[at] = key;
    }
    let place = at + USERS_AT;
    for (let i = place; i < at + USERS_AT + HANDSET_USERS * 2; i += 2) {
      if (words[i] === user || words[i] === 0) {
        place = i;
        break;
      }
      if (words[i + 1] < words[place + 1]) place = i;
    }
    const isNew = words[place] !== user;
    words[place] = user;
    words[place + 1] = atS;
    if (!isNew) return 0;
    const other = words[at + USERS_AT];
    return other === user ? words[at + USERS_AT + 2] : other;
  }
}
