/**
 * What rewritten scripts call: helpers that the transform writes into them, one object for all VUs of a thread.
 */
import { isFunction, isThenable, type Vu } from '../vu/virtual-user.js';
import { globalsOf, mathOf } from './vu-globals.js';

type Callback = (...args: unknown[]) => unknown;

export const RUNTIME_SUPPORT = {
  thenable: isThenable,

  /** A k6 function used as a value, `const wait = sleep`: bound to its VU. Classes and objects as they are. */
  ref(module: Readonly<Record<string, unknown>>, name: string): unknown {
    const value = module[name];
    return isFunction(value) && !/^[A-Z]/.test(name) ? value.bind(module) : value;
  },

  /** A k6 module used as a value, `const { check } = k6`: its functions bound to the VU. */
  namespace(module: object): unknown {
    return new Proxy(module, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        const isMethod = typeof name === 'string' && !/^[A-Z]/.test(name) && isFunction(value);
        return isMethod ? value.bind(target) : value;
      },
    });
  },

  /** `Math` used as a value. */
  math: mathOf,

  /** `globalThis`. */
  globals: globalsOf,

  /** What a script in CommonJS exports; options for the plan alone. */
  exported(all: object, planning: boolean): object {
    return planning ? all : { ...all, options: undefined };
  },

  /** A name that nothing declares: what the script has put on globalThis, or nothing. */
  global(vu: Vu, name: string): unknown {
    const globals = globalsOf(vu);
    if (name in globals) return Reflect.get(globals, name);
    throw new ReferenceError(`${name} is not defined (scripts see k6's globals, not Node's)`);
  },

  /** `values[method](callback)` where the callback waits: one element after the other. */
  async loop(values: unknown, method: string, ...args: unknown[]): Promise<unknown> {
    const [callback, initial] = args;
    if (!Array.isArray(values) || !isFunction(callback)) return callThrough(values, method, args);
    return method === 'reduce'
      ? reduce(values, callback, args.length > 1 ? { initial } : undefined)
      : eachInOrder(values, method, callback, initial);
  },
};

function callThrough(values: unknown, method: string, args: readonly unknown[]): unknown {
  const member: unknown = Reflect.get(Object(values), method);
  if (!isFunction(member)) throw new TypeError(`${method} is not a function`);
  return Reflect.apply(member, values, args);
}

async function reduce(
  values: readonly unknown[],
  callback: Callback,
  start: { readonly initial: unknown } | undefined,
): Promise<unknown> {
  if (start === undefined && values.length === 0)
    throw new TypeError('Reduce of empty array with no initial value');
  let sum = start === undefined ? values[0] : start.initial;
  for (let i = start === undefined ? 1 : 0; i < values.length; i++)
    sum = await callback(sum, values[i], i, values);
  return sum;
}

async function eachInOrder(
  values: readonly unknown[],
  method: string,
  callback: Callback,
  thisArgument: unknown,
): Promise<unknown> {
  const results: unknown[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const result = await Reflect.apply(callback, thisArgument, [value, i, values]);
    if (method === 'map') results.push(result);
    else if (method === 'flatMap') results.push(...(Array.isArray(result) ? result : [result]));
    else if (method === 'filter' && result) results.push(value);
    else if (method === 'some' && result) return true;
    else if (method === 'every' && !result) return false;
    else if (method === 'find' && result) return value;
    else if (method === 'findIndex' && result) return i;
  }
  if (method === 'some') return false;
  if (method === 'every') return true;
  if (method === 'findIndex') return -1;
  return method === 'forEach' || method === 'find' ? undefined : results;
}
