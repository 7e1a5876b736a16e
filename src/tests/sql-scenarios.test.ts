/** The scenarios that drill a database itself, against a real one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { POSTGRES_BIN, type Postgres, startPostgres } from './testing/postgres.js';
import { readSummary, startDrill } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-sql-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A drill of a script of scenarios/systems/sql to its end; its exit code, and what it said. */
async function drilled(script: string, url: string, isolation: string) {
  const path = `scenarios/systems/sql/${script}`;
  const env = ['-e', `DATABASE_URL=${url}`, '-e', `ISOLATION=${isolation}`];
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
});
