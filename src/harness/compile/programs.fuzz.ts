/**
 * Random programs, run plainly and compiled: `npm run build && node dist/harness/compile/programs.fuzz.js [programs] [first seed]`. Each must do
 * the same both ways, or be refused; the first that does not is printed with its seed, and the exit code is 1.
 */
import { compiled, plainly } from './testing/both-ways.js';
import { grownProgram } from './testing/programs.js';

const [programs = 10_000, first = 1] = process.argv.slice(2).map(Number);
const counts = { same: 0, refused: 0, calls: 0 };
const reasons = new Map<string, number>();
for (let seed = first; seed < first + programs; seed++) {
  const program = grownProgram(seed);
  const expected = await plainly(program);
  const got = await compiled(program);
  counts.calls += expected.trace.length;
  if (got.refused !== undefined) {
    counts.refused++;
    const reason = got.refused.replace(/^\d+: /, '').replace(/^[\w ]+/, '');
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  } else if (JSON.stringify(got) === JSON.stringify(expected)) counts.same++;
  else {
    process.stdout.write(
      `seed ${seed}\n${program}\n\nplainly  ${JSON.stringify(expected)}\n\ncompiled ${JSON.stringify(got)}\n`,
    );
    process.exitCode = 1;
    break;
  }
}
process.stdout.write(`${JSON.stringify(counts)}\n`);
for (const [reason, times] of reasons) process.stdout.write(`${times} refused: ${reason}\n`);
