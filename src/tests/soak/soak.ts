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
import { messageOf } from '../../harness/message-of.js';
import { drillLine, summaryLines } from './lines.js';
import { randomDrill } from './random-drill.js';
import { type Finding, runRandomDrill } from './run-drill.js';

const OPTIONS = {
  drills: { type: 'string', default: '200' },
  minutes: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  out: { type: 'string', default: join('reports', 'soak') },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** As the exit codes of drills. */
const EXIT_USAGE = 104;

const USAGE = `Usage: npm run soak -- [options]

  --drills <n>      drills at most (default: ${OPTIONS.drills.default})
  --minutes <n>     no drill begins later (default: ${OPTIONS.minutes.default})
  --seed <n>        of the first drill (default: ${OPTIONS.seed.default})
  --only <n>        the one drill of this seed
  --out <folder>    where a drill that went wrong is kept (default: ${OPTIONS.out.default})
`;

const wish = asked();
if (wish !== undefined) process.exitCode = (await soak(wish)) ? 0 : 1;

/** Undefined where it was told how to ask, or what is wrong. */
function asked(): Wish | undefined {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    if (!values.help) return wishOf(values);
    process.stdout.write(USAGE);
  } catch (error) {
    process.stderr.write(`soak: ${messageOf(error)}\n\n${USAGE}`);
    process.exitCode = EXIT_USAGE;
  }
  return undefined;
}

interface Wish {
  readonly seeds: Iterable<number>;
  readonly minutes: number;
  readonly out: string;
}

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/** Throws RangeError. */
function wishOf({ drills, minutes, only, out, seed }: Values): Wish {
  const [first, count] = [number('seed', seed), number('drills', drills)];
  return {
    seeds:
      only === undefined
        ? Array.from({ length: count }, (_, drill) => first + drill)
        : [number('only', only)],
    minutes: number('minutes', minutes),
    out,
  };
}

function number(name: string, value: string): number {
  const parsed = Number(value);
  if (Number.isFinite(parsed) && parsed >= 0) return parsed;
  throw new RangeError(`--${name} must be a number, not ${value}`);
}

/** Whether nothing was wrong. */
async function soak({ minutes, out, seeds }: Wish): Promise<boolean> {
  if (!existsSync('/proc/self/environ'))
    throw new Error('soak: processes are told apart by /proc, which is not here');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const begunMs = performance.now();
  const seconds = (): number => (performance.now() - begunMs) / 1000;
  const findings: Finding[] = [];
  for (const seed of seeds) {
    if (stop.signal.aborted || seconds() >= minutes * 60) break;
    const folder = join(resolve(out), String(seed));
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
