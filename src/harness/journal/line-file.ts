/** Lines of JSON that a worker writes beside its journal, kept until `flush`. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError } from './segment-writer.js';

export class LineFile {
  readonly #folder: string;
  readonly #file: string;
  #lines: string[] = [];
  #hasFolder = false;

  /** `folder`: made with the first line. */
  constructor({ folder, worker }: { readonly folder: string; readonly worker: number }) {
    this.#folder = folder;
    this.#file = join(folder, `part-${worker}.jsonl`);
  }

  add(line: object): void {
    this.#lines.push(`${JSON.stringify(line)}\n`);
  }

  /** Throws JournalError. */
  flush(): void {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('');
    this.#lines = [];
    try {
      if (!this.#hasFolder) mkdirSync(this.#folder, { recursive: true });
      this.#hasFolder = true;
      appendFileSync(this.#file, text);
    } catch (cause) {
      throw new JournalError(`${this.#file} cannot be written`, cause);
    }
  }
}
