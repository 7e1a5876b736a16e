/** For tests: a drill as its users start it, with every temporary file of it below one folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from '../../cli/child.js';
import { parseSummary } from '../../harness/report/json.js';
import type { Summary } from '../../harness/report/summary.js';

export interface DrillProcess {
  readonly process: ChildProcess;
  readonly pid: number;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Standard error so far. */
  errors(): string;
  readonly runFolder: string;
  /** Names left where it puts temporary folders. */
  temporaryLeft(): readonly string[];
}

/** `script` is the text of a module; `folder` must be there. */
export function startDrill(options: {
  readonly folder: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Where its temporary folders go; default a folder of its own. */
  readonly temporary?: string;
}): DrillProcess {
  const { folder, script, args } = options;
  const temporary = options.temporary ?? join(folder, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const path = join(folder, 'night.js');
  writeFileSync(path, script);
  const runFolder = join(folder, 'run');
  const argv = [PROGRAM[1], 'run', path, '--out', runFolder, ...args];
  const child = spawn(PROGRAM[0], argv, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  return {
    process: child,
    pid: child.pid ?? 0,
    ended,
    errors: () => errors,
    runFolder,
    temporaryLeft: () => readdirSync(temporary),
  };
}

export function summaryOf({ runFolder }: DrillProcess): Summary {
  const path = join(runFolder, 'summary.json');
  return parseSummary(readFileSync(path, 'utf8'), path);
}

/** 600 payments a second for so long. */
export function payments(duration: string, ratePerSec = 600): string {
  return `
import { pay } from 'k6/x/pay';
export const options = {
  ext: { paydrill: { users: 2000, merchants: 50, splitMerchants: 10 } },
  scenarios: {
    plateau: { executor: 'constant-arrival-rate', rate: ${ratePerSec}, duration: '${duration}',
               preAllocatedVUs: 200, maxVUs: 2000, gracefulStop: '20s' },
  },
};
export default function () {
  const payer = 1 + Math.floor(Math.random() * 2000);
  pay({ payer, merchant: 1 + Math.floor(Math.random() * 50), amountMinor: 1000 });
}
`;
}
