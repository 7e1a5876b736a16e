/** k6/net/grpc as scripts see it, against a server of another make. */

import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import * as bufbuild from '@bufbuild/protobuf';
import * as wkt from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { TEST_PROTOS } from '../harness/grpc/testing/test-protos.js';
import { type GrpcTestServer, startGrpcTestServer } from '../harness/grpc/testing/test-server.js';
import { CERTIFICATE, KEY } from '../harness/http/testing/certificate.js';
import { protoDescriptors } from '../harness/k6/net/grpc/proto-files.js';

let server: GrpcTestServer;

beforeEach(async () => {
  server = await startGrpcTestServer();
});

afterEach(() => server.close());

const CONNECT = 'client.connect(ADDRESS, { plaintext: true });';
const TILL = 'shop.till.v1.Till';

/** Runs `body` as an iteration on one VU; what it gave to `see`. */
async function ran(
  body: string,
  more: {
    readonly iterations?: number;
    readonly init?: string;
    readonly load?: string;
    readonly options?: string;
    readonly isAsync?: boolean;
    readonly files?: Readonly<Record<string, string | Uint8Array>>;
  } = {},
): Promise<{
  readonly seen: unknown[];
  readonly script: ScriptUnderTest;
  readonly errors: unknown[];
}> {
  const { load = "client.load(['protos'], 'shop/till.proto');", options = '{}' } = more;
  const protos = Object.entries(TEST_PROTOS).map(([name, text]) => [`protos/${name}`, text]);
  const script = await ScriptUnderTest.load(
    `import grpc, { StatusOK } from 'k6/net/grpc'; import { check, group, sleep } from 'k6';
    export const options = ${options};
    const client = new grpc.Client(); ${load} ${more.init ?? ''}
    const ADDRESS = ${JSON.stringify(server.address)}; const TILL = '${TILL}';
    const see = (value) => console.log(JSON.stringify(value === undefined ? 'undefined' : value));
    export default ${more.isAsync ? 'async ' : ''}function () { ${body} }`,
    { files: { ...Object.fromEntries(protos), ...more.files } },
  );
  const errors = await script.iterations(more.iterations);
  return { seen: script.seen, script, errors };
}

async function answered(call: string, more: Parameters<typeof ran>[1] = {}): Promise<unknown> {
  const { seen, errors } = await ran(`${CONNECT} see(${call});`, more);
  expect(errors).toEqual([]);
  return seen[0];
}

