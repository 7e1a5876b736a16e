/** A gateway that refuses what is less important first, as its script wants it (scenarios/everyday.ts), while a shard is away. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Summary } from '../harness/report/summary.js';
import { BROWN_OUT_LAW } from '../wire/brown-out.js';
import { readSummary, startDrill, startProgram, writeScript } from './testing/program.js';

const EVERYDAY = join(import.meta.dirname, '..', '..', 'scenarios', 'everyday.ts');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-brown-out-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Shard 0 stands still for a second of three: what it would answer stays in flight. */
async function drilled(exit: number, ...args: readonly string[]): Promise<Summary> {
  const faults = join(folder, 'faults.json');
  const pause = { kind: 'pause', target: 'shard-0', atMs: 5_000, durationMs: 6_000 };
  writeFileSync(faults, JSON.stringify({ faults: [pause] }));
  const size = ['-e', 'RATE=600', '--duration-scale', '0.15', '--seed', '5', '--quiet'];
  const drill = startDrill(folder, EVERYDAY, ...size, '--faults', faults, ...args);
  expect(await drill.ended, drill.errors() + drill.output()).toBe(exit);
  return readSummary(folder);
}

async function brownedOut(): Promise<readonly string[]> {
  const asked = startProgram(
    ...['query', join(folder, 'run'), '--format', 'json'],
    "select distinct kind from journal where result = 'browned_out' order by kind",
  );
  expect(await asked.ended, asked.errors()).toBe(0);
  const rows: readonly { readonly kind: string }[] = JSON.parse(asked.output());
  return rows.map(({ kind }) => kind);
}

describe('a brown-out', { timeout: 90_000 }, () => {
  test('refuses what was named, definitely, and says so', async () => {
    const { declines_by_code: declines, laws, verdict } = await drilled(0);
    expect(verdict).toBe('valid');
    expect(declines.browned_out).toBeGreaterThan(10);
    expect(await brownedOut()).toEqual(['chargeback.open', 'insurance.insure', 'settlement.sweep']);
    expect(laws.find(({ name }) => name === BROWN_OUT_LAW)).toMatchObject({ status: 'holds' });
  });

  test('of payments, which were not named, is found', async () => {
    const { laws } = await drilled(111, '--mutant', 'brown-out-of-payments');
    const broken = laws.filter(({ status }) => status === 'broken').map(({ name }) => name);
    expect(broken).toEqual([BROWN_OUT_LAW]);
  });

  test('that does not end when the shard is there again is found', async () => {
    const { laws } = await drilled(111, '--mutant', 'brown-out-for-ever');
    const broken = laws.filter(({ status }) => status === 'broken').map(({ name }) => name);
    expect(broken).toEqual([BROWN_OUT_LAW]);
  });

  test.each([
    ["[{ kinds: ['pray'], inFlight: 5 }]", 'brownOut: there is no kind pray'],
    [
      "[{ kinds: ['balance'], inFlight: 5 }, { kinds: ['balance'], inFlight: 6 }]",
      'brownOut: balance is named twice',
    ],
    [
      "[{ kinds: ['balance'], inFlight: 5 }, { kinds: ['refund'], inFlight: 5 }]",
      'brownOut[1] must be { kinds: [names], inFlight: a whole number from 6 }, and nothing else',
    ],
    [
      '[{ kinds: [], inFlight: 5 }]',
      'brownOut[0] must be { kinds: [names], inFlight: a whole number from 1 }, and nothing else',
    ],
    ["'balance'", 'brownOut must be a list of steps'],
  ])('%s is refused by name', async (steps, message) => {
    const script = writeScript(
      folder,
      `import { pay } from 'k6/x/pay';
export const options = { vus: 1, iterations: 1, ext: { paydrill: { brownOut: ${steps} } } };
export default function () { pay({ payer: 1, merchant: 1, amountMinor: 1 }); }`,
    );
    const drill = startDrill(folder, script);
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toContain(`options.ext.paydrill.${message}`);
  });
});
