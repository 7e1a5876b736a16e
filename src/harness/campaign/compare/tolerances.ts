/** How much worse is no worse, unless somebody says otherwise: shares. Imports nothing that takes time to load. */
import type { Compared } from './run-statistics.js';

export type Tolerances = Readonly<Record<Compared, number>>;

/** Of failures a share of a share: from 1 in 100 to 1.5 in 100. */
export const TOLERANCES: Tolerances = {
  p50: 0.05,
  p90: 0.05,
  p99: 0.05,
  throughput: 0.05,
  failures: 0.5,
  cpu: 0.05,
};
