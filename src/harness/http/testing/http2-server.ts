/**
 * For tests: an HTTP/2 server over TLS that says what was asked of it.
 *
 *   /echo          what was asked, as JSON       /reset/8    the stream is reset with that code
 *   /delay/50      the echo after so many ms     /goaway     the connection takes no more requests
 *   /set-cookie    two cookies                   /never      no answer
 *   /big/100000    so many bytes                 /drop       the connection ends
 */
import { createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { CERTIFICATE, KEY } from './certificate.js';

export interface Http2TestServer {
  /** `https://127.0.0.1:1234` */
  readonly url: string;
  /** How many there were so far. */
  readonly connections: number;
  close(): Promise<void>;
}

export async function startHttp2TestServer(): Promise<Http2TestServer> {
  const server = createSecureServer({ key: KEY, cert: CERTIFICATE });
  const sessions: ServerHttp2Session[] = [];
  const places = new Map<unknown, number>();
  server.on('session', (session) => {
    places.set(session.socket, sessions.length);
    sessions.push(session);
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    const place = places.get(stream.session?.socket) ?? -1;
    let body = '';
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    });
    stream.on('end', () => answer(stream, { ...headers, body, connection: place }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    get connections() {
      return sessions.length;
    },
    close: () =>
      new Promise((done) => {
        for (const session of sessions) session.destroy();
        server.close(() => done());
      }),
  };
}

function answer(stream: ServerHttp2Stream, asked: Readonly<Record<string, unknown>>): void {
  const [, what, how] = String(asked[':path']).split('/');
  const echo = (more: Readonly<Record<string, string | string[]>> = {}): void => {
    stream.respond({ ':status': 200, 'content-type': 'application/json', ...more });
    stream.end(JSON.stringify(asked));
  };
  if (what === 'reset') stream.close(Number(how));
  else if (what === 'delay') setTimeout(echo, Number(how));
  else if (what === 'set-cookie') echo({ 'set-cookie': ['a=1', 'b=2'] });
  else if (what === 'drop') stream.session?.destroy();
  else if (what === 'goaway') {
    stream.session?.goaway();
    echo();
  } else if (what === 'big') {
    stream.respond({ ':status': 200 });
    stream.end('x'.repeat(Number(how)));
  } else if (what !== 'never') echo();
}
