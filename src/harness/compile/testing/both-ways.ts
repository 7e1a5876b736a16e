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
import { CustomMetrics } from '../../options/metrics.js';
import { NO_SECRETS, redaction } from '../../options/redaction.js';
import { isFunction } from '../../vu/script-values.js';
import { Vu } from '../../vu/virtual-user.js';
import { planningHost } from '../plan-script.js';
import { Positions } from '../positions.js';
import { RUNTIME_SUPPORT } from '../runtime-support.js';
import { ScriptFiles } from '../script-files.js';
import { scriptThread } from '../script-thread.js';
import { TransformError, type Transformed, transform } from '../transform.js';

export interface Ran {
  readonly trace: readonly string[];
  /** What main() returned or threw. */
  readonly end: string;
  /** Why it cannot run compiled: told with its line when it is loaded, or by ending the test. */
  readonly refused: string | undefined;
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

export async function compiled(program: string): Promise<Ran> {
  const told = new Told();
  const text = `import { call, pay, say } from '${MODULE}'; import { group } from 'k6'; ${program}\nfunction called() { return main(); } export { called as main };`;
  try {
    const transformed = transform(text, {
      callKindOf: (module, name) =>
        module === MODULE ? KINDS[name] : k6Module(module)?.exports[name],
      callsLater: () => true,
      methodsOf: () => ({}),
      sourceAt: () => '',
    });
    const vu = vuThatTells(transformed, (reason) => told.refuse(reason));
    const later = (name: string) => (value: unknown) => told.later(name, value);
    const own = { call: later('call'), pay: later('pay'), say: told.at('say') };
    const given = transformed.modules.map((name) =>
      name === MODULE ? own : k6Module(name)?.create(vu),
    );
    const factory: unknown = new Script(transformed.code).runInThisContext()(RUNTIME_SUPPORT);
    const exports: unknown = isFunction(factory) ? factory(vu, ...given, false) : undefined;
    const main: unknown = Reflect.get(Object(exports), 'main');
    return told.ended(isFunction(main) ? await main() : 'no main');
  } catch (error) {
    if (error instanceof TransformError) told.refuse(`${error.line}: ${error.message}`);
    return told.threw(error);
  }
}

function vuThatTells(transformed: Transformed, abort: (reason: string) => void): Vu {
  const source = { path: '/program.js', env: {}, transformed, bundleMap: '', remoteModules: {} };
  const positions = new Positions({ path: source.path, bundleMap: '', transformMap: undefined });
  const script = {
    source,
    positions,
    secrets: NO_SECRETS,
    redact: redaction(NO_SECRETS),
    instantiate: () => ({}),
    instantiateLater: undefined,
  };
  const host = { ...planningHost(() => undefined), abort };
  return new Vu(
    1,
    scriptThread({
      script,
      host,
      scenarios: [],
      metrics: new CustomMetrics(),
      files: new ScriptFiles('/', []),
    }),
  );
}

class Told {
  readonly #trace: string[] = [];
  #refused: string | undefined;
  #left = BUDGET;

  refuse(reason: string): void {
    this.#refused ??= reason;
  }

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
    return this.#ran(`returns ${shown(value)}`);
  }

  threw(error: unknown): Ran {
    return this.#ran(`throws ${error instanceof Error ? String(error) : shown(error)}`);
  }

  #ran(end: string): Ran {
    return { trace: this.#trace, end, refused: this.#refused };
  }
}

function shown(value: unknown): string {
  return inspect(value, { depth: 3, breakLength: Infinity });
}
