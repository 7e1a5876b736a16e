import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, describe, expect, it } from 'vitest';
import { ACK } from '../../wire/acks.js';
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS } from '../../wire/results.js';
import { beside, run as convertTables } from './convert-tables.js';
import { COMPLETION, COMPLETION_BYTES, INVOKE, INVOKE_BYTES } from './journal-layout.js';
import { runIdIn } from './parquet-footer.js';
import { HEAD_BYTES, headBytes, recordFile } from './record-files.js';
import { convertRun } from './to-parquet.js';

const folders: string[] = [];

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

function run(): string {
  const made = mkdtempSync(join(tmpdir(), 'paydrill-journal-'));
  folders.push(made);
  mkdirSync(join(made, 'journal'));
  return made;
}

/** The first segment of a worker's. */
function write(
  folder: string,
  kind: 'invokes' | 'completions',
  part: number,
  records: Uint8Array,
): string {
  const name = { kind, part, isPacked: false, segment: 0 };
  const path = join(folder, 'journal', recordFile(name));
  writeFileSync(path, Buffer.concat([headBytes({ ...name, runId: 'the run' }), records]));
  return path;
}

function invoke(sequence: number): Buffer {
  const record = Buffer.alloc(INVOKE_BYTES);
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  for (let word = 0; word < 4; word++) view.setUint32(OP.id + word * 4, 0xf0000000 + word, true);
  view.setUint32(OP.id + 12, sequence, true);
  writeUint64(view, OP.account, 7 + sequence);
  writeUint64(view, OP.counterparty, 2 ** 40 + 3);
  writeUint64(view, OP.amount, 2 ** 47 + sequence);
  view.setUint8(OP.kind, OPERATION_KIND.pay);
  view.setUint8(OP.channel, 1);
  writeUint64(view, INVOKE.intendedUs, 10 * sequence);
  writeUint64(view, INVOKE.invokedUs, 2 ** 33 + sequence);
  view.setUint16(INVOKE.scenario, 2, true);
  return record;
}

function completion(sequence: number, outcome: number, code: number): Buffer {
  const record = Buffer.alloc(COMPLETION_BYTES);
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  view.setUint32(ACK.tag, sequence, true);
  view.setUint8(ACK.outcome, outcome);
  view.setUint16(ACK.code, code, true);
  view.setUint8(ACK.legs, outcome === 0 ? 2 : 0);
  writeUint64(view, ACK.timestamp, 1_731_254_400_000_000);
  writeInt64(view, ACK.balances + 8, -5);
  view.setUint32(ACK.versions + 4, 4_000_000_000, true);
  writeUint64(view, COMPLETION.completedUs, 2 ** 33 + 900);
  view.setUint16(COMPLETION.attempts, 3, true);
  view.setUint8(COMPLETION.resolution, 1);
  view.setUint32(COMPLETION.sentAfterUs, 77, true);
  return record;
}

async function rows(folder: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll(
    `select * from '${join(folder, 'journal.parquet', '*.parquet')}' order by worker, sequence`,
  );
  const found = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return found;
}

