/**
 * Counts and sums over the last minute, hour and day in constant memory: of each window the present bucket and the one
 * before it, which counts by the part of it that the window still covers.
 *
 *   bucket before      present bucket
 *   |--------[---------|----now]           estimate = present + before x left,   left = 1 - (now - start of present) / length
 *
 * It is exact where payments are even within the bucket before, and never leaves out the present one. Buckets begin at multiples of
 * their length, and each length divides the next: so the time of the last slide tells for every window how far it is
 * behind, and a record needs no other clock.
 *
 *   a block of counters, 12 words:   0 counts of minute, hour, day: present, before  u32      6 sums, the same  f32
 *   a block of distinct, 6 words:    0 hour, day: present, before, in both  u32
 */

export const WINDOW_S = [60, 3600, 86_400] as const;
export const WINDOWS = 3;
/** Ordinals of the windows. */
export const MINUTE = 0;
export const HOUR = 1;
export const DAY = 2;
const SUMS = 6;

/** Records as words of 32 bits, read as either. */
export interface Words {
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
}

export function makeWords(count: number): Words {
  const bytes = new ArrayBuffer(count * 4);
  return { u32: new Uint32Array(bytes), f32: new Float32Array(bytes) };
}

/** The time that everything is brought up to: whole seconds from a midnight on. */
export class Now {
  atS = 0;
  /** Present bucket of each window. */
  readonly buckets = new Int32Array(WINDOWS);
  /** How much of the bucket before a window still covers, 0 to 1. */
  readonly left = new Float64Array(WINDOWS);
  /** Of the last `passedSince`: how many buckets of each window began since. */
  readonly passed = new Int32Array(WINDOWS);

  set(atS: number): void {
    if (atS === this.atS) return;
    this.atS = atS;
    for (let window = 0; window < WINDOWS; window++) {
      const length = WINDOW_S[window];
      const bucket = Math.floor(atS / length);
      this.buckets[window] = bucket;
      this.left[window] = 1 - (atS - bucket * length) / length;
    }
  }

  /** False where no bucket of any window began since `lastS`; otherwise `passed` has them. */
  passedSince(lastS: number): boolean {
    const { buckets, passed } = this;
    const minutes = buckets[MINUTE] - Math.floor(lastS / 60);
    if (minutes <= 0) return false;
    passed[MINUTE] = minutes;
    passed[HOUR] = buckets[HOUR] - Math.floor(lastS / 3600);
    passed[DAY] = buckets[DAY] - Math.floor(lastS / 86_400);
    return true;
  }
}

/** Brings the block of counters at word `at` up to now, by what passed since: see `Now.passedSince`. */
export function slideCounters(words: Words, at: number, now: Now): void {
  const { u32, f32 } = words;
  for (let window = 0; window < WINDOWS; window++) {
    const passed = now.passed[window];
    if (passed === 0) return;
    const count = at + window * 2;
    const sum = count + SUMS;
    u32[count + 1] = passed === 1 ? u32[count] : 0;
    f32[sum + 1] = passed === 1 ? f32[sum] : 0;
    u32[count] = 0;
    f32[sum] = 0;
  }
}

/** The same for a block of distinct counts. */
export function slideDistinct(words: Words, at: number, now: Now): void {
  const { u32 } = words;
  for (let window = HOUR; window < WINDOWS; window++) {
    const passed = now.passed[window];
    if (passed === 0) return;
    const present = at + (window - HOUR) * 3;
    u32[present + 1] = passed === 1 ? u32[present] : 0;
    u32[present] = 0;
    u32[present + 2] = 0;
  }
}

export function addToCounters(words: Words, at: number, amount: number): void {
  const { u32, f32 } = words;
  for (let count = at; count < at + 2 * WINDOWS; count += 2) {
    u32[count]++;
    f32[count + SUMS] += amount;
  }
}

export function countIn(words: Words, at: number, window: number, now: Now): number {
  const count = at + window * 2;
  return words.u32[count] + words.u32[count + 1] * now.left[window];
}

export function sumIn(words: Words, at: number, window: number, now: Now): number {
  const sum = at + window * 2 + SUMS;
  return words.f32[sum] + words.f32[sum + 1] * now.left[window];
}

export function distinctIn(words: Words, at: number, window: number, now: Now): number {
  const present = at + (window - HOUR) * 3;
  const { u32 } = words;
  return u32[present] + (u32[present + 1] - u32[present + 2]) * now.left[window];
}
