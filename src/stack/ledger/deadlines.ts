/**
 * When which hold runs out: a binary heap of slots by deadline, in typed arrays, that knows where each slot lies, so that
 * a hold that ends early leaves at once and the heap is never larger than the holds that are open.
 */
const HEAP_START = 64;

export class Deadlines {
  #heap = new Int32Array(HEAP_START);
  /** By slot: deadline in microseconds since the Unix epoch, and place in the heap (-1 = not in it). */
  #deadlineUs = new Float64Array(HEAP_START);
  #place = new Int32Array(HEAP_START).fill(-1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The earliest deadline; Infinity when there is none. */
  get nextUs(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#deadlineUs[this.#heap[0]];
  }

  /** The slot whose deadline is the earliest; -1 when there is none. */
  get nextSlot(): number {
    return this.#size === 0 ? -1 : this.#heap[0];
  }

  /** Infinity for a slot that has none. */
  deadlineUs(slot: number): number {
    const hasOne = slot < this.#place.length && this.#place[slot] >= 0;
    return hasOne ? this.#deadlineUs[slot] : Number.POSITIVE_INFINITY;
  }

  add(slot: number, deadlineUs: number): void {
    this.#grow(slot + 1);
    this.#deadlineUs[slot] = deadlineUs;
    this.#rise(this.#size++, slot);
  }

  /** Does nothing for a slot that has no deadline. */
  remove(slot: number): void {
    const place = slot < this.#place.length ? this.#place[slot] : -1;
    if (place < 0) return;
    this.#place[slot] = -1;
    const moved = this.#heap[--this.#size];
    if (moved === slot) return;
    this.#rise(place, moved);
    this.#sink(this.#place[moved], moved);
  }

  #rise(from: number, slot: number): void {
    let place = from;
    const deadline = this.#deadlineUs[slot];
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = this.#heap[parent];
      if (this.#deadlineUs[other] <= deadline) break;
      this.#put(place, other);
      place = parent;
    }
    this.#put(place, slot);
  }

  #sink(from: number, slot: number): void {
    let place = from;
    const deadline = this.#deadlineUs[slot];
    for (;;) {
      let child = place * 2 + 1;
      if (child >= this.#size) break;
      const right = child + 1;
      if (
        right < this.#size &&
        this.#deadlineUs[this.#heap[right]] < this.#deadlineUs[this.#heap[child]]
      ) {
        child = right;
      }
      if (this.#deadlineUs[this.#heap[child]] >= deadline) break;
      this.#put(place, this.#heap[child]);
      place = child;
    }
    this.#put(place, slot);
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#place[slot] = place;
  }

  #grow(slots: number): void {
    if (slots <= this.#place.length) return;
    const length = Math.max(slots, this.#place.length * 2);
    const heap = new Int32Array(length);
    heap.set(this.#heap);
    const deadlineUs = new Float64Array(length);
    deadlineUs.set(this.#deadlineUs);
    const place = new Int32Array(length).fill(-1);
    place.set(this.#place);
    this.#heap = heap;
    this.#deadlineUs = deadlineUs;
    this.#place = place;
  }
}
