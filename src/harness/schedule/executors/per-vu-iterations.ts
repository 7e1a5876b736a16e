/**
 * k6's per-vu-iterations: each VU runs so many iterations, one after the other; what is left of them at
 * maxDuration counts as dropped iterations.
 */
import { iterationsOfStripe, steadyPart } from '../closed-part.js';
import type { Executor } from '../executor.js';
import { maxDurationUs, vus } from '../fields.js';

export interface PerVuIterations {
  readonly name: 'per-vu-iterations';
  readonly vus: number;
  /** Of each VU. */
  readonly iterations: number;
  readonly maxDurationUs: number;
}

export const perVuIterations: Executor<PerVuIterations> = {
  name: 'per-vu-iterations',
  meaning: '`vus` VUs with `iterations` each; what `maxDuration` leaves over is dropped',
  parse: (fields) => ({
    name: 'per-vu-iterations',
    vus: vus(fields),
    iterations: fields.whole('iterations', { least: 1, otherwise: 1 }),
    maxDurationUs: maxDurationUs(fields),
  }),
  scale: (plan, scaling) => ({ ...plan, maxDurationUs: scaling.durationUs(plan.maxDurationUs) }),
  durationUs: (plan) => plan.maxDurationUs,
  vusPlanned: (plan) => plan.vus,
  vusMax: (plan) => plan.vus,
  part: (plan, at) =>
    steadyPart({
      ...at,
      vus: plan.vus,
      durationUs: plan.maxDurationUs,
      iterationsPerVu: plan.iterations,
      iterations: iterationsOfStripe(plan.vus * plan.iterations, plan.vus, at.stripe),
    }),
};
