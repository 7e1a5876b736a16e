/**
 * The module `k6/x/lists`: a script says which transactions on lists it carries out, and what came of them; the drill judges whether they
 * were as isolated as it claims. Types for scripts are in scenarios/k6-x-lists.d.ts.
 *
 *     lists.claim('serializable');
 *     export default function () {
 *       const t = lists.transaction();
 *       t.append('x', 17);
 *       t.read('y', [3, 5]);
 *       t.ok();
 *     }
 */
import { isListClaim, LIST_CLAIMS } from '../../../wire/list-claims.js';
import type { ListOutcome, ListTransactionLog, ListValue } from '../../ports/lists.js';
import type { Vu } from '../../vu/virtual-user.js';
import type { ModuleApi } from '../module-api.js';

export const listsApi: ModuleApi = {
  exports: { claim: 'plain', transaction: 'plain' },
  create: (vu) => new ListsModule(vu),
};

class ListsModule {
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get default(): ListsModule {
    return this;
  }

  claim(level: unknown): void {
    const wanted = String(level).toLowerCase().replaceAll(/[\s_]/g, '-');
    if (!isListClaim(wanted))
      throw new TypeError(`lists.claim: there are ${LIST_CLAIMS.join(', ')}, got ${String(level)}`);
    if (!this.#vu.initialising) throw new Error('lists.claim() is for init code');
    this.#vu.thread.host.lists.claim(wanted);
  }

  transaction(): ListTransaction {
    const vu = this.#vu;
    if (vu.initialising) throw new Error('lists.transaction() is not for init code');
    return new ListTransaction(vu.thread.host.lists.begin(vu.id));
  }
}

class ListTransaction {
  readonly #log: ListTransactionLog;

  constructor(log: ListTransactionLog) {
    this.#log = log;
  }

  get outcome(): ListOutcome | undefined {
    return this.#log.outcome;
  }

  append(key: unknown, value: unknown): void {
    if (!isValue(value)) throw new TypeError(`append: ${String(value)} is no number and no text`);
    this.#log.append(String(key), value);
  }

  read(key: unknown, values: unknown): void {
    if (!Array.isArray(values) || !values.every(isValue))
      throw new TypeError(
        `read: what is read of ${String(key)} must be a list of numbers or texts`,
      );
    this.#log.read(String(key), values);
  }

  ok(): void {
    this.#log.end('ok');
  }

  fail(): void {
    this.#log.end('failed');
  }

  unknown(): void {
    this.#log.end('unknown');
  }
}

function isValue(value: unknown): value is ListValue {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}
