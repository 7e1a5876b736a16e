import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLmdbStore } from './lmdb-store.js';
import { BATCH_HEAD_BYTES, DERIVED_HEAD_BYTES, type Store, StoreError } from './store.js';
import { changeDerived } from './testing/derived.js';

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
  const raw = open({ path: join(folder, 'ledger.mdb'), overlappingSync: false });
  const log = raw.openDB<Uint8Array, number>({
    name: 'log',
    encoding: 'binary',
    keyEncoding: 'uint32',
  });
  const bytes = Buffer.from(log.getBinary(ordinal + 1) ?? []);
  bytes[BATCH_HEAD_BYTES] = (bytes[BATCH_HEAD_BYTES] ?? 0) ^ 1;
  await log.put(ordinal + 1, bytes);
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

describe('what is derived from the batches', () => {
  const key = Uint8Array.of(7, 1);
  const value = (words: string): Buffer =>
    Buffer.concat([Buffer.alloc(DERIVED_HEAD_BYTES), Buffer.from(words)]);
  const found = (): string | undefined => {
    const bytes = store.derived(key);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };
  const reopen = async (mendTail?: (batch: Uint8Array) => Uint8Array | undefined) => {
    await store.close();
    store = openLmdbStore({ folder, mendTail });
  };

  test('comes back with its batch, and the newest of a key', async () => {
    expect(store.derivedFollows()).toBe(false);
    await store.append(batch('one'), [{ key, value: value('old') }]);
    await store.append(batch('two'), [{ key, value: value('new') }]);
    expect(found()).toBe('new');
    await store.append(batch('three'));
    await reopen();
    expect([store.batches, store.derivedFollows(), found()]).toEqual([3, true, 'new']);
  });

  test('does not follow from a log that lost or changed the batch it came with', async () => {
    await store.append(batch('one'));
    await store.append(batch('two'), [{ key, value: value('new') }]);
    await reopen((last) => batch(`${text(last)} mended`));
    expect(store.derivedFollows()).toBe(false);
    await store.append(batch('three'), [{ key, value: value('new') }]);
    expect(store.derivedFollows()).toBe(true);
    await reopen((last) => (text(last) === 'three' ? undefined : last));
    expect([store.batches, store.derivedFollows()]).toEqual([2, false]);
  });

  test('follows again once it was rebuilt, and not before', async () => {
    await store.append(batch('one'), [{ key, value: value('old') }]);
    store.clearDerived();
    expect([store.derivedFollows(), found()]).toEqual([false, undefined]);
    store.putDerived([{ key, value: value('rebuilt') }]);
    await reopen();
    expect([store.derivedFollows(), found()]).toEqual([false, 'rebuilt']);
    store.derivedFollow();
    await reopen();
    expect([store.derivedFollows(), found()]).toEqual([true, 'rebuilt']);
  });

  test('is refused by name when it is damaged', async () => {
    await store.append(batch('one'), [{ key, value: value('new') }]);
    await store.close();
    await changeDerived(folder, (_key, bytes) => {
      bytes[DERIVED_HEAD_BYTES] ^= 1;
      return bytes;
    });
    store = openLmdbStore({ folder });
    expect(found).toThrow(/^derived value 0701 in .* is damaged$/);
    expect(store.derivedFollows()).toBe(false);
  });
});
