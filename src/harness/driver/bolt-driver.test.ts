/** The driver against a real socket server that speaks the wire and answers as each test says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { BOLT_CLASS, BOLT_CODEC, BOLT_TYPE, BoltReader, encodeBoltFrame } from '../../wire/bolt.js';
import { readUint64 } from '../../wire/bytes.js';
import { formatOperationId, readOperationId } from '../../wire/operation-id.js';
import { OP, OPERATION_BYTES, OPERATION_FLAG, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { JournalWriter } from '../journal/writer.js';
import type { Tags } from '../ports/metrics.js';
import type { OperationResult } from '../ports/pay.js';
import {
  COMPLETION,
  COMPLETION_BYTES,
  INVOKE_BYTES,
  RESOLUTION,
} from '../records/journal-layout.js';
import { HEAD_BYTES, recordFile } from '../records/record-files.js';
import { Driver } from './driver.js';
import { transportTo } from './open-transport.js';

interface Received {
  readonly id: string;
  readonly tag: number;
  readonly kind: number;
  readonly retry: boolean;
  readonly socket: Socket;
}

let folder: string;
let server: Server;
let sockets: Socket[];
let received: Received[];
let answer: (operation: Received) => void;
let nowUs: number;
let driver: Driver;
let journal: JournalWriter;
let definite: string[];
/** Everything the listener is told of an operation, with its series. */
let told: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-driver-'));
  sockets = [];
  received = [];
  definite = [];
  told = [];
  answer = () => undefined;
  nowUs = 1000;
  server = createServer((socket) => serve(socket));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  journal = new JournalWriter({ folder, worker: 3, runId: 'the run' });
  driver = new Driver({
    transport: transportTo(`127.0.0.1:${(server.address() as AddressInfo).port}`, {
      deadlineMs: 1000,
      operationsPerFrameMax: 4,
      nowUs: () => nowUs,
      random: () => 0.5,
    }),
    worker: 3,
    seed: 7,
    nowUs: () => nowUs,
    originUnixMs: 1_700_000_000_000,
    random: () => 0.5,
    journal,
    listener: {
      onSubmitted: () => undefined,
      seriesOf: ({ tags }) => Number(tags?.series ?? 0),
      onDefinite: (facts) => {
        definite.push(facts.outcome);
        told.push(`${facts.outcome} ${facts.series}${facts.wasUnknown ? ' after unknown' : ''}`);
      },
      onUnknown: (series) => told.push(`unknown ${series}`),
      onNotSent: (series) => told.push(`not sent ${series}`),
    },
    deadlineMs: 1000,
  });
  await until(() => driver.connected);
});

afterEach(async () => {
  driver.close();
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((done) => server.close(() => done()));
  rmSync(folder, { recursive: true });
});

function serve(socket: Socket): void {
  sockets.push(socket);
  socket.on('error', () => undefined);
  const reader = new BoltReader((frame) => {
    const view = new DataView(
      frame.content.buffer,
      frame.content.byteOffset,
      frame.content.byteLength,
    );
    for (let at = 0; at < frame.content.byteLength; at += OPERATION_BYTES) {
      const operation: Received = {
        id: formatOperationId(readOperationId(view, at + OP.id)),
        tag: view.getUint32(at + OP.tag, true),
        kind: view.getUint8(at + OP.kind),
        retry: (view.getUint16(at + OP.flags, true) & OPERATION_FLAG.retry) !== 0,
        socket,
      };
      received.push(operation);
      answer(operation);
    }
  });
  socket.on('data', (chunk) => reader.push(chunk));
}

function ack(operation: Received, outcome: number, code: number): void {
  const content = new Uint8Array(ACK_BYTES);
  const view = new DataView(content.buffer);
  view.setUint32(ACK.tag, operation.tag, true);
  view.setUint8(ACK.outcome, outcome);
  view.setUint16(ACK.code, code, true);
  operation.socket.write(
    encodeBoltFrame(
      {
        type: BOLT_TYPE.oneWay,
        command: 1,
        requestId: 1,
        codec: BOLT_CODEC.record,
        className: BOLT_CLASS.acks,
      },
      content,
    ),
  );
}

