/**
 * Accounts that a script calls by names of its own become numbers, as the journal has them: the name's hash, so that every worker
 * and whoever reads the target's books comes to the same one without asking. Which names there were is written beside the
 * journal, a line each.
 */
import { createHash } from 'node:crypto';
import { NAMED_ACCOUNTS } from '../../wire/accounts.js';
import { LineFile } from './line-file.js';

/** Between name and asset in what is hashed: it stands in neither. */
const BETWEEN = '\0';

export class AccountNames {
  readonly #numbers = new Map<string, number>();
  readonly #lines: LineFile;

  constructor(where: { readonly folder: string; readonly worker: number }) {
    this.#lines = new LineFile(where);
  }

  number(name: string, asset: string): number {
    const key = `${name}${BETWEEN}${asset}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = namedAccount(key);
      this.#numbers.set(key, number);
      this.#lines.add({ account: number, name, asset });
    }
    return number;
  }

  /** Throws JournalError. */
  flush(): void {
    this.#lines.flush();
  }
}

/** The lowest 52 bits of its MD5, above every number that has a meaning of its own. */
function namedAccount(key: string): number {
  const digest = createHash('md5').update(key, 'utf8').digest();
  return NAMED_ACCOUNTS + (digest.readUIntBE(9, 1) % 16) * 2 ** 48 + digest.readUIntBE(10, 6);
}
