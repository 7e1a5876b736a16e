/** The operations of one scenario and one kind, so far, as a worker posts them: plain data. */
import { type PackedTimes, TimeTrend } from './time-trend.js';

export interface OperationPart extends OperationSum {
  /** Index in the plan, or LIFECYCLE_SCENARIO. */
  readonly scenario: number;
  /** Of wire/operation-kinds.ts. */
  readonly kind: number;
  /** Of the definite answers. */
  readonly responseTime: PackedTimes;
}

interface OperationSum {
  readonly ok: number;
  readonly declined: number;
  readonly unknown: number;
  readonly notSent: number;
}

/** Parts put together: of several workers, of all kinds of a scenario. */
export interface OperationTotal extends OperationSum {
  readonly responseTime: TimeTrend;
}

export function sumOfParts(parts: readonly OperationPart[]): OperationTotal {
  const responseTime = new TimeTrend();
  for (const part of parts) responseTime.add(part.responseTime);
  const sum = (field: keyof OperationSum): number =>
    parts.reduce((all, part) => all + part[field], 0);
  return {
    ok: sum('ok'),
    declined: sum('declined'),
    unknown: sum('unknown'),
    notSent: sum('notSent'),
    responseTime,
  };
}
