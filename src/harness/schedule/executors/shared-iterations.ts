/**
 * k6's shared-iterations: the VUs take iterations from one number until none is left, a fast VU more than a slow one; what
 * is left at maxDuration counts as dropped iterations. Between workers the number is dealt out beforehand by their VUs, as
 * between k6's execution segments; within one it is shared.
 */
import { iterationsOfStripe, steadyPart } from '../closed-part.js';
import type { Executor } from '../executor.js';
import { maxDurationUs, vus } from '../fields.js';

export interface SharedIterations {
  readonly name: 'shared-iterations';
  readonly vus: number;
  /** Of all VUs together; at least one each. */
  readonly iterations: number;
  readonly maxDurationUs: number;
}

export const sharedIterations: Executor<SharedIterations> = {
  name: 'shared-iterations',
  meaning: '`iterations` in all, shared by `vus` VUs; what `maxDuration` leaves over is dropped',
  parse(fields) {
    const plan = {
      name: 'shared-iterations',
      vus: vus(fields),
      iterations: fields.whole('iterations', { least: 1, otherwise: 1 }),
      maxDurationUs: maxDurationUs(fields),
    } as const;
    return plan.iterations >= plan.vus
      ? plan
      : fields.refuse('iterations', `at least the number of VUs (${plan.vus})`, plan.iterations);
  },
  scale: (plan, scaling) => ({ ...plan, maxDurationUs: scaling.durationUs(plan.maxDurationUs) }),
  durationUs: (plan) => plan.maxDurationUs,
  vusPlanned: (plan) => plan.vus,
  vusMax: (plan) => plan.vus,
  part: (plan, at) =>
    steadyPart({
      ...at,
      vus: plan.vus,
      durationUs: plan.maxDurationUs,
      iterationsPerVu: Number.POSITIVE_INFINITY,
      iterations: iterationsOfStripe(plan.iterations, plan.vus, at.stripe),
    }),
};
