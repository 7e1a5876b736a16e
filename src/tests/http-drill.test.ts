/** Whole drills over HTTP against a stack that runs on its own, as `paydrill stack` serves it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunDatabase } from '../harness/verify/database.js';
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

const EVERY_KIND = `
import { check } from 'k6';
import { balance, capture, hold, pay, refund, topUp, transfer, voidHold } from 'k6/x/pay';
export const options = {
  scenarios: { all: { executor: 'per-vu-iterations', vus: 10, iterations: 5 } },
  thresholds: { checks: ['rate==1'] },
};
export default function () {
  const payer = 1 + Math.floor(Math.random() * 1999);
  const merchant = 1 + Math.floor(Math.random() * 50);
  const paid = pay({ payer, merchant, amountMinor: 500, channel: 'yuebao' });
  const first = hold({ payer, merchant, amountMinor: 300, timeoutS: 60 });
  const second = hold({ payer, merchant, amountMinor: 200 });
  const told = {
    pay: paid,
    refund: refund({ payment: paid, amountMinor: 100 }),
    transfer: transfer({ payer, payee: payer + 1, amountMinor: 50 }),
    topUp: topUp({ user: payer, amountMinor: 70 }),
    capture: capture({ hold: first, amountMinor: 250 }),
    void: voidHold({ hold: second }),
    balance: balance({ user: payer }),
  };
  const ok = ([name]) => [name, (results) => results[name].outcome === 'ok'];
  check(told, Object.fromEntries(Object.entries(told).map(ok)));
  check(pay({ payer, merchant, amountMinor: 2000000 }), {
    'too much is declined': ({ outcome, code }) => outcome === 'declined' && code === 'exceeds_credits',
  });
}
`;

let folder: string;
let stack: Running;
let target: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-http-'));
  const accounts = ['--users', '2000', '--merchants', '50', '--split-merchants', '10'];
  const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  stack = startProgram('stack', ...accounts, ...ports);
  await until(() => stack.output().includes('Ctrl-C'));
  target = /http:\/\/[0-9.:]+/.exec(stack.output())?.[0] ?? '';
});

afterEach(async () => {
  stack.process.kill('SIGTERM');
  await stack.ended;
  rmSync(folder, { recursive: true, force: true });
});

describe('a drill over HTTP', { timeout: 90_000 }, () => {
  test('whose answers are lost and whose connections break ends valid', async () => {
    const faults = writeFaults(folder, [
      { kind: 'cut_replies', target: 'clients', atMs: 400, durationMs: 300 },
      { kind: 'limit_data', target: 'clients', atMs: 1000, durationMs: 200, bytes: 3000 },
      { kind: 'reset_peer', target: 'clients', atMs: 1500, durationMs: 200 },
    ]);
    const script = writeScript(folder, payments('3s'));
    const drill = startDrill(folder, script, '--target', target, '--faults', faults);
    expect(await drill.ended, drill.errors()).toBe(0);
    const { verdict, operations, run } = readSummary(folder);
    expect(verdict).toBe('valid');
    expect(operations.ok).toBeGreaterThan(500);
    expect(operations.retried).toBeGreaterThan(0);
    expect(operations.lost + operations.doubled + operations.phantom).toBe(0);
    expect([run.target, run.ops_per_frame_mean]).toEqual([target, 1]);
    const plan: unknown = JSON.parse(readFileSync(join(folder, 'run', 'plan.json'), 'utf8'));
    expect(plan).toMatchObject({
      target,
      topology: { shardAddresses: [expect.any(String), expect.any(String)] },
    });
  });

  test('asks for every kind of operation, and the books agree with every receipt', async () => {
    const drill = startDrill(folder, writeScript(folder, EVERY_KIND), '--target', target);
    expect(await drill.ended, drill.errors()).toBe(0);
    const { operations, laws } = readSummary(folder);
    expect(operations).toMatchObject({ ok: 450, declined: 50, unknown: 0 });
    const bodies = laws.find(({ name }) => name === 'id-binding');
    expect(bodies?.status).toBe('holds');
  });

  test('of a target that was drilled before, and has a hold of then that runs out now, is judged for itself', async () => {
    const short = EVERY_KIND.replace(
      'amountMinor: 200 })',
      'amountMinor: 200, timeoutS: 4 })',
    ).replace('void: voidHold({ hold: second }),', '');
    const before = startDrill(folder, writeScript(folder, short), '--target', target);
    expect(await before.ended, before.errors()).toBe(0);
    rmSync(join(folder, 'run'), { recursive: true });
    const drill = startDrill(
      folder,
      writeScript(folder, payments('6s')),
      '--target',
      target,
      '--faults',
      'none',
    );
    expect(await drill.ended, drill.errors()).toBe(0);
    const { verdict, operations } = readSummary(folder);
    expect([verdict, operations.phantom]).toEqual(['valid', 0]);
    const database = await RunDatabase.open(join(folder, 'run'), { shards: 2 });
    const expired = await database.number("select count(*) from entries where command = 'expire'");
    database.close();
    expect(expired).toBe(50);
  });

  test('that finds nobody is one line and exit code 104', async () => {
    const script = writeScript(folder, payments('1s'));
    const drill = startDrill(folder, script, '--target', 'http://127.0.0.1:9', '--quiet');
    expect(await drill.ended).toBe(104);
    expect(drill.errors().trim().split('\n')).toEqual([
      expect.stringMatching(/no target at http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED/),
    ]);
  });
});
