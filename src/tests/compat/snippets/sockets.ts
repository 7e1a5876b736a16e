/** WebSockets: the blocking ones of k6/ws, and those of k6/websockets, which run beside one another. */
import { SEE, type Snippet } from '../snippet.js';
import { items } from '../surface.js';

const WS = `import ws from 'k6/ws'; ${SEE}`;
const WEB_SOCKETS = `import { WebSocket, Blob } from 'k6/websockets'; ${SEE}`;

export const SOCKETS: readonly Snippet[] = [
  {
    name: 'ws',
    sockets: true,
    shows: [
      'k6/ws connect',
      ...items('metric', 'ws_sessions ws_msgs_sent ws_msgs_received ws_connecting ws_ping'),
      'metric ws_session_duration',
    ],
    script: `${WS}
      import { check } from 'k6';
      export const options = { iterations: 2, thresholds: { 'ws_sessions{status:101}': ['count==2'], 'ws_msgs_sent{shop:x}': ['count==4'], ws_ping: ['max>=0'], ws_connecting: ['max>0'], 'ws_session_duration{url:none}': [{ threshold: 'max<0', allowEmpty: true }], ws_session_duration: ['min>=20'] } };
      export default function () {
        const res = ws.connect(__ENV.WS + '/echo', { tags: { shop: 'x' }, headers: { 'X-Mine': '1' } }, (socket) => {
          socket.on('open', () => { socket.send('one'); socket.sendBinary(new Uint8Array([1, 2]).buffer); socket.ping(); });
          let came = 0;
          const count = () => { if (++came === 3) socket.setTimeout(() => socket.close(), 20); };
          socket.on('message', (text) => { see(text); count(); });
          socket.on('binaryMessage', (data) => { see([...new Uint8Array(data)]); count(); });
          socket.on('pong', () => { see('pong'); count(); });
          socket.on('close', (code) => see(code));
        });
        check(res, { 'is 101': (r) => r && r.status === 101 });
      }`,
    expect: {
      seesInAnyOrder: [1, 2].flatMap(() => ['one', [1, 2], 'pong', 1001]),
      checks: { 'is 101': [2, 0] },
      metrics: {
        ws_sessions: { count: 2 },
        ws_msgs_sent: { count: 4 },
        ws_msgs_received: { count: 4 },
      },
    },
  },
  {
    name: 'ws-that-is-refused',
    sockets: true,
    shows: ['k6/ws connect'],
    script: `${WS}
      export default function () {
        const refused = ws.connect(__ENV.WS + '/refuse/404', () => see('never'));
        see([refused.status, refused.error]);
        const nobody = ws.connect('ws://127.0.0.1:1', () => see('never'));
        see([nobody.status, nobody.error]);
      }`,
    expect: {
      sees: [
        [404, 'websocket: bad handshake'],
        [0, 'dial: connection refused'],
      ],
      says: [/warn: Attempt to establish a WebSocket connection/],
    },
  },
  {
    name: 'websockets',
    sockets: true,
    shows: [...items('k6/websockets', 'WebSocket Blob'), 'tag subproto'],
    script: `${WEB_SOCKETS}
      export const options = { thresholds: { 'ws_sessions{subproto:till}': ['count==1'], 'ws_msgs_received{my:tag}': ['count==2'] } };
      export default function () {
        const told = [];
        const ws = new WebSocket(__ENV.WS + '/echo', ['till'], { tags: { my: 'tag' } });
        ws.onopen = () => { ws.send('one'); ws.send(new Blob(['two'])); };
        ws.onmessage = async ({ data }) => {
          told.push(typeof data === 'string' ? data : data instanceof Blob ? await data.text() : '?');
          if (told.length === 2) ws.close(4000);
        };
        ws.addEventListener('close', ({ code }) => { see(told); see([code, ws.readyState]); });
        see([ws.readyState, WebSocket.OPEN, ws.binaryType]);
      }`,
    expect: {
      sees: [
        [0, 1, 'blob'],
        ['one', 'two'],
        [4000, 3],
      ],
      metrics: { ws_sessions: { count: 1 }, iterations: { count: 1 } },
    },
  },
  {
    name: 'websockets-beside-one-another',
    sockets: true,
    shows: ['k6/websockets WebSocket'],
    script: `${WEB_SOCKETS}
      export default function () {
        let open = 0;
        const all = [1, 2, 3].map(() => new WebSocket(__ENV.WS + '/echo'));
        for (const ws of all) ws.onopen = () => { if (++open === 3) { see('all are open'); for (const one of all) one.close(); } };
      }`,
    expect: { sees: ['all are open'], metrics: { ws_sessions: { count: 3 } } },
  },
  {
    name: 'experimental-websockets',
    sockets: true,
    shows: items('k6/experimental/websockets', 'WebSocket Blob'),
    script: `import { WebSocket, Blob } from 'k6/experimental/websockets'; ${SEE}
      export default function () {
        const ws = new WebSocket(__ENV.WS + '/push/1');
        ws.onmessage = () => { see(new Blob(['a']).size); ws.close(); };
      }`,
    expect: {
      sees: [1],
      says: [/k6\/experimental\/websockets is deprecated: import k6\/websockets/],
    },
  },
];
