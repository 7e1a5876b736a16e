/**
 * Planned faults as a fault plan again: in the language of plan files, with every time from the start of the load, every number
 * given and every scale applied. What plan.json keeps, and what a replay reads with the parser of plan files.
 */
import type { PlannedFault } from './plan.js';

export interface FaultPlanDocument {
  readonly anchor: 'start';
  readonly faults: readonly Readonly<Record<string, string | number>>[];
}

export function planDocument(planned: readonly PlannedFault[]): FaultPlanDocument {
  const faults = planned.map(({ kind, target, plannedMs, plannedHealMs, numbers, streams }) => ({
    kind: kind.kind,
    target,
    atMs: plannedMs,
    durationMs: plannedHealMs - plannedMs,
    ...numbers,
    ...streamField(streams),
  }));
  return { anchor: 'start', faults };
}

function streamField(streams: PlannedFault['streams']): Readonly<Record<string, string>> {
  const [stream] = streams;
  if (stream === undefined) return {};
  return { stream: streams.length > 1 ? 'both' : stream };
}
