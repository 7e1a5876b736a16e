/** The load is ended early enough, by what file systems would tell. */
import { expect, test } from 'vitest';
import { DiskWatch } from './disk-watch.js';

const USE = { keepsRecords: true, workers: 1, population: undefined };

/** Looks four times a second at `freeBytes` and at the operations so far; returns what was told, and at which look. */
function watched(
  looks: number,
  told: (look: number) => { readonly operations: number; readonly freeBytes: number },
): { readonly look: number; readonly line: string } | undefined {
  let look = 0;
  const short: { look: number; line: string }[] = [];
  const watch = new DiskWatch({
    diskAt: () => ({ device: '1', freeBytes: told(look).freeBytes }),
    runFolder: '/runs/one',
    use: USE,
    operations: () => told(look).operations,
    nowUs: () => look * 250_000,
    onShort: (line) => void short.push({ look, line }),
  });
  for (; look < looks && short.length === 0; look++) watch.look();
  return short[0];
}

test('a disk with room for all of it is left alone', () => {
  expect(watched(400, (look) => ({ operations: look * 5000, freeBytes: 2e9 }))).toBeUndefined();
});

test('the load ends while books and Parquet files of what ran still fit', () => {
  const free = (operations: number): number => 2e9 - operations * 208;
  const short = watched(4000, (look) => {
    const operations = look * 5000;
    return { operations, freeBytes: free(operations) };
  });
  expect(short?.line).toMatch(
    /^the disk of \/runs\/one is nearly full: .* free, and books, Parquet files and verdict of [\d,]+ operations need .*: the load ends here, so that they fit$/,
  );
  const operations = (short?.look ?? 0) * 5000;
  // Three seconds of it are still answered.
  const atEnd = operations + 60_000;
  expect(free(atEnd)).toBeGreaterThan(atEnd * 320);
  expect(operations).toBeGreaterThan(2_500_000);
});

test('what others write counts too', () => {
  const short = watched(400, (look) => ({
    operations: 1000,
    freeBytes: 2e9 - look * 100e6,
  }));
  expect(short?.look).toBeGreaterThan(15);
  expect(short?.line).toContain('of 1,000 operations');
});

test('a file system that cannot be asked any more ends the load', () => {
  const short = watched(4, (look) => ({
    operations: look,
    get freeBytes() {
      if (look === 2) throw new Error('EIO: i/o error');
      return 2e9;
    },
  }));
  expect(short).toMatchObject({ look: 2 });
  expect(short?.line).toMatch(/free disk cannot be told any more \(EIO: i\/o error\)/);
});
