/** k6/ws as scripts see it, against a server of sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { startTestServer, type TestServer } from '../harness/http/testing/test-server.js';
import { startTestSockets, type TestSockets } from '../harness/websocket/testing/test-sockets.js';

let server: TestSockets;
let web: TestServer;

beforeEach(async () => {
  server = await startTestSockets();
  web = await startTestServer();
});

afterEach(() => Promise.all([server.close(), web.close()]));

interface Ran {
  /** What `see` was given. */
  readonly seen: readonly unknown[];
  readonly script: ScriptUnderTest;
  readonly end: string | undefined;
  readonly error: unknown;
}

/** `body` of an iteration. */
async function ran(body: string, options: object = {}): Promise<Ran> {
  const script = await ScriptUnderTest.load(
    `import ws from 'k6/ws'; import http from 'k6/http'; import { check, group, sleep } from 'k6';
    export const options = ${JSON.stringify(options)};
    const URL = ${JSON.stringify(server.url)};
    const WEB = ${JSON.stringify(web.url)};
    const see = (value) => console.log(JSON.stringify(value));
    export default function () { ${body} }`,
  );
  const vu = script.users.create(1);
  const ended = await script.iterate(vu);
  vu.interrupt();
  const seen = script.recorded.lines
    .filter((line) => line.startsWith('info '))
    .map((line): unknown => JSON.parse(line.slice('info '.length)));
  return { seen, script, end: ended?.end, error: ended?.error };
}

describe('connect()', () => {
  it('blocks until the socket is closed, and gives the answer to the upgrade', async () => {
    const { seen, script, end } = await ran(
      `const answer = ws.connect(URL + '/echo', (socket) => {
        see('given');
        socket.on('open', () => { see('open'); socket.send('hello'); });
        socket.on('message', (text) => { see(text); socket.close(); see('after'); });
        socket.on('close', (code) => see(code));
      });
      check(answer, { 'is 101': (r) => r.status === 101 });
      see([answer.status, answer.url === URL + '/echo', answer.headers.Upgrade, answer.error]);`,
    );
    expect(end).toBe('completed');
    expect(seen).toEqual(['given', 'open', 'hello', 1001, 'after', [101, true, 'websocket', '']]);
    expect(script.recorded.checks).toEqual([['is 101', true, '']]);
  });

  it('takes params, or null in their place', async () => {
    const { seen } = await ran(
      `const close = (socket) => socket.on('open', () => socket.close());
      see(ws.connect(URL, null, close).status);
      see(ws.connect(URL, { headers: { 'X-Mine': 1 }, tags: { my: 'tag' } }, close).status);`,
      { userAgent: 'me/1' },
    );
    expect(seen).toEqual([101, 101]);
    expect(server.upgrades[1]?.headers).toMatchObject({ 'x-mine': '1', 'user-agent': 'me/1' });
  });
});

describe('metrics', () => {
  it('are k6’s, with its tags', async () => {
    const { script } = await ran(
      `group('chat', () => ws.connect(URL + '/echo', { tags: { my: 'tag' } }, (socket) => {
        socket.on('open', () => { socket.ping(); socket.send('hello'); socket.send('again'); });
        let n = 0;
        socket.on('message', () => { if (++n === 2) socket.close(); });
      }));`,
    );
    const { samples } = script.recorded;
    const sum = (name: string): number =>
      samples.reduce((total, [metric, value]) => total + (metric === name ? value : 0), 0);
    expect(sum('ws_sessions')).toBe(1);
    expect(sum('ws_msgs_sent')).toBe(2);
    expect(sum('ws_msgs_received')).toBe(2);
    expect(sum('data_sent')).toBeGreaterThan(100);
    expect(sum('data_received')).toBeGreaterThan(100);
    for (const name of ['ws_connecting', 'ws_ping', 'ws_session_duration']) {
      const [, , group, tags] = samples.find(([metric]) => metric === name) ?? [];
      const url = `${server.url}/echo`;
      expect([name, group, tags]).toEqual([
        name,
        '::chat',
        { my: 'tag', url, name: url, status: '101', subproto: '' },
      ]);
    }
  });
});
