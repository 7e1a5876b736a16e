/** k6/ws as scripts see it, against a server of sockets. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { CERTIFICATE, KEY } from '../harness/http/testing/certificate.js';
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
  return { seen: script.seen, script, end: ended?.end, error: ended?.error };
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

  it('sends and gets bytes', async () => {
    const { seen } = await ran(
      `ws.connect(URL + '/echo', (socket) => {
        socket.on('open', () => { socket.sendBinary(new Uint8Array([1, 2, 255]).buffer); });
        socket.on('message', () => see('never'));
        socket.on('binaryMessage', (data) => { see([data instanceof ArrayBuffer, ...new Uint8Array(data)]); socket.close(3000); });
      });`,
    );
    expect(seen).toEqual([[true, 1, 2, 255]]);
    await expect.poll(() => server.received).toEqual(['0102ff', 'close 3000']);
  });

  it('tells pings and pongs', async () => {
    const { seen } = await ran(
      `ws.connect(URL + '/pings', (socket) => {
        socket.on('ping', () => { see('ping'); socket.ping(); });
        socket.on('pong', () => { see('pong'); socket.close(); });
      });`,
    );
    expect(seen).toEqual(['ping', 'pong']);
  });

  it('calls timers of the socket while it is open', async () => {
    const { seen, end } = await ran(
      `ws.connect(URL + '/echo', (socket) => {
        let n = 0;
        socket.setInterval(() => { see('tick'); if (++n === 3) socket.close(); }, 5);
        socket.setTimeout(() => see('timeout'), 1);
        socket.setTimeout(() => see('never'), 1000);
      });`,
    );
    expect(end).toBe('completed');
    expect(seen.toSorted()).toEqual(['tick', 'tick', 'tick', 'timeout']);
  });

  it('sends the cookies of the VU, or of a jar, and keeps those of the answer', async () => {
    const { seen } = await ran(
      `const close = (socket) => socket.on('open', () => socket.close());
      http.cookieJar().set(WEB, 'mine', '1');
      ws.connect(URL + '/cookie?theirs=2', close);
      const jar = new http.CookieJar(); jar.set(WEB, 'other', '3');
      ws.connect(URL, { jar, headers: { Cookie: 'own=4' } }, close);
      see(http.cookieJar().cookiesForURL(WEB));`,
    );
    expect(server.upgrades.map(({ headers }) => headers.cookie)).toEqual([
      'mine=1',
      'own=4; other=3',
    ]);
    expect(seen).toEqual([{ mine: ['1'], theirs: ['2'] }]);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['a server that closes with a code', '/close/4001/why', ['websocket: close 4001: why', 4001]],
    ['a server that closes in order', '/close/1000/bye', [1000]],
    [
      'a server that closes without a code',
      '/bare-close',
      ['websocket: close 1005 (no status)', 1005],
    ],
    [
      'a connection that ends',
      '/cut',
      ['websocket: close 1006 (abnormal closure): unexpected EOF', 1006],
    ],
    ['garbage', '/garbage', [expect.stringMatching(/Invalid WebSocket frame/), 1006]],
  ])('%s', async (_what, path, told) => {
    const { seen, end } = await ran(
      `see(ws.connect(URL + '${path}', (socket) => {
        socket.on('open', () => socket.send('go'));
        socket.on('error', (error) => see(error.error()));
        socket.on('close', (code) => see(code));
      }).status);`,
    );
    expect(end).toBe('completed');
    expect(seen).toEqual([...told, 101]);
  });

  it('a server that refuses is an answer, and the function is not called', async () => {
    const { seen, script } = await ran(
      `const { status, headers, body, error } = ws.connect(URL + '/refuse/404', () => see('never'));
      see([status, headers['X-Why'], body, error]);`,
    );
    expect(seen).toEqual([[404, 'so', 'no !', 'websocket: bad handshake']]);
    expect(script.recorded.lines[0]).toMatch(/^warn Attempt to establish a WebSocket connection/);
    const tags = script.recorded.samples.find(([name]) => name === 'ws_sessions')?.[3];
    expect(tags).toMatchObject({ status: '404' });
  });

  it.each([
    ['nobody there', `'ws://127.0.0.1:1'`, {}, 'dial: connection refused'],
    ['no such host', `'ws://no-such-host.invalid'`, {}, 'lookup: no such host'],
    ['an address of http', `'http://127.0.0.1'`, {}, 'malformed ws or wss URL'],
    [
      'a blocked name',
      `'ws://localhost:1'`,
      { blockHostnames: ['local*', 'localhost'] },
      'blockHostnames',
    ],
    ['a blocked address', 'URL', { blacklistIPs: ['127.0.0.0/8'] }, 'blacklistIPs'],
  ])('%s is an error in the answer, or thrown', async (_what, url, options, words) => {
    const call = `ws.connect(${url}, () => see('never'))`;
    const { seen } = await ran(`const { status, error } = ${call}; see([status, error]);`, options);
    expect(seen).toEqual([[0, expect.stringContaining(words)]]);
    const thrown = await ran(`${call};`, { ...options, throw: true });
    expect(thrown.end).toBe('threw');
    expect(String(thrown.error)).toContain(words);
  });

  it('after it was closed, sending is an error of the socket', async () => {
    const { seen } = await ran(
      `ws.connect(URL + '/echo', (socket) => {
        socket.on('error', (error) => see(error.error()));
        socket.on('open', () => { socket.close(); socket.send('late'); socket.close(); });
      });`,
    );
    expect(seen).toEqual(['websocket: close sent']);
  });

  it.each([
    ['a handler', `socket.on('open', () => { throw new Error('boom'); });`],
    [
      'a handler that waits',
      `socket.on('open', () => { sleep(0.001); throw new Error('boom'); });`,
    ],
    ['a timer', `socket.setTimeout(() => { throw new Error('boom'); }, 1);`],
    ['the function itself', `throw new Error('boom');`],
  ])('%s that throws ends the call, which throws it', async (_what, body) => {
    const { seen, end, error } = await ran(
      `try { ws.connect(URL + '/echo', (socket) => { ${body} }); } catch (error) { see(error.message); throw error; }`,
    );
    expect([seen, end, String(error)]).toEqual([['boom'], 'threw', 'Error: boom']);
    await expect.poll(() => server.received).toEqual(['close 1001']);
  });

  it.each([
    ['no function', 'ws.connect(URL)', 'takes a url, params where they are wanted, and a function'],
    [
      'a handler that is none',
      `ws.connect(URL, (socket) => socket.on('open', 5))`,
      'is no function',
    ],
    ['no bytes', `ws.connect(URL, (socket) => socket.sendBinary('x'))`, 'expects an ArrayBuffer'],
    [
      'no delay',
      `ws.connect(URL, (socket) => socket.setTimeout(() => {}, 0))`,
      'requires a >0 timeout',
    ],
    ['a code that is none', `ws.connect(URL, (socket) => socket.close(99))`, 'valid error code'],
  ])('%s throws', async (_what, call, message) => {
    const { end, error } = await ran(`${call};`);
    expect(end).toBe('threw');
    expect(String(error)).toContain(message);
  });
});

describe('turns', () => {
  it('handlers run one after the other, also where they block', async () => {
    const { seen } = await ran(
      `setTimeout(() => see('timer'), 1);
      ws.connect(URL + '/push/3', (socket) => {
        http.get(WEB + '/delay/20'); see('given');
        socket.on('open', () => { sleep(0.02); see('open'); });
        socket.on('message', (text) => { see('begin ' + text); group('g', () => http.get(WEB + '/delay/10')); see('end ' + text); if (text === 'pushed 2') socket.close(); });
        socket.on('message', (text) => see('too ' + text));
        socket.on('close', () => { sleep(0.01); see('closed'); });
      });
      see('main'); http.get(WEB); see('got');`,
    );
    const messages = [0, 1, 2].flatMap((i) => [
      `begin pushed ${i}`,
      `end pushed ${i}`,
      `too pushed ${i}`,
    ]);
    expect(seen).toEqual(['given', 'open', ...messages, 'closed', 'main', 'got', 'timer']);
  });

  it('a socket in a handler of another blocks that one', async () => {
    const { seen } = await ran(
      `ws.connect(URL + '/push/2', (outer) => outer.on('message', (text) => {
        ws.connect(URL + '/echo', (inner) => {
          inner.on('open', () => inner.send('inner ' + text));
          inner.on('message', (answer) => { see(answer); inner.close(); });
        });
        see(text);
        if (text === 'pushed 1') outer.close();
      }));`,
    );
    expect(seen).toEqual(['inner pushed 0', 'pushed 0', 'inner pushed 1', 'pushed 1']);
  });

  it('an interrupt closes the socket, and the call never returns', async () => {
    const script = await ScriptUnderTest.load(
      `import ws from 'k6/ws'; export default function () {
        try { ws.connect('${server.url}/echo', (socket) => { socket.on('open', () => console.log('open')); socket.setInterval(() => {}, 1); }); }
        finally { console.log('never'); }
      }`,
    );
    const vu = script.users.create(1);
    const ended = script.iterate(vu);
    await expect.poll(() => script.recorded.lines).toEqual(['info open']);
    vu.interrupt();
    expect((await ended)?.end).toBe('interrupted');
    await expect.poll(() => server.open()).toBe(0);
    expect(script.recorded.lines).toEqual(['info open']);
  });
});

describe('TLS', () => {
  it('a certificate that nobody knows is refused, unless it is not looked at', async () => {
    const secure = await startTestSockets({ key: KEY, cert: CERTIFICATE });
    try {
      const body = `const { status, error } = ws.connect('${secure.url}', (socket) => socket.close()); see([status, error]);`;
      expect((await ran(body)).seen).toEqual([
        [0, 'x509: certificate signed by unknown authority'],
      ]);
      expect((await ran(body, { insecureSkipTLSVerify: true })).seen).toEqual([[101, '']]);
      expect(
        (
          await ran(body.replace('127.0.0.1', 'sockets.test'), {
            insecureSkipTLSVerify: true,
            hosts: { 'sockets.test': '127.0.0.1' },
          })
        ).seen,
      ).toEqual([[101, '']]);
    } finally {
      await secure.close();
    }
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
