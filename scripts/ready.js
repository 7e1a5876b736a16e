#!/usr/bin/env node
/**
 * Makes a clone ready and then does what `npm start`, `npm test` and the other npm scripts ask for. Runs on
 * Node alone, before anything is installed. Each step is skipped where its work is already done:
 *
 *   install   package-lock.json changed since the last install  ->  npm ci
 *   build     a file under src/ changed since the last build     ->  tsc
 *
 * What it runs in the end runs in this same process where it can, so that signals and the exit code are the
 * drill's own. Refuses to guess: an unknown task is an error.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const INSTALL_STAMP = join(ROOT, 'node_modules', '.paydrill-installed');
const BUILD_STAMP = join(ROOT, 'dist', '.paydrill-built');
const TEST_COUNTS = join(ROOT, 'dist', '.paydrill-tests.json');
const NODE_MIN = [20, 19];

const TASKS = {
  start: (args) => paydrill(['run', join('scenarios', 'double-eleven.ts'), ...args]),
  run: (args) => paydrill(args),
  test: (args) => test(args),
  build: () => {},
  docs: async () => {
    (await importDist('cli/doc-tables.js')).writeDocs(ROOT);
    (await importDist('tests/compat/page.js')).writePage(ROOT);
  },
  bench: (args) => bench(args),
  compat: (args) => compat(args),
  soak: (args) => soak(args),
  systems: async (args) => {
    process.exitCode = (await import('./systems.js')).drillSystems(args);
  },
};

await main(process.argv.slice(2));

async function main([task = '', ...args]) {
  process.chdir(ROOT);
  if (!Object.hasOwn(TASKS, task)) {
    fail(`ready: no task '${task}'; there are: ${Object.keys(TASKS).join(', ')}`);
  }
  checkNode();
  install();
  build();
  await TASKS[task](args);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return;
  fail(`paydrill needs Node ${NODE_MIN.join('.')} or newer; this is ${process.versions.node}`);
}

function install() {
  const wanted = createHash('sha256')
    .update(readFileSync('package-lock.json'))
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest('hex');
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === wanted) return;
  say('installing the packages of package-lock.json');
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  // The build needs the development packages, whatever NODE_ENV says.
  run([...command, 'ci', '--include=dev'], 'npm ci failed; see its lines above');
  writeFileSync(INSTALL_STAMP, wanted);
}

function build() {
  const now = sourceState();
  const built = existsSync(BUILD_STAMP) ? JSON.parse(readFileSync(BUILD_STAMP, 'utf8')) : undefined;
  if (built && JSON.stringify(built) === JSON.stringify(now)) return;
  const someGone = !built || Object.keys(built).some((path) => !Object.hasOwn(now, path));
  if (someGone) rmSync('dist', { recursive: true, force: true });
  say('building');
  run([process.execPath, join('node_modules', 'typescript', 'bin', 'tsc')], 'the build failed');
  mkdirSync('dist', { recursive: true });
  writeFileSync(BUILD_STAMP, JSON.stringify(now));
}

/** Size and time of every file the build reads, by path. */
function sourceState() {
  const state = {};
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    state[relative(ROOT, join(ROOT, path))] = `${size} ${mtimeMs}`;
  };
  for (const path of ['package-lock.json', 'tsconfig.json']) add(path);
  for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) add(join(entry.parentPath, entry.name));
  }
  return state;
}

/** `--k6`: the scripts of the compatibility suite under k6 too; otherwise the suite. */
async function compat(args) {
  const words = args.filter((word) => word !== '--k6');
  if (args.includes('--k6')) {
    process.exitCode = await (await importDist('tests/compat/against-k6.js')).compareWithK6(words);
    return;
  }
  if (words.length > 0) process.env.COMPAT = words.join(',');
  const vitest = [process.execPath, join('node_modules', 'vitest', 'vitest.mjs')];
  run([...vitest, 'run', join('src', 'tests', 'compat.test.ts')], 'the suite failed');
}

/** All checks run even when one fails, so that one call shows everything there is to mend. */
function test(args) {
  const tool = (path, ...rest) => [process.execPath, join('node_modules', ...path), ...rest];
  const counts = join('dist', '.vitest.json');
  rmSync(counts, { force: true });
  const checks = {
    'types of the scenarios': tool(['typescript', 'bin', 'tsc'], '-p', 'scenarios'),
    'types of the page': tool(['typescript', 'bin', 'tsc'], '-p', 'page'),
    'lint and format': tool(['@biomejs', 'biome', 'bin', 'biome'], 'check', '--error-on-warnings'),
    'import rules': tool(
      ['dependency-cruiser', 'bin', 'dependency-cruise.mjs'],
      ...['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'src'],
    ),
    'dead code': tool(['knip', 'bin', 'knip.js']),
    tests: tool(
      ['vitest', 'vitest.mjs'],
      ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${counts}`],
      ...args,
    ),
  };
  const failed = [];
  for (const [name, command] of Object.entries(checks)) {
    say(name);
    if (spawnSync(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit'] }).status)
      failed.push(name);
  }
  const vitest = existsSync(counts) ? JSON.parse(readFileSync(counts, 'utf8')) : {};
  writeFileSync(
    TEST_COUNTS,
    JSON.stringify({
      passed: (vitest.numPassedTests ?? 0) + Object.keys(checks).length - failed.length,
      // A test file that cannot be loaded leaves no failed test: the check itself counts then.
      failed:
        Math.max(vitest.numFailedTests ?? 0, failed.includes('tests') ? 1 : 0) +
        failed.filter((name) => name !== 'tests').length,
    }),
  );
  if (failed.length > 0) fail(`failed: ${failed.join(', ')}`);
  say('every check passed');
}

async function paydrill(args) {
  process.argv = [process.execPath, join(ROOT, 'bin', 'paydrill.js'), ...args];
  await import('../bin/paydrill.js');
}

/** Every bench of the build, or those whose path contains one of the words given. */
function bench(words) {
  const benches = readdirSync('dist', { recursive: true })
    .filter((path) => path.endsWith('.bench.js'))
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
    .sort();
  if (benches.length === 0) fail(`no bench matches ${words.join(' ')}`);
  for (const path of benches) {
    say(path);
    run([process.execPath, join('dist', path)], `${path} failed`, 'inherit');
  }
}

/** Random drills of the honest stack: src/tests/soak/soak.ts. */
async function soak(args) {
  process.argv = [process.execPath, join(ROOT, 'dist', 'tests', 'soak', 'soak.js'), ...args];
  await importDist('tests/soak/soak.js');
}

function importDist(path) {
  return import(`../dist/${path}`);
}

/** Standard output belongs to the drill (`--json`), so a step's own lines go to standard error. */
function run([command, ...args], failure, output = 2) {
  const { status, signal, error } = spawnSync(command, args, { stdio: ['ignore', output, 2] });
  if (error) fail(`${failure}: ${error.message}`);
  if (signal) process.kill(process.pid, signal);
  if (status !== 0) fail(failure);
}

function say(line) {
  process.stderr.write(`-- ${line}\n`);
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
