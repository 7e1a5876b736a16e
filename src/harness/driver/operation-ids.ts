/**
 * Ids of one worker's operations: UUIDs of version 7 whose time is the drill's, and whose free bits are worker, seed and the
 * operation's number, so that no two workers make the same and a seed makes the same again. The words that are alike within a
 * millisecond are made once.
 */
import { makeOperationId } from '../../wire/operation-id.js';

export class OperationIds {
  /** The first three words of an id of the millisecond last asked for. */
  readonly words = new Uint32Array(3);
  readonly #options: {
    readonly originUnixMs: number;
    readonly worker: number;
    readonly seed: number;
  };
  #ms = -1;

  /** `worker`: 0..4095. `originUnixMs`: the calendar at drill clock 0. */
  constructor(options: {
    readonly originUnixMs: number;
    readonly worker: number;
    readonly seed: number;
  }) {
    this.#options = options;
  }

  /** Makes `words` those of an id at this time on the drill clock. */
  at(nowUs: number): void {
    const ms = Math.floor(nowUs / 1000);
    if (ms === this.#ms) return;
    const { originUnixMs, worker, seed } = this.#options;
    const made = makeOperationId({
      unixMs: originUnixMs + ms,
      free12: worker,
      free30: seed,
      free32: 0,
    });
    this.#ms = ms;
    for (let i = 0; i < 3; i++) this.words[i] = made[i] ?? 0;
  }
}