describe('a message', () => {
  it('comes back with every field, those that were not set too', async () => {
    expect(await answered(`client.invoke(TILL + '/Echo', { text: 'hi' })`)).toMatchObject({
      status: 0,
      error: null,
      message: {
        text: 'hi',
        small: 0,
        large: '0',
        unsignedLarge: '0',
        exact: 0,
        isPaid: false,
        raw: '',
        price: null,
        lines: [],
        byName: {},
        byNumber: {},
        numbers: [],
        at: null,
        took: null,
        wrapped: null,
        free: null,
        any: null,
        mood: 'CALM',
      },
    });
  });

  it('leaves out what is in a oneof or optional and was not set', async () => {
    const answer = await answered(`Object.keys(client.invoke(TILL + '/Echo', {}).message)`);
    expect(answer).not.toContain('maybe');
    expect(answer).not.toContain('left');
    expect(answer).not.toContain('right');
  });

  it.each([
    ['camel case names', { isPaid: true }],
    ['names as defined', { is_paid: true }, { isPaid: true }],
    ['int64 as text', { large: '9007199254740993' }],
    ['int64 as number', { large: 42 }, { large: '42' }],
    ['uint64', { unsignedLarge: '18446744073709551615' }],
    ['bytes in base64', { raw: 'AQID' }],
    ['an enum by name', { mood: 'HURRIED' }],
    ['an enum by number', { mood: 1 }, { mood: 'HURRIED' }],
    ['a message of another file', { price: { units: '100', currency: 'CNY' } }],
    ['a list', { lines: [{ text: 'a', count: 1, mood: 'CALM' }] }],
    ['a map', { byName: { a: { units: '1', currency: 'EUR' } }, byNumber: { 7: 'seven' } }],
    ['numbers', { numbers: [1, 2, -3] }],
    ['optional, set to nothing', { maybe: '' }],
    ['a oneof', { right: { text: 'r', count: 0, mood: 'CALM' } }],
    ['not a number', { exact: 'NaN' }],
    ['a time', { at: '2026-11-11T00:00:00.250Z' }],
    ['a duration', { took: '1.500s' }],
    ['a wrapper', { wrapped: '' }],
    ['free JSON', { free: { a: [1, { b: null }] } }],
    [
      'any message',
      { any: { '@type': 'type.googleapis.com/shop.Money', units: '5', currency: 'CNY' } },
    ],
    ['null as not set', { price: null, text: null }, { price: null, text: '' }],
  ])('carries %s', async (_what, sent: object, expected: object = sent) => {
    const answer = await answered(`client.invoke(TILL + '/Echo', ${JSON.stringify(sent)})`);
    expect(answer).toMatchObject({ status: 0, message: expected });
  });

  it.each([
    ['a field that is not there', { nothing: 1 }, /nothing/],
    ['a text for a number', { small: 'many' }, /small/],
    ['a number that is too large', { small: 2 ** 40 }, /small/],
    ['an enum value that is not there', { mood: 'GLAD' }, /GLAD/],
    ['a list for one', { price: [] }, /Money/],
  ])('is refused for %s', async (_what, sent, expected) => {
    const { errors } = await ran(
      `${CONNECT} client.invoke(TILL + '/Echo', ${JSON.stringify(sent)})`,
    );
    expect(String(errors[0])).toMatch(/unable to serialise request object to protocol buffer/);
    expect(String(errors[0])).toMatch(expected);
    expect(server.calls).toEqual({});
  });

  it('is not kept where the script does not want it', async () => {
    expect(
      await answered(
        `client.invoke(TILL + '/Echo', { text: 'x' }, { discardResponseMessage: true })`,
      ),
    ).toMatchObject({ status: 0, message: null });
  });
});

describe('a call', () => {
  it('waits like any blocking call, in groups and helpers too', async () => {
    const { seen, errors } = await ran(
      `${CONNECT} const ask = (text) => client.invoke('/' + TILL + '/Echo', { text }).message.text;
      group('till', () => { see(ask('a') + ask('b')); });
      check(client.invoke(TILL + '/Echo', {}), { ok: (r) => r.status === StatusOK && r.status === grpc.StatusOK });`,
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual(['ab']);
    expect(server.calls).toEqual({ Echo: 3 });
  });

  it('that fails says code, message and details', async () => {
    const call = `client.invoke(TILL + '/Fail', { code: 9, message: 'not now', withDetails: true })`;
    expect(await answered(call)).toMatchObject({
      status: 9,
      message: null,
      trailers: { 'x-reason': ['asked'] },
      error: {
        code: 9,
        message: 'not now',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'amount', description: 'too small' }],
          },
          { '@type': 'type.googleapis.com/shop.Undefined', value: 'CAE=' },
        ],
      },
    });
  });

  it('that takes too long ends with the deadline', async () => {
    expect(
      await answered(`client.invoke(TILL + '/Sleep', { ms: 60000 }, { timeout: '50ms' })`),
    ).toMatchObject({
      status: 4,
      error: { code: 4, message: 'context deadline exceeded', details: [] },
    });
  });

  it('carries metadata, binary ones too, and brings back headers and trailers', async () => {
    const call = `client.invoke(TILL + '/Metadata', {}, { metadata: {
      'X-Text': 'hello', 'x-raw-bin': new Uint8Array([255, 0, 1]) } })`;
    expect(await answered(call)).toMatchObject({
      message: { metadata: { 'x-text': 'hello', 'x-raw-bin': 'ff0001' } },
      headers: { 'x-header': ['one, two'], 'x-raw-bin': ['\u0001\u0002\u0003'] },
      trailers: { 'x-trailer': ['last'] },
    });
  });

  it('goes out asynchronously, and the iteration lasts until it is answered', async () => {
    const { seen, errors } = await ran(
      `${CONNECT} client.asyncInvoke(TILL + '/Echo', { text: 'later' }).then((r) => see(r.message.text)); see('first');`,
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual(['first', 'later']);
  });

  it.each([
    ['before it is connected', `client.invoke(TILL + '/Echo', {})`, /must call connect first/],
    ['of a method that is not there', `${CONNECT} client.invoke(TILL + '/No', {})`, /not found/],
    ['without a message', `${CONNECT} client.invoke(TILL + '/Echo')`, /request cannot be nil/],
    [
      'with a param that k6 has not',
      `${CONNECT} client.invoke(TILL + '/Echo', {}, { headers: {} })`,
      /unknown param: "headers"/,
    ],
    [
      'after close',
      `${CONNECT} client.close(); client.invoke(TILL + '/Echo', {})`,
      /connect first/,
    ],
    ['load in an iteration', `client.load([], 'x.proto')`, /init context/],
  ])('is refused %s', async (_what, body, expected) => {
    const { errors } = await ran(body);
    expect(String(errors[0])).toMatch(expected);
  });

  it('is refused in init code', async () => {
    await expect(ran('', { init: "client.connect('127.0.0.1:1');" })).rejects.toThrow(
      /init context/,
    );
    await expect(ran('', { init: `client.invoke('${TILL}/Echo', {});` })).rejects.toThrow(
      /init context/,
    );
  });
});

