/** The faults of a drill as bands behind its charts: while each was felt, and until the target had recovered from it. Pure. */
import type { ChartBand } from './chart.js';
import { lengthMs } from './format.js';
import type { FaultFacts } from './summary.js';

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
