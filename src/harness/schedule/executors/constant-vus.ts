/** k6's constant-vus: so many VUs, each starting its next iteration when the last one ends, until the duration is over. */
import { steadyPart } from '../closed-part.js';
import type { Executor } from '../executor.js';
import { durationUs, vus } from '../fields.js';

export interface ConstantVus {
  readonly name: 'constant-vus';
  readonly vus: number;
  readonly durationUs: number;
}

export const constantVus: Executor<ConstantVus> = {
  name: 'constant-vus',
  meaning: '`vus` VUs, one iteration after the other for `duration`',
  parse: (fields) => ({
    name: 'constant-vus',
    vus: vus(fields),
    durationUs: durationUs(fields),
  }),
  scale: (plan, scaling) => ({ ...plan, durationUs: scaling.durationUs(plan.durationUs) }),
  durationUs: (plan) => plan.durationUs,
  vusPlanned: (plan) => plan.vus,
  vusMax: (plan) => plan.vus,
  part: (plan, at) =>
    steadyPart({
      ...at,
      vus: plan.vus,
      durationUs: plan.durationUs,
      iterationsPerVu: Number.POSITIVE_INFINITY,
      iterations: Number.POSITIVE_INFINITY,
    }),
};
