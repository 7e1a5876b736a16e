/**
 * The module `k6/data`: SharedArray. The builder runs once a thread; elements are kept as JSON, and each access
 * gives a fresh, deeply frozen copy, so that no VU can change what another one reads.
 */
import { instantiatingVu, isFunction } from '../vu/virtual-user.js';
import type { ModuleApi } from './module-api.js';

export const dataApi: ModuleApi = {
  exports: { SharedArray: 'callback' },
  create: () => MODULE,
};

/** Called with `new`: gives the one array of the thread. */
function SharedArray(name: unknown, build: unknown): object {
  const vu = instantiatingVu();
  if (vu === undefined)
    throw new Error('SharedArray must be made in init code: at the top level of the script');
  if (typeof name !== 'string' || name === '') throw new TypeError('SharedArray needs a name');
  if (!isFunction(build)) throw new TypeError('SharedArray needs a function');
  const key = `SharedArray ${name}`;
  const known = vu.thread.shared.get(key);
  if (isArrayView(known)) return known;
  const built = build();
  if (!Array.isArray(built))
    throw new TypeError(`SharedArray "${name}": only arrays can be shared`);
  const view = arrayView(built.map((element) => JSON.stringify(element) ?? 'null'));
  vu.thread.shared.set(key, view);
  return view;
}

const MODULE = {
  SharedArray,
  get default(): object {
    return MODULE;
  },
};

const VIEWS = new WeakSet<object>();

function isArrayView(value: unknown): value is object {
  return typeof value === 'object' && value !== null && VIEWS.has(value);
}

/** An array without elements of its own: reading index i parses element i. */
function arrayView(elements: readonly string[]): object {
  const refuse = (): never => {
    throw new TypeError('a SharedArray cannot be changed');
  };
  const index = (key: string | symbol): number =>
    typeof key === 'string' && /^(0|[1-9][0-9]*)$/.test(key) ? Number(key) : -1;
  const view = new Proxy<unknown[]>([], {
    get(target, key) {
      if (key === 'length') return elements.length;
      const text = elements[index(key)];
      return text === undefined ? Reflect.get(target, key) : deepFreeze(JSON.parse(text));
    },
    has: (target, key) => elements[index(key)] !== undefined || Reflect.has(target, key),
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
  });
  VIEWS.add(view);
  return view;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