describe('a connection', () => {
  it('is the VU’s own, and lasts over iterations', async () => {
    const { errors } = await ran(
      `if (__ITER === 0) client.connect(ADDRESS, { plaintext: true }); client.invoke(TILL + '/Echo', {});`,
      { iterations: 3 },
    );
    expect(errors).toEqual([]);
    expect(server.calls).toEqual({ Echo: 3 });
    expect(server.peers.size).toBe(1);
  });

  it('is made anew with every connect', async () => {
    await ran(`${CONNECT} client.invoke(TILL + '/Echo', {}); client.close();`, { iterations: 2 });
    expect(server.peers.size).toBe(2);
  });

  it('that is refused throws where the script connects', async () => {
    const { errors } = await ran(`client.connect('127.0.0.1:1', { plaintext: true });`);
    expect(String(errors[0])).toMatch(/connection error.*ECONNREFUSED/);
  });

  it('that nobody answers throws at its timeout', async () => {
    const { createServer } = await import('node:net');
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => resolve(Object(silent.address()).port)),
    );
    const { errors } = await ran(
      `client.connect('127.0.0.1:${port}', { plaintext: true, timeout: '200ms' });`,
    );
    silent.close();
    expect(String(errors[0])).toMatch(/context deadline exceeded/);
  });

  it('goes where `hosts` says, under its own name', async () => {
    const call = `client.connect('till.test:${server.port}', { plaintext: true });
      see(client.invoke(TILL + '/Metadata', {}).message.metadata[':authority']);`;
    const { seen, errors } = await ran(call, {
      options: `{ hosts: { 'till.test': '127.0.0.1' } }`,
    });
    expect(errors).toEqual([]);
    expect(seen).toEqual([`till.test:${server.port}`]);
  });

  it('is refused to a host that is blocked', async () => {
    const { errors } = await ran(`client.connect('till.test:80', { plaintext: true });`, {
      options: `{ blockHostnames: ['*.test'] }`,
    });
    expect(String(errors[0])).toMatch(/blocked pattern/);
  });

  it('names its user agent, and the authority that it is given', async () => {
    const { seen } = await ran(
      `client.connect(ADDRESS, { plaintext: true, authority: 'other.test' });
      const { metadata } = client.invoke(TILL + '/Metadata', {}).message;
      see([metadata[':authority'], metadata['user-agent'].split(' ')[0]]);`,
      { options: `{ userAgent: 'till-test/1' }` },
    );
    expect(seen).toEqual([['other.test', 'till-test/1']]);
  });

  it('takes no message beyond its size', async () => {
    const { seen } = await ran(
      `client.connect(ADDRESS, { plaintext: true, maxReceiveSize: 100 });
      see(client.invoke(TILL + '/Echo', { text: 'x'.repeat(200) }).status);
      client.connect(ADDRESS, { plaintext: true, maxSendSize: 100 });
      see(client.invoke(TILL + '/Echo', { text: 'x'.repeat(200) }).status);`,
    );
    expect(seen).toEqual([8, 8]);
  });

  it.each([
    ['an unknown param', `{ plain: true }`, /unknown connect param: "plain"/],
    ['a flag that is none', `{ plaintext: 'yes' }`, /invalid plaintext value/],
    ['a size that is none', `{ plaintext: true, maxSendSize: -1 }`, /maxSendSize/],
    ['a timeout that is none', `{ plaintext: true, timeout: 'soon' }`, /invalid timeout/],
  ])('is refused with %s', async (_what, params, expected) => {
    const { errors } = await ran(`client.connect(ADDRESS, ${params});`);
    expect(String(errors[0])).toMatch(expected);
  });
});

