/**
 * From an operation to its row, for the few that a thread keeps rows of: holds, payments that are refunded. Open addressing
 * over the operation's number; rows are numbered in the order they are entered.
 */
import { mix } from './digest.js';

export class RowIndex {
  count = 0;
  #keys: Int32Array;
  #rows: Int32Array;

  constructor(expected = 256) {
    const slots = 2 ** Math.ceil(Math.log2(expected * 2 + 2));
    this.#keys = new Int32Array(slots);
    this.#rows = new Int32Array(slots);
  }

  /** The operation's row, or -1. */
  find(operation: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let slot = mix(operation) & mask;
    while (keys[slot] !== 0) {
      if (keys[slot] === operation + 1) return this.#rows[slot];
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The operation's row, a new one where it has none. */
  enter(operation: number): number {
    const found = this.find(operation);
    if (found >= 0) return found;
    if ((this.count + 1) * 2 > this.#keys.length) this.#grow();
    this.#place(operation + 1, this.count);
    return this.count++;
  }

  #place(key: number, row: number): void {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let slot = mix(key - 1) & mask;
    while (keys[slot] !== 0) slot = (slot + 1) & mask;
    keys[slot] = key;
    this.#rows[slot] = row;
  }

  #grow(): void {
    const keys = this.#keys;
    const rows = this.#rows;
    this.#keys = new Int32Array(keys.length * 2);
    this.#rows = new Int32Array(keys.length * 2);
    for (let slot = 0; slot < keys.length; slot++)
      if (keys[slot] !== 0) this.#place(keys[slot], rows[slot]);
  }
}
