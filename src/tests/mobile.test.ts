/** Telephones over networks that stall and break: scenarios/mobile.ts, the links that its networks have, and what is said of wrong ones. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NETWORKS } from '../harness/faults/kinds/network.js';
import type { Summary } from '../harness/report/summary.js';
import { readSummary, startDrill, writeScript } from './testing/program.js';

const MOBILE = join(import.meta.dirname, '..', '..', 'scenarios', 'mobile.ts');
const SHORT = ['-e', 'RATE=200', '-e', 'SECONDS=4', '-e', 'USERS=5000', '-e', 'PATIENCE_MS=1000'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-mobile-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Every network all the time, and answers to commuters vanish. */
function faults(): string {
  const plan = Object.keys(NETWORKS).map((kind) => ({
    kind,
    target: `clients-${kind}`,
    atMs: 0,
    durationMs: 4_000,
  }));
  const cut = { kind: 'cut_replies', target: 'clients-4g-commuter', atMs: 1_000, durationMs: 500 };
  const file = join(folder, 'faults.json');
  writeFileSync(file, JSON.stringify({ faults: [...plan, cut] }));
  return file;
}

async function drilled(exit: number, ...args: readonly string[]): Promise<Summary> {
  const drill = startDrill(folder, MOBILE, ...SHORT, '--faults', faults(), ...args);
  expect(await drill.ended, drill.errors() + drill.output()).toBe(exit);
  return readSummary(folder);
}

describe('payments by telephone', { timeout: 90_000 }, () => {
  test('are sent again and happen once; each network is as slow as it is said to be', async () => {
    const summary = await drilled(0, '--seed', '5');
    expect(summary.verdict).toBe('valid');
    expect(summary.operations.retried).toBeGreaterThan(20);
    const medianMs = new Map(
      summary.by_scenario.map(({ name, response_time_us }) => [
        name,
        (response_time_us.p50 ?? 0) / 1000,
      ]),
    );
    for (const [name, { delayMs, jitterMs }] of Object.entries(NETWORKS))
      expect(medianMs.get(name), name).toBeGreaterThan(2 * (delayMs - jitterMs));
    expect(medianMs.get('wifi')).toBeLessThan(medianMs.get('2g') ?? 0);
  });

  test('show a ledger that forgets an id before a patient app sends it again', async () => {
    const patient = ['-e', 'RATE=600', '-e', 'PATIENCE_MS=3000'];
    const summary = await drilled(111, ...patient, '--mutant', 'evict-ids');
    const broken = summary.laws.filter(({ status }) => status === 'broken');
    expect(broken.map(({ name }) => name)).toContain('once-per-id');
  });
});

describe('networks', () => {
  const script = (networks: string, body = '') =>
    writeScript(
      folder,
      `import { payments } from 'k6/x/pay';
export const options = { vus: 1, iterations: 1, ext: { paydrill: { users: 20, merchants: 2, networks: ${networks} } } };
export default function () { ${body} }`,
    );

  test.each(["['5g']", "'2g'", '[2]'])('%s are refused by name', async (networks) => {
    const drill = startDrill(folder, script(networks));
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toContain(
      'options.ext.paydrill.networks must be a list of names, of 2g, 3g, 4g-commuter, elevator',
    );
  });

  test('are links to a gateway: there are none without one', async () => {
    const drill = startDrill(folder, script("['2g']"), '--target', 'none');
    expect(await drill.ended).toBe(104);
    expect(drill.errors()).toContain("are links to a gateway of paydrill's, which none is not");
  });

  test('that the script does not name are told', { timeout: 60_000 }, async () => {
    const drill = startDrill(folder, script("['2g']", "payments.urlOver('3g')"));
    expect(await drill.ended).toBe(107);
    expect(drill.errors() + drill.output()).toContain(
      'payments.urlOver: options.ext.paydrill.networks names 2g, not "3g"',
    );
  });
});
