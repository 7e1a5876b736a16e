/** Made-up runs as a baseline file keeps them, for the tests of what is made of them. */
import { Random } from '../../entropy/random.js';
import { LatencyMeter } from '../../measure/latency.js';
import type { RunLabels, RunSample } from '../compare/run-sample.js';
import { normal } from './synthetic-runs.js';

export const LABELS: RunLabels = {
  measured: 'payments',
  ...{ script_sha256: 'a'.repeat(64), script: 'night.ts', env: '{}', target: 'reference' },
  ...{ ledger_engine: 'lmdb', durability: 'fsync per batch', shards: 2, workers: 1, cores: 2 },
  ...{ cpu: 'a processor', node: 'v20.19.0', load_model: 'open', peak_per_s: 500 },
  ...{ duration_scale: 1, faults: 'none', mutant: 'none', seed: 1 },
};

export function sampleRun(
  id: string,
  {
    slower = 1,
    labels = {},
    seed = id.length,
    seconds = 8,
  }: {
    readonly slower?: number;
    readonly labels?: Partial<RunLabels>;
    readonly seed?: number;
    readonly seconds?: number;
  } = {},
): RunSample {
  const random = new Random(seed, 77);
  const level = 3000 * slower * Math.exp(0.01 * normal(random));
  return {
    id,
    ...{ started_at: `2026-11-11T00:00:${String(seed % 60).padStart(2, '0')}.000Z` },
    ...{
      verdict: 'valid',
      planned_s: seconds,
      others_cores: 0.1,
      labels: { ...LABELS, ...labels },
    },
    seconds: Array.from({ length: seconds }, () => {
      const meter = new LatencyMeter();
      for (let i = 0; i < 500; i++) meter.record(level * Math.exp(0.6 * normal(random)));
      return { response_time: meter.takeInterval(), ok: 500, failed: 0, cpu_us: 20_000 };
    }),
  };
}
