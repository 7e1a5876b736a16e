/** When somebody who watched paused the load: what was due meanwhile was not sent. The first order wins until the load goes on. */
import type { PauseFacts } from '../report/summary.js';

export class Pauses {
  readonly #all: { fromMs: number; toMs: number | undefined }[] = [];
  readonly #nowMs: () => number;

  /** `nowMs`: since the start of the load. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get isPaused(): boolean {
    const last = this.#all.at(-1);
    return last !== undefined && last.toMs === undefined;
  }

  /** False where it is so already. */
  set(isPaused: boolean): boolean {
    if (isPaused === this.isPaused) return false;
    const last = this.#all.at(-1);
    if (isPaused) this.#all.push({ fromMs: this.#nowMs(), toMs: undefined });
    else if (last !== undefined) last.toMs = this.#nowMs();
    return true;
  }

  get facts(): readonly PauseFacts[] {
    return this.#all.map(({ fromMs, toMs }) => ({
      from_ms: Math.round(fromMs),
      to_ms: toMs === undefined ? null : Math.round(toMs),
    }));
  }
}
