/** Bands behind the charts of a drill: while each fault was felt, until the target had recovered from it, while the load was paused. Pure. */
import type { ChartBand } from './chart.js';
import { lengthMs } from './format.js';
import type { FaultFacts, PauseFacts } from './summary.js';

/** `loadS`: what was never healed lasts so long. */
export function faultBands(faults: readonly FaultFacts[], loadS: number): readonly ChartBand[] {
  return faults.flatMap((fault, i) => {
    const { applied_ms: applied, healed_ms: healed, recovered_ms: recovered } = fault;
    if (applied === null) return [];
    const [label, title] = [String(i + 1), `${fault.kind} ${fault.target}`];
    const [fromS, toS] = [applied / 1000, healed === null ? loadS : healed / 1000];
    const band: ChartBand = { kind: 'fault', label, title, fromS, toS };
    if (healed === null || recovered === null || recovered <= healed) return [band];
    const words = `${title} was healed, recovered ${lengthMs(recovered - healed)} later`;
    return [band, { kind: 'recovery', label, title: words, fromS: toS, toS: recovered / 1000 }];
  });
}

/** `loadS`: one that was not ended lasts so long. */
export function pauseBands(pauses: readonly PauseFacts[], loadS: number): readonly ChartBand[] {
  return pauses.map(({ from_ms: from, to_ms: to }) => ({
    kind: 'pause' as const,
    ...{ label: 'paused', title: 'by somebody who watched' },
    ...{ fromS: from / 1000, toS: to === null ? loadS : to / 1000 },
  }));
}
