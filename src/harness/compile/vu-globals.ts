/**
 * The globals that a script sees: those of the language, and k6's, which belong to the VU. Node's are out of sight. A name that the
 * text gives away is rewritten to what it stands for (rewrite-names.ts); `globalThis` is an object of each VU's own, made
 * when a script first asks for it, and what scripts put there is a global from then on.
 */
import { isFunction } from '../vu/script-values.js';
import type { Vu } from '../vu/virtual-user.js';

/** Globals of k6 that belong to a VU, and the property of the VU that each one is. */
export const VU_GLOBALS: ReadonlyMap<string, string> = new Map([
  ['__ENV', 'env'],
  ['__VU', 'id'],
  ['__ITER', 'iterationOfVu'],
  ['console', 'console'],
  ['setTimeout', 'timers.setTimeout'],
  ['setInterval', 'timers.setInterval'],
  ['clearTimeout', 'timers.clear'],
  ['clearInterval', 'timers.clear'],
]);

export const LANGUAGE_GLOBALS: ReadonlySet<string> = new Set(
  `Object Function Array String Number Boolean Symbol BigInt Math JSON Date RegExp Map Set WeakMap WeakSet
   WeakRef FinalizationRegistry Promise Proxy Reflect Error TypeError RangeError SyntaxError ReferenceError
   EvalError URIError AggregateError ArrayBuffer SharedArrayBuffer DataView Atomics Int8Array Uint8Array
   Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array
   BigUint64Array parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI
   decodeURI escape unescape Infinity NaN undefined Intl TextEncoder TextDecoder crypto arguments eval`.split(
    /\s+/,
  ),
);

export function globalsOf(vu: Vu): object {
  let own = GLOBALS.get(vu);
  if (own === undefined) {
    own = newGlobals(vu);
    GLOBALS.set(vu, own);
  }
  return own;
}

/** `Math` with random() from the VU's generator. */
export function mathOf(vu: Vu): object {
  const random = (): number => vu.random.nextFloat();
  return Object.defineProperties(Object.create(Math), { random: { value: random } });
}

const GLOBALS = new WeakMap<Vu, object>();

function newGlobals(vu: Vu): object {
  const own = Object.create(LANGUAGE);
  const hidden = { writable: true, configurable: true };
  Object.defineProperty(own, 'Math', { ...hidden, value: mathOf(vu) });
  for (const name of ['globalThis', 'global'])
    Object.defineProperty(own, name, { ...hidden, value: own });
  Object.defineProperty(own, 'open', { ...hidden, value: vu.opener('') });
  for (const [name, path] of VU_GLOBALS)
    Object.defineProperty(own, name, { configurable: true, get: () => propertyOf(vu, path) });
  return own;
}

function propertyOf(vu: Vu, path: string): unknown {
  let owner: unknown;
  let value: unknown = vu;
  for (const name of path.split('.')) {
    owner = value;
    value = Reflect.get(Object(owner), name);
  }
  return isFunction(value) ? value.bind(owner) : value;
}

const LANGUAGE = Object.create(
  null,
  Object.fromEntries(
    [...LANGUAGE_GLOBALS].map((name) => [name, { value: Reflect.get(globalThis, name) }]),
  ),
);
