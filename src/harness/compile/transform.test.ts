/**
 * Random programs in the synchronous style, run twice: as they stand, with operations that answer at once (what k6
 * does), and rewritten, with operations that answer in a later turn. Both must do the same in the same order.
 */
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../entropy/random.js';
import { k6Module } from '../k6/modules.js';
import { Vu } from '../vu/virtual-user.js';
import { compileScript } from './load.js';
import { ScriptUnderTest } from './testing/script-under-test.js';
import { transform } from './transform.js';

const FUNCTIONS = 4;

/** A program grows from a seed; depth bounds it. */
class Grower {
  readonly #random: Random;
  #names = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  program(): string {
    const functions = Array.from({ length: FUNCTIONS }, (_, level) => this.#function(level));
    this.#inMember = true; // so that members do not call each other for ever
    const members = this.#members();
    this.#inMember = false;
    return `${functions.join('\n')}
${members}
function apply(f, x) { const r = f(x); return r; }
function main() { const x = 1; ${this.#body(3, FUNCTIONS)} }`;
  }

  /** What `main` returns is bought, so that a program without a caller shows it too. */
  routine(): string {
    return this.program().replace(/return ([^;]*);( *)}$/, 'buy($1);$2}');
  }

  #members(): string {
    return `const shop = { visit(x) { ${this.#body(2, FUNCTIONS)} }, look: (x) => ${this.#value(2, FUNCTIONS)} };
class Crowd { constructor(x) { this.x = x; } go(x) { ${this.#body(2, FUNCTIONS)} } }
const table = [f0, (x) => ${this.#value(2, 1)}];`;
  }

  #function(level: number): string {
    return this.#choose(2) === 0
      ? `function f${level}(x) { ${this.#body(3, level)} }`
      : `const f${level} = (x) => ${this.#value(3, level)};`;
  }

  #body(depth: number, level: number): string {
    const statements = Array.from({ length: 1 + this.#choose(3) }, () =>
      this.#statement(depth, level),
    );
    return `${statements.join(' ')} return ${this.#value(depth, level)};`;
  }

  #statement(depth: number, level: number): string {
    const value = (): string => this.#value(depth - 1, level);
    const block = (): string => `{ ${this.#statement(depth - 1, level)} }`;
    if (depth === 0) return `${value()};`;
    switch (this.#choose(9)) {
      case 0: {
        const name = this.#name();
        return `let ${name} = ${value()}; ${name} += ${value()}; buy(${name});`;
      }
      case 1:
        return `if (${value()} % 2) ${block()} else ${block()}`;
      case 2:
        return `for (const y of [${value()}, ${value()}]) { const x = y; ${this.#statement(depth - 1, level)} }`;
      case 3:
        return `try ${`{ ${this.#statement(depth - 1, level)} if (${value()} % 3 === 0) throw new Error('x'); }`} catch (e) ${block()} finally ${block()}`;
      case 4:
        return `[${value()}, 2].forEach((x, i) => ${block()});`;
      case 5:
        return `switch (${value()} % 3) { case 0: ${this.#statement(depth - 1, level)} break; default: ${this.#statement(depth - 1, level)} }`;
      case 6: {
        const name = this.#name();
        return `for (let ${name} = 0; ${name} < ${value()} % 3; ${name}++) ${block()}`;
      }
      case 7: {
        const name = this.#name();
        return `const { amountMinor: ${name} } = buy(${value()}); buy(${name});`;
      }
      default:
        return `${value()};`;
    }
  }

  #value(depth: number, level: number): string {
    if (depth <= 0) return this.#choose(2) === 0 ? 'x' : String(this.#choose(9));
    const inner = (): string => this.#value(depth - 1, level);
    switch (this.#choose(17)) {
      case 0:
      case 1:
        return `buy(${inner()}).amountMinor`;
      case 2:
        return level === 0 ? inner() : `f${this.#choose(Math.min(level, FUNCTIONS))}(${inner()})`;
      case 3:
        return `(${inner()} % 2 ? ${inner()} : ${inner()})`;
      case 4:
        return `((${inner()} % 2) && ${inner()})`;
      case 5:
        return `(${inner()} || ${inner()})`;
      case 6:
        return `(${inner()} + ${inner()})`;
      case 7:
        return `[${inner()}, ${inner()}].map((x) => ${inner()}).reduce((a, x) => a + ${inner()}, 0)`;
      case 8:
        return level < FUNCTIONS ? inner() : `apply((x) => ${inner()}, ${inner()})`;
      case 9:
        return `(() => ${inner()})()`;
      case 10:
        return `group('g', () => ${inner()})`;
      case 11:
        return `Math.max(${inner()}, ...[${inner()}, ${inner()}])`;
      case 12:
        return `({ a: ${inner()}, b: [${inner()}] }).b[0]`;
      case 13:
        return `[${inner()}, 3].filter((x) => ${inner()} % 2).length`;
      case 14:
        return `(shop?.look === undefined ? 0 : \`\${${inner()}}\`.length)`;
      case 15:
        return `[1, ${inner()}].findIndex((x) => ${inner()} > 3)`;
      default:
        return this.#call(level, inner);
    }
  }

  /** Calls that can only be made from `main`, where everything is declared. */
  #call(level: number, inner: () => string): string {
    if (level < FUNCTIONS || this.#inMember) return inner();
    this.#inMember = true;
    const calls = [
      () => `shop.visit(${inner()})`,
      () => `shop?.look(${inner()})`,
      () => `new Crowd(1).go(${inner()})`,
      () => `table[${this.#choose(2)}](${inner()})`,
      () => `apply(f1, ${inner()})`,
      () => `apply(shop.look, ${inner()})`,
    ];
    const call = calls[this.#choose(calls.length)]?.() ?? '0';
    this.#inMember = false;
    return call;
  }

  #inMember = false;

  #choose(below: number): number {
    return this.#random.int(below);
  }

  #name(): string {
    this.#names++;
    return `v${this.#names}`;
  }
}

