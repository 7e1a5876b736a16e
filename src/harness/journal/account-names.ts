/**
 * Accounts that a script calls by names of its own become numbers, as the journal has them: the name's hash, so that every worker
 * and whoever reads the target's books comes to the same one without asking. Which names there were is written beside the
 * journal, a line each.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { NAMED_ACCOUNTS } from '../../wire/accounts.js';
import { JournalError } from './segment-writer.js';

/** Between name and asset in what is hashed: it stands in neither. */
const BETWEEN = '\0';

export class AccountNames {
  readonly #folder: string;
  readonly #file: string;
  readonly #numbers = new Map<string, number>();
  #lines: string[] = [];
  #hasFolder = false;

  /** `folder`: made with the first name. */
  constructor({ folder, worker }: { readonly folder: string; readonly worker: number }) {
    this.#folder = folder;
    this.#file = join(folder, `part-${worker}.jsonl`);
  }

  number(name: string, asset: string): number {
    const key = `${name}${BETWEEN}${asset}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = namedAccount(key);
      this.#numbers.set(key, number);
      this.#lines.push(`${JSON.stringify({ account: number, name, asset })}\n`);
    }
    return number;
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

/** The lowest 52 bits of its MD5, above every number that has a meaning of its own. */
function namedAccount(key: string): number {
  const digest = createHash('md5').update(key, 'utf8').digest();
  return NAMED_ACCOUNTS + (digest.readUIntBE(9, 1) % 16) * 2 ** 48 + digest.readUIntBE(10, 6);
}