function pay(amountMinor = 100, tags?: Tags): Promise<OperationResult> {
  const caller = { intendedUs: 500, scenario: 2, group: '', tags: undefined };
  return new Promise((resume) => {
    const request = {
      kind: OPERATION_KIND.pay,
      account: 7,
      counterparty: 2 ** 40 + 3,
      amountMinor,
      channel: 1,
      timeoutS: 0,
      reference: undefined,
      idWords: undefined,
      tags,
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

const ok = (operation: Received): void => ack(operation, OUTCOME.ok, RESULTS.created.code);

test('operations of one turn share frames up to the bound, and each is answered on its own', async () => {
  answer = ok;
  const results = Array.from({ length: 6 }, () => pay());
  driver.flush();
  expect((await Promise.all(results)).map((result) => result.outcome)).toEqual(Array(6).fill('ok'));
  expect(driver.transport.frames).toBe(2);
  expect(new Set(received.map((operation) => operation.id)).size).toBe(6);
});

function recordsOnDisk(kind: 'invokes' | 'completions'): DataView {
  const file = recordFile({ kind, part: 3, segment: 0, isPacked: false });
  return new DataView(new Uint8Array(readFileSync(join(folder, file))).buffer, HEAD_BYTES);
}

test('an invoke is in the journal before the target has the operation', async () => {
  let invokesOnDisk = -1;
  answer = () => {
    invokesOnDisk = recordsOnDisk('invokes').byteLength / INVOKE_BYTES;
  };
  void pay();
  void pay();
  driver.flush();
  await until(() => invokesOnDisk >= 0);
  expect(invokesOnDisk).toBe(2);
});

test('no answer within the deadline is unknown, and is sent again with the same id', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  answer = ok;
  await pass(() => received.length === 2);
  expect((await result).outcome).toBe('ok');
  expect(received[1].id).toBe(received[0].id);
  expect([received[0].retry, received[1].retry]).toEqual([false, true]);
});

test('a broken connection makes what was sent unknown, and a new connection carries the retry', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  sockets[0].destroy();
  await until(() => driver.unknown === 1);
  answer = ok;
  await pass(() => received.length === 2);
  expect((await result).outcome).toBe('ok');
  expect(driver.unknown).toBe(0);
});

test('a shed retry says nothing about the first attempt', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  answer = (operation) => ack(operation, OUTCOME.declined, RESULTS.not_admitted.code);
  await pass(() => received.length === 2);
  answer = ok;
  await pass(() => received.length === 3);
  expect((await result).outcome).toBe('ok');
});

test('an answer that waits for another operation ends the attempts: the script has to go on', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  const notYet = RESULTS.reference_not_here_yet.code;
  answer = (operation) => ack(operation, OUTCOME.declined, notYet);
  await pass(() => received.length === 2);
  expect(await result).toMatchObject({ outcome: 'unknown', code: 'reference_not_here_yet' });
  expect([driver.unknown, received.length]).toEqual([1, 2]);
});

test('a shed first attempt is a definite decline', async () => {
  answer = (operation) => ack(operation, OUTCOME.declined, RESULTS.not_admitted.code);
  const result = pay();
  driver.flush();
  expect(await result).toMatchObject({ outcome: 'declined', code: 'not_admitted' });
  expect(definite).toEqual(['declined']);
});

test('a refusal the ledger recorded is definite whichever attempt it answers', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  answer = (operation) => ack(operation, OUTCOME.declined, RESULTS.exceeds_credits.code);
  await pass(() => received.length === 2);
  expect(await result).toMatchObject({ outcome: 'declined', code: 'exceeds_credits' });
});

test('a late answer to the first attempt counts while the retry is waiting', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  nowUs += 1_000_001;
  driver.tick(nowUs);
  expect(driver.unknown).toBe(1);
  ok(received[0]);
  expect((await result).outcome).toBe('ok');
  expect(received.length).toBe(1);
});

test('without a connection nothing is sent and the operation is declined as not_sent', async () => {
  server.close();
  sockets[0].destroy();
  await until(() => !driver.connected);
  expect(await pay(100, { series: '4' })).toMatchObject({ outcome: 'declined', code: 'not_sent' });
  expect(told).toEqual(['not sent 4']);
});

test('an operation told to be unknown is told once, and its late answer as a change of that', async () => {
  const result = pay(100, { series: '3' });
  driver.flush();
  await until(() => received.length === 1);
  driver.stopRetrying();
  await pass(() => driver.unknown === 1);
  expect((await result).outcome).toBe('unknown');
  nowUs += 1_000_001;
  driver.tick(nowUs);
  expect(told).toEqual(['unknown 3']);
  ok(received[0]);
  await until(() => driver.unresolved === 0);
  expect(told).toEqual(['unknown 3', 'ok 3 after unknown']);
});

test('what is unknown at the end is looked up, never sent again', async () => {
  const result = pay();
  driver.flush();
  await until(() => received.length === 1);
  driver.stopRetrying();
  await pass(() => driver.unknown === 1);
  expect((await result).outcome).toBe('unknown');
  driver.fence();
  await until(() => !driver.connected);
  await until(() => driver.connected);
  answer = (operation) => ack(operation, OUTCOME.declined, RESULTS.operation_not_found.code);
  expect(driver.lookUp(100, nowUs)).toBe(1);
  driver.flush();
  await until(() => driver.unresolved === 0);
  expect(received.map((operation) => operation.kind)).toEqual([
    OPERATION_KIND.pay,
    OPERATION_KIND.lookup,
  ]);
  expect(received[1].id).toBe(received[0].id);
  journal.flush();
  const completion = recordsOnDisk('completions');
  expect(completion.byteLength).toBe(COMPLETION_BYTES);
  expect(completion.getUint8(COMPLETION.resolution)).toBe(RESOLUTION.lookUp);
});

test('an operation still tried at the look-up is asked for again', async () => {
  void pay();
  driver.flush();
  await until(() => received.length === 1);
  driver.stopRetrying();
  await pass(() => driver.unknown === 1);
  driver.fence();
  await until(() => !driver.connected);
  await until(() => driver.connected);
  answer = (operation) => ack(operation, OUTCOME.unknown, RESULTS.tried.code);
  driver.lookUp(100, nowUs);
  driver.flush();
  await until(() => received.length === 2);
  answer = ok;
  await pass(() => driver.lookUp(100, nowUs) === 1);
  await pass(() => driver.unresolved === 0);
  expect(received.length).toBe(3);
});

test('receipts and ids are read from the journal when a script asks', async () => {
  answer = ok;
  const pending = pay(1234);
  driver.flush();
  const result = await pending;
  expect(result.id).toBe(received[0].id);
  expect(result.receipt).toEqual({ timestampUs: 0, legs: [] });
  journal.flush();
  expect(result.id).toBe(received[0].id);
  const invoke = recordsOnDisk('invokes');
  expect([readUint64(invoke, OP.amount), readUint64(invoke, 72), readUint64(invoke, 80)]).toEqual([
    1234, 500, 1000,
  ]);
});
