/** Scripts with WebSockets in whole runs: thresholds, the summary, what ends a run that a socket would hold. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTestSockets, type TestSockets } from '../harness/websocket/testing/test-sockets.js';
import { readSummary, startDrill, writeScript } from './testing/program.js';

let folder: string;
let server: TestSockets;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-sockets-'));
  server = await startTestSockets();
});

afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(script: string) {
  const drill = startDrill(folder, writeScript(folder, script), '-e', `TARGET=${server.url}`);
  return { code: await drill.ended, output: drill.output(), errors: drill.errors() };
}

test('thresholds on ws_ metrics decide, and the summary has a section of them', async () => {
  const { code, output, errors } = await run(`
    import ws from 'k6/ws';
    import { WebSocket } from 'k6/websockets';
    import { check } from 'k6';
    export const options = {
      vus: 2, iterations: 6,
      thresholds: {
        ws_sessions: ['count==12'],
        'ws_sessions{status:101}': ['count==12'],
        'ws_msgs_sent{kind:blocking}': ['count==6'],
        ws_msgs_received: ['count==12'],
        ws_connecting: ['p(95)<10000'],
        ws_session_duration: ['max<20000'],
        ws_ping: ['avg<10000'],
        data_sent: ['count>100'],
        checks: ['rate==1'],
      },
    };
    export default function () {
      const answer = ws.connect(__ENV.TARGET + '/echo', { tags: { kind: 'blocking' } }, (socket) => {
        socket.on('open', () => { socket.ping(); socket.send('hello'); });
        socket.on('message', () => socket.setTimeout(() => socket.close(), 20));
      });
      check(answer, { 'is 101': (r) => r.status === 101 });
      const beside = new WebSocket(__ENV.TARGET + '/echo');
      beside.onopen = () => beside.send('hello');
      beside.onmessage = () => beside.close();
    }`);
  expect(code, errors + output).toBe(0);
  const [, section = ''] = output.split('WEBSOCKET\n');
  const words = section.split('\n').flatMap((line) => /^ {4}(ws_[a-z_]+)/.exec(line)?.[1] ?? []);
  expect(words).toEqual([
    'ws_connecting',
    'ws_msgs_received',
    'ws_msgs_sent',
    'ws_ping',
    'ws_session_duration',
    'ws_sessions',
  ]);
  expect(output).toContain('✓ is 101');
  const { metrics } = readSummary(folder);
  expect(metrics.ws_msgs_sent?.values.count).toBe(12);
  expect(metrics.data_received?.values.count).toBeGreaterThan(1000);
}, 60_000);

test.each([
  ['k6/ws', `ws.connect(__ENV.TARGET + '/echo', () => {});`],
  ['k6/websockets', `new WebSocket(__ENV.TARGET + '/echo');`],
])(
  '%s: after gracefulStop an open socket is closed, and its iteration is interrupted',
  async (_module, body) => {
    const { code, output, errors } = await run(`
    import ws from 'k6/ws';
    import { WebSocket } from 'k6/websockets';
    export const options = { scenarios: { one: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '1s' } } };
    export default function () { ${body} }`);
    expect(code, errors + output).toBe(0);
    expect(server.upgrades).toHaveLength(2);
    const { metrics } = readSummary(folder);
    expect(metrics.iterations?.values.count ?? 0).toBe(0);
    expect(metrics.ws_sessions?.values.count).toBe(2);
    expect(server.open()).toBe(0);
  },
  60_000,
);

test('a threshold on ws_ that does not hold ends the run with 99', async () => {
  const { code, output } = await run(`
    import ws from 'k6/ws';
    export const options = { thresholds: { ws_msgs_received: ['count>5'] } };
    export default function () { ws.connect(__ENV.TARGET + '/push/3', (socket) => socket.setTimeout(() => socket.close(), 100)); }`);
  expect(code).toBe(99);
  expect(output).toContain("✗ 'count>5' count=3");
}, 60_000);
