/** k6/websockets as scripts see it, against a server of sockets. */
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

async function loaded(main: string, options: object = {}): Promise<ScriptUnderTest> {
  return await ScriptUnderTest.load(
    `import { WebSocket, Blob } from 'k6/websockets'; import http from 'k6/http'; import { group, sleep } from 'k6';
    export const options = ${JSON.stringify(options)};
    const URL = ${JSON.stringify(server.url)};
    const WEB = ${JSON.stringify(web.url)};
    const see = (value) => console.log(JSON.stringify(value));
    export default ${main}`,
  );
}

/** One iteration of `main`, a function. */
async function ran(main: string, options: object = {}): Promise<Ran> {
  const script = await loaded(main, options);
  const vu = script.users.create(1);
  const ended = await script.iterate(vu);
  vu.interrupt();
  return { seen: script.seen, script, end: ended?.end, error: ended?.error };
}

/** As the body of an iteration, a socket that is told of all its events. */
const TOLD = `for (const type of ['open', 'message', 'error', 'close', 'ping', 'pong'])
  ws.addEventListener(type, (event) => see([event.type, ws.readyState, event.data ?? event.error ?? event.code ?? null]));`;

describe('a WebSocket', () => {
  it('tells its events in their order, and the iteration lasts until it is closed', async () => {
    const { seen, end } = await ran(
      `function () {
        const ws = new WebSocket(URL + '/echo'); ${TOLD}
        ws.onopen = () => { ws.send('hello'); ws.ping(); };
        ws.onmessage = () => setTimeout(() => { ws.close(4000, 'enough'); see(ws.readyState); }, 20);
        see(ws.readyState);
      }`,
    );
    expect(end).toBe('completed');
    expect(seen).toEqual([
      0,
      ['open', 1, null],
      ['message', 1, 'hello'],
      ['pong', 1, null],
      2,
      ['close', 3, 4000],
    ]);
    expect(server.received).toEqual(['hello', 'close 4000']);
  });

  it('sends text, buffers, views and Blobs, and gives bytes as a Blob or as a buffer', async () => {
    const { seen } = await ran(
      `function () {
        const ws = new WebSocket(URL + '/echo');
        const bytes = new Uint8Array([1, 2, 3, 4]);
        const show = (data) => Array.from(new Uint8Array(data));
        let n = 0;
        see(ws.binaryType);
        ws.onopen = () => { for (const data of [bytes.buffer, bytes.subarray(1, 3), new Blob([bytes, 'a'])]) ws.send(data); };
        ws.onmessage = async ({ data }) => {
          n++;
          if (n === 1) { see([data instanceof Blob, data.size, show(await data.arrayBuffer()), show(await data.slice(1, 2).bytes())]); ws.binaryType = 'arraybuffer'; }
          if (n === 2) see([data instanceof ArrayBuffer, show(data)]);
          if (n === 3) { see(show(data)); ws.close(); }
        };
      }`,
    );
    expect(seen[0]).toBe('blob');
    expect(seen).toContainEqual([true, 4, [1, 2, 3, 4], [2]]);
    expect(server.received).toEqual(['01020304', '0203', '0102030461', 'close 1000']);
  });

  it('knows its states by name, on the class and on itself', async () => {
    const { seen } = await ran(
      `function () {
        const ws = new WebSocket(URL);
        see([WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED, ws.OPEN, ws.url === URL, ws.bufferedAmount]);
        ws.onopen = () => ws.close();
      }`,
    );
    expect(seen).toEqual([[0, 1, 2, 3, 1, true, 0]]);
  });

  it('asks for a subprotocol, in protocols or by a header, and tags its samples with it', async () => {
    const { script } = await ran(
      `function () {
        for (const args of [['one'], [['two', 'three']], [null, { headers: { 'Sec-WebSocket-Protocol': 'four' } }]]) {
          const ws = new WebSocket(URL, ...args);
          ws.onopen = () => ws.close();
        }
      }`,
    );
    const protocols = server.upgrades.map(({ headers }) => headers['sec-websocket-protocol']);
    expect(protocols.toSorted()).toEqual(['four', 'one', 'two, three']);
    const tagged = script.recorded.samples.flatMap(([name, , , tags]) =>
      name === 'ws_sessions' ? [String(Reflect.get(Object(tags), 'subproto'))] : [],
    );
    expect(tagged.toSorted()).toEqual(['four', 'one', 'two']);
  });

  it('compresses where it is asked to', async () => {
    const { seen, script } = await ran(
      `function () {
        const ws = new WebSocket(URL + '/echo', null, { compression: 'deflate' });
        ws.onopen = () => ws.send('x'.repeat(100000));
        ws.onmessage = ({ data }) => { see(data.length); ws.close(); };
      }`,
    );
    expect(seen).toEqual([100000]);
    const sent = script.recorded.samples.reduce(
      (sum, [name, value]) => sum + (name === 'data_sent' ? value : 0),
      0,
    );
    expect(sent).toBeLessThan(5000);
  });

  it('beside others of its VU is open at the same time', async () => {
    const { seen } = await ran(
      `function () {
        const all = [1, 2, 3].map(() => new WebSocket(URL + '/echo'));
        let opened = 0;
        for (const ws of all) ws.onopen = () => { if (++opened === 3) for (const one of all) { see(one.readyState); one.close(); } };
      }`,
    );
    expect(seen).toEqual([1, 1, 1]);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['a server that refuses', '/refuse/404', 'websocket: bad handshake', 1006],
    ['a server that speaks something else', '/nonsense', /Parse Error|EOF/, 1006],
    ['a server that closes with a code', '/close/4001/why', 'websocket: close 4001: why', 4001],
    ['a server that closes without one', '/bare-close', 'websocket: close 1005 (no status)', 1005],
    ['a connection that ends', '/cut', /1006 \(abnormal closure\)/, 1006],
    ['garbage', '/garbage', /Invalid WebSocket frame/, 1006],
  ])('%s is an error and a close', async (_what, path, error, code) => {
    const { seen, end } = await ran(
      `function () {
        const ws = new WebSocket(URL + '${path}');
        ws.onopen = () => ws.send('go');
        ws.onerror = (event) => see([event.type, event.error]);
        ws.onclose = (event) => see(event.code);
      }`,
    );
    expect(end).toBe('completed');
    const told = typeof error === 'string' ? error : expect.stringMatching(error);
    expect(seen).toEqual([['error', told], code]);
  });

  it('a server that closes in order is none', async () => {
    const { seen } = await ran(
      `function () { const ws = new WebSocket(URL + '/close/1000/bye'); ${TOLD} ws.onopen = () => ws.send('go'); }`,
    );
    expect(seen).toEqual([
      ['open', 1, null],
      ['close', 3, 1000],
    ]);
  });

  it('nobody who listens for errors: it is told on the console', async () => {
    const { script } = await ran(`function () { new WebSocket('ws://127.0.0.1:1'); }`);
    expect(script.recorded.lines).toEqual([
      'warn WebSocket to "ws://127.0.0.1:1" failed: dial: connection refused',
    ]);
  });

  it.each([
    ['an address of http', `new WebSocket('http://a')`, 'takes an address of ws or wss'],
    ['a fragment', `new WebSocket(URL + '#a')`, 'without a fragment'],
    [
      'another compression',
      `new WebSocket(URL, null, { compression: 'br' })`,
      "unsupported compression algorithm 'br'",
    ],
    [
      'a header that is none',
      `new WebSocket(URL, null, { headers: { 'a b': 1 } })`,
      'invalid header field name',
    ],
    ['another event', `new WebSocket(URL).addEventListener('msg', () => {})`, 'has no event "msg"'],
    ['a listener that is none', `new WebSocket(URL).onopen = 5`, 'is no function'],
    [
      'another binaryType',
      `new WebSocket(URL).binaryType = 'x'`,
      'binaryType is blob or arraybuffer',
    ],
    ['sending before it is open', `new WebSocket(URL).send('x')`, 'the socket is not open'],
  ])('%s throws', async (_what, call, message) => {
    const { end, error } = await ran(`function () { ${call}; }`);
    expect(end).toBe('threw');
    expect(String(error)).toContain(message);
  });

  it('a socket in init code is refused', async () => {
    await expect(
      ScriptUnderTest.load(
        `import { WebSocket } from 'k6/websockets'; new WebSocket('ws://127.0.0.1:1'); export default function () {}`,
      ),
    ).rejects.toThrow('in the init context is not supported');
  });

  it('a listener that throws fails the iteration, and every socket is closed', async () => {
    const { seen, end, error } = await ran(
      `async function () {
        const other = new WebSocket(URL + '/echo');
        const ws = new WebSocket(URL + '/push/3');
        const closed = new Promise((resolve) => { ws.onclose = resolve; });
        ws.onmessage = ({ data }) => { see(data); throw new Error('boom'); };
        await closed;
        see('never');
      }`,
    );
    expect([seen, end, String(error)]).toEqual([['pushed 0'], 'threw', 'Error: boom']);
    await expect.poll(() => server.open()).toBe(0);
  });

  it('an async listener that rejects fails it too', async () => {
    const { end, error } = await ran(
      `function () { const ws = new WebSocket(URL + '/push/1'); ws.onmessage = async () => { await null; throw new Error('boom'); }; }`,
    );
    expect([end, String(error)]).toEqual(['threw', 'Error: boom']);
  });
});

