import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  BoltReader,
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { ACCOUNT_BYTES, ENTRY, ENTRY_HEAD_BYTES } from '../../wire/ledger-log.js';
import { HEAD_BYTES } from '../records/record-files.js';
import { booksPart, entriesOf } from '../records/run-records.js';
import { fetchBooks } from './fetch-books.js';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'paydrill-books-'));
  cleanUps.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Ledger time of a shard that tells it. */
const LEDGER_US = 1_731_254_400_000_000;

interface Shelf {
  /** Answers to `stats`, the last of them again and again. Default: no holds, and the time. */
  stats?: { readonly openHolds: number; readonly ledgerUs?: number }[];
  entries: Uint8Array[];
  accounts: Uint8Array[];
  /** Called with each request, before it is answered. */
  onRequest?: (op: string, socket: Socket) => void;
  /** Bytes of an answer that are sent together. */
  pieceBytes?: number;
}

async function send(socket: Socket, frame: Buffer, pieceBytes: number): Promise<void> {
  for (let at = 0; at < frame.length && !socket.destroyed; at += pieceBytes) {
    socket.write(frame.subarray(at, at + pieceBytes));
    if (pieceBytes < frame.length) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A shard that has only its export. */
async function shard(shelf: Shelf): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    const reader = new BoltReader((frame) => {
      const request = JSON.parse(Buffer.from(frame.content).toString());
      shelf.onRequest?.(request.op, socket);
      if (request.op === 'stats') {
        const told = shelf.stats ?? [{ openHolds: 0, ledgerUs: LEDGER_US }];
        const stats = told.length > 1 ? told.shift() : told[0];
        const json = { ...answerHead(frame.requestId, BOLT_CLASS.admin), codec: BOLT_CODEC.json };
        socket.write(encodeBoltFrame(json, Buffer.from(JSON.stringify(stats))));
        return;
      }
      const isEntries = request.op === 'entries';
      const records = isEntries
        ? shelf.entries.slice(request.fromLsn, request.fromLsn + 10)
        : shelf.accounts.slice(request.from, request.from + 10);
      const className = isEntries ? BOLT_CLASS.entries : BOLT_CLASS.accounts;
      const head = answerHead(frame.requestId, className);
      const answer = encodeBoltFrame(head, Buffer.concat(records));
      send(socket, answer, shelf.pieceBytes ?? answer.length).catch(() => socket.destroy());
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk) => reader.push(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => server.close());
  return `127.0.0.1:${portOf(server)}`;
}

function answerHead(requestId: number, className: string) {
  return {
    type: BOLT_TYPE.response,
    command: BOLT_COMMAND.response,
    requestId,
    codec: BOLT_CODEC.record,
    status: BOLT_STATUS.success,
    className,
  };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function entries(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(ENTRY_HEAD_BYTES));
}

function accounts(count: number): Uint8Array[] {
  return Array.from({ length: count }, () => new Uint8Array(ACCOUNT_BYTES));
}

function booksJson(run: string): unknown {
  return JSON.parse(readFileSync(join(run, 'books', 'books.json'), 'utf8'));
}

describe('fetchBooks', () => {
  it('reads all shards to the end and says so', async () => {
    const run = folder();
    const shardAddresses = [
      await shard({ entries: entries(37), accounts: accounts(21) }),
      await shard({ entries: entries(0), accounts: accounts(5) }),
    ];
    const facts = await fetchBooks({ shardAddresses, before: [3, 0], folder: run, runId: 'this' });
    expect(facts).toEqual({
      complete: true,
      shards: 2,
      entries: [37, 0],
      accounts: [21, 5],
      before: [3, 0],
      readAtUs: [LEDGER_US, LEDGER_US],
    });
    expect(booksJson(run)).toEqual({ run_id: 'this', ...facts });
    expect(existsSync(join(run, 'books', 'accounts-1.0.bin'))).toBe(true);
  });

  it('tells the time of a shard from which on no hold ended any more', async () => {
    const told = [5, 3, 2, 2, 2].map((openHolds, look) => ({ openHolds, ledgerUs: 100 + look }));
    const silent = [{ openHolds: 4 }];
    const shardAddresses = [
      await shard({ entries: [], accounts: [], stats: told }),
      await shard({ entries: [], accounts: [], stats: silent }),
    ];
    const facts = await fetchBooks({
      shardAddresses,
      before: [0, 0],
      folder: folder(),
      runId: 'this',
    });
    expect(facts).toMatchObject({ complete: true, readAtUs: [102, 0] });
  });

  it('says of which shard ids left the memory, and in which time they do', async () => {
    const idMemory = {
      ids: 16e6,
      idsMax: 2 ** 24,
      left: 5_200_000,
      oldestAgeS: 80,
      perSecond: 2e5,
    };
    const told = (left: number) => {
      const memory = { ...idMemory, left, retentionS: 83.9 };
      return [{ openHolds: 0, ledgerUs: LEDGER_US, idMemory: memory }];
    };
    const shardAddresses = [
      await shard({ entries: [], accounts: [], stats: told(0) }),
      await shard({ entries: [], accounts: [], stats: told(5_200_000) }),
    ];
    const of = { shardAddresses, before: [0, 0], folder: folder(), runId: 'this' };
    expect((await fetchBooks(of)).idsLeft).toEqual([
      'shard 1: 5,200,000 left its memory of 16.7 M ids: 84 s at 200,000/s',
    ]);
  });

  it('writes what was sent, in whatever pieces it arrives', async () => {
    const run = folder();
    const sent = entries(25).map((entry, index) => entry.fill(index + 1, 0, ENTRY.legs));
    const shelf = { entries: sent, accounts: accounts(11), pieceBytes: 7 };
    const facts = await fetchBooks({
      shardAddresses: [await shard(shelf)],
      before: [0],
      folder: run,
      runId: 'this',
    });
    expect(facts).toMatchObject({ complete: true, entries: [25] });
    expect(readFileSync(join(run, 'books', 'entries-0.0.bin')).subarray(HEAD_BYTES)).toEqual(
      Buffer.concat(sent),
    );
  });

  it('packs what is more than it may be as it comes, and loses none of it', async () => {
    const sent = entries(2600).map((entry, index) => entry.fill(index % 251, 0, ENTRY.legs));
    const runs = [folder(), folder()];
    for (const [index, plainBytesMax] of [2 ** 30, 80_000].entries()) {
      const shelf = { entries: sent, accounts: accounts(3) };
      const facts = await fetchBooks({
        shardAddresses: [await shard(shelf)],
        before: [0],
        folder: runs[index] ?? '',
        runId: 'this',
        plainBytesMax,
      });
      expect(facts).toMatchObject({ complete: true, entries: [2600], accounts: [3] });
    }
    const read = (run: string): Buffer =>
      Buffer.concat(
        Array.from(entriesOf(booksPart(run, 0)), ({ words, length }) =>
          Buffer.from(words.slice(0, length).buffer),
        ),
      );
    const [plain = '', packed = ''] = runs;
    expect(read(plain)).toEqual(Buffer.concat(sent));
    expect(read(packed)).toEqual(Buffer.concat(sent));
    const size = (run: string): number =>
      readdirSync(join(run, 'books'))
        .filter((name) => name.startsWith('entries-'))
        .reduce((sum, name) => sum + statSync(join(run, 'books', name)).size, 0);
    expect(readdirSync(join(packed, 'books'))).toContain('entries-0.1.packed');
    expect(size(packed)).toBeLessThan(80_000 + (size(plain) - 80_000) / 2);
  });

  it('is not complete when a shard answers what was not asked', async () => {
    const shelf: Shelf = { entries: entries(25), accounts: accounts(3) };
    shelf.onRequest = (_op, socket) => {
      const head = answerHead(999, BOLT_CLASS.entries);
      socket.write(encodeBoltFrame(head, entries(1)[0] ?? new Uint8Array(0)));
    };
    const facts = await fetchBooks({
      shardAddresses: [await shard(shelf)],
      before: [0],
      folder: folder(),
      runId: 'this',
    });
    expect(facts.complete).toBe(false);
    expect(facts.reason).toMatch(/the shard answered (what was not|more than was) asked/);
  });

  it('reads the accounts again when an entry came in between', async () => {
    const shelf: Shelf = { entries: entries(3), accounts: accounts(2) };
    let readings = 0;
    shelf.onRequest = (op) => {
      if (op !== 'accounts') return;
      readings++;
      if (readings === 1) shelf.entries.push(...entries(1));
    };
    const facts = await fetchBooks({
      shardAddresses: [await shard(shelf)],
      before: [0],
      folder: folder(),
      runId: 'this',
    });
    expect(facts).toMatchObject({ complete: true, entries: [4] });
    expect(readings).toBe(4);
  });

  it('says which shard was gone', async () => {
    const run = folder();
    const there = await shard({ entries: entries(1), accounts: accounts(1) });
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${portOf(gone)}`;
    await new Promise((resolve) => gone.close(resolve));
    const facts = await fetchBooks({
      shardAddresses: [there, address],
      before: [0, 0],
      folder: run,
      runId: 'this',
    });
    expect(facts.complete).toBe(false);
    expect(facts.reason).toMatch(/^shard 1: .*ECONNREFUSED/);
    expect(booksJson(run)).toEqual({ run_id: 'this', ...facts });
  });

  it('is not complete when the connection breaks half way', async () => {
    const shelf: Shelf = { entries: entries(100), accounts: [] };
    let requests = 0;
    shelf.onRequest = (_op, socket) => {
      if (++requests === 5) socket.destroy();
    };
    const facts = await fetchBooks({
      shardAddresses: [await shard(shelf)],
      before: [0],
      folder: folder(),
      runId: 'this',
    });
    expect(facts).toMatchObject({ complete: false });
    expect(facts.reason).toContain('closed the connection');
  });

  it('is not complete when an entry is cut', async () => {
    const shelf: Shelf = { entries: [new Uint8Array(ENTRY_HEAD_BYTES - 1)], accounts: [] };
    const facts = await fetchBooks({
      shardAddresses: [await shard(shelf)],
      before: [0],
      folder: folder(),
      runId: 'this',
    });
    expect(facts.reason).toContain('ends inside an entry');
  });

  it('is not complete when an entry claims more legs than there can be', async () => {
    const entry = new Uint8Array(ENTRY_HEAD_BYTES);
    entry[ENTRY.legs] = 9;
    const facts = await fetchBooks({
      shardAddresses: [await shard({ entries: [entry], accounts: [] })],
      before: [0],
      folder: folder(),
      runId: 'this',
    });
    expect(facts.reason).toContain('claims 9 legs');
  });

  it('is not complete when it is interrupted', async () => {
    const facts = await fetchBooks({
      shardAddresses: [await shard({ entries: entries(100), accounts: [] })],
      before: [0],
      folder: folder(),
      runId: 'this',
      signal: AbortSignal.abort(),
    });
    expect(facts).toMatchObject({ complete: false, reason: expect.stringMatching(/abort/) });
  });
});
