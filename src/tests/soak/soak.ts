/**
 * `npm run soak`: short drills of the honest stack with random plans of all kinds, one after the other, to see that there is no false alarm:
 * never `invalid`, never hung, nothing left behind. Drills have the seeds S, S+1, ...; one that failed is run again by its seed,
 * and its folder stays. Ends with 1 where anything was wrong. Knows its drills' processes by `/proc`: Linux only.
 *
 *   npm run soak -- --drills 50 --minutes 10 --seed 1000
 *   npm run soak -- --only 1017
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { drillLine, summaryLines } from './lines.js';
import { randomDrill } from './random-drill.js';
import { type Finding, runRandomDrill } from './run-drill.js';

const { values } = parseArgs({
  options: {
    drills: { type: 'string', default: '200' },
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    out: { type: 'string', default: join('reports', 'soak') },
  },
});

process.exitCode = (await soak()) ? 0 : 1;

/** Whether nothing was wrong. */
async function soak(): Promise<boolean> {
  if (!existsSync('/proc/self/environ'))
    throw new Error('soak: processes are told apart by /proc, which is not here');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const begunMs = performance.now();
  const seconds = (): number => (performance.now() - begunMs) / 1000;
  const findings: Finding[] = [];
  for (const seed of seeds()) {
    if (stop.signal.aborted || seconds() >= number('minutes') * 60) break;
    const folder = join(resolve(values.out), String(seed));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const found = await runRandomDrill(randomDrill(seed), folder, stop.signal);
    if (stop.signal.aborted) break; // what a Ctrl-C made of it says nothing
    findings.push(found);
    console.log(drillLine(found));
    if (found.problems.length === 0) rmSync(folder, { recursive: true });
    else console.log(`  kept: ${folder}`);
  }
  for (const line of summaryLines(findings, seconds())) console.log(line);
  return findings.every(({ problems }) => problems.length === 0);
}

function* seeds(): Generator<number> {
  if (values.only !== undefined) return yield number('only');
  for (let drill = 0; drill < number('drills'); drill++) yield number('seed') + drill;
}

function number(name: 'drills' | 'minutes' | 'seed' | 'only'): number {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`soak: --${name} must be a number, not ${values[name]}`);
}
