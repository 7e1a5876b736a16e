/** Answers become figures: times at microseconds in one histogram, whoever measured them. */
import { countedValues, percentilesOfValues } from '../../measure/interval-log.js';
import { LatencyMeter } from '../../measure/latency.js';
import type { Figures } from './request.js';

export class ProbeMeter {
  readonly #times = new LatencyMeter();
  #answers = 0;
  #not2xx = 0;
  #errors = 0;

  answer(us: number, status: number): void {
    this.#times.record(Math.max(1, us));
    this.#answers++;
    if (status < 200 || status > 299) this.#not2xx++;
  }

  error(): void {
    this.#errors++;
  }

  get answers(): number {
    return this.#answers;
  }

  /** To be asked once, at the end. */
  figures(seconds: number): Figures {
    const values = countedValues(this.#times.takeInterval());
    const [p50Us = null, p90Us = null, p99Us = null, maxUs = null] = percentilesOfValues(
      values,
      [50, 90, 99, 100],
    );
    return {
      ratePerSec: this.#answers / seconds,
      answers: this.#answers,
      not2xx: this.#not2xx,
      errors: this.#errors,
      ...{ p50Us, p90Us, p99Us, maxUs },
    };
  }
}
