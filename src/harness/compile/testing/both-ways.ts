/**
 * For tests of the compiler: one program run twice. Plainly, with calls that answer at once, as in k6; and compiled, with calls that
 * answer in a later turn. What it calls, says and returns must be the same.
 *
 * A program defines `function main()`. It has `call(n)`, which k6 would block in, `pay(n)`, whose promise a script may see, and
 * `say(x)`, which returns at once; all give back what they are given. `group` is k6's.
 */
import { inspect } from 'node:util';
import { Script } from 'node:vm';
import type { CallKind } from '../../k6/module-api.js';
import { k6Module } from '../../k6/modules.js';
import { isFunction, type Vu } from '../../vu/virtual-user.js';
import { RUNTIME_SUPPORT } from '../runtime-support.js';
import { TransformError, transform } from '../transform.js';

export interface Ran {
  readonly trace: readonly string[];
  /** What main() returned or threw. */
  readonly end: string;
}

/** Calls of a program before it is stopped: `enough`. */
const BUDGET = 300;

const MODULE = 'k6/test';
const KINDS: Readonly<Record<string, CallKind>> = {
  call: 'blocking',
  pay: 'promise',
  say: 'plain',
};

export async function plainly(program: string): Promise<Ran> {
  const told = new Told();
  const called = { call: told.at('call'), pay: told.at('pay'), say: told.at('say') };
  const group = (_name: string, body: () => unknown): unknown => body();
  try {
    const text = `(function (call, pay, say, group) { 'use strict'; ${program}\nreturn main(); })`;
    const run: unknown = new Script(text).runInThisContext();
    const { call, pay, say } = called;
    return told.ended(isFunction(run) ? await run(call, pay, say, group) : 'no function');
  } catch (error) {
    return told.threw(error);
  }
}

/** Where the compiler refuses the program, or the program at run time, that is the `end`: `refused: ...`. */
export async function compiled(program: string, vu: Vu): Promise<Ran> {
  const told = new Told();
  const text = `import { call, pay, say } from '${MODULE}'; import { group } from 'k6'; ${program}
function called() { return main(); } export { called as main };`;
  try {
    const { code, modules } = transform(text, (module, name) =>
      module === MODULE ? KINDS[name] : k6Module(module)?.exports[name],
    );
    const later = (name: string) => (value: unknown) => told.later(name, value);
    const own = { call: later('call'), pay: later('pay'), say: told.at('say') };
    const given = modules.map((name) => (name === MODULE ? own : k6Module(name)?.create(vu)));
    const factory: unknown = new Script(code).runInThisContext()(RUNTIME_SUPPORT);
    const exports: unknown = isFunction(factory) ? factory(vu, ...given, false) : undefined;
    const main: unknown = Reflect.get(Object(exports), 'main');
    return told.ended(isFunction(main) ? await main() : 'no main');
  } catch (error) {
    if (!(error instanceof TransformError)) return told.threw(error);
    return { trace: [], end: `refused: ${error.line}: ${error.message}` };
  }
}

class Told {
  readonly #trace: string[] = [];
  #left = BUDGET;

  at(name: string) {
    return (value: unknown): unknown => {
      if (--this.#left < 0) throw new Error('enough');
      this.#trace.push(`${name} ${shown(value)}`);
      return value;
    };
  }

  async later(name: string, value: unknown): Promise<unknown> {
    this.at(name)(value);
    const { length } = this.#trace;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#trace.length !== length) this.#trace.push(`${name} ${shown(value)} was overtaken`);
    return value;
  }

  ended(value: unknown): Ran {
    return { trace: this.#trace, end: `returns ${shown(value)}` };
  }

  threw(error: unknown): Ran {
    return {
      trace: this.#trace,
      end: `throws ${error instanceof Error ? String(error) : shown(error)}`,
    };
  }
}

function shown(value: unknown): string {
  return inspect(value, { depth: 3, breakLength: Infinity });
}
