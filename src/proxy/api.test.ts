/**
 * The API as clients see it: through toxiproxy-node-client where it can say a thing, raw where bytes, statuses and
 * refusals count (it drops them). Compared once, request by request, with Toxiproxy 2.12.0.
 */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProxyServer, startProxyServer } from './server.js';

let server: ProxyServer;
let client: Toxiproxy;
beforeEach(async () => {
  server = await startProxyServer({ listen: '127.0.0.1:0', seed: 1 });
  client = new Toxiproxy(`http://${server.address}`);
});
afterEach(() => server.close());

interface Answer {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly requestId: boolean;
  readonly body: string;
}

function call(method: string, path: string, body?: unknown, userAgent = 'curl/8'): Promise<Answer> {
  const [host, port] = server.address.split(':');
  return new Promise((resolve, reject) => {
    const headers = { 'User-Agent': userAgent };
    const sent = request({ host, port, method, path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({
        status: response.statusCode ?? 0,
        contentType: response.headers['content-type'],
        requestId: response.headers['x-toxiproxy-request-id'] !== undefined,
        body: text,
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
  });
}

const A = { name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' };
const OFF = { ...A, enabled: false };

describe('toxiproxy-node-client', () => {
  it('creates, finds, changes and removes a proxy', async () => {
    const proxy = await client.createProxy({ ...A, listen: 'localhost:0' });
    expect(proxy.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    expect(proxy.enabled).toBe(true);
    const { listen, upstream } = proxy;
    const changed = await proxy.update({ enabled: false, listen, upstream });
    expect(changed).toMatchObject({ enabled: false, listen });
    expect((await client.get('a')).enabled).toBe(false);
    await proxy.remove();
    expect(await client.getAll()).toEqual({});
  });

  it('adds, finds, changes and removes a toxic', async () => {
    const proxy = await client.createProxy(A);
    const toxic = await proxy.addToxic({
      name: 'slow',
      type: 'latency',
      stream: 'upstream',
      toxicity: 1,
      attributes: { latency: 10, jitter: 2 },
    });
    const changed = await toxic.update({
      ...toxic.toJson(),
      attributes: { latency: 20, jitter: 2 },
    });
    expect(changed.attributes).toEqual({ latency: 20, jitter: 2 });
    await toxic.remove();
    await expect(proxy.getToxic('slow')).rejects.toThrow('status code 404');
  });

  it('populates, resets and asks for the version', async () => {
    const proxies = await client.populate([A, { ...OFF, name: 'b' }]);
    expect(Object.keys(proxies)).toEqual(['a', 'b']);
    await proxies.a.addToxic({
      name: 'x',
      type: 'timeout',
      stream: 'downstream',
      toxicity: 1,
      attributes: { timeout: 0 },
    });
    await client.reset();
    const all = await client.getAll();
    expect(all.b.enabled).toBe(true);
    expect((await call('GET', '/proxies/a/toxics')).body).toBe('[]');
    expect(await client.getVersion()).toMatch(/^\{"version": "2\.12\.0\+paydrill"\}\n$/);
  });
});

describe('answers', () => {
  it('of a proxy and of a toxic have every field', async () => {
    const created = await call('POST', '/proxies', OFF);
    expect(created).toMatchObject({
      status: 201,
      contentType: 'application/json',
      requestId: true,
    });
    expect(created.body).toBe(
      '{"name":"a","listen":"127.0.0.1:0","upstream":"127.0.0.1:9","enabled":false,"toxics":[]}',
    );
    const toxic = await call('POST', '/proxies/a/toxics', { type: 'latency', attributes: null });
    expect(toxic.status).toBe(200);
    expect(toxic.body).toBe(
      '{"attributes":{"latency":0,"jitter":0},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}',
    );
  });

  it('name a toxic after its stream as it was written, and know the stream in any case', async () => {
    await call('POST', '/proxies', OFF);
    const toxic = await call('POST', '/proxies/a/toxics', { type: 'latency', stream: 'UPSTREAM' });
    expect(JSON.parse(toxic.body)).toMatchObject({ name: 'latency_UPSTREAM', stream: 'upstream' });
    expect((await call('GET', '/proxies/a/toxics/latency_UPSTREAM')).status).toBe(200);
  });

  it.each([' trailing', '}', '{"name":"z"}', '\n\n[1]', '"'])(
    'are those to the first document of a body, whatever follows it: %j',
    async (rest) => {
      const created = await call('POST', '/proxies', JSON.stringify(OFF) + rest);
      expect(created.status, created.body).toBe(201);
      const populated = await call(
        'POST',
        '/populate',
        `[${JSON.stringify({ ...OFF, name: '"]}' })}]${rest}`,
      );
      expect(populated.status, populated.body).toBe(201);
    },
  );

  it('list upstream toxics before downstream ones, each in order of creation', async () => {
    await call('POST', '/proxies', OFF);
    for (const [name, stream] of [
      ['d1', 'downstream'],
      ['u1', 'upstream'],
      ['d2', 'downstream'],
      ['u2', 'upstream'],
    ]) {
      await call('POST', '/proxies/a/toxics', { name, stream, type: 'noop' });
    }
    const toxics: { name: string }[] = JSON.parse((await call('GET', '/proxies/a/toxics')).body);
    expect(toxics.map(({ name }) => name)).toEqual(['u1', 'u2', 'd1', 'd2']);
  });

  it('list proxies by name', async () => {
    for (const name of ['c', 'a', 'b']) await call('POST', '/proxies', { ...OFF, name });
    expect(Object.keys(JSON.parse((await call('GET', '/proxies')).body))).toEqual(['a', 'b', 'c']);
  });

  it('merge what a change names into what was', async () => {
    await call('POST', '/proxies', OFF);
    const path = '/proxies/a/toxics/latency_downstream';
    await call('POST', '/proxies/a/toxics', { type: 'latency', attributes: { latency: 5 } });
    await call('PATCH', path, { attributes: { jitter: 2 }, name: 'ignored', stream: 'upstream' });
    const { body } = await call('POST', path, { toxicity: 0.25 });
    expect(body).toBe(
      '{"attributes":{"latency":5,"jitter":2},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":0.25}',
    );
  });

  it('take keys in any case and ignore unknown ones, as Go does', async () => {
    const body = { NAME: 'a', Upstream: '127.0.0.1:9', enabled: false, other: [1] };
    expect((await call('POST', '/proxies', body)).status).toBe(201);
  });

  it('have no body where nothing is left', async () => {
    await call('POST', '/proxies', OFF);
    await call('POST', '/proxies/a/toxics', { type: 'noop' });
    for (const [method, path] of [
      ['DELETE', '/proxies/a/toxics/noop_downstream'],
      ['DELETE', '/proxies/a'],
      ['POST', '/reset'],
    ]) {
      expect(await call(method, path)).toMatchObject({ status: 204, body: '' });
    }
  });
});

describe('refusals', () => {
  const TOXICS = '/proxies/a/toxics';
  const rows: readonly [string, string, unknown, number, string][] = [
    ['POST', '/proxies', '', 400, 'bad request body: EOF'],
    [
      'POST',
      '/proxies',
      '[]',
      400,
      'bad request body: json: cannot unmarshal array into Go value of type toxiproxy.Proxy',
    ],
    [
      'POST',
      '/proxies',
      { name: 1 },
      400,
      'bad request body: json: cannot unmarshal number into Go struct field Proxy.name of type string',
    ],
    ['POST', '/proxies', {}, 400, 'missing required field: name'],
    ['POST', '/proxies', { name: 'b' }, 400, 'missing required field: upstream'],
    ['POST', '/proxies', A, 409, 'proxy already exists'],
    [
      'POST',
      '/proxies',
      { name: 'b', listen: '0.0.0.0:0', upstream: 'x:1' },
      500,
      'listen tcp 0.0.0.0:0: bind: not on loopback (use 127.0.0.1)',
    ],
    [
      'POST',
      '/proxies',
      { name: 'b', listen: 'nonsense', upstream: 'x:1' },
      500,
      'listen tcp: address nonsense: missing port in address',
    ],
    [
      'POST',
      '/proxies',
      { name: 'b', listen: '127.0.0.1:70000', upstream: 'x:1' },
      500,
      'listen tcp: address 70000: invalid port',
    ],
    [
      'POST',
      '/proxies',
      { name: 'b', listen: '127.0.0.1:http-alt', upstream: 'x:1' },
      500,
      'listen tcp: lookup tcp/http-alt: unknown port',
    ],
    ['GET', '/proxies/zz', undefined, 404, 'proxy not found'],
    ['PATCH', '/proxies/zz', '{', 404, 'proxy not found'],
    ['DELETE', '/proxies/zz', undefined, 404, 'proxy not found'],
    [
      'PATCH',
      '/proxies/a',
      { enabled: 'yes' },
      400,
      'bad request body: json: cannot unmarshal string into Go struct field Proxy.enabled of type bool',
    ],
    ['POST', '/proxies', '{"name":"x"', 400, 'bad request body: unexpected EOF'],
    [
      'POST',
      TOXICS,
      { type: 'latency', toxicity: '1' },
      400,
      'bad request body: json: cannot unmarshal string into Go struct field ToxicWrapper.toxicity of type float32',
    ],
    [
      'PATCH',
      `${TOXICS}/n`,
      { attributes: 1 },
      400,
      'bad request body: json: cannot unmarshal number into Go struct field .attributes of type toxics.NoopToxic',
    ],
    ['GET', '/proxies/zz/toxics', undefined, 404, 'proxy not found'],
    ['POST', TOXICS, '', 400, 'bad request body: EOF'],
    [
      'POST',
      TOXICS,
      { type: 'nope', stream: 'sideways' },
      400,
      'stream was invalid, can be either upstream or downstream',
    ],
    ['POST', TOXICS, { type: 'down' }, 400, 'invalid toxic type'],
    ['POST', TOXICS, { type: 'noop', stream: 'upstream', name: 'n' }, 409, 'toxic already exists'],
    [
      'POST',
      TOXICS,
      { type: 'latency', attributes: { latency: 1.5 } },
      400,
      'bad request body: json: cannot unmarshal number 1.5 into Go struct field LatencyToxic.attributes.latency of type int64',
    ],
    [
      'POST',
      TOXICS,
      { type: 'bandwidth', attributes: { rate: -1 } },
      400,
      'invalid attribute: rate must be at least 0',
    ],
    [
      'POST',
      TOXICS,
      { type: 'slicer', attributes: { average_size: -1 } },
      400,
      'invalid attribute: average_size must be at least 0',
    ],
    ['GET', `${TOXICS}/zz`, undefined, 404, 'toxic not found'],
    ['PATCH', `${TOXICS}/zz`, '{', 404, 'toxic not found'],
    ['DELETE', `${TOXICS}/zz`, undefined, 404, 'toxic not found'],
  ];
  it.each(rows)('%s %s %j: %d %s', async (method, path, body, status, error) => {
    await call('POST', '/proxies', OFF);
    await call('POST', TOXICS, { type: 'noop', name: 'n' });
    expect(await call(method, path, body)).toEqual({
      status,
      contentType: 'text/plain; charset=utf-8',
      requestId: true,
      body: `${JSON.stringify({ error, status })}\n`,
    });
  });

  it('of a change leave the toxic as it was', async () => {
    await call('POST', '/proxies', OFF);
    await call('POST', TOXICS, { type: 'bandwidth', attributes: { rate: 7 } });
    const path = `${TOXICS}/bandwidth_downstream`;
    const change = { attributes: { rate: -1 }, toxicity: 0 };
    expect((await call('PATCH', path, change)).status).toBe(400);
    expect((await call('GET', path)).body).toContain('{"rate":7}');
    expect((await call('GET', path)).body).toContain('"toxicity":1');
  });

  it('of a port in use say it in words clients match', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const answer = await call('POST', '/proxies', { ...A, listen: `127.0.0.1:${port}` });
    other.close();
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body).error).toBe(
      `listen tcp 127.0.0.1:${port}: bind: address already in use`,
    );
    expect((await call('GET', '/proxies')).body).toBe('{}');
  });

  it('of browsers come before anything else', async () => {
    expect(await call('GET', '/proxies', undefined, 'Mozilla/5.0')).toMatchObject({
      status: 403,
      body: 'User agent not allowed\n',
    });
  });

  it('of unknown paths and methods are those of a Go server', async () => {
    for (const path of ['/nope', '/proxies/', '/proxies/a/b', '/proxies/a/toxics/x/y', '/%zz']) {
      expect(await call('GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
    }
    expect(await call('PUT', '/proxies')).toMatchObject({ status: 405, body: '' });
    expect(await call('GET', '/reset')).toMatchObject({ status: 405, body: '' });
  });
});

describe('a path that is not clean', () => {
  it.each([
    ['//proxies', '/proxies'],
    ['/proxies//a?x=1', '/proxies/a?x=1'],
    ['/proxies/../version', '/version'],
  ])('%s leads to %s', async (path, location) => {
    const [host, port] = server.address.split(':');
    const [answer] = await once(request({ host, port, path }).end(), 'response');
    answer.resume();
    expect([answer.statusCode, answer.headers.location]).toEqual([301, location]);
  });
});

describe('populate', () => {
  it('creates nothing when a name is missing, and says where', async () => {
    const answer = await call('POST', '/populate', [A, { upstream: 'x:1' }]);
    expect(answer).toMatchObject({
      status: 400,
      contentType: 'application/json',
      body: '{"error":"missing required field: name at proxy 2","status":400,"proxies":null}',
    });
    expect((await call('GET', '/proxies')).body).toBe('{}');
  });

  it('stops at the first failure and keeps what it made', async () => {
    const first = JSON.parse((await call('POST', '/populate', [A])).body).proxies[0];
    const answer = await call('POST', '/populate', [
      { ...OFF, name: 'b' },
      { ...A, name: 'c', listen: first.listen },
      { ...OFF, name: 'd' },
    ]);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body).proxies).toMatchObject([{ name: 'b' }]);
    expect(Object.keys(JSON.parse((await call('GET', '/proxies')).body))).toEqual(['a', 'b']);
  });

  it('leaves an unchanged proxy alone, its toxics and whether it is enabled', async () => {
    const first = JSON.parse((await call('POST', '/populate', [A])).body).proxies[0];
    await call('POST', '/proxies/a/toxics', { type: 'noop' });
    const again = await call('POST', '/populate', [{ ...first, enabled: false }]);
    expect(JSON.parse(again.body).proxies).toMatchObject([
      { name: 'a', enabled: true, toxics: [{ name: 'noop_downstream' }] },
    ]);
  });

  it('replaces a proxy that differs', async () => {
    await call('POST', '/populate', [OFF]);
    await call('POST', '/proxies/a/toxics', { type: 'noop' });
    const again = await call('POST', '/populate', [{ ...OFF, upstream: '127.0.0.1:10' }]);
    expect(JSON.parse(again.body).proxies).toMatchObject([
      { upstream: '127.0.0.1:10', toxics: [] },
    ]);
  });

  it('of nothing is nothing', async () => {
    expect(await call('POST', '/populate', [])).toMatchObject({
      status: 201,
      body: '{"proxies":null}',
    });
  });
});

describe('a change of address', () => {
  it('that cannot be bound leaves the proxy disabled, with the new address', async () => {
    const [a, b] = JSON.parse(
      (await call('POST', '/populate', [A, { ...A, name: 'b' }])).body,
    ).proxies;
    expect((await call('PATCH', '/proxies/a', { listen: b.listen })).status).toBe(500);
    expect(JSON.parse((await call('GET', '/proxies/a')).body)).toMatchObject({
      listen: b.listen,
      enabled: false,
    });
    const back = await call('PATCH', '/proxies/a', { listen: a.listen, enabled: true });
    expect(JSON.parse(back.body)).toMatchObject({ listen: a.listen, enabled: true });
  });

  it('and many changes at once are done one after the other', async () => {
    await call('POST', '/proxies', A);
    const changes = Array.from({ length: 20 }, (_, i) => ({ enabled: i % 2 === 1 }));
    const answers = await Promise.all(changes.map((body) => call('PATCH', '/proxies/a', body)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });
});

it('the server itself listens on loopback only', async () => {
  await expect(startProxyServer({ listen: '0.0.0.0:0' })).rejects.toThrow('not on loopback');
  await expect(startProxyServer({ listen: server.address })).rejects.toThrow('EADDRINUSE');
});

describe('GET /metrics', () => {
  it('tells what went through each proxy, each way, while connections are open', async () => {
    const echo = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const bound = echo.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const proxy = await client.createProxy({ ...A, upstream: `127.0.0.1:${port}` });
    const slicer = { type: 'limit_data', stream: 'downstream', attributes: { bytes: 3 } };
    await call('POST', '/proxies/a/toxics', slicer);
    const [host, at] = proxy.listen.split(':');
    const socket = connect(Number(at), host);
    socket.write('hello');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toBe('hel');
    const { status, contentType, body } = await call('GET', '/metrics');
    expect([status, contentType]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const labels = `proxy="a",listener="${proxy.listen}",upstream="127.0.0.1:${port}"`;
    for (const [name, direction, bytes] of [
      ['received', 'upstream', 5],
      ['sent', 'upstream', 5],
      ['received', 'downstream', 5],
      ['sent', 'downstream', 3],
    ])
      expect(body).toContain(
        `toxiproxy_proxy_${name}_bytes_total{direction="${direction}",${labels}} ${bytes}\n`,
      );
    expect(body).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m);
    socket.destroy();
    echo.close();
  });
});
