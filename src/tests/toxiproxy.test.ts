/** Drills whose faults a Toxiproxy makes that runs on its own, here `paydrill proxy` as a process of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  payments,
  type Running,
  readSummary,
  startDrill,
  startProgram,
  until,
  writeFaults,
  writeScript,
} from './testing/program.js';

const FOREIGN = { name: 'redis', listen: '127.0.0.1:0', upstream: '127.0.0.1:9', enabled: true };

let folder: string;
let toxiproxy: Running;
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-toxiproxy-'));
  const config = join(folder, 'toxiproxy.json');
  writeFileSync(config, JSON.stringify([FOREIGN]));
  toxiproxy = startProgram('proxy', '--listen', '127.0.0.1:0', '--config', config);
  await until(() => /http:\/\/[0-9.:]+/.test(toxiproxy.output()));
  address = /http:\/\/([0-9.:]+)/.exec(toxiproxy.output())?.[1] ?? '';
});

afterEach(async () => {
  toxiproxy.process.kill('SIGTERM');
  await toxiproxy.ended;
  rmSync(folder, { recursive: true, force: true });
});

async function proxies(): Promise<string[]> {
  return Object.keys(Object(await (await fetch(`http://${address}/proxies`)).json())).sort();
}

const ownOnly = async (): Promise<boolean> => (await proxies()).join() === 'redis';

describe('a drill on a Toxiproxy that runs already', { timeout: 90_000 }, () => {
  test('makes its faults there, ends valid, and takes off what it made and nothing else', async () => {
    const faults = writeFaults(folder, [
      { kind: 'cut_replies', target: 'clients', atMs: 400, durationMs: 300 },
      { kind: 'disable', target: 'shard-0', atMs: 1200, durationMs: 200 },
    ]);
    const script = writeScript(folder, payments('2s'));
    const drill = startDrill(folder, script, '--toxiproxy', address, '--faults', faults);
    await until(() => / ok [1-9]/.test(drill.errors()));
    const during = await proxies();
    expect(during).toEqual([
      expect.stringMatching(/^paydrill-[0-9a-f]{8}-clients$/),
      expect.stringMatching(/^paydrill-[0-9a-f]{8}-shard-0$/),
      expect.stringMatching(/^paydrill-[0-9a-f]{8}-shard-1$/),
      'redis',
    ]);
    expect(await drill.ended, drill.errors()).toBe(0);
    expect(readSummary(folder).operations.retried).toBeGreaterThan(0);
    expect(await proxies()).toEqual(['redis']);
    const plan: unknown = JSON.parse(readFileSync(join(folder, 'run', 'plan.json'), 'utf8'));
    expect(plan).toMatchObject({ toxiproxy: address });
  });

  test.each(['SIGINT', 'SIGKILL'] as const)('leaves nothing on it after %s', async (signal) => {
    const faults = writeFaults(folder, [
      { kind: 'latency', target: 'clients', atMs: 100, durationMs: 50_000, ms: 5 },
    ]);
    const script = writeScript(folder, payments('60s'));
    const drill = startDrill(folder, script, '--toxiproxy', address, '--faults', faults);
    await until(() => drill.errors().includes('latency clients: applied'));
    drill.process.kill(signal);
    expect(await drill.ended).toBe(signal === 'SIGINT' ? 105 : null);
    await until(ownOnly);
  });

  test('that cannot begin leaves nothing on it either', async () => {
    const faults = writeFaults(folder, [
      { kind: 'disable', target: 'shard-9', atMs: 0, durationMs: 1 },
    ]);
    const script = writeScript(folder, payments('1s'));
    const drill = startDrill(folder, script, '--toxiproxy', address, '--faults', faults);
    expect(await drill.ended).toBe(104);
    expect(await ownOnly()).toBe(true);
  });

  test('where nobody answers is one line and exit code 104', async () => {
    const script = writeScript(folder, payments('1s'));
    const drill = startDrill(folder, script, '--toxiproxy', '127.0.0.1:9', '--quiet');
    expect(await drill.ended).toBe(104);
    expect(drill.errors().trim().split('\n')).toEqual([
      expect.stringMatching(/no Toxiproxy answers at 127\.0\.0\.1:9/),
    ]);
  });
});
