/**
 * Which slot coordinates an operation id at the moment: open addressing over typed arrays, fixed capacity, no
 * allocation. It knows only what is in flight; whether an id was used before is for the ledger to say.
 */

export class IdIndex {
  readonly #mask: number;
  /** Slot + 1 in each place; 0 = empty. */
  readonly #places: Int32Array;
  /** Four words a slot. */
  readonly #ids: Int32Array;

  /** `slots`: how many slots there are; each can be in the index once. */
  constructor(slots: number) {
    const size = 2 ** Math.ceil(Math.log2(slots * 2 + 2));
    this.#mask = size - 1;
    this.#places = new Int32Array(size);
    this.#ids = new Int32Array(slots * 4);
  }

  /** The slot under the id at `at`, or -1. */
  find(view: DataView, at: number): number {
    const w0 = view.getInt32(at, true);
    const w1 = view.getInt32(at + 4, true);
    const w2 = view.getInt32(at + 8, true);
    const w3 = view.getInt32(at + 12, true);
    let place = hash(w0, w1, w2, w3) & this.#mask;
    for (;;) {
      const slot = this.#places[place] - 1;
      if (slot < 0) return -1;
      const id = slot * 4;
      if (
        this.#ids[id + 3] === w3 &&
        this.#ids[id + 2] === w2 &&
        this.#ids[id + 1] === w1 &&
        this.#ids[id] === w0
      ) {
        return slot;
      }
      place = (place + 1) & this.#mask;
    }
  }

  /** The id must not be in the index yet. */
  add(view: DataView, at: number, slot: number): void {
    for (let word = 0; word < 4; word++) {
      this.#ids[slot * 4 + word] = view.getInt32(at + word * 4, true);
    }
    let place = this.#homeOf(slot);
    while (this.#places[place] !== 0) place = (place + 1) & this.#mask;
    this.#places[place] = slot + 1;
  }

  /** Takes the slot out and closes the gap, so that probing never meets a tombstone. */
  remove(slot: number): void {
    let gap = this.#homeOf(slot);
    while (this.#places[gap] !== slot + 1) gap = (gap + 1) & this.#mask;
    let next = (gap + 1) & this.#mask;
    for (;;) {
      const mover = this.#places[next] - 1;
      if (mover < 0) break;
      const home = this.#homeOf(mover);
      const distance = (next - home) & this.#mask;
      if (distance >= ((next - gap) & this.#mask)) {
        this.#places[gap] = mover + 1;
        gap = next;
      }
      next = (next + 1) & this.#mask;
    }
    this.#places[gap] = 0;
  }

  #homeOf(slot: number): number {
    const id = slot * 4;
    const ids = this.#ids;
    return hash(ids[id], ids[id + 1], ids[id + 2], ids[id + 3]) & this.#mask;
  }
}

function hash(w0: number, w1: number, w2: number, w3: number): number {
  let h = Math.imul(w3 ^ Math.imul(w2, 0x85ebca6b), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15) ^ w1, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 13) ^ w0, 0x165667b1);
  return h ^ (h >>> 16);
}
