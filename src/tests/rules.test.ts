/**
 * The rules themselves under test: bad imports planted in a copy of the sources are refused by name, and
 * time and chance come through their one door only.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** rule -> file planted, what it imports. */
const PLANTED: readonly (readonly [rule: string, file: string, line: string])[] = [
  ['arrows-of-wire', 'src/wire/planted.ts', "import '../harness/exit-codes.js';"],
  ['wire-is-pure', 'src/wire/planted-io.ts', "import 'node:net';"],
  [
    'arrows-of-stack-ledger',
    'src/stack/ledger/planted.ts',
    "import '../../harness/exit-codes.js';",
  ],
  ['arrows-of-stack-store', 'src/stack/store/planted.ts', "import '../ledger/planted-target.js';"],
  ['arrows-of-stack-risk', 'src/stack/risk/planted.ts', "import '../payments/planted-target.js';"],
  ['arrows-of-proxy', 'src/proxy/planted.ts', "import '../stack/ledger/planted-target.js';"],
  [
    'arrows-of-harness-verify',
    'src/harness/verify/planted.ts',
    "import type { Summary } from '../report/summary.js';\nexport type Planted = Summary;",
  ],
  ['arrows-of-harness', 'src/harness/planted.ts', "import '../stack/ledger/planted-target.js';"],
  [
    'arrows-of-harness-report',
    'src/harness/report/planted.ts',
    "import '../../proxy/planted-target.js';",
  ],
  ['drill-is-above-its-rooms', 'src/harness/measure/planted.ts', "import '../planted-target.js';"],
  ['only-cli-is-above-all', 'src/harness/faults/planted.ts', "import '../../cli/errors.js';"],
  ['home-of-lmdb', 'src/stack/ledger/planted-package.ts', "import 'lmdb';"],
  ['home-of-fastify', 'src/harness/verify/planted-package.ts', "import 'fastify';"],
  ['home-of-duckdb-node-api', 'src/cli/planted-package.ts', "import '@duckdb/node-api';"],
  ['pure-rooms-open-nothing', 'src/harness/verify/planted-net.ts', "import 'node:net';"],
  ['view-is-pure', 'src/harness/schedule/planted-fs.ts', "import 'node:fs';"],
  ['only-entropy-knows-time', 'src/harness/report/planted-time.ts', "import 'node:perf_hooks';"],
  ['unlisted-room', 'src/stack/cellar/planted.ts', "import '../../wire/acks.js';"],
  ['not-to-dev-dependency', 'src/harness/driver/planted-dev.ts', "import 'fast-check';"],
  ['not-to-a-test', 'src/harness/report/planted-test.ts', "import './pages.test.js';"],
  ['not-to-unresolvable', 'src/wire/planted-nowhere.ts', "import './nowhere.js';"],
  ['no-circular', 'src/harness/entropy/planted-a.ts', "import './planted-b.js';"],
];

const TARGETS: readonly (readonly [file: string, text: string])[] = [
  ['src/harness/entropy/planted-b.ts', "import './planted-a.js';"],
  ['src/stack/ledger/planted-target.ts', 'export const target = 1;'],
  ['src/stack/payments/planted-target.ts', 'export const target = 1;'],
  ['src/proxy/planted-target.ts', 'export const target = 1;'],
  ['src/harness/planted-target.ts', 'export const target = 1;'],
];

/** It reads and resolves the whole house: some ten seconds on an idle machine. */
const CRUISE_MS_MAX = 120_000;

describe('an import against the arrows', () => {
  let copy = '';
  let refused: ReadonlySet<string> = new Set();

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'paydrill-rules-'));
    for (const part of ['src', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    cpSync(join(copy, 'src/stack/store'), join(copy, 'src/stack/cellar'), { recursive: true });
    for (const [, file, line] of PLANTED) writeFileSync(join(copy, file), `${line}\n`);
    for (const [file, text] of TARGETS) writeFileSync(join(copy, file), `${text}\n`);
    refused = cruise(copy);
  }, CRUISE_MS_MAX);

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it.each(PLANTED)('is refused: %s', (rule, file) => {
    expect(refused).toContain(`${rule}: ${file}`);
  });
});

/** `rule: file` for each violation. */
function cruise(folder: string): ReadonlySet<string> {
  const tool = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [tool, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (stdout === '') throw new Error(`dependency-cruiser: ${stderr}`);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string }[] };
  };
  return new Set(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`));
}

describe('time and chance', () => {
  const TIME =
    /\b(Date\.now|new Date|Date\(|performance\.|Math\.random|process\.hrtime|randomUUID|getRandomValues)\b|import \{[^}]*\brandomBytes\b/;

  it('in the harness come through entropy only', () => {
    const users = sources('src/harness').filter((path) => TIME.test(code(path)));
    expect(users.filter((path) => !path.startsWith('src/harness/entropy/'))).toEqual([]);
  });

  it('in the stack and the proxy come through one clock file a room', () => {
    const clock = /\b(Date\.now|new Date|performance\.|process\.hrtime|Math\.random)\b/;
    const users = ['src/stack', 'src/proxy'].flatMap((folder) =>
      sources(folder).filter((path) => clock.test(code(path))),
    );
    expect(users.filter((path) => !/\/(clock|random)\.ts$/.test(path))).toEqual([]);
  });

  it('do not exist on the wire', () => {
    expect(sources('src/wire').filter((path) => TIME.test(code(path)))).toEqual([]);
  });
});

describe('a package of which inner files are imported', () => {
  it('is pinned: its inner files may change with any release', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const inner =
      /(?:from|import|import\() ?'((?:@[^/']+\/)?[^./'@][^/':]*)\/(?:src|dist|lib|build)\//g;
    const imported = sources('src').flatMap((path) =>
      [...code(path).matchAll(inner)].map(([, name = '']) => name),
    );
    expect(imported).toContain('hyparquet');
    const loose = [...new Set(imported)].filter(
      (name) => !/^\d+\.\d+\.\d+$/.test(dependencies[name] ?? ''),
    );
    expect(loose).toEqual([]);
  });
});

describe('the lockfile', () => {
  it('names no registry host', () => {
    expect(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).not.toMatch(
      /"resolved"|https?:\/\/[^"]*\.tgz/,
    );
  });

  it('has the packages of every platform (node scripts/complete-lock.js)', () => {
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const listed = new Set(
      Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')),
    );
    const wanted = Object.values(packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    expect(wanted.filter((name) => !listed.has(name))).toEqual([]);
  });
});

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter((path) => !/\.(test|fuzz|bench)\.ts$|\/(fixtures|testing|synthetic)\//.test(path));
}

/** The text without comments, which may speak of time. */
function code(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
