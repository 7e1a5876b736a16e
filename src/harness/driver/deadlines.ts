/**
 * When each attempt runs out of time. Every attempt has the same deadline, so a ring in order of sending is a ring
 * in order of expiry: adding and expiring are O(1) and allocate nothing. Entries of answered attempts are
 * skipped when they come up. Grows by doubling; its size is bounded by sendings within one deadline.
 */
export class Deadlines {
  #tags = new Uint32Array(1 << 16);
  #expiresUs = new Float64Array(1 << 16);
  #head = 0;
  #count = 0;

  add(tag: number, expiresUs: number): void {
    if (this.#count === this.#tags.length) this.#grow();
    const at = (this.#head + this.#count++) & (this.#tags.length - 1);
    this.#tags[at] = tag;
    this.#expiresUs[at] = expiresUs;
  }

  /** The tag of the oldest attempt if it expired by `nowUs`, else -1. The caller checks that it is still away. */
  takeExpired(nowUs: number): number {
    if (this.#count === 0 || this.#expiresUs[this.#head] > nowUs) return -1;
    const tag = this.#tags[this.#head];
    this.#head = (this.#head + 1) & (this.#tags.length - 1);
    this.#count--;
    return tag;
  }

  #grow(): void {
    const size = this.#tags.length;
    const tags = new Uint32Array(size * 2);
    const expiresUs = new Float64Array(size * 2);
    for (let i = 0; i < size; i++) {
      tags[i] = this.#tags[(this.#head + i) & (size - 1)];
      expiresUs[i] = this.#expiresUs[(this.#head + i) & (size - 1)];
    }
    this.#tags = tags;
    this.#expiresUs = expiresUs;
    this.#head = 0;
  }
}
