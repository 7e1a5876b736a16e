/** The driver over HTTP against a real HTTP server that answers, resets, cuts short or keeps silent as each test says. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { merchantAccount } from '../../wire/accounts.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { JournalWriter } from '../journal/writer.js';
import type { OperationResult } from '../ports/pay.js';
import { Driver } from './driver.js';
import { HttpTransport } from './http-transport.js';

interface Received {
  readonly line: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly socket: Socket;
  readonly response: ServerResponse;
}

let folder: string;
let server: Server;
let received: Received[];
let answer: (request: Received) => void;
let nowUs: number;
let driver: Driver;
let connections: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-http-'));
  received = [];
  connections = 0;
  answer = () => undefined;
  nowUs = 1000;
  server = createServer((request, response) => void take(request, response));
  server.on('connection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  driver = openDriver(2);
  await until(() => connections === 2 && driver.connected);
});

afterEach(async () => {
  driver.close();
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
  rmSync(folder, { recursive: true });
});

function openDriver(connectionsMax: number): Driver {
  const random = (): number => 0.5;
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  return new Driver({
    transport: (events) =>
      new HttpTransport(
        { ...address, connections: connectionsMax },
        { deadlineMs: 1000, operationsPerFrameMax: 1, nowUs: () => nowUs, random },
        events,
      ),
    worker: 3,
    seed: 7,
    nowUs: () => nowUs,
    originUnixMs: 1_700_000_000_000,
    random,
    journal: new JournalWriter({ folder, worker: 3, runId: 'the run' }),
    listener: {
      onSubmitted: () => undefined,
      seriesOf: () => 0,
      onDefinite: () => undefined,
      onUnknown: () => undefined,
      onNotSent: () => undefined,
    },
    deadlineMs: 1000,
  });
}

async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const body: unknown = text === '' ? {} : JSON.parse(text);
  const got = {
    line: `${request.method} ${request.url}`,
    body: Object.fromEntries(Object.entries(Object(body))),
    socket: request.socket,
    response,
  };
  received.push(got);
  answer(got);
}

function reply({ response }: Received, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function ok(request: Received): void {
  const receipt = [{ account: 'user:7', balanceMinor: 900, version: 2 }];
  const id = request.body.id;
  reply(request, 200, { id, outcome: 'ok', code: 'created', timestampUs: 5, receipt });
}

function refuse(status: number, code: string): (request: Received) => void {
  return (request) => reply(request, status, { error: 'no', code });
}

function pay(): Promise<OperationResult> {
  const caller = { intendedUs: 500, scenario: 2, group: '', tags: undefined };
  const to = merchantAccount(3);
  return new Promise((resume) => {
    const request = {
      kind: OPERATION_KIND.pay,
      account: 7,
      counterparty: to,
      amountMinor: 100,
      channel: 1,
      timeoutS: 0,
      reference: undefined,
      idWords: undefined,
      tags: undefined,
    };
    const atOnce = driver.submit(request, caller, { resume });
    if (atOnce !== undefined) resume(atOnce);
  });
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((done) => setImmediate(done));
}

/** Lets time pass on the test's clock until `fact` holds. */
async function pass(fact: () => boolean): Promise<void> {
  while (!fact()) {
    nowUs += 10_000;
    driver.tick(nowUs);
    driver.flush();
    await new Promise((done) => setImmediate(done));
  }
}

/** The first attempt gets `first`, all later ones an ok. */
async function outcomeAfter(first: (request: Received) => void): Promise<string> {
  answer = (request) => (received.length === 1 ? first(request) : ok(request));
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  await pass(() => driver.unresolved === 0);
  const { outcome, code } = await result;
  expect(new Set(received.map(({ body }) => body.id)).size).toBe(1);
  return `${outcome} ${code} after ${received.length}`;
}

test('an operation is one request, and its receipt comes back', async () => {
  answer = ok;
  const pending = pay();
  driver.flush();
  const result = await pending;
  expect(received[0].line).toBe('POST /v1/operations');
  expect(received[0].body).toEqual({
    id: result.id,
    kind: 'pay',
    payer: 'user:7',
    payee: 'merchant:3',
    amountMinor: 100,
    channel: 'huabei',
  });
  const legs = [{ account: 'user:7', version: 2, balanceMinor: 900 }];
  expect(result.receipt).toEqual({ timestampUs: 5, legs });
  expect([driver.transport.frames, driver.transport.operations]).toEqual([1, 1]);
});

