/**
 * For tests: a server of WebSockets that does as its paths say. Upgrades that were asked for, and what came, are kept in order.
 *
 *   /echo                what comes goes back, text as text           /close/4001/why    closes so, on the first message
 *   /push/5              so many messages as soon as it is open       /bare-close        closes without a code, on the first message
 *   /pings               pings as soon as it is open                  /cut               ends the connection, on the first message
 *   /cookie?a=b          sets them in the upgrade, then echoes        /garbage           what is no frame, on the first message
 *   /refuse/404          no upgrade, but an answer of that status     /never             no answer to the upgrade
 *   /nonsense            an answer to the upgrade that is none        /deaf              never answers a closing frame
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface AskedUpgrade {
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

export interface TestSockets {
  /** `ws://127.0.0.1:1234` */
  readonly url: string;
  readonly port: number;
  readonly upgrades: readonly AskedUpgrade[];
  /** What came, text as it is, bytes in hexadecimal; then `close <code>`. */
  readonly received: readonly string[];
  /** Connections that are open. */
  readonly open: () => number;
  close(): Promise<void>;
}

export function startTestSockets(tls?: {
  readonly key: string;
  readonly cert: string;
}): Promise<TestSockets> {
  const upgrades: AskedUpgrade[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
  const all = new WebSocketServer({
    noServer: true,
    perMessageDeflate: true,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  all.on('headers', (headers, { url = '' }) => {
    const { pathname, searchParams } = new URL(url, 'ws://test');
    if (pathname === '/cookie')
      for (const [name, value] of searchParams) headers.push(`Set-Cookie: ${name}=${value}`);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const { url = '', headers } = request;
    upgrades.push({ url, headers });
    const [what = '', ...how] = new URL(url, 'ws://test').pathname.slice(1).split('/');
    if (what === 'never') socket.resume().on('end', () => socket.end());
    else if (what === 'nonsense') socket.end('SSH-2.0-OpenSSH_9\r\n');
    else if (what === 'refuse')
      socket.end(`HTTP/1.1 ${how[0]} No\r\nContent-Length: 4\r\nX-Why: so\r\n\r\nno !`);
    else
      all.handleUpgrade(request, socket, head, (ws) => {
        ws.on('message', (data: Buffer, isBinary) =>
          received.push(isBinary ? data.toString('hex') : data.toString()),
        );
        ws.on('close', (code) => received.push(`close ${code}`));
        (WAYS[what] ?? echo)(ws, { how, socket });
      });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `${tls === undefined ? 'ws' : 'wss'}://127.0.0.1:${port}`,
        port,
        upgrades,
        received,
        open: () => sockets.size,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}

interface Way {
  /** The rest of the path. */
  readonly how: readonly string[];
  readonly socket: Socket;
}

const WAYS: Readonly<Record<string, (ws: WebSocket, way: Way) => void>> = {
  close: (ws, { how: [code, why] }) => ws.on('message', () => ws.close(Number(code), why)),
  'bare-close': (ws) => ws.on('message', () => ws.close()),
  cut: (ws, { socket }) => ws.on('message', () => socket.end()),
  garbage: (ws, { socket }) => ws.on('message', () => socket.end('no frame at all')),
  push(ws, { how: [count] }) {
    for (let i = 0; i < Number(count); i++) ws.send(`pushed ${i}`);
  },
  pings(ws) {
    ws.ping('are you there');
    echo(ws);
  },
  deaf(_ws, { socket }) {
    socket.pause();
  },
};

function echo(ws: WebSocket): void {
  ws.on('message', (data: Buffer, isBinary) => ws.send(data, { binary: isBinary }));
}