const BUY = `let budget = 150;
function buy(n) { if (--budget < 0) throw new Error('enough'); return pay({ payer: 1, merchant: 1, amountMinor: Math.abs(Number(n)) % 1000 }); }`;

/** As k6 runs it: every operation answers before the next statement. */
function reference(program: string): { readonly amounts: number[]; readonly end: string } {
  const amounts: number[] = [];
  const pay = (order: { readonly amountMinor: number }): unknown => {
    amounts.push(order.amountMinor);
    return { amountMinor: order.amountMinor };
  };
  const group = (_: string, body: () => unknown): unknown => body();
  try {
    const value: unknown = runInNewContext(`'use strict';${BUY}\n${program}\nmain()`, {
      pay,
      group,
    });
    return { amounts, end: `returns ${String(value)}` };
  } catch (error) {
    return { amounts, end: String(error) };
  }
}

async function rewritten(
  host: ScriptUnderTest,
  program: string,
): Promise<{ readonly amounts: number[]; readonly end: string }> {
  const text = `import { pay } from 'k6/x/pay'; import { group } from 'k6';
${BUY}\n${program}\nfunction called() { return main(); }\nexport { called as main };`;
  const transformed = transform(text, (module, name) => k6Module(module)?.exports[name]);
  const script = compileScript({
    path: '/night.ts',
    env: {},
    transformed,
    bundleMap: '',
    remoteModules: {},
  });
  const vu = host.users.create(1);
  if (!(vu instanceof Vu)) throw new Error('not a VU');
  const { main } = script.instantiate(vu, false);
  const before = host.amounts.length;
  let end: string;
  try {
    end = typeof main === 'function' ? `returns ${String(await main())}` : 'nothing';
  } catch (error) {
    end = String(error);
  }
  return { amounts: host.amounts.slice(before), end };
}

/** The program's `main` as what a VU iterates: no caller but the VU. */
async function iterated(
  program: string,
): Promise<{ readonly amounts: number[]; readonly end: string; readonly inPlace: number }> {
  const host =
    await ScriptUnderTest.load(`import { pay } from 'k6/x/pay'; import { group } from 'k6';
${BUY}\n${program.replace(/function main/, 'export default function main')}`);
  const ended = await host.iterate(host.users.create(1));
  const end = ended?.end === 'completed' ? 'returns undefined' : String(ended?.error);
  return { amounts: host.amounts, end, inPlace: host.recorded.withoutPromise };
}

describe('the rewritten program', () => {
  it('does what the program did, in the same order', async () => {
    const host = await ScriptUnderTest.load('export default function () {}');
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), async (seed) => {
        const program = new Grower(seed).program();
        const expected = reference(program);
        operations += expected.amounts.length;
        expect(await rewritten(host, program), program).toEqual(expected);
      }),
      { numRuns: 80 },
    );
    expect(operations).toBeGreaterThan(500);
  }, 60_000);

  it('does the same where the VU itself resumes it', async () => {
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), async (seed) => {
        const program = new Grower(seed).routine();
        const expected = reference(program);
        operations += expected.amounts.length;
        const { amounts, end } = await iterated(program);
        expect({ amounts, end }, program).toEqual(expected);
      }),
      { numRuns: 40 },
    );
    expect(operations).toBeGreaterThan(200);
  }, 60_000);
});

describe('a function that only the VU calls', () => {
  const amounts = async (text: string) => {
    const script =
      await ScriptUnderTest.load(`import { pay } from 'k6/x/pay'; import { group, sleep } from 'k6';
const order = (amountMinor) => ({ payer: 1, merchant: 1, amountMinor });\n${text}`);
    const ended = await script.iterate(script.users.create(1));
    if (ended?.end !== 'completed') throw ended?.error;
    return { amounts: script.amounts, withoutPromise: script.recorded.withoutPromise };
  };

  it('waits for its operations without promises', async () => {
    expect(
      await amounts(
        `export default function () { const r = pay(order(1)); if (r.outcome === 'ok') pay(order(pay(order(r.amountMinor + 1)).amountMinor + 1)); }`,
      ),
    ).toEqual({ amounts: [1, 2, 3], withoutPromise: 3 });
  });

  it('waits for promises too, and catches what they reject', async () => {
    expect(
      await amounts(
        `function fails() { pay(order(1)); throw new Error('no'); }
         export default function () { try { fails(); } catch (e) { pay(order(2)); } finally { sleep(0.001); pay(order(3)); }
           group('a', () => { pay(order(4)); }); [5].forEach((n) => { pay(order(n)); }); }`,
      ),
    ).toEqual({ amounts: [1, 2, 3, 4, 5], withoutPromise: 2 });
  });

  it('that another function calls as well gives it a promise', async () => {
    expect(
      await amounts(
        `export function both() { pay(order(1)); pay(order(2)); }
         export default function () { both(); pay(order(3)); }`,
      ),
    ).toEqual({ amounts: [1, 2, 3], withoutPromise: 1 });
  });

  it('that a group or a condition may leave without waiting goes on at once', async () => {
    expect(
      await amounts(
        `export default function () { const r = group('g', () => (__ITER > 5 ? pay(order(1)) : undefined)); pay(order(r === undefined ? 7 : 8)); }`,
      ),
    ).toEqual({ amounts: [7], withoutPromise: 1 });
  });
});
