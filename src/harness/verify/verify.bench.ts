/**
 * How long judging takes: seconds for each million operations, step by step, over a made-up run (no shard, so no
 * fetch). `node dist/harness/verify/verify.bench.js [operations]`, default 2,000,000; prints ratios side by side.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertRun } from '../records/to-parquet.js';
import { streamHistory } from './synthetic/run-folder.js';
import { verifyRunFolder } from './verify.js';

const operations = Number(process.argv[2] ?? 2_000_000);
const folder = mkdtempSync(join(tmpdir(), 'paydrill-verify-bench-'));
const lines: string[] = [];

async function timed<T>(step: string, work: () => Promise<T>): Promise<T> {
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const result = await work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const { user, system } = process.cpuUsage(cpu);
  const perMillion = (value: number): string => (value / (operations / 1e6)).toFixed(2).padStart(7);
  lines.push(`${step.padEnd(28)} ${perMillion(seconds)} ${perMillion((user + system) / 1e6)}`);
  return result;
}

try {
  streamHistory(folder, {
    seed: 1,
    operations,
    users: 200_000,
    merchants: 2000,
    splitMerchants: 1600,
    openingMinor: 1_000_000,
  });
  const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);
  const judged = await timed('verdict', () => verifyRunFolder(folder, { nowUs }));
  await timed('to parquet, after it', () => convertRun({ folder, shards: 2, keepBinary: false }));
  await timed('verdict, from parquet', () => verifyRunFolder(folder));
  const exact = process.argv.includes('--exact');
  if (exact) await timed('verdict by queries alone', () => verifyRunFolder(folder, { exact }));
  const legs = judged.laws.find(({ name }) => name === 'version-chain')?.checked ?? 0;
  const { rss } = process.memoryUsage();
  console.log(
    [
      `${operations} operations, ${legs} legs, ${cpus().length} cores, Node ${process.versions.node}`,
      `verdict ${judged.verdict}; memory at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB, now ${Math.round(rss / 2 ** 20)} MB`,
      `${'seconds per million'.padEnd(28)} elapsed     CPU`,
      ...lines,
    ].join('\n'),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
