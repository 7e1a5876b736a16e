/**
 * For tests: a server that says what was asked of it, and answers as its paths say. What came is kept in order.
 *
 *   /echo                     what was asked, as JSON            /status/418        that status
 *   /delay/50                 after so many ms                   /redirect/3        so many redirections, then /echo
 *   /redirect-to?to=&status=  one redirection                    /set-cookie?a=b    sets them
 *   /coded/gzip               a body of that coding              /big/1000000       so many bytes, in chunks
 *   /digest, /basic           wants user:secret                  /cut, /reset, /never, /garbage   no whole answer
 *   /page                     a page with links and forms        /twice             header lines of one name
 *   /html?of=                 that page
 *   /client                   whose certificate the client has
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As they came. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
  /** Of the connection: which one, from 0. */
  readonly connection: number;
}

export interface TestServer {
  /** `http://127.0.0.1:1234` */
  readonly url: string;
  readonly received: Received[];
  close(): Promise<void>;
}

const NONCE = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
const CODED: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: (text) => gzipSync(text),
  deflate: (text) => deflateSync(text),
  'deflate-raw': (text) => deflateRawSync(text),
  br: (text) => brotliCompressSync(text),
  // What `zstd` makes of the text below: Node 20 cannot.
  zstd: () => Buffer.from('KLUv/QBY7QAAuGEgdGV4dCB0aGF0IHdhcyBjb2RlZCwgAQD1m00=', 'base64'),
  broken: () => Buffer.from('not gzip at all'),
};

const PAGE = `<html><head><title>Shop</title></head><body><a href="/echo?first=1">first</a> <a class="to" href="items?of=page">items</a>
<form id="search" action="/found" method="get"><input name="q" value="shoes"><input type="submit" name="go" value="Go"></form>
<form id="pay" action="/paid" method="post"><input type="hidden" name="token" value="t 1"><input name="amount" value="5">
<select name="currency"><option value="CNY" selected>CNY</option><option value="EUR">EUR</option></select>
<input type="checkbox" name="keep" value="yes" checked><textarea name="note">hi</textarea><button type="submit" name="how" value="now">Pay</button></form></body></html>`;

export function startTestServer(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<TestServer> {
  const received: Received[] = [];
  const connections = new Map<unknown, number>();
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    const connection = connections.get(socket) ?? connections.size;
    connections.set(socket, connection);
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request;
      const one = { method, url, headers, rawHeaders, body, connection };
      received.push(one);
      answer(one, request, response);
    });
  };
  const server: Server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
        received,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

interface Asked {
  readonly one: Received;
  readonly url: URL;
  /** The path's second part. */
  readonly how: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

function answer(one: Received, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(one.url, 'http://test');
  const [, what = '', how = ''] = url.pathname.split('/');
  (ANSWERS[what] ?? echo)({ one, url, how, request, response });
}

const ANSWERS: Readonly<Record<string, (asked: Asked) => void>> = {
  status({ how, response }) {
    response.writeHead(Number(how));
    response.end();
  },
  delay: (asked) => void setTimeout(() => echo(asked), Number(asked.how)),
  redirect(asked) {
    const left = Number(asked.how);
    if (left === 0) echo(asked);
    else moved(asked.response, 302, `/redirect/${left - 1}`);
  },
  'redirect-to': ({ url: { searchParams }, response }) =>
    moved(response, Number(searchParams.get('status') ?? 302), searchParams.get('to') ?? '/echo'),
  'set-cookie'(asked) {
    const lines = [...asked.url.searchParams].map(([name, value]) => `${name}=${value}`);
    asked.response.setHeader('set-cookie', lines);
    echo(asked);
  },
  coded({ how, response }) {
    response.writeHead(200, { 'content-encoding': CODING_TOLD[how] ?? how });
    response.end(CODED[how]?.('a text that was coded, a text that was coded'));
  },
  big({ how, response }) {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    for (let left = Number(how); left > 0; left -= 10_000)
      response.write('x'.repeat(Math.min(left, 10_000)));
    response.end();
  },
  html({ url: { searchParams }, response }) {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(searchParams.get('of'));
  },
  basic(asked) {
    const wanted = `Basic ${Buffer.from('user:secret').toString('base64')}`;
    if (asked.one.headers.authorization === wanted) echo(asked);
    else json(asked.response, {}, 401);
  },
  digest(asked) {
    const { one, response } = asked;
    if (isAnswered(one)) {
      echo(asked);
      return;
    }
    response.writeHead(401, {
      'www-authenticate': `Digest realm="home", qop="auth", nonce="${NONCE}", algorithm=MD5`,
    });
    response.end();
  },
  cut({ request, response }) {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half');
    setImmediate(() => request.socket.end());
  },
  reset: ({ request }) => void request.socket.resetAndDestroy(),
  page({ response }) {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(PAGE);
  },
  client({ request, response }) {
    const { socket } = request;
    const subject = socket instanceof TLSSocket ? socket.getPeerCertificate().subject : undefined;
    json(response, { client: subject?.CN ?? null });
  },
  twice({ response }) {
    response.writeHead(200, ['x-many', 'a', 'x-many', 'b', 'content-type', 'text/plain']);
    response.end('twice');
  },
  never: () => undefined,
  garbage: ({ request }) => void request.socket.end('SSH-2.0-OpenSSH_9\r\n'),
};

const CODING_TOLD: Readonly<Record<string, string>> = { 'deflate-raw': 'deflate', broken: 'gzip' };

function echo({ one, response }: Asked): void {
  const { method, url, headers, body } = one;
  json(response, { method, path: url, headers, body });
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

function moved(response: ServerResponse, status: number, location: string): void {
  response.writeHead(status, { location });
  response.end();
}

/** Whether it answers the Digest challenge. */
function isAnswered({ method, url, headers }: Received): boolean {
  const given = String(headers.authorization ?? '');
  const field = (name: string): string => new RegExp(`${name}="?([^",]*)`).exec(given)?.[1] ?? '';
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const counted = `${NONCE}:${field('nc')}:${field('cnonce')}:auth`;
  const asked = md5(`${method}:${url}`);
  return field('response') === md5(`${md5('user:home:secret')}:${counted}:${asked}`);
}
