/**
 * The module `k6`: check, fail, group, randomSeed, sleep.
 */
import { inGroupScope } from '../vu/group-scopes.js';
import { neverReturns } from '../vu/interrupted-error.js';
import { isThenable, textTags } from '../vu/script-values.js';
import type { Vu } from '../vu/virtual-user.js';
import type { ModuleApi } from './module-api.js';

export const k6Api: ModuleApi = {
  exports: {
    check: 'check',
    fail: 'plain',
    group: 'group',
    randomSeed: 'plain',
    sleep: 'blocking',
  },
  create: (vu) => new K6Module(vu),
};

type Predicates = Readonly<Record<string, unknown>>;

class K6Module {
  readonly #vu: Vu;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get default(): K6Module {
    return this;
  }

  /**
   * Records each predicate's result; false if one failed. A predicate that throws has failed, and throws on. Of a promise what it is
   * fulfilled with is looked at, and a promise returned. `waits`: the script was rewritten because a predicate waits for an answer.
   */
  check(
    value: unknown,
    predicates: Predicates,
    tags?: unknown,
    waits = false,
  ): boolean | Promise<boolean> {
    if (!isThenable(value) && !waits) return this.#check(value, predicates, tags);
    return this.#waitedFor(
      Promise.resolve(value).then((fulfilled) =>
        waits
          ? this.#checkInTurn(fulfilled, predicates, tags)
          : this.#check(fulfilled, predicates, tags),
      ),
    );
  }

  #check(value: unknown, predicates: Predicates, tags: unknown): boolean {
    const ownTags = textTags(tags);
    let all = true;
    for (const name in predicates) {
      const result = this.#asked(name, value, { predicates, ownTags });
      if (isThenable(result))
        throw new TypeError(`check ${JSON.stringify(name)} is asynchronous: await before check()`);
      all = this.#told(name, result, ownTags) && all;
    }
    return all;
  }

  async #checkInTurn(value: unknown, predicates: Predicates, tags: unknown): Promise<boolean> {
    const ownTags = textTags(tags);
    let all = true;
    for (const name in predicates) {
      let result = this.#asked(name, value, { predicates, ownTags });
      if (isThenable(result))
        try {
          result = await result;
        } catch (error) {
          this.#told(name, false, ownTags);
          throw error;
        }
      all = this.#told(name, result, ownTags) && all;
    }
    return all;
  }

  #asked(
    name: string,
    value: unknown,
    how: { readonly predicates: Predicates; readonly ownTags: ReturnType<typeof textTags> },
  ): unknown {
    if (name.includes('::'))
      throw new Error(`check name ${JSON.stringify(name)} may not contain ::`);
    const predicate = how.predicates[name];
    try {
      return typeof predicate === 'function' ? predicate(value) : predicate;
    } catch (error) {
      this.#told(name, false, how.ownTags);
      throw error;
    }
  }

  #told(name: string, result: unknown, ownTags: ReturnType<typeof textTags>): boolean {
    const passed = Boolean(result);
    this.#vu.thread.host.metrics.check(name, passed, ownTags, this.#vu);
    return passed;
  }

  fail(reason = ''): never {
    throw new Error(String(reason));
  }

  /** Runs `body` with everything in it tagged by the group; measures it when it has ended. */
  group(name: string, body: () => unknown): unknown {
    const vu = this.#vu;
    if (name.includes('::'))
      throw new Error(`group name ${JSON.stringify(name)} may not contain ::`);
    const outer = vu.group;
    const group = `${outer}::${name}`;
    if (vu.thread.makesPromises) {
      const result = inGroupScope(vu, group, () => this.#measured(body));
      return result instanceof Promise ? this.#waitedFor(result) : result;
    }
    vu.group = group;
    return this.#measured(body, () => {
      vu.group = outer;
    });
  }

  #measured(body: () => unknown, after: () => void = () => undefined): unknown {
    const vu = this.#vu;
    const { clock, metrics } = vu.thread.host;
    const startUs = clock.nowUs();
    const leave = (): void => {
      metrics.add(GROUP_DURATION, (clock.nowUs() - startUs) / 1000, undefined, vu);
      after();
    };
    let result: unknown;
    try {
      result = body();
    } catch (error) {
      leave();
      throw error;
    }
    if (isThenable(result)) return Promise.resolve(result).finally(leave);
    leave();
    return result;
  }

  /** The iteration lasts until it is settled; a rejection is the script's to handle. */
  #waitedFor<T>(promise: Promise<T>): Promise<T> {
    const settled = (): void => undefined;
    this.#vu.track(promise.then(settled, settled));
    return promise;
  }

  /** From here on the draws of this VU follow from `seed` alone. */
  randomSeed(seed: number): void {
    this.#vu.random.reseed(seed, 0, 0);
    this.#vu.isSeeded = true;
  }

  /** As in k6, what is no number or not above 0 is no time at all; but others have their turn. */
  sleep(seconds?: number): Promise<void> {
    const vu = this.#vu;
    if (vu.interrupted) return neverReturns();
    const ms = Number(seconds) * 1000;
    return vu.thread.takesTurns ? vu.background.block(() => pause(vu, ms)) : pause(vu, ms);
  }
}

function pause(vu: Vu, ms: number): Promise<void> {
  return ms > 0 ? vu.timers.wait(ms) : new Promise((resolve) => setImmediate(resolve));
}

const GROUP_DURATION = { name: 'group_duration', kind: 'trend', isTime: true } as const;
