/** What each part of judging took, in milliseconds, by its name. */
export class Stopwatch {
  readonly laps: Record<string, number> = {};
  readonly #nowUs: () => number;
  #lastUs: number;

  /** `nowUs`: monotonic microseconds. */
  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
    this.#lastUs = nowUs();
  }

  /** What was done since the last lap was this. */
  lap(name: string): void {
    const now = this.#nowUs();
    this.laps[name] = (now - this.#lastUs) / 1000;
    this.#lastUs = now;
  }
}