describe('the journal', () => {
  it('puts every answer beside its operation, whatever order they came in', async () => {
    const folder = run();
    const all = [4, 0, 3, 1].map((sequence) => completion(sequence, sequence % 2, 0));
    write(folder, 'invokes', 0, Buffer.concat([0, 1, 2, 3, 4].map(invoke)));
    write(folder, 'completions', 0, Buffer.concat(all));
    write(folder, 'invokes', 12, invoke(0));
    write(folder, 'completions', 12, Buffer.alloc(0));
    await convertRun({ folder, shards: 0, keepBinary: false, rowGroupRows: 2 });
    const found = await rows(folder);
    expect(found.map((row) => row.outcome)).toEqual([
      'ok',
      'declined',
      'unknown',
      'declined',
      'ok',
      'unknown',
    ]);
    expect(found[4]).toMatchObject({
      worker: 0,
      sequence: 4,
      id_hi: String((0xf0000000n << 32n) | 0xf0000001n),
      id_lo: String((0xf0000002n << 32n) | 4n),
      kind: 'pay',
      channel: 'huabei',
      scenario: 2,
      account: '11',
      counterparty: String(2 ** 40 + 3),
      amount: String(2 ** 47 + 4),
      reference_hi: null,
      timeout_s: null,
      intended_us: '40',
      invoked_us: String(2 ** 33 + 4),
      result: 'created',
      completed_us: String(2 ** 33 + 900),
      attempts: 3,
      resolution: 'look_up',
      sent_after_us: 77,
      receipt_timestamp_us: '1731254400000000',
      receipt_legs: 2,
      receipt_balance_2: '-5',
      receipt_version_2: 4_000_000_000,
      receipt_account_3: null,
    });
    expect(found[2]).toMatchObject({ result: null, completed_us: null, attempts: null });
    expect(found[5]).toMatchObject({ worker: 12, sequence: 0 });
    expect(existsSync(join(folder, 'journal'))).toBe(false);
  });

  it('leaves out what was torn when the harness was killed', async () => {
    const folder = run();
    const invokes = write(folder, 'invokes', 0, Buffer.concat([0, 1, 2].map(invoke)));
    truncateSync(invokes, HEAD_BYTES + INVOKE_BYTES * 3 - 1);
    const completions = write(folder, 'completions', 0, completion(0, 0, 0));
    appendFileSync(completions, completion(2, 0, 0));
    appendFileSync(completions, completion(1, 0, 0).subarray(0, 40));
    await convertRun({ folder, shards: 0, keepBinary: true });
    expect((await rows(folder)).map((row) => row.outcome)).toEqual(['ok', 'unknown']);
    expect(readdirSync(join(folder, 'journal')).length).toBe(2);
  });

  it('takes a worker that was killed before its first answer', async () => {
    const folder = run();
    write(folder, 'invokes', 0, invoke(0));
    await convertRun({ folder, shards: 0, keepBinary: false });
    expect((await rows(folder)).map((row) => row.outcome)).toEqual(['unknown']);
  });

  it('keeps the binary files, and no half of a Parquet file, where the disk is full', async () => {
    const folder = run();
    const part = beside({ to: join(folder, 'journal.parquet', 'part-0.parquet') });
    write(folder, 'invokes', 0, invoke(0));
    write(folder, 'completions', 0, completion(0, 0, 0));
    mkdirSync(join(folder, 'journal.parquet'));
    symlinkSync('/dev/full', part);
    await expect(convertRun({ folder, shards: 0, keepBinary: false })).rejects.toThrow('ENOSPC');
    expect(readdirSync(join(folder, 'journal')).length).toBe(2);
    expect(readdirSync(join(folder, 'journal.parquet'))).toEqual([]);
    await convertRun({ folder, shards: 0, keepBinary: false });
    expect((await rows(folder)).map((row) => row.outcome)).toEqual(['ok']);
  });

  it('takes tables that another process has put in their places meanwhile, and leaves nothing beside them', async () => {
    const folder = run();
    const invokes = write(folder, 'invokes', 0, invoke(0));
    write(folder, 'completions', 0, completion(0, 0, 0));
    await convertRun({ folder, shards: 0, keepBinary: true });
    const parts = join(folder, 'journal.parquet');
    const part = join(parts, 'part-0.parquet');
    const gone = {
      worker: 0,
      operations: 1,
      binary: {
        invokes: [{ path: `${invokes}.gone`, isPacked: false, runId: 'the run' }],
        completions: [],
      },
      part,
    };
    const how = { rowGroupRows: 2 };
    const from = [{ path: join(folder, 'gone'), isPacked: false, runId: 'the run' }];
    const entries = { of: 'entries', shard: 0, from, to: part } as const;
    await convertTables({ tables: [{ of: 'operations', part: gone, to: part }, entries], ...how });
    expect((await rows(folder)).map((row) => row.outcome)).toEqual(['ok']);
    expect(readdirSync(parts)).toEqual(['part-0.parquet']);
    const nobodys = { ...entries, to: `${part}.other` };
    await expect(convertTables({ tables: [nobodys], ...how })).rejects.toThrow('ENOENT');
  });

  it('says of which run it is', async () => {
    const folder = run();
    write(folder, 'invokes', 0, invoke(0));
    const part = join(folder, 'journal.parquet', 'part-0.parquet');
    await convertRun({ folder, shards: 0, keepBinary: true });
    expect(runIdIn(part)).toBe('the run');
    const torn = run();
    writeFileSync(write(torn, 'invokes', 0, invoke(0)), Buffer.alloc(10));
    await convertRun({ folder: torn, shards: 0, keepBinary: true });
    expect(runIdIn(join(torn, 'journal.parquet', 'part-0.parquet'))).toBeUndefined();
  });

  it('is not made of the records of two runs', async () => {
    const folder = run();
    write(folder, 'invokes', 0, invoke(0));
    const name = { kind: 'completions', part: 0, isPacked: false, segment: 0 } as const;
    writeFileSync(
      join(folder, 'journal', recordFile(name)),
      headBytes({ ...name, runId: 'another run' }),
    );
    await expect(convertRun({ folder, shards: 0, keepBinary: false })).rejects.toThrow(
      /completions-0\.0\.bin is of another run than .*invokes-0\.0\.bin$/,
    );
  });

  it('names a result it does not know', async () => {
    const folder = run();
    write(folder, 'invokes', 0, invoke(0));
    write(folder, 'completions', 0, completion(0, 1, 60_000));
    await convertRun({ folder, shards: 0, keepBinary: false });
    expect((await rows(folder))[0]).toMatchObject({ outcome: 'declined', result: 'unrecognised' });
    expect(RESULTS.created.code).toBe(0);
  });
});
