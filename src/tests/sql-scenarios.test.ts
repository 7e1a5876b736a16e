/** The scenarios that drill a database itself, against a real one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HAS_MARIADB, startMariadb } from './testing/mariadb.js';
import { POSTGRES_BIN, type Postgres, startPostgres } from './testing/postgres.js';
import { readSummary, startDrill, startProgram } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-sql-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A drill of a script of scenarios/systems/sql to its end; its exit code, and what it said. */
async function drilled(script: string, url: string, isolation: string, claim?: string) {
  const path = `scenarios/systems/sql/${script}`;
  const env = ['-e', `DATABASE_URL=${url}`, '-e', `ISOLATION=${isolation}`];
  if (claim !== undefined) env.push('-e', `CLAIM=${claim}`);
  const short = ['--duration-scale', '0.15', '--workers', '1'];
  const drill = startDrill(folder, path, ...env, ...short);
  const code = await drill.ended;
  return { code, said: drill.output() + drill.errors(), summary: readSummary(folder) };
}

describe.skipIf(POSTGRES_BIN === undefined)('needs PostgreSQL:', { timeout: 60_000 }, () => {
  let server: Postgres;

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(() => server.stop());

  test('a bank keeps its money at serializable, and what lost a race is counted', async () => {
    const { code, said, summary } = await drilled('bank.ts', server.url(), 'serializable');
    expect(code, said).toBe(0);
    expect(summary.operations.ok).toBeGreaterThan(10);
    expect(summary.operations.unknown).toBe(0);
    expect(summary.custom_metrics.bank_conflicts?.values.count).toBeGreaterThan(0);
    expect(summary.metrics.sql_statement_duration?.values.max).toBeGreaterThan(0);
  });

  test('a bank that reads and writes at read committed loses money, and it is told', async () => {
    const { code, said } = await drilled('bank.ts', server.url(), 'read committed');
    expect(code, said).toBe(99);
    expect(said).toMatch(/account \d+ has -?\d+; its transfers make -?\d+ of it/);
  });

  test('lists are serializable where that is asked for, and the verdict is the claim held', async () => {
    const { code, said, summary } = await drilled('append.ts', server.url(), 'serializable');
    expect(code, said).toBe(0);
    expect(summary.verdict).toBe('valid');
    const law = summary.laws.find(({ name }) => name === 'isolated-as-claimed');
    expect(law).toMatchObject({ status: 'holds', violations: 0 });
    expect(law?.checked).toBeGreaterThan(20);
    expect(said).toContain('isolated-as-claimed holds');
  });

  test('lists at read committed are not serializable: the anomaly is named, and found again', async () => {
    const { code, said, summary } = await drilled(
      'append.ts',
      server.url(),
      'read committed',
      'serializable',
    );
    expect(code, said).toBe(111);
    expect(summary.verdict).toBe('invalid');
    expect(summary.root_cause).toBe('isolated-as-claimed');
    expect(said).toMatch(
      /isolated-as-claimed broken.*: (internal|G-single|G2-item|G-nonadjacent): T\d+ of VU/,
    );
    const page = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
    expect(page).toMatch(/<code>isolated-as-claimed<\/code>[\s\S]*class="witness">[^<]*T\d+ of VU/);
    const again = startProgram('verify', join(folder, 'run'), '--json');
    expect(await again.ended).toBe(111);
    expect(JSON.parse(again.output())).toMatchObject({
      verdict: 'invalid',
      laws: expect.arrayContaining([
        summary.laws.find(({ name }) => name === 'isolated-as-claimed'),
      ]),
    });
  });
});

describe.skipIf(!HAS_MARIADB)('needs MariaDB:', { timeout: 60_000 }, () => {
  test('its repeatable read is no snapshot isolation, unless it is told to be', async () => {
    const server = await startMariadb(['--innodb-snapshot-isolation=OFF']);
    try {
      const { code, said, summary } = await drilled('append.ts', server.url(), 'repeatable read');
      expect(code, said).toBe(111);
      expect(summary.laws.at(-1)?.witness).toMatch(/^(internal|G-single): /);
    } finally {
      await server.stop();
    }
  });
});