describe('turns', () => {
  it('nothing of a socket is told while a call blocks, and its state stays', async () => {
    const { seen } = await ran(
      `function () {
        const ws = new WebSocket(URL + '/push/3'); ${TOLD}
        ws.onmessage = ({ data }) => { if (data === 'pushed 2') ws.close(); };
        http.get(WEB + '/delay/60'); see(ws.readyState); sleep(0.02); see('main');
      }`,
    );
    expect(seen).toEqual([
      0,
      'main',
      ['open', 1, null],
      ...[0, 1, 2].map((i) => ['message', i === 2 ? 2 : 1, `pushed ${i}`]),
      ['close', 3, 1000],
    ]);
  });

  it('a listener that blocks ends before the next event, and before the next listener', async () => {
    const { seen } = await ran(
      `function () {
        const ws = new WebSocket(URL + '/push/2');
        ws.onmessage = ({ data }) => { group('g', () => http.get(WEB + '/delay/20')); sleep(0.01); see('slow ' + data); };
        ws.addEventListener('message', ({ data }) => { see(data); if (data === 'pushed 1') ws.close(); });
        ws.onclose = () => see('closed');
        setTimeout(() => see('timer'), 1);
      }`,
    );
    expect(seen.filter((what) => what !== 'timer')).toEqual([
      'slow pushed 0',
      'pushed 0',
      'slow pushed 1',
      'pushed 1',
      'closed',
    ]);
    expect(seen).toContain('timer');
  });

  it('a flood that nobody reads is left with the system, and comes whole', async () => {
    const { seen, end } = await ran(
      `function () {
        const ws = new WebSocket(URL + '/push/20000');
        let n = 0;
        ws.onmessage = () => { if (++n === 20000) { see(n); ws.close(); } };
        sleep(0.1);
      }`,
    );
    expect([seen, end]).toEqual([[20000], 'completed']);
  });

  it('an interrupt closes sockets at once, and nothing of them is told', async () => {
    const script = await loaded(
      `function () { const ws = new WebSocket(URL + '/echo'); ${TOLD} ws.onopen = () => see('open'); }`,
    );
    const vu = script.users.create(1);
    const ended = script.iterate(vu);
    await expect.poll(() => script.recorded.lines).toContain('info "open"');
    vu.interrupt();
    expect((await ended)?.end).toBe('interrupted');
    await expect.poll(() => server.open()).toBe(0);
    expect(script.recorded.lines.filter((line) => line.includes('close'))).toEqual([]);
  });

  it('an interrupt ends a socket that the server never opens', async () => {
    const script = await loaded(`function () { new WebSocket(URL + '/never'); }`);
    const vu = script.users.create(1);
    const ended = script.iterate(vu);
    await expect.poll(() => server.upgrades.length).toBe(1);
    vu.interrupt();
    expect((await ended)?.end).toBe('interrupted');
    await expect.poll(() => server.open()).toBe(0);
  });
});

describe('k6/experimental/websockets', () => {
  it('is the same, and a script that imports it is told once where it has gone', async () => {
    const script = await ScriptUnderTest.load(
      `import { WebSocket } from 'k6/experimental/websockets';
      export default function () { const ws = new WebSocket('${server.url}'); ws.onopen = () => { console.log('open'); ws.close(); }; }`,
    );
    expect(script.plan.warnings).toEqual([
      'k6/experimental/websockets is deprecated: import k6/websockets',
    ]);
    expect((await script.iterate(script.users.create(1)))?.end).toBe('completed');
    expect(script.recorded.lines).toEqual(['info open']);
  });
});
