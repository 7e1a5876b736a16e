/**
 * Runs snippets on the real worker pool, several at a time, each against a server of its own; a process of its own, because what
 * a script is run with is the build:
 *
 *     node dist/tests/compat/run-snippets.js <file for what came of them, as JSON by name> [part of a name ...]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runDrill, UserError } from '../../harness/library.js';
import { parseSummary } from '../../harness/report/json.js';
import { NO_PAINT } from '../../harness/report/paint.js';
import { scriptText } from '../../harness/report/script-text.js';
import { startProgramIn } from '../testing/program.js';
import type { Observed } from './observed.js';
import { inPlace } from './place.js';
import type { Snippet } from './snippet.js';
import { SNIPPETS } from './snippets.js';

/** More would wait for each other: each has a worker, and what writes its records. */
const AT_A_TIME = 4;

const [file = '', ...words] = process.argv.slice(2);
await main();

async function main(): Promise<void> {
  const left = SNIPPETS.filter(
    ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
  );
  const observed: Record<string, Observed> = {};
  const next = async (): Promise<void> => {
    for (let snippet = left.shift(); snippet !== undefined; snippet = left.shift())
      observed[snippet.name] = await run(snippet);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, next));
  writeFileSync(file, JSON.stringify(observed));
}

async function run(snippet: Snippet): Promise<Observed> {
  const { came, ...left } = await inPlace(snippet, ({ folder, script, env }) =>
    snippet.args === undefined
      ? byLibrary(folder, script, env)
      : byProgram(folder, script, env, snippet),
  );
  return { ...came, ...left, sees: came.lines.flatMap(seen) };
}

type Ran = Omit<Observed, 'asked' | 'written' | 'sees'>;

async function byLibrary(
  folder: string,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<Ran> {
  const lines: string[] = [];
  const nothing = { refusal: undefined, lines, summary: undefined, text: '' };
  try {
    const { summary, scriptSummary, timeUnit } = await runDrill(
      {
        script,
        env,
        workers: 1,
        keep: 'none',
        outFolder: join(folder, 'run'),
        modulesFolder: join(folder, 'web'),
      },
      { onNotice: (line) => lines.push(line) },
    );
    const { stdout, stderr = '', failures = [] } = scriptSummary ?? {};
    lines.push(...stderr.split('\n'), ...failures);
    const text = stdout ?? scriptText(summary, { paint: NO_PAINT, folder: 'run', timeUnit });
    return { ...nothing, exit: summary.exit_code, summary, text };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...nothing, exit: error.exitCode, refusal: error.message };
  }
}

async function byProgram(
  folder: string,
  script: string,
  env: Readonly<Record<string, string>>,
  { args = [], processEnv, interruptedAt }: Snippet,
): Promise<Ran> {
  const run = startProgramIn(
    { cwd: folder, env: { ...process.env, ...processEnv } },
    ...['run', script, '--out', join(folder, 'run'), '--workers', '1'],
    ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...args.map((word) => word.replace('$OUT', join(folder, 'out'))),
  );
  run.process.stderr?.on('data', () => {
    if (interruptedAt?.test(run.errors()) === true) run.process.kill('SIGINT');
  });
  const exit = await run.ended;
  const lines = run.errors().split('\n');
  const refusal = lines.find((line) => line.startsWith('paydrill: '));
  return { exit, refusal, lines, text: run.output(), summary: summaryIn(join(folder, 'run')) };
}

/** Undefined where nothing was run. */
function summaryIn(folder: string): Observed['summary'] {
  const path = join(folder, 'summary.json');
  try {
    return parseSummary(readFileSync(path, 'utf8'), path);
  } catch {
    return undefined;
  }
}

function seen(line: string): unknown[] {
  const told = /script: info: = (.*)$/.exec(line)?.[1];
  return told === undefined ? [] : [told === 'undefined' ? undefined : JSON.parse(told)];
}
