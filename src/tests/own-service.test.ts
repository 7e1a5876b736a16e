/**
 * The example of a system of one's own, as `npm run systems` drills it, but shorter: without a bug its verdict is valid under all
 * faults of its plan, and each bug that shows in a short drill is named by the law that drills.json says.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

const SYSTEM = join('scenarios', 'systems', 'own-service');
const SHORT = ['--duration-scale', '0.35'];
const SHORTER = ['--duration-scale', '0.15', '--faults', 'none'];
const { drills }: { readonly drills: readonly ExpectedDrill[] } = JSON.parse(
  readFileSync(join(SYSTEM, 'drills.json'), 'utf8'),
);
const inShort = drills.filter(({ showsAtFullLengthOnly = false }) => !showsAtFullLengthOnly);

describe.skipIf(POSTGRES_BIN === undefined)('a service of one’s own (needs PostgreSQL)', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paydrill-own-service-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(inShort)('$name is $verdict', { timeout: 120_000 }, async (expected) => {
    const { env, verdict, oneOf, showsWithoutFaults = false } = expected;
    const drill = startProgramIn(
      { env: { ...process.env, POSTGRES_BIN, ...env } },
      ...['run', join(SYSTEM, 'script.ts'), '--target', join(SYSTEM, 'target.ts')],
      ...['--out', join(folder, 'run'), '--seed', '5', '--quiet'],
      ...(showsWithoutFaults ? SHORTER : SHORT),
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
});
