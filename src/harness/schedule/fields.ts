/** Fields that several executors have, with k6's defaults and limits. */
import type { ExecutorFields } from './executor.js';

/** More VUs than a machine could hold: the bound that a slip of the pen meets. */
const VUS_MAX = 1_000_000;
const SECOND_US = 1_000_000;
/** More starts a second than a thread could count; together with the longest time unit it keeps rates whole in a double. */
export const RATE_PER_SEC_MAX = 1_000_000_000;
const TIME_UNIT_US_MAX = 30 * 86_400 * SECOND_US;

export function vus(fields: ExecutorFields): number {
  return fields.whole('vus', { least: 1, most: VUS_MAX, otherwise: 1 });
}

export function durationUs(fields: ExecutorFields): number {
  return fields.durationUs('duration', { leastUs: SECOND_US });
}

export function maxDurationUs(fields: ExecutorFields): number {
  return fields.durationUs('maxDuration', { leastUs: SECOND_US, otherwise: '10m' });
}

export function timeUnitUs(fields: ExecutorFields): number {
  const us = fields.durationUs('timeUnit', { leastUs: 1, otherwise: '1s' });
  return us <= TIME_UNIT_US_MAX ? us : fields.refuse('timeUnit', 'at most "30d"', `${us / 1e6}s`);
}

/** The most iterations per time unit: RATE_PER_SEC_MAX. */
export function rateMax(unitUs: number): number {
  return Math.max(1, Math.floor((RATE_PER_SEC_MAX * unitUs) / SECOND_US));
}

export interface ArrivalVus {
  readonly preAllocatedVus: number;
  readonly maxVus: number;
}

export function arrivalVus(fields: ExecutorFields): ArrivalVus {
  const preAllocatedVus = fields.whole('preAllocatedVUs', { least: 0, most: VUS_MAX });
  const maxVus = fields.whole('maxVUs', { least: 1, otherwise: preAllocatedVus });
  if (maxVus < preAllocatedVus || maxVus > VUS_MAX)
    fields.refuse('maxVUs', `from preAllocatedVUs (${preAllocatedVus}) to ${VUS_MAX}`, maxVus);
  return { preAllocatedVus, maxVus };
}

export interface Stage {
  /** What the line has reached at the stage's end. */
  readonly target: number;
  /** 0 = it jumps. */
  readonly durationUs: number;
}

export function stages(fields: ExecutorFields, { most }: { readonly most: number }): Stage[] {
  return fields.objects('stages').map((stage) => ({
    target: stage.whole('target', { least: 0, most }),
    durationUs: stage.durationUs('duration', {}),
  }));
}

export function vuStages(fields: ExecutorFields): Stage[] {
  return stages(fields, { most: VUS_MAX });
}

export function startVus(fields: ExecutorFields): number {
  return fields.whole('startVUs', { least: 0, most: VUS_MAX, otherwise: 1 });
}

/** Of all stages together. */
export function stagesUs(list: readonly Stage[]): number {
  return list.reduce((sum, { durationUs: us }) => sum + us, 0);
}
