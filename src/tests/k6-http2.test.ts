/** k6/http against servers that choose HTTP/2: the same script, the same response, one connection for all that a VU asks. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { CERTIFICATE, KEY } from '../harness/http/testing/certificate.js';
import {
  type Http2TestServer,
  startHttp2TestServer,
} from '../harness/http/testing/http2-server.js';
import { startTestServer } from '../harness/http/testing/test-server.js';

let server: Http2TestServer;

beforeEach(async () => {
  server = await startHttp2TestServer();
});

afterEach(() => server.close());

/** What `body` told by way of `see`, and the script. */
async function ran(
  body: string,
  { options = {}, url = server.url, iterations = 1 } = {},
): Promise<{ readonly seen: unknown[]; readonly script: ScriptUnderTest }> {
  const script = await ScriptUnderTest.load(
    `import http from 'k6/http';
    export const options = ${JSON.stringify({ insecureSkipTLSVerify: true, ...options })};
    const URL = ${JSON.stringify(url)};
    const see = (value) => console.log(JSON.stringify(value));
    export default function () { ${body} }`,
  );
  await script.iterations(iterations);
  return { seen: script.seen, script };
}

describe('over HTTP/2', () => {
  it('a request is what it is over HTTP/1.1', async () => {
    const { seen, script } = await ran(`
      const r = http.post(URL + '/echo?a=1', { b: 2 }, { headers: { 'X-One': 'two', Connection: 'close' } });
      see([r.status, r.status_text, r.proto, r.json(), r.headers['Content-Type'], r.tls_version]);`);
    expect(seen).toEqual([
      [
        200,
        '200 OK',
        'HTTP/2.0',
        expect.objectContaining({
          ':method': 'POST',
          ':path': '/echo?a=1',
          ':authority': server.url.slice('https://'.length),
          'x-one': 'two',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': '3',
          body: 'b=2',
        }),
        'application/json',
        'tls1.3',
      ],
    ]);
    const [sample] = script.recorded.requests;
    expect(sample.tags()).toMatchObject({
      proto: 'HTTP/2.0',
      tls_version: 'tls1.3',
      status: '200',
    });
    expect(sample.bytesSent).toBeGreaterThan(50);
    expect(sample.bytesReceived).toBeGreaterThan(100);
  });

  it('one connection carries what a VU asks, one after the other and at once', async () => {
    const { seen } = await ran(
      `http.get(URL + '/echo');
      const all = http.batch([1, 2, 3, 4].map(() => ['GET', URL + '/delay/30']));
      see(all.map((r) => r.json('connection')));`,
      { iterations: 2 },
    );
    expect(seen).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect(server.connections).toBe(1);
  });

  it('requests that begin at once before it is known share the first connection too', async () => {
    const { seen } = await ran(`
      const all = http.batch([1, 2, 3].map(() => ['GET', URL + '/echo']));
      see(new Set(all.map((r) => r.json('connection'))).size);
      see(http.get(URL + '/echo').timings.connecting);`);
    expect(seen).toEqual([1, 0]);
  });

  it('noConnectionReuse makes one for each', async () => {
    await ran("http.get(URL + '/echo'); http.get(URL + '/echo');", {
      options: { noConnectionReuse: true },
    });
    expect(server.connections).toBe(2);
  });

  it('noVUConnectionReuse makes one for each iteration', async () => {
    await ran("http.get(URL + '/echo'); http.get(URL + '/echo');", {
      options: { noVUConnectionReuse: true },
      iterations: 2,
    });
    expect(server.connections).toBe(2);
  });

  it('cookies and long bodies come through', async () => {
    const { seen } = await ran(`
      see(http.get(URL + '/set-cookie').cookies.b[0].value);
      see(http.get(URL + '/echo').json('cookie'));
      see(http.get(URL + '/big/300000').body.length);
      see(http.post(URL + '/echo', 'y'.repeat(200000)).json('body').length);`);
    expect(seen).toEqual(['2', 'a=1; b=2', 300_000, 200_000]);
  });

  it.each([
    ['a stream that is reset', "http.post(URL + '/reset/2')", [0, 1633, /INTERNAL_ERROR/]],
    ['a stream that is refused', "http.post(URL + '/reset/7')", [0, 1638, /REFUSED_STREAM/]],
    [
      'no answer in time',
      "http.get(URL + '/never', { timeout: 100 })",
      [0, 1050, /request timeout/],
    ],
    ['a connection that ends', "http.post(URL + '/drop')", [0, expect.any(Number), /./]],
  ])('%s fails the request alone', async (_, call, [status, code, message]) => {
    const { seen } = await ran(`
      const r = ${call};
      see([r.status, r.error_code, r.error]);
      see(http.get(URL + '/echo').status);`);
    expect(seen).toEqual([[status, code, expect.stringMatching(message as RegExp)], 200]);
  });

  it('a server that goes away is connected anew', async () => {
    const { seen } = await ran(`
      see(http.get(URL + '/goaway').status);
      see(http.get(URL + '/echo').json('connection'));`);
    expect(seen).toEqual([200, 1]);
  });

  it('a server that does not speak it is spoken to in HTTP/1.1', async () => {
    const old = await startTestServer({ key: KEY, cert: CERTIFICATE });
    try {
      const { seen } = await ran("see(http.get(URL + '/echo').proto);", { url: old.url });
      expect(seen).toEqual(['HTTP/1.1']);
    } finally {
      await old.close();
    }
  });
});
