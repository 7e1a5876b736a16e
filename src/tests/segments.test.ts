/** One script on two instances that know nothing of each other: together they do what one would, each thing once. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../harness/http/testing/test-server.js';
import { startDrill, writeScript } from './testing/program.js';

let folder: string;
let server: TestServer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-segments-'));
  server = await startTestServer();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const SCRIPT = `
import http from 'k6/http';
import exec from 'k6/execution';
export const options = {
  scenarios: {
    arrivals: { executor: 'constant-arrival-rate', rate: 20, duration: '1s', preAllocatedVUs: 20 },
    fixed: { executor: 'per-vu-iterations', vus: 4, iterations: 2, exec: 'fixed' },
    few: { executor: 'shared-iterations', vus: 1, iterations: 3, exec: 'few' },
  },
};
const ask = (kind, n) => http.get(__ENV.TARGET + '/' + kind + '/' + n + '/' + exec.scenario.iterationInInstance);
export default () => ask('arrivals', exec.scenario.iterationInTest);
export const fixed = () => ask('fixed', exec.scenario.iterationInTest);
export const few = () => ask('few', exec.vu.idInTest > 0 && exec.scenario.iterationInTest);
`;

async function run(name: string, ...segment: readonly string[]): Promise<void> {
  const own = join(folder, name);
  mkdirSync(own);
  const drill = startDrill(
    own,
    writeScript(own, SCRIPT),
    ...['-e', `TARGET=${server.url}`, ...segment],
  );
  expect(await drill.ended, drill.errors()).toBe(0);
}

test('two instances do what one would', async () => {
  const sequence = ['--execution-segment-sequence', '0,3/4,1'];
  await run('a', '--execution-segment', '0:3/4', ...sequence);
  const first = paths();
  await run('b', '--execution-segment', '3/4:1', ...sequence, '--workers', '2');
  const second = paths().slice(first.length);
  const whole = [...first, ...second].map(([kind, n]) => `${kind} ${n}`);
  const numbers = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${kind} ${n}`);
  expect(whole.sort()).toEqual(
    [...numbers('arrivals', 20), ...numbers('fixed', 8), ...numbers('few', 3)].sort(),
  );
  // What one VU does cannot be shared out: the longest segment has it.
  expect(countOf(first, 'few')).toBe(3);
  expect([countOf(first, 'arrivals'), countOf(second, 'arrivals')]).toEqual([15, 5]);
  expect([countOf(first, 'fixed'), countOf(second, 'fixed')]).toEqual([6, 2]);
  const own = second.filter(([kind]) => kind === 'arrivals').map(([, , place]) => Number(place));
  expect(own.sort()).toEqual([0, 1, 2, 3, 4]);
  const plan = JSON.parse(readFileSync(join(folder, 'b', 'run', 'plan.json'), 'utf8'));
  expect(plan).toMatchObject({
    execution_segment: '3/4:1',
    execution_segment_sequence: '0,3/4,1',
  });
});

test.each([
  [['--execution-segment', '1/2:1/4'], /executionSegment must be from:to/],
  [['--execution-segment-sequence', '0,1'], /must be given with an executionSegment/],
])('%j is refused before anything starts', async (words, message) => {
  const script = writeScript(folder, SCRIPT);
  const drill = startDrill(folder, script, ...words, '-e', `TARGET=${server.url}`);
  expect(await drill.ended).toBe(104);
  expect(drill.errors()).toMatch(message);
});

test('payments of a segment need a stack of their own', async () => {
  const script = writeScript(
    folder,
    "import { pay } from 'k6/x/pay'; export default () => pay({ payer: 1, merchant: 1, amountMinor: 1 });",
  );
  const drill = startDrill(
    folder,
    script,
    '--execution-segment',
    '0:1/2',
    '--target',
    '127.0.0.1:9',
  );
  expect(await drill.ended).toBe(104);
  expect(drill.errors()).toMatch(/an execution segment of payments needs a stack of its own/);
});

function paths(): (readonly string[])[] {
  return server.received.map(({ url }) => url.split('/').slice(1));
}

function countOf(asked: readonly (readonly string[])[], kind: string): number {
  return asked.filter(([first]) => first === kind).length;
}
