/** The built program as its users start it, for tests of whole drills: each call is a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSummary } from '../../harness/report/json.js';
import type { Summary } from '../../harness/report/summary.js';

export const PROGRAM = fileURLToPath(new URL('../../../bin/paydrill.js', import.meta.url));

/** A script of payments alone, for so long. */
export function payments(duration: string, ratePerSec = 600): string {
  return `
import { pay } from 'k6/x/pay';
export const options = {
  ext: { paydrill: { users: 2000, merchants: 50, splitMerchants: 10 } },
  scenarios: {
    plateau: { executor: 'constant-arrival-rate', rate: ${ratePerSec}, duration: '${duration}', exec: 'buy',
               preAllocatedVUs: 200, maxVUs: 2000, gracefulStop: '20s' },
  },
};
export function buy() {
  const payer = 1 + Math.floor(Math.random() * 2000);
  pay({ payer, merchant: 1 + Math.floor(Math.random() * 50), amountMinor: 1000 });
}
`;
}

export interface Running {
  readonly process: ChildProcess;
  /** The exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  /** Standard output and standard error so far. */
  output(): string;
  errors(): string;
}

export function startProgram(...args: readonly string[]): Running {
  return startProgramIn({}, ...args);
}

/** With another environment, or called from another folder. */
export function startProgramIn(
  { env = process.env, cwd }: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string },
  ...args: readonly string[]
): Running {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio, env, cwd });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  return { process: child, ended, output: () => output, errors: () => errors };
}

/** Called from that folder, to its end. */
export async function runProgramIn(cwd: string, ...args: readonly string[]) {
  const program = startProgramIn({ cwd }, ...args);
  return { code: await program.ended, errors: program.errors() };
}

/** A drill whose run folder is `run` in `folder`, unless the arguments say otherwise. */
export function startDrill(folder: string, script: string, ...args: readonly string[]): Running {
  return startProgram('run', script, '--out', join(folder, 'run'), ...args);
}

export function writeScript(folder: string, text: string): string {
  const path = join(folder, 'night.js');
  writeFileSync(path, text);
  return path;
}

export function writeFaults(folder: string, faults: readonly object[]): string {
  const path = join(folder, 'faults.json');
  writeFileSync(path, JSON.stringify({ faults }));
  return path;
}

export function readSummary(folder: string): Summary {
  const path = join(folder, 'run', 'summary.json');
  return parseSummary(readFileSync(path, 'utf8'), path);
}

/** Waits for a fact; the test's own time limit ends it. */
export async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await fact())) await new Promise((done) => setTimeout(done, 20));
}