describe('definitions', () => {
  it('come from the server by reflection', async () => {
    const { seen, errors } = await ran(
      `client.connect(ADDRESS, { plaintext: true, reflect: true });
      see(client.invoke(TILL + '/Echo', { price: { units: 5 } }).message.price);`,
      { load: '' },
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([{ units: '5', currency: 'CURRENCY_UNSPECIFIED' }]);
  });

  it('do not come from a server without reflection', async () => {
    const plain = await startGrpcTestServer({ reflection: false });
    const { errors } = await ran(
      `client.connect('${plain.address}', { plaintext: true, reflect: true });`,
      { load: '' },
    );
    plain.close();
    expect(String(errors[0])).toMatch(/no reflection/);
  });

  it.each([
    ['no such file', `client.load(['protos'], 'no.proto');`, /cannot find no.proto/],
    [
      'an import that is not there',
      `client.load(['protos'], 'broken/import.proto');`,
      /broken\/import.proto: cannot find nowhere.proto/,
    ],
    [
      'no .proto file',
      `client.load(['protos'], 'broken/text.proto');`,
      /broken\/text.proto.*line 2/,
    ],
    [
      'a type that is not there',
      `client.load(['protos'], 'broken/type.proto');`,
      /broken\/type.proto.*no type Nothing/,
    ],
  ])('are refused: %s', async (_what, load, expected) => {
    const files = {
      'protos/broken/import.proto': 'syntax = "proto3";\nimport "nowhere.proto";\n',
      'protos/broken/text.proto': 'syntax = "proto3";\nmessage {',
      'protos/broken/type.proto': 'syntax = "proto3"; message A { Nothing a = 1; }',
    };
    await expect(ran('', { load, files })).rejects.toThrow(expected);
  });

  it('are files of the script like any that it opens', async () => {
    const { script } = await ran('');
    expect(script.plan.openedFiles.map((path) => path.split('/').slice(-3).join('/'))).toEqual([
      'protos/shop/till.proto',
      'protos/shop/money.proto',
    ]);
  });
});

describe('a health check', () => {
  it('says how the server is, and a service', async () => {
    const { seen, errors } = await ran(
      `${CONNECT} see(client.healthCheck()); see(client.healthCheck(TILL).message.status === grpc.HealthCheckNotServing);
      see(client.healthCheck('nothing').status);`,
      { load: '' },
    );
    expect(errors).toEqual([]);
    expect(seen[0]).toMatchObject({ status: 0, message: { status: 'SERVING' } });
    expect(seen.slice(1)).toEqual([true, 5]);
  });
});

describe('a stream', () => {
  const stream = (method: string, rest: string, params = ''): string =>
    `${CONNECT} const stream = new grpc.Stream(client, TILL + '/${method}'${params});
    stream.on('data', (message, metadata) => see([message.text ?? message.texts, typeof metadata.ts]));
    stream.on('error', (e) => see(['error', e.code, e.message]));
    stream.on('end', () => see('end'));
    ${rest}`;

  it('from the server', async () => {
    const { seen, errors } = await ran(stream('List', `stream.write({ count: 3 }); stream.end();`));
    expect(errors).toEqual([]);
    expect(seen).toEqual([['line 0', 'number'], ['line 1', 'number'], ['line 2', 'number'], 'end']);
  });

  it('to the server', async () => {
    const { seen } = await ran(
      stream('Collect', `for (const text of ['a', 'b']) stream.write({ text }); stream.end();`),
    );
    expect(seen).toEqual([[['a', 'b'], 'number'], 'end']);
  });

  it('both ways, while the iteration sleeps', async () => {
    const { seen } = await ran(
      stream(
        'Chat',
        `stream.write({ text: 'a' }); sleep(0.05); stream.write({ text: 'b' }); stream.end();`,
      ),
    );
    expect(seen).toEqual([['re: a', 'number'], ['re: b', 'number'], 'end']);
  });

  it('that fails says so, then ends', async () => {
    const { seen } = await ran(
      stream('List', `stream.write({ count: 3, failAfter: 1 }); stream.end();`),
    );
    expect(seen).toEqual([['line 0', 'number'], ['error', 15, 'lost the rest'], 'end']);
  });

  it('that lasts too long ends with its deadline', async () => {
    const { seen } = await ran(stream('Chat', '', ', { timeout: 50 }'));
    expect(seen).toEqual([['error', 4, 'context deadline exceeded'], 'end']);
  });

  it('tells its listeners one after the other, also where they wait', async () => {
    const { seen, errors } = await ran(
      `${CONNECT} const stream = new grpc.Stream(client, TILL + '/List');
      stream.on('data', ({ count }) => { sleep(0.02 - count / 100); see(client.invoke(TILL + '/Echo', { small: count }).message.small); });
      stream.on('end', () => see('end'));
      stream.write({ count: 3 }); stream.end();`,
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([0, 1, 2, 'end']);
  });

  it('whose listener throws fails the iteration', async () => {
    const { errors } = await ran(
      `${CONNECT} const stream = new grpc.Stream(client, TILL + '/List');
      stream.on('data', () => { throw new Error('no more'); });
      stream.write({ count: 1 }); stream.end();`,
    );
    expect(String(errors[0])).toMatch(/no more/);
  });

  it('ends with the client', async () => {
    const { seen, errors } = await ran(
      stream('Chat', `stream.on('data', () => client.close()); stream.write({ text: 'a' });`),
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([['re: a', 'number'], 'end']);
  });

  it('is told apart from a call that it is not', async () => {
    const { errors } = await ran(`${CONNECT} client.invoke(TILL + '/List', {});`);
    expect(String(errors[0])).toMatch(/stream/);
  });
});

describe('what is measured', () => {
  it('of a call: its time, with k6’s tags, and its bytes', async () => {
    const { script } = await ran(
      `${CONNECT} client.invoke(TILL + '/Fail', { code: 5 }, { tags: { kind: 'cash' } });`,
    );
    const { samples } = script.recorded;
    expect(samples.map(([name]) => name)).toEqual(['data_sent', 'grpc_req_duration']);
    expect(samples[0]?.[1]).toBe(7);
    expect(samples[1]?.[3]).toEqual({
      name: `/${TILL}/Fail`,
      kind: 'cash',
      url: `${server.address}/${TILL}/Fail`,
      service: TILL,
      method: 'Fail',
      status: '5',
    });
  });

  it('of a stream: its messages', async () => {
    const { script } = await ran(
      `${CONNECT} const stream = new grpc.Stream(client, TILL + '/List'); stream.write({ count: 2 }); stream.end();`,
    );
    const sums = new Map<string, number>();
    for (const [name, value] of script.recorded.samples)
      sums.set(name, (sums.get(name) ?? 0) + value);
    expect(Object.fromEntries(sums)).toMatchObject({
      grpc_streams: 1,
      grpc_streams_msgs_sent: 1,
      grpc_streams_msgs_received: 2,
      data_sent: 7,
      data_received: 30,
    });
    expect(sums.has('grpc_req_duration')).toBe(true);
  });
});

describe('a connection over TLS', () => {
  const tls = { key: KEY, cert: CERTIFICATE };
  const call = (params: string): string =>
    `client.connect(ADDRESS, ${params}); see(client.invoke(TILL + '/Echo', { text: 'safe' }).message.text);`;

  it.each([
    ['that the script trusts', `{ tls: { cacerts: PEM } }`, '{}'],
    ['that the script trusts among others', `{ tls: { cacerts: [PEM] } }`, '{}'],
    ['that nobody looks at', `{}`, '{ insecureSkipTLSVerify: true }'],
  ])('goes to a server %s', async (_what, params, options) => {
    server.close();
    server = await startGrpcTestServer({ tls });
    const init = `const PEM = ${JSON.stringify(CERTIFICATE)};`;
    const { seen, errors } = await ran(call(params), { init, options });
    expect(errors).toEqual([]);
    expect(seen).toEqual(['safe']);
  });

  it('is refused to a server that nobody trusts', async () => {
    server.close();
    server = await startGrpcTestServer({ tls });
    const { errors } = await ran(call('{}'));
    expect(String(errors[0])).toMatch(/connection error.*self.signed certificate/);
  });

  it('has the version and the cipher suite that the options say', async () => {
    const spoken: string[] = [];
    const peer = createTlsServer({ ...tls, ALPNProtocols: ['h2'] }, (socket) => {
      spoken.push(`${socket.getProtocol()} ${socket.getCipher().standardName}`);
      socket.destroy();
    });
    await new Promise<void>((resolve) => peer.listen(0, '127.0.0.1', resolve));
    const { port } = peer.address() as AddressInfo;
    const suite = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
    const connect = `client.connect('127.0.0.1:${port}', {});`;
    for (const said of [
      `tlsVersion: 'tls1.2', tlsCipherSuites: ['${suite}']`,
      "tlsVersion: 'tls1.3'",
    ])
      await ran(connect, { options: `{ insecureSkipTLSVerify: true, ${said} }` });
    peer.close();
    expect(spoken).toContain(`TLSv1.2 ${suite}`);
    expect(new Set(spoken.map((one) => one.slice(0, 7)))).toEqual(new Set(['TLSv1.2', 'TLSv1.3']));
  });

  it('shows the certificate that the server wants, from the call or the options', async () => {
    server.close();
    server = await startGrpcTestServer({ tls: { ...tls, ca: CERTIFICATE } });
    const init = `const PEM = ${JSON.stringify(CERTIFICATE)}; const KEY = ${JSON.stringify(KEY)};`;
    const own = call('{ tls: { cacerts: PEM, cert: PEM, key: KEY } }');
    expect((await ran(own, { init })).seen).toEqual(['safe']);
    const options = `{ tlsAuth: [{ cert: ${JSON.stringify(CERTIFICATE)}, key: ${JSON.stringify(KEY)} }] }`;
    const fromOptions = call('{ tls: { cacerts: PEM } }');
    expect((await ran(fromOptions, { init, options })).seen).toEqual(['safe']);
    const { seen, errors } = await ran(fromOptions, { init });
    expect(seen).toEqual([]);
    expect(errors).toHaveLength(1);
  });
});

describe('a protoset', () => {
  it('has the definitions too', async () => {
    const set = bufbuild.toBinary(
      wkt.FileDescriptorSetSchema,
      bufbuild.create(wkt.FileDescriptorSetSchema, {
        file: protoDescriptors(['shop/till.proto'], (name) => TEST_PROTOS[name]),
      }),
    );
    const { seen, errors, script } = await ran(
      `${CONNECT} see(client.invoke(TILL + '/Echo', { mood: 'HURRIED' }).message.mood);`,
      {
        load: `client.loadProtoset('till.protoset');`,
        files: { 'till.protoset': set },
      },
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual(['HURRIED']);
    expect(script.plan.openedFiles.map((path) => path.split('/').at(-1))).toEqual([
      'till.protoset',
    ]);
  });
});
