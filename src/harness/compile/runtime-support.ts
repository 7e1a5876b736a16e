/**
 * What rewritten scripts call: helpers that the transform writes into them, one object for all VUs of a thread.
 */
import { isFunction, isThenable } from '../vu/script-values.js';
import type { Vu } from '../vu/virtual-user.js';
import { globalsOf, mathOf } from './vu-globals.js';
import { loop } from './waiting-loops.js';

export const RUNTIME_SUPPORT = {
  thenable: isThenable,

  /** A k6 function used as a value, `const wait = sleep`: bound to its VU. Classes and objects as they are. */
  ref(module: Readonly<Record<string, unknown>>, name: string): unknown {
    const value = module[name];
    return isFunction(value) && !/^[A-Z]/.test(name) ? value.bind(module) : value;
  },

  /** A k6 module used as a value, `const { check } = k6`: its functions bound to the VU. */
  namespace(module: object): unknown {
    // What it has of its own may be fixed, and a proxy gives what is fixed as it is.
    const own = Object.entries(Object.getOwnPropertyDescriptors(module));
    const open = own.map(([name, descriptor]) => [name, { ...descriptor, configurable: true }]);
    const stand = Object.create(Object.getPrototypeOf(module), Object.fromEntries(open));
    return new Proxy(stand, {
      get(_, name) {
        const value: unknown = Reflect.get(module, name, module);
        const isMethod = typeof name === 'string' && !/^[A-Z]/.test(name) && isFunction(value);
        return isMethod ? value.bind(module) : value;
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

  /**
   * What a call gave where nothing can wait. It was not known beforehand whether it would: an answer that is still to come would be taken
   * for the answer, so it ends the test.
   */
  settled(value: unknown, called: string, vu: Vu): unknown {
    if (!isThenable(value)) return value;
    const error = new Error(
      `${called}() waits for an answer where nothing can wait (a getter, a constructor, a comparator, init code): call it before`,
    );
    vu.thread.host.abort(error.message);
    throw error;
  },

  /** `values[method](callback)` where the callback waits: one element after the other. */
  loop,

  /** `values?.[method](callback)`. */
  async loopIf(values: unknown, ...args: Tail<typeof loop>): Promise<unknown> {
    return values === undefined || values === null ? undefined : loop(values, ...args);
  },
};

type Tail<F> = F extends (first: unknown, ...rest: infer Rest) => unknown ? Rest : never;
