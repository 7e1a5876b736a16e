/** A journal in small segments, some of them packed: what was written is found again by number and one after the other. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACK, ACK_BYTES } from '../../wire/acks.js';
import { readUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_KIND } from '../../wire/operations.js';
import { COMPLETION_BYTES, INVOKE_BYTES } from '../records/journal-layout.js';
import { HEAD_BYTES, segmentsOf } from '../records/record-files.js';
import { recordSlabs } from '../records/slabs.js';
import { JournalPacker } from './packer.js';
import { JournalWriter } from './writer.js';

const SEGMENT_RECORDS = 1500;

let folder: string;
let journal: JournalWriter;
let failures: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-packer-'));
  journal = new JournalWriter({ folder, worker: 0, runId: 'this run', segmentRecords: 1500 });
  failures = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function packer(plainBytesMax: number): JournalPacker {
  const onFailed = (line: string): void => void failures.push(line);
  return new JournalPacker({ folder, runId: 'this run', plainBytesMax, onFailed });
}

/** Asks and answers; the answers come in another order. */
function ask(count: number): void {
  const ack = new DataView(new ArrayBuffer(ACK_BYTES));
  const first = journal.invoked;
  const stamp = { idWords: new Uint32Array(4), worker: 0, scenario: 0, intendedUs: 0 };
  for (let n = 0; n < count; n++) {
    const request = { account: 7, counterparty: 8, timeoutS: 0, kind: OPERATION_KIND.pay };
    const asked = { ...request, amountMinor: 100 + journal.invoked, channel: 0 };
    journal.invoke(
      { ...asked, reference: undefined, idWords: undefined, tags: undefined },
      { ...stamp, invokedUs: 5 },
    );
    if (n % 100 === 0) journal.flushInvokes();
  }
  for (let n = 0; n < count; n++) {
    const sequence = first + count - 1 - n;
    ack.setUint32(ACK.versions, sequence * 3, true);
    journal.complete(ack, 0, {
      sequence,
      completedUs: 9,
      attempts: 1,
      resolution: 0,
      sentAfterUs: 0,
    });
  }
  journal.flush();
}

function amounts(): number[] {
  const found: number[] = [];
  const segments = segmentsOf(folder, { kind: 'invokes', part: 0 });
  for (const { words, length } of recordSlabs(segments, INVOKE_BYTES))
    for (let at = 0; at < length; at += INVOKE_BYTES / 4) found.push(words[at + OP.amount / 4]);
  return found;
}

describe('a journal of which much is packed', () => {
  it('holds what was written, by number and one after the other', async () => {
    ask(5000);
    await packer(0).look();
    ask(2000);
    const files = readdirSync(folder).sort();
    expect(files).toEqual([
      ...['completions-0.0.packed', 'completions-0.1.packed', 'completions-0.2.bin'],
      ...['completions-0.3.bin', 'completions-0.4.bin'],
      ...['invokes-0.0.packed', 'invokes-0.1.packed', 'invokes-0.2.bin'],
      ...['invokes-0.3.bin', 'invokes-0.4.bin'],
    ]);
    expect(amounts()).toEqual(Array.from({ length: 7000 }, (_, n) => 100 + n));
    for (const number of [0, 1023, 1024, 1499, 1500, 2999, 3000, 4999, 6999, 3]) {
      expect(readUint64(journal.readInvoke(number), OP.amount)).toBe(100 + number);
      const answered = number < 5000 ? 4999 - number : 11_999 - number;
      expect(journal.readCompletion(number).getUint32(ACK.versions, true)).toBe(answered * 3);
    }
    expect(failures).toEqual([]);
  });

  it('packs the oldest, and no more than is too much', async () => {
    ask(SEGMENT_RECORDS * 4 + 1);
    const full = SEGMENT_RECORDS * 4 * (INVOKE_BYTES + COMPLETION_BYTES) + 8 * HEAD_BYTES;
    await packer(full).look();
    expect(readdirSync(folder).filter((name) => name.endsWith('.packed'))).toEqual([]);
    await packer(full - 1).look();
    const packed = readdirSync(folder).filter((name) => name.endsWith('.packed'));
    expect(packed).toHaveLength(1);
    expect(packed[0]).toMatch(/-0\.0\.packed$/);
    const bytes = statSync(join(folder, packed[0] ?? '')).size;
    expect(bytes).toBeLessThan((SEGMENT_RECORDS * COMPLETION_BYTES) / 4);
  });

  it('is read also where it was killed between the packed segment and the end of the plain one', async () => {
    ask(SEGMENT_RECORDS + 1);
    const before = amounts();
    const plain = join(folder, 'invokes-0.0.bin');
    const kept = readFileSync(plain);
    await packer(0).look();
    expect(existsSync(plain)).toBe(false);
    writeFileSync(plain, kept);
    writeFileSync(join(folder, '.invokes-0.1.packed'), 'half of one');
    expect(amounts()).toEqual(before);
  });

  it('stays as it is where the disk is full', async () => {
    ask(SEGMENT_RECORDS + 1);
    symlinkSync('/dev/full', join(folder, '.invokes-0.0.packed'));
    await packer(0).look();
    expect(failures).toEqual([
      expect.stringMatching(/^the journal cannot be packed, and stays as it is: ENOSPC/),
    ]);
    expect(readdirSync(folder)).toContain('invokes-0.0.bin');
    expect(amounts()).toHaveLength(SEGMENT_RECORDS + 1);
  });
});
