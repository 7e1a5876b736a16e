/**
 * The module `k6/data`: SharedArray. The builder runs once a thread; elements are kept as JSON, and each access
 * gives a fresh, deeply frozen copy, so that no VU can change what another one reads.
 */
import { instantiatingVu } from '../vu/init-code.js';
import { isFunction } from '../vu/script-values.js';
import type { Vu } from '../vu/virtual-user.js';
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
  return sharedArray(vu, `SharedArray ${name}`, () => {
    const built = build();
    if (!Array.isArray(built))
      throw new TypeError(`SharedArray "${name}": only arrays can be shared`);
    return built;
  });
}

/** The one array of the thread with that key. */
export function sharedArray({ thread }: Vu, key: string, build: () => readonly unknown[]): object {
  const known = thread.shared.get(key);
  if (isArrayView(known)) return known;
  const view = arrayView(build().map((element) => JSON.stringify(element) ?? 'null'));
  thread.shared.set(key, view);
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

/**
 * An array without elements of its own: reading index i parses element i. To everything that lists, spreads or writes down
 * an array it is one. Its `length` is told as the language demands of an array, writable; writing it is refused all the same.
 */
function arrayView(elements: readonly string[]): object {
  const refuse = (): never => {
    throw new TypeError('a SharedArray cannot be changed');
  };
  const elementAt = (key: string | symbol): string | undefined =>
    typeof key === 'string' && INDEX.test(key) ? elements[Number(key)] : undefined;
  const view = new Proxy<unknown[]>([], {
    get(target, key) {
      if (key === 'length') return elements.length;
      const text = elementAt(key);
      return text === undefined ? Reflect.get(target, key) : frozenCopy(text);
    },
    has: (target, key) => elementAt(key) !== undefined || Reflect.has(target, key),
    ownKeys: () => [...Array.from(elements.keys(), String), 'length'],
    getOwnPropertyDescriptor(_target, key) {
      if (key === 'length')
        return { value: elements.length, writable: true, enumerable: false, configurable: false };
      const text = elementAt(key);
      if (text === undefined) return undefined;
      return { value: frozenCopy(text), writable: true, enumerable: true, configurable: true };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
    preventExtensions: refuse,
  });
  VIEWS.add(view);
  return view;
}

const INDEX = /^(0|[1-9][0-9]*)$/;

function frozenCopy(text: string): unknown {
  return deepFreeze(JSON.parse(text));
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
