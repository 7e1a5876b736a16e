/**
 * k6's ramping-vus: the number of VUs moves in straight lines from stage to stage, by one VU at a time at even distances:
 *
 *    VUs  4 |        __             of a stage from 1 to 4 in 3 s, VU 2 comes after 1 s, 3 after 2 s, 4 at its end;
 *         3 |     __|  |__          of one from 4 to 1 in 3 s, VU 4 leaves after 1 s, 3 after 2 s, 2 at its end;
 *         2 |  __|        |__       a stage of duration 0 moves the number at once
 *         1 |_|              |__
 *
 * A VU that leaves ends its iteration within gracefulRampDown, or is interrupted; called back before that, it goes on.
 */
import type { ClosedPart, VuStep } from '../closed-part.js';
import type { Executor } from '../executor.js';
import { type Stage, stagesUs, startVus, vuStages } from '../fields.js';
import { countBelow, type Numbers } from '../segment.js';

export interface RampingVus {
  readonly name: 'ramping-vus';
  readonly startVus: number;
  /** `target`: VUs. */
  readonly stages: readonly Stage[];
  readonly rampDownGraceUs: number;
}

export const rampingVus: Executor<RampingVus> = {
  name: 'ramping-vus',
  meaning:
    'VUs, one iteration after the other, whose number moves from `startVUs` to the `target` of each of the `stages`',
  parse(fields) {
    const plan = {
      name: 'ramping-vus',
      startVus: startVus(fields),
      stages: vuStages(fields),
      rampDownGraceUs: fields.durationUs('gracefulRampDown', { otherwise: '30s' }),
    } as const;
    return vusMax(plan) > 0
      ? plan
      : fields.refuse('stages', 'such that one target or startVUs is above 0', 'none');
  },
  scale: (plan, scaling) => ({
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      durationUs: scaling.durationUs(stage.durationUs),
    })),
  }),
  durationUs,
  vusPlanned: vusMax,
  vusMax,
  part(plan, { startUs, stripe }): ClosedPart {
    return {
      model: 'closed',
      vusOfWhole: vusMax(plan),
      stripe,
      steps: stepsOf(plan, startUs, stripe),
      iterationsPerVu: Number.POSITIVE_INFINITY,
      iterations: Number.POSITIVE_INFINITY,
      startUs,
      deadlineUs: startUs + durationUs(plan),
      rampDownGraceUs: plan.rampDownGraceUs,
    };
  },
};

function vusMax(plan: Pick<RampingVus, 'startVus' | 'stages'>): number {
  return plan.stages.reduce((most, { target }) => Math.max(most, target), plan.startVus);
}

/** As in k6, stages that keep the number at 0 until the end are not waited for. */
function durationUs({ startVus: from, stages }: RampingVus): number {
  const lastWithVus = stages.findLastIndex(
    ({ target }, index) => target > 0 || (stages[index - 1]?.target ?? from) > 0,
  );
  return stagesUs(stages.slice(0, lastWithVus + 1));
}

function stepsOf(plan: RampingVus, startUs: number, stripe: Numbers): readonly VuStep[] {
  const steps: VuStep[] = [{ atUs: startUs, vus: countBelow(plan.startVus, stripe) }];
  const add = (atUs: number, all: number): void => {
    const vus = countBelow(all, stripe);
    if (vus !== steps.at(-1)?.vus) steps.push({ atUs, vus });
  };
  let [atUs, from] = [startUs, plan.startVus];
  for (const { target, durationUs: us } of plan.stages) {
    const changes = Math.abs(target - from);
    const sign = Math.sign(target - from);
    for (let k = us === 0 ? changes : 1; k <= changes; k++)
      add(atUs + Math.floor((us * k) / changes), from + sign * k);
    atUs += us;
    from = target;
  }
  return steps;
}
