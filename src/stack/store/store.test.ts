import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLmdbStore } from './lmdb-store.js';
import { BATCH_HEAD_BYTES, type Store, StoreError } from './store.js';

let folder: string;
let store: Store;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-store-'));
  store = openLmdbStore({ folder });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function batch(text: string): Buffer {
  return Buffer.concat([Buffer.alloc(BATCH_HEAD_BYTES), Buffer.from(text)]);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(BATCH_HEAD_BYTES)).toString();
}

/** Changes one byte of a stored batch behind the store's back. */
async function damage(ordinal: number): Promise<void> {
  const raw = open<Uint8Array, number>({
    path: join(folder, 'ledger.mdb'),
    encoding: 'binary',
    keyEncoding: 'uint32',
    overlappingSync: false,
  });
  const bytes = Buffer.from(raw.getBinary(ordinal + 1) ?? []);
  bytes[BATCH_HEAD_BYTES] = (bytes[BATCH_HEAD_BYTES] ?? 0) ^ 1;
  await raw.put(ordinal + 1, bytes);
  await raw.close();
}

test('batches come back in order after the store is closed and opened', async () => {
  const big = 'x'.repeat(3_000_000);
  for (const content of ['one', big, '']) await store.append(batch(content));
  await store.close();
  store = openLmdbStore({ folder });
  expect(store.batches).toBe(3);
  expect(text(store.read(0))).toBe('one');
  expect(text(store.read(1))).toBe(big);
  expect(text(store.read(2))).toBe('');
  await store.append(batch('four'));
  expect(text(store.read(3))).toBe('four');
});

test('a single batch is there after the store is opened again', async () => {
  await store.append(batch('only'));
  await store.close();
  store = openLmdbStore({ folder });
  expect(store.batches).toBe(1);
  expect(text(store.read(0))).toBe('only');
});

test('a damaged batch is refused by name, not read', async () => {
  await store.append(batch('whole'));
  await store.append(batch('damaged'));
  await store.close();
  await damage(1);
  store = openLmdbStore({ folder });
  expect(text(store.read(0))).toBe('whole');
  expect(() => store.read(1)).toThrow(/batch 1 in .* is damaged: its checksum does not match/);
});

test('a missing batch is refused by name', () => {
  expect(() => store.read(7)).toThrow(/batch 7 in .* is missing/);
});

test('a second writer is refused instead of overwriting', async () => {
  const second = openLmdbStore({ folder });
  await store.append(batch('first'));
  await expect(second.append(batch('second'))).rejects.toThrow(/another process has written it/);
  expect(text(store.read(0))).toBe('first');
});

test('the bound on its size is kept and named', async () => {
  const small = openLmdbStore({ folder: join(folder, 'small'), bytesMax: 100_000 });
  await small.append(batch('x'.repeat(60_000)));
  await expect(small.append(batch('x'.repeat(60_000)))).rejects.toThrow(StoreError);
  expect(small.batches).toBe(1);
  await small.close();
});

test('a folder that cannot be made is one clear line', () => {
  expect(() => openLmdbStore({ folder: '/dev/null/books' })).toThrow(
    /^cannot open the store in \/dev\/null\/books: /,
  );
});