test('many operations share few connections, and each gets its own answer', async () => {
  answer = (request) =>
    String(request.body.id).endsWith('5') ? refuse(402, 'exceeds_credits')(request) : ok(request);
  const results = Array.from({ length: 40 }, () => pay());
  driver.flush();
  for (const result of await Promise.all(results)) {
    expect(result.outcome).toBe(result.id.endsWith('5') ? 'declined' : 'ok');
  }
  expect(connections).toBe(2);
});

/** What became of an operation whose first attempt ended so, and after how many attempts it was known. */
test.each<readonly [string, (request: Received) => void, string]>([
  ['an ok', ok, 'ok created after 1'],
  ['a refusal of the ledger', refuse(402, 'exceeds_credits'), 'declined exceeds_credits after 1'],
  ['shed before execution', refuse(503, 'not_admitted'), 'declined not_admitted after 1'],
  ['a 503 of something between', refuse(503, 'overloaded'), 'ok created after 2'],
  ['a 500', refuse(500, 'internal_error'), 'ok created after 2'],
  ['unknown to the gateway', refuse(504, 'deadline_passed'), 'ok created after 2'],
  ['a reset', ({ socket }) => socket.resetAndDestroy(), 'ok created after 2'],
  ['an end without an answer', ({ socket }) => socket.end(), 'ok created after 2'],
  [
    'an answer cut short',
    ({ socket }) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 90\r\n\r\n{"outcome":"ok"'),
    'ok created after 2',
  ],
  [
    'an answer that cannot be read',
    ({ response }) => response.end('<html>It works!</html>'),
    'ok created after 2',
  ],
  ['bytes that are no HTTP', ({ socket }) => socket.write('hello\r\n\r\n'), 'ok created after 2'],
  ['silence', () => undefined, 'ok created after 2'],
])('%s', async (_what, first, expected) => {
  expect(await outcomeAfter(first)).toBe(expected);
});

test('a retry says that it is one, under the same id', async () => {
  await outcomeAfter(({ socket }) => socket.destroy());
  expect(received.map(({ body }) => body.retry)).toEqual([undefined, true]);
});

test('a late answer counts while the retry is waiting', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  nowUs += 1_000_001;
  driver.tick(nowUs);
  expect(driver.unknown).toBe(1);
  ok(received[0]);
  await until(() => driver.unresolved === 0);
  expect((await result).outcome).toBe('ok');
  expect(received.length).toBe(1);
});

test('a broken connection makes unknown what was on it, and nothing else', async () => {
  void pay();
  driver.flush();
  await until(() => received.length === 1);
  void pay();
  driver.flush();
  await until(() => received.length === 2);
  expect(received[0].socket).not.toBe(received[1].socket);
  received[0].socket.destroy();
  await until(() => driver.unknown > 0);
  expect([driver.unknown, driver.unresolved]).toEqual([1, 2]);
});

test('a connection that keeps silent for a deadline and a half is given up for a new one', async () => {
  void pay();
  driver.flush();
  await until(() => received.length === 1);
  const closed = new Promise<void>((done) => received[0].socket.once('close', () => done()));
  nowUs += 1_500_000;
  await closed;
  await until(() => connections === 3);
});

test('nobody listening is not sent, and definite', async () => {
  server.close();
  server.closeAllConnections();
  await until(() => !driver.connected);
  expect(await pay()).toMatchObject({ outcome: 'declined', code: 'not_sent' });
  expect(driver.unresolved).toBe(0);
});

test('a connection lost between submitting and sending is not sent, and definite', async () => {
  const result = pay();
  server.close();
  server.closeAllConnections();
  await until(() => !driver.connected);
  driver.flush();
  expect(await result).toMatchObject({ outcome: 'declined', code: 'not_sent' });
  expect(received.length).toBe(0);
});

test('what is unknown at the end is looked up, never sent again', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  driver.stopRetrying();
  driver.fence();
  expect((await result).outcome).toBe('unknown');
  await until(() => driver.connected);
  answer = refuse(404, 'operation_not_found');
  expect(driver.lookUp(100, nowUs)).toBe(1);
  driver.flush();
  await until(() => driver.unresolved === 0);
  const { id } = received[0].body;
  expect(received.map(({ line }) => line)).toEqual([
    'POST /v1/operations',
    `GET /v1/operations/${id}?account=user:7`,
  ]);
});

test('a look-up of an id that another operation has is answered, and not asked again', async () => {
  void pay();
  driver.flush();
  await until(() => received.length === 1);
  driver.stopRetrying();
  driver.fence();
  await until(() => driver.connected);
  answer = refuse(422, 'reference_has_different_accounts');
  driver.lookUp(100, nowUs);
  driver.flush();
  await until(() => driver.unresolved === 0);
  expect(received.length).toBe(2);
});
