import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DRILL_FILE, drillRecordText, readDrillRecord } from './drill-record.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-record-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const folderWith = (text: string): string => {
  writeFileSync(join(folder, DRILL_FILE), text);
  return folder;
};

describe('drill.json', () => {
  it('is read as it was written', () => {
    const record = {
      atRest: false,
      notAtRest: ['shard-1 has 3 operations between their steps'],
      failures: ['kill gateway: could not be healed'],
    };
    expect(readDrillRecord(folderWith(drillRecordText(record)))).toEqual(record);
    const timed = { ...record, loadStartedUs: 1_234_567 };
    expect(readDrillRecord(folderWith(drillRecordText(timed)))).toEqual(timed);
  });

  it('may be missing, in a folder of a drill that did not get that far', () => {
    expect(readDrillRecord(folder)).toBeUndefined();
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"at_rest":1,"not_at_rest":[],"failures":[]}',
    '{"at_rest":true,"not_at_rest":[],"failures":[1]}',
  ])('%s is no record: refused, never taken for one without failures', (text) => {
    expect(() => readDrillRecord(folderWith(text))).toThrow();
  });
});
