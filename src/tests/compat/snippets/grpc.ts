/** k6/net/grpc. */

import { TEST_PROTOS } from '../../../harness/grpc/testing/test-protos.js';
import { HEALTH, STATUS } from '../../../harness/k6/net/grpc/status.js';
import { SEE, type Snippet } from '../snippet.js';
import { items } from '../surface.js';

const HEAD = `import grpc from 'k6/net/grpc'; import { sleep } from 'k6';
      ${SEE}
      const client = new grpc.Client();
      client.load(['.'], 'shop/till.proto');
      const TILL = 'shop.till.v1.Till';`;
const SERVED = { grpc: true, files: TEST_PROTOS } as const;

export const GRPC: readonly Snippet[] = [
  {
    name: 'grpc-call',
    ...SERVED,
    shows: [
      'k6/net/grpc Client',
      'metric grpc_req_duration',
      ...items('grpc Client', 'load connect invoke close'),
      ...items('grpc Response', 'status message headers trailers error'),
      ...items('grpc connect-param', 'plaintext timeout'),
      ...items('grpc param', 'metadata tags timeout'),
    ],
    script: `${HEAD}
      export const options = { iterations: 2, thresholds: { 'grpc_req_duration{own:yes}': ['max<60000'], 'grpc_req_duration{method:Echo}': ['max<60000'], 'grpc_req_duration{status:5}': ['max<60000'] } };
      export default function () {
        client.connect(__ENV.GRPC, { plaintext: true, timeout: '10s' });
        const { message, status, error } = client.invoke(TILL + '/Echo', { price: { units: '7' } }, { tags: { own: 'yes' } });
        see([status, error, message.price, message.isPaid, message.at]);
        see(client.invoke('/' + TILL + '/Metadata', {}, { metadata: { 'x-own': 'a' } }).message.metadata['x-own']);
        see(client.invoke(TILL + '/Metadata', {}).trailers);
        see(client.invoke(TILL + '/Fail', { code: 5, message: 'no such' }).error);
        see(client.invoke(TILL + '/Sleep', { ms: 60000 }, { timeout: 20 }).status === grpc.StatusDeadlineExceeded);
        client.close();
        try { client.invoke(TILL + '/Echo', {}); } catch (e) { see('closed'); }
      }`,
    expect: {
      sees: [0, 1].flatMap(() => [
        [0, null, { units: '7', currency: 'CURRENCY_UNSPECIFIED' }, false, null],
        'a',
        { 'x-trailer': ['last'] },
        { code: 5, message: 'no such', details: [] },
        true,
        'closed',
      ]),
      thresholds: {
        'grpc_req_duration{own:yes} max<60000': true,
        'grpc_req_duration{method:Echo} max<60000': true,
        'grpc_req_duration{status:5} max<60000': true,
      },
      text: ['GRPC', /grpc_req_duration\.+: avg=/],
    },
  },
  {
    name: 'grpc-refusals',
    ...SERVED,
    shows: ['grpc Client invoke', 'grpc Client connect'],
    script: `${HEAD}
      export default function () {
        const say = (f) => { try { f(); see('ran'); } catch (e) { see(e.message.split(':')[0]); } };
        say(() => client.invoke(TILL + '/Echo', {}));
        client.connect(__ENV.GRPC, { plaintext: true });
        say(() => client.invoke(TILL + '/None', {}));
        say(() => client.invoke(TILL + '/Echo', { none: 1 }));
        say(() => client.load([], 'shop/till.proto'));
        say(() => client.connect(__ENV.GRPC, { none: true }));
      }`,
    expect: {
      sees: [
        'no gRPC connection, you must call connect first',
        `method "/shop.till.v1.Till/None" not found in file descriptors`,
        'unable to serialise request object to protocol buffer',
        'load() must be called in the init context',
        'unknown connect param',
      ],
    },
  },
  {
    name: 'grpc-async-call',
    ...SERVED,
    shows: ['grpc Client asyncInvoke'],
    script: `${HEAD}
      export default async function () {
        client.connect(__ENV.GRPC, { plaintext: true });
        const [a, b] = await Promise.all(['a', 'b'].map((text) => client.asyncInvoke(TILL + '/Echo', { text })));
        see(a.message.text + b.message.text);
      }`,
    expect: { sees: ['ab'] },
  },
  {
    name: 'grpc-stream',
    ...SERVED,
    shows: [
      'k6/net/grpc Stream',
      'metric grpc_streams',
      'metric grpc_streams_msgs_sent',
      'metric grpc_streams_msgs_received',
      ...items('grpc Stream', 'on write end'),
    ],
    script: `${HEAD}
      export default function () {
        client.connect(__ENV.GRPC, { plaintext: true });
        const all = new grpc.Stream(client, TILL + '/List');
        all.on('data', ({ text }, { ts }) => see([text, typeof ts]));
        all.on('error', ({ code, message }) => see([code, message]));
        all.on('end', () => see('end'));
        all.write({ count: 3, failAfter: 2 });
        all.end();
        sleep(0.3);
        see('slept');
      }`,
    expect: {
      sees: ['slept', ['line 0', 'number'], ['line 1', 'number'], [15, 'lost the rest'], 'end'],
      metrics: {
        grpc_streams: { count: 1 },
        grpc_streams_msgs_sent: { count: 1 },
        grpc_streams_msgs_received: { count: 2 },
      },
    },
  },
  {
    name: 'grpc-reflection-and-health',
    ...SERVED,
    shows: [
      'grpc Client healthCheck',
      'grpc connect-param reflect',
      ...Object.keys(HEALTH).map((name) => `k6/net/grpc ${name}`),
    ],
    script: `import { Client, HealthCheckServing, HealthCheckNotServing, HealthCheckUnknown, HealthCheckServiceUnkown } from 'k6/net/grpc';
      ${SEE}
      const client = new Client();
      export default function () {
        client.connect(__ENV.GRPC, { plaintext: true, reflect: true });
        see(client.invoke('shop.till.v1.Till/Echo', { text: 'told' }).message.text);
        see(client.healthCheck().message.status === HealthCheckServing);
        see(client.healthCheck('shop.till.v1.Till').message.status === HealthCheckNotServing);
        see([HealthCheckUnknown, HealthCheckServiceUnkown]);
      }`,
    expect: { sees: ['told', true, true, ['UNKNOWN', 'SERVICE_UNKNOWN']] },
  },
  {
    name: 'grpc-status-codes',
    shows: Object.keys(STATUS).map((name) => `k6/net/grpc ${name}`),
    script: `import * as grpc from 'k6/net/grpc';
      ${SEE}
      export default function () { see([${Object.keys(STATUS)
        .map((name) => `grpc.${name}`)
        .join(', ')}]); }`,
    expect: { sees: [Array.from({ length: 17 }, (_, code) => code)] },
  },
];
