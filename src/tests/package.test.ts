/**
 * The package as those who install it meet it: packed, installed into an empty project outside of this one, its types
 * checked there, its starter drill run there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const INSTALL_TIMEOUT_MS = 240_000;

const PROGRAM = `
import { type DrillEnd, type DrillHooks, type DrillOptions, type Summary, runDrill, UserError } from 'paydrill';

const options: DrillOptions = { script: 'tiny.ts', seed: 7, faults: 'none', outFolder: 'from-a-program' };
const phases: string[] = [];
const hooks: Partial<DrillHooks> = { onPhase: (phase) => phases.push(phase) };
const end: DrillEnd = await runDrill(options, hooks);
const summary: Summary = end.summary;
const refused = await runDrill({ script: 'nowhere.ts' }).catch((error: unknown) =>
  error instanceof UserError ? error.exitCode : error);
console.log(JSON.stringify({ folder: end.folder, code: summary.exit_code, phases, refused }));
`;

/** With the one line of a script, and not of a tsconfig.json, that makes the types known. */
const TINY = `/// <reference types="paydrill/k6" />
import { sleep } from 'k6';
import exec from 'k6/execution';
import { type OperationResult, pay } from 'k6/x/pay';

export const options = {
  ext: { paydrill: { users: 50, merchants: 2, splitMerchants: 1 } },
  scenarios: { one: { executor: 'per-vu-iterations', vus: 1, iterations: 3 } },
};

export default function (): void {
  const paid: OperationResult = pay({ payer: 1 + exec.vu.idInTest, merchant: 1, amountMinor: 100 });
  if (paid.outcome !== 'ok') sleep(0.001);
}
`;

const WRONG = `/// <reference types="paydrill/k6" />
import { pay } from 'k6/x/pay';
pay({ payer: 'one', merchant: 1, amountMinor: 100 });
`;

let project: string;

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'paydrill-installed-'));
  // What is packed is what is built: the build is not made again here.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const [packed] = JSON.parse(npm(ROOT, ...pack));
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  npm(
    project,
    'install',
    '--prefer-offline',
    '--engine-strict',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    `./${packed.filename}`,
  );
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  writeFileSync(join(project, 'tiny.ts'), TINY);
  writeFileSync(join(project, 'wrong.ts'), WRONG);
}, INSTALL_TIMEOUT_MS);

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('in a project that installed the package', { timeout: 120_000 }, () => {
  test('nothing of the tests and tools is there', () => {
    const files = readdirSync(join(project, 'node_modules', 'paydrill'), {
      recursive: true,
      encoding: 'utf8',
    });
    const own = files.filter((path) => !path.startsWith('node_modules'));
    expect(
      own.filter((path) => /\.(test|fuzz|bench)\.|testing|synthetic|doc-tables/.test(path)),
    ).toEqual([]);
    expect(own).toContain(join('scenarios', 'k6.d.ts'));
  });

  test('a program has the types of the library, without anything to skip', () => {
    const strict = ['--strict', '--target', 'es2022', '--lib', 'es2022,dom'];
    expect(typeErrors('program.ts', ...strict, '--module', 'nodenext')).toBe('');
  });

  test('one line gives a script the types of k6 and of k6/x/pay', () => {
    const strict = ['--strict', '--target', 'es2022', '--lib', 'es2022'];
    const bundled = [...strict, '--module', 'esnext', '--moduleResolution', 'bundler'];
    expect(typeErrors('tiny.ts', ...bundled)).toBe('');
    expect(typeErrors('wrong.ts', ...bundled)).toMatch(/wrong\.ts.*'string' is not assignable/);
  });

  test('a program runs a drill, is told its phases, and catches what is wrong', () => {
    const compile = ['--target', 'es2022', '--lib', 'es2022,dom', '--module', 'nodenext'];
    execFileSync(process.execPath, [TSC, 'program.ts', ...compile, '--noCheck'], { cwd: project });
    const { status, stdout, stderr } = spawnSync(process.execPath, ['program.js'], {
      cwd: project,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({ folder: join(project, 'from-a-program'), code: 0, refused: 104 });
    expect(said.phases).toEqual(expect.arrayContaining(['start', 'load', 'verify', 'keep']));
  });

  test('init writes a drill that passes the type check and the drill, by the command it prints', () => {
    const written = npx('paydrill', 'init');
    expect(written).toMatchObject({ status: 0 });
    const next = /^next: npx (.*)$/m.exec(written.stdout)?.[1] ?? '';
    expect(next).toBe(`paydrill run ${join('drills', 'starter.ts')}`);
    expect(typeErrors('-p', 'drills')).toBe('');
    const ran = npx(...next.split(' '), '--quiet');
    expect(ran.status, ran.stdout + ran.stderr).toBe(0);
    const summary = join(project, 'reports', 'latest', 'summary.json');
    const { verdict, faults } = JSON.parse(readFileSync(summary, 'utf8'));
    expect([verdict, faults.length]).toEqual(['valid', 3]);
  });

  test('the files that its help and its messages name are there', () => {
    const help = ['', 'run', 'init', 'verify'].map(
      (name) => npx('paydrill', ...name.split(' '), '--help').stdout,
    );
    const missing = npx('paydrill', 'run', 'nowhere.ts').stderr;
    const named = [...help, missing].flatMap(
      (text) => text.match(/[\w-]+\/[\w.-]+\.(ts|md|json)\b/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(3);
    // What only a further init writes.
    const own = npx('paydrill', 'init', '--target', 'postgres', 'own').stdout;
    const written = own.replaceAll('own/', 'drills/');
    const absent = named.filter((path) => !existsSync(join(project, path)));
    expect(absent.filter((path) => !written.includes(`wrote ${path}\n`))).toEqual([]);
  });
});

/** Empty where the types are right. */
function typeErrors(...args: readonly string[]): string {
  return spawnSync(process.execPath, [TSC, '--noEmit', ...args], { cwd: project, encoding: 'utf8' })
    .stdout;
}

function npx(...args: readonly string[]) {
  const given = ['--no-install', ...args].filter((arg) => arg !== '');
  return spawnSync('npx', given, { cwd: project, encoding: 'utf8' });
}

function npm(cwd: string, ...args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8' });
}
