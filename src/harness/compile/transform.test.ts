/** Random programs, run plainly and compiled: both must do the same in the same order. programs.fuzz.ts runs ten thousand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScriptError } from './errors.js';
import { compiled, plainly } from './testing/both-ways.js';
import { grownProgram } from './testing/programs.js';
import { ScriptUnderTest } from './testing/script-under-test.js';

/** `call` and `say` as operations of a VU, whose amounts are the trace. */
const AS_OPERATIONS = `import { pay as operation } from 'k6/x/pay'; import { group } from 'k6';
const call = (n) => pay(n);
const say = (n) => n;
function pay(n) { operation({ payer: 1, merchant: 1, amountMinor: Math.abs(Math.trunc(Number(n) || 0)) % 1000 }); return n; }`;

describe('a program that was compiled', () => {
  it('does what it did, in the same order, or is refused', async () => {
    let calls = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), async (seed) => {
        const program = grownProgram(seed);
        const expected = await plainly(program);
        const got = await compiled(program);
        if (got.refused !== undefined) refused++;
        else expect(got, program).toEqual(expected);
        calls += expected.trace.length;
      }),
      { numRuns: 200, seed: 9 },
    );
    expect(calls).toBeGreaterThan(2000);
    expect(refused).toBeLessThan(50);
  }, 120_000);

  it('does the same where the VU itself resumes it', async () => {
    let calls = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0 }), async (seed) => {
        const program = grownProgram(seed);
        const expected = await plainly(program);
        const { amounts, end } = await iterated(program);
        const told = expected.trace.filter((line) => !line.startsWith('say'));
        const amountsExpected = told.map((line) => amountOf(line.split(' ')[1]));
        if (end === 'refused') return;
        expect({ amounts, end }, program).toEqual({
          amounts: amountsExpected,
          end: expected.end.startsWith('returns') ? 'completed' : 'threw',
        });
        calls += amounts.length;
      }),
      { numRuns: 60, seed: 9 },
    );
    expect(calls).toBeGreaterThan(300);
  }, 120_000);
});

/** As `pay` of AS_OPERATIONS has it, of a value as it is shown in a trace. */
function amountOf(shown: string | undefined): number {
  return Math.abs(Math.trunc((shown === 'true' ? 1 : Number(shown)) || 0)) % 1000;
}

async function iterated(
  program: string,
): Promise<{ readonly amounts: readonly number[]; readonly end: string }> {
  const text = `${AS_OPERATIONS}\n${program.replace('function main', 'default function main').replace(/(async )?default function main/, 'export default $1function main')}`;
  try {
    const host = await ScriptUnderTest.load(text);
    const ended = await host.iterate(host.users.create(1));
    return { amounts: host.amounts, end: ended?.end ?? 'nothing' };
  } catch (error) {
    if (error instanceof ScriptError) return { amounts: [], end: 'refused' };
    throw error;
  }
}

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
    ).toEqual({ amounts: [1, 2, 3, 4, 5], withoutPromise: 3 });
  });

  it('and functions that it calls by their name wait without a promise, however deep', async () => {
    expect(
      await amounts(
        `function once(n) { const r = pay(order(n)); return r.outcome; }
         function twice(n) { return once(n) === 'ok' && once(n + 1); }
         function down(n) { once(n); if (n > 5) down(n - 1); return n; }
         function fails() { pay(order(7)); throw new Error('no'); }
         export function other() { once(9); }
         export default function () { twice(1); down(6); try { fails(); } catch (e) { pay(order(e.message === 'no' ? 8 : 0)); } }`,
      ),
    ).toEqual({ amounts: [1, 2, 6, 5, 7, 8], withoutPromise: 6 });
  });

  it('may be an arrow, and call arrows', async () => {
    expect(
      await amounts(
        `const once = (n) => { const r = pay(order(n)); return r.outcome; };
         const both = n => [once(n), once(n + 1)].length;
         const nested = ({ n }, ...more) => ({ is: both(n), more });
         const flag = async () => 1;
         export const other = () => { once(9); };
         export default () => { const { is, more } = nested({ n: 1 }, 2, 3); pay(order(is + more.length)); };`,
      ),
    ).toEqual({ amounts: [1, 2, 4], withoutPromise: 3 });
  });

  it('calls functions that somebody else may call, and waits for their promise', async () => {
    expect(
      await amounts(
        `function given(n) { const r = pay(order(n)); return r.outcome; }
         function inGroup(n) { const r = pay(order(n)); return r.outcome; }
         function plain(n) { const r = pay(order(n)); return r.outcome; }
         const later = [given];
         export default function () { given(1); group('g', () => { inGroup(2); }); plain(3); return later; }`,
      ),
    ).toEqual({ amounts: [1, 2, 3], withoutPromise: 1 });
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
