/**
 * The scripts of the suite under paydrill and under a k6 that is on the PATH, one after the other, each against a server of its own; a
 * line for each difference. Without a k6 there is nothing to compare with, and one line says so.
 *
 *     npm run compat -- --k6 [part of a name ...]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PROGRAM } from '../testing/program.js';
import { differences, type Outcome, outcomeOf } from './differences.js';
import { inPlace } from './place.js';
import type { Snippet } from './snippet.js';
import { SNIPPETS } from './snippets.js';

type Side = (folder: string) => readonly string[];

const PAYDRILL: Side = (folder) => [
  ...[process.execPath, PROGRAM, 'run', '--out', join(folder, 'run'), '--keep', 'none'],
  ...['--workers', '1'],
];
const K6: Side = () => ['k6', 'run', '--no-usage-report', '--no-color'];

/** Returns the exit code. Called by scripts/ready.js. */
export async function compareWithK6(words: readonly string[]): Promise<number> {
  if (!isOnPath('k6')) {
    console.log('compat: there is no k6 on the PATH: nothing to compare with');
    return 0;
  }
  let differing = 0;
  const compared = SNIPPETS.filter(
    (snippet) => isComparable(snippet) && words.every((word) => snippet.name.includes(word)),
  );
  for (const snippet of compared) {
    const lines = differences(snippet, await ran(snippet, PAYDRILL), await ran(snippet, K6));
    for (const line of lines) console.log(line);
    if (lines.length > 0) differing++;
  }
  console.log(`compat: ${differing} of ${compared.length} scripts differ from k6`);
  return differing === 0 ? 0 : 1;
}

/** What needs words of the command line that only one of the two knows is left out, and what is to be interrupted. */
function isComparable({ args, scriptName, refuses }: Snippet): boolean {
  return args === undefined && scriptName === undefined && refuses === undefined;
}

async function ran(snippet: Snippet, side: Side): Promise<Outcome> {
  const { came, asked } = await inPlace(snippet, async ({ folder, script, env }) => {
    const file = join(folder, 'summary.json');
    const [command = '', ...words] = side(folder);
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    const args = [...words, '--summary-export', file, ...variables, script];
    const child = spawn(command, args, { cwd: folder, stdio: 'ignore' });
    const [exit] = await once(child, 'close');
    const exported = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    return { exit: typeof exit === 'number' ? exit : null, exported };
  });
  return outcomeOf(came.exit, asked, came.exported);
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}
