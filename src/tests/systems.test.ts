/**
 * Systems that stand on PostgreSQL or MariaDB, as `npm run systems` drills them, but shorter: an honest one is valid under all faults of its plan,
 * and what is wrong with another, where it shows in a short drill, is named by the law that its drills.json says.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { POSTGRES_BIN } from './testing/postgres.js';
import { readSummary, startProgramIn } from './testing/program.js';

interface ExpectedDrill {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly verdict: string;
  /** Laws; at least one of them is broken. */
  readonly oneOf?: readonly string[];
  readonly showsWithoutFaults?: boolean;
  /** In a short drill the moment that it needs may not come: left to `npm run systems`. */
  readonly showsAtFullLengthOnly?: boolean;
}

const SHORTER = ['--duration-scale', '0.15', '--faults', 'none'];

const SYSTEMS = [
  { system: 'own-service', scale: '0.35' },
  // A failover takes its time, however short the drill.
  { system: 'postgres-quorum', scale: '0.6' },
].map(({ system, scale }) => {
  const path = join('scenarios', 'systems', system);
  const { drills }: { readonly drills: readonly ExpectedDrill[] } = JSON.parse(
    readFileSync(join(path, 'drills.json'), 'utf8'),
  );
  const inShort = drills.filter(({ showsAtFullLengthOnly = false }) => !showsAtFullLengthOnly);
  return { system, path, inShort, short: ['--duration-scale', scale] };
});

describe.skipIf(POSTGRES_BIN === undefined).each(SYSTEMS)(
  '$system (needs PostgreSQL)',
  ({ system, path, inShort, short }) => {
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), `paydrill-${system}-`));
    });

    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(inShort)('$name is $verdict', { timeout: 120_000 }, async (expected) => {
      const { env, verdict, oneOf, showsWithoutFaults = false } = expected;
      const drill = startProgramIn(
        { env: { ...process.env, POSTGRES_BIN, ...env } },
        ...['run', join(path, 'script.ts'), '--target', join(path, 'target.ts')],
        ...['--out', join(folder, 'run'), '--seed', '5', '--quiet'],
        ...(showsWithoutFaults ? SHORTER : short),
      );
      const code = await drill.ended;
      expect(code, drill.output() + drill.errors()).toBe(verdict === 'valid' ? 0 : 111);
      const summary = readSummary(folder);
      expect(summary.verdict).toBe(verdict);
      const broken = summary.laws.filter(({ status }) => status === 'broken');
      const named = broken.filter(({ name }) => oneOf?.includes(name));
      expect(named.length > 0, drill.output()).toBe(oneOf !== undefined);
      for (const { witness } of broken) expect(witness).toMatch(/\S+ \S+/);
    });
  },
);

/** As the target file looks for it. */
const HAS_GALERA =
  ['/usr/lib/galera', '/usr/lib64/galera'].some((lib) =>
    existsSync(join(lib, 'libgalera_smm.so')),
  ) &&
  ['mariadbd', 'mariadb', 'rsync'].every((program) =>
    (process.env.PATH ?? '').split(delimiter).some((bin) => existsSync(join(bin, program))),
  );

test.skipIf(!HAS_GALERA)(
  'galera: what a cluster acknowledges while one of its nodes is killed stays (needs MariaDB with Galera)',
  { timeout: 180_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paydrill-galera-'));
    try {
      const kill = { kind: 'kill', target: 'n3', atMs: 2000, durationMs: 1500 };
      const plan = join(folder, 'kill.faults.json');
      writeFileSync(plan, JSON.stringify({ anchor: 'start', faults: [kill] }));
      const path = join('scenarios', 'systems', 'galera');
      const drill = startProgramIn(
        { env: { ...process.env, WRITERS: 'one', BOOKS: 'transfers' } },
        ...['run', join(path, 'script.ts'), '--target', join(path, 'target.ts')],
        ...['--faults', plan, '-e', 'DURATION=6s'],
        ...['--out', join(folder, 'run'), '--seed', '5', '--quiet'],
      );
      expect(await drill.ended, drill.output() + drill.errors()).toBe(0);
      const { verdict, operations, faults } = readSummary(folder);
      expect(verdict).toBe('valid');
      expect(operations.ok).toBeGreaterThan(50);
      expect(operations.lost).toBe(0);
      expect(faults).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
