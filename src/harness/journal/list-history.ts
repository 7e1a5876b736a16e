/**
 * What a worker's virtual users tell of transactions on lists, beside the journal: a line of JSON each, once it is known how it ended.
 * What was never told is unknown, and stands there as that. The first line says of which run the part is and what is claimed, the last how
 * many transactions it has: a part that is cut short has none.
 *
 *   {"run_id":"...","worker":0,"claim":"serializable"}
 *   {"vu":3,"invoked_us":12,"completed_us":40,"outcome":"ok","did":[["append","x",1],["read","y",[2,3]]]}
 *   {"transactions":1}
 */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ListClaim } from '../../wire/list-claims.js';
import type { ListOutcome, ListsPort, ListTransactionLog, ListValue } from '../ports/lists.js';
import { JournalError } from './segment-writer.js';

type Did = readonly ['append', string, ListValue] | readonly ['read', string, readonly ListValue[]];

export interface ListHistoryOptions {
  /** Made with the first claim or transaction. */
  readonly folder: string;
  readonly worker: number;
  readonly runId: string;
  readonly nowUs: () => number;
}

export class ListHistory implements ListsPort {
  readonly #options: ListHistoryOptions;
  readonly #file: string;
  readonly #open = new Set<Log>();
  #claim: ListClaim | undefined;
  #lines: string[] = [];
  #transactions = 0;
  #hasBegun = false;

  constructor(options: ListHistoryOptions) {
    this.#options = options;
    this.#file = join(options.folder, `part-${options.worker}.jsonl`);
  }

  claim(claim: ListClaim): void {
    if (this.#claim === claim) return;
    if (this.#hasBegun || this.#claim !== undefined)
      throw new Error(`${this.#claim ?? 'nothing'} is claimed already: a script makes one claim`);
    this.#claim = claim;
    this.#begun();
  }

  begin(vu: number): ListTransactionLog {
    this.#begun();
    const log = new Log(vu, this.#options.nowUs(), (ended) => this.#ended(ended));
    this.#open.add(log);
    return log;
  }

  /** Of what is still open nothing will be said. */
  endOpen(): void {
    for (const log of this.#open) log.end('unknown');
  }

  /** Throws JournalError. */
  flush(): void {
    if (this.#lines.length === 0) return;
    const text = this.#lines.map((line) => `${line}\n`).join('');
    this.#lines = [];
    try {
      mkdirSync(this.#options.folder, { recursive: true });
      appendFileSync(this.#file, text);
    } catch (cause) {
      throw new JournalError(`${this.#file} cannot be written`, cause);
    }
  }

  /** Nothing comes after it. Throws JournalError. */
  close(): void {
    if (!this.#hasBegun) return;
    this.endOpen();
    this.#lines.push(JSON.stringify({ transactions: this.#transactions }));
    this.flush();
  }

  #begun(): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const { runId, worker } = this.#options;
    this.#lines.push(JSON.stringify({ run_id: runId, worker, claim: this.#claim ?? null }));
  }

  #ended(log: Log): void {
    this.#open.delete(log);
    this.#transactions++;
    const { vu, invokedUs, did, outcome } = log;
    const completedUs = outcome === 'unknown' ? null : this.#options.nowUs();
    this.#lines.push(
      JSON.stringify({ vu, invoked_us: invokedUs, completed_us: completedUs, outcome, did }),
    );
  }
}

class Log implements ListTransactionLog {
  readonly vu: number;
  readonly invokedUs: number;
  readonly did: Did[] = [];
  outcome: ListOutcome | undefined = undefined;
  readonly #onEnd: (log: Log) => void;

  /** Positional, because one is made per transaction: see the fields. */
  constructor(vu: number, invokedUs: number, onEnd: (log: Log) => void) {
    this.vu = vu;
    this.invokedUs = invokedUs;
    this.#onEnd = onEnd;
  }

  append(key: string, value: ListValue): void {
    this.#isOpen();
    this.did.push(['append', key, value]);
  }

  read(key: string, values: readonly ListValue[]): void {
    this.#isOpen();
    this.did.push(['read', key, [...values]]);
  }

  end(outcome: ListOutcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.#onEnd(this);
  }

  #isOpen(): void {
    if (this.outcome !== undefined) throw new Error('the transaction has ended');
  }
}
