/**
 * A fault plan that nobody would write: any kinds, on anything, at any time, over one another. Pure: the generator decides.
 * What a kind takes is read from its own table, so that a new kind is drawn from the day it is there.
 */
import type { Random } from '../../harness/entropy/random.js';
import type { FaultKind } from '../../harness/faults/fault.js';
import { FAULT_KINDS } from '../../harness/faults/kinds/registry.js';
import type { FaultPlanDocument } from '../../harness/faults/plan-document.js';
import type { BreakableNames } from '../../harness/targets/breakable-names.js';

type Drawn = Readonly<Record<string, string | number>>;

const FAULTS_MAX = 8;
const STREAMS = ['upstream', 'downstream', 'both'];
/** From a blink to a good part of a short load; some outlast it. */
const DURATION_MS = { min: 5, max: 2_500 };

/** By the name of the number; `before`: what was drawn of the same fault. Small and large values alike, the edges among them. */
const NUMBERS: Readonly<Record<string, (random: Random, before: Drawn) => number>> = {
  ms: (random) => random.int(random.int(2) === 0 ? 30 : 600),
  jitterMs: (random) => random.int(2) * random.int(100),
  toxicity: (random) => (random.int(3) === 0 ? Math.ceil(random.nextFloat() * 100) / 100 : 1),
  kilobytesPerSec: (random) => (random.int(4) === 0 ? 0 : skewed(random, { min: 1, max: 2_000 })),
  afterMs: (random) => random.int(2) * random.int(200),
  bytes: (random) => skewed(random, { min: 1, max: 100_000 }) - 1,
  averageBytes: (random) => skewed(random, { min: 1, max: 2_000 }),
  variationBytes: (random, { averageBytes }) => random.int(Number(averageBytes)),
  delayUs: (random) => random.int(2) * random.int(2_000),
};

/** Up to eight faults within a load of `loadMs`. Times are the drill's own, before any scale. */
export function randomFaults(
  random: Random,
  { links, processes }: BreakableNames,
  loadMs: number,
): FaultPlanDocument {
  const kinds = FAULT_KINDS.filter(
    ({ on }) => on === 'link' || (on === 'process' && processes.length > 0),
  );
  const count = random.int(FAULTS_MAX + 1);
  const faults = Array.from({ length: count }, () => {
    const kind = pick(random, kinds);
    return {
      kind: kind.kind,
      target: pick(random, kind.on === 'link' ? links : processes),
      atMs: random.int(Math.floor(loadMs * 0.95)),
      durationMs: skewed(random, DURATION_MS),
      ...detailsOf(kind, random),
    };
  });
  // One that is listed twice would mean something else, and is refused.
  const texts = new Set(faults.map((fault) => JSON.stringify(fault)));
  return { anchor: 'start', faults: [...texts].map((text) => JSON.parse(text)) };
}

function detailsOf(kind: FaultKind, random: Random): Drawn {
  if (kind.on !== 'link') return {};
  const drawn: Record<string, string | number> = {};
  for (const name of Object.keys(kind.numbers)) {
    const draw = NUMBERS[name];
    if (draw === undefined) throw new Error(`soak: no way to draw ${name} of ${kind.kind}`);
    drawn[name] = draw(random, drawn);
  }
  return kind.takesStream ? { ...drawn, stream: pick(random, STREAMS) } : drawn;
}

/** A whole number of the range, each magnitude as likely as the other. */
function skewed(random: Random, { min, max }: { min: number; max: number }): number {
  return Math.round(min * (max / min) ** random.nextFloat());
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[random.int(items.length)];
  if (item === undefined) throw new Error('soak: nothing to choose from');
  return item;
}
