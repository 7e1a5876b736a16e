/**
 * What is asked becomes an invoke record, with the id and the times that it has on this worker. Called once per operation: nothing
 * is allocated.
 */
import type { InvokeStamp } from '../journal/invoke-record.js';
import type { JournalWriter } from '../journal/writer.js';
import type { Caller, OperationRequest } from '../ports/pay.js';
import { OperationIds } from './operation-ids.js';

export interface InvocationsOptions {
  /** 0..4095; part of every id. */
  readonly worker: number;
  readonly seed: number;
  /** Microseconds on the drill clock. */
  readonly nowUs: () => number;
  /** Milliseconds since the Unix epoch at drill clock 0, for the ids. */
  readonly originUnixMs: number;
  readonly journal: JournalWriter;
}

export class Invocations {
  /** Of the last operation. */
  readonly stamp: InvokeStamp;
  readonly #ids: OperationIds;
  readonly #options: InvocationsOptions;

  constructor(options: InvocationsOptions) {
    this.#options = options;
    this.#ids = new OperationIds(options);
    const { worker } = options;
    this.stamp = { idWords: this.#ids.words, worker, scenario: 0, intendedUs: 0, invokedUs: 0 };
  }

  /**
   * Begins now; the first of an iteration was intended when the iteration was. Its number in the worker is the journal's `invoked`
   * from before. Returns where its record begins in the journal's `invokeWords`, until the next flush.
   */
  invoke(request: OperationRequest, caller: Caller): number {
    const { journal, nowUs } = this.#options;
    const { stamp } = this;
    const now = nowUs();
    stamp.intendedUs = caller.intendedUs >= 0 ? caller.intendedUs : now;
    stamp.invokedUs = now;
    stamp.scenario = caller.scenario;
    caller.intendedUs = -1;
    this.#ids.at(now);
    return journal.invoke(request, stamp);
  }
}
