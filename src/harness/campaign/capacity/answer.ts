/** What the steps of a capacity search come to: in words, and as capacity.json keeps it. Pure. */
import { count, percent } from '../../report/format.js';
import type { CapacityAnswer, RateFacts } from './capacity-file.js';
import { kneeOf, median, mediansByRate } from './knee.js';
import { isNotTargets, type Limit } from './limit.js';
import type { RateCount, SearchAnswer } from './search.js';
import type { StepFacts } from './step.js';

export interface AnswerOptions {
  readonly found: SearchAnswer;
  readonly steps: readonly StepFacts[];
  readonly fromPerSec: number;
  readonly maxPerSec: number;
  /** `running`: steps are still to come; `ended`: they were to come, and will not. */
  readonly state: 'running' | 'ended' | 'done';
}

export function answerOf(options: AnswerOptions): CapacityAnswer {
  const { found, steps } = options;
  const holds = found.holds && rateFacts(found.holds);
  const breaks = found.breaks && rateFacts(found.breaks);
  const by = breaks === undefined ? [] : brokenAt(steps, breaks.rate_per_s);
  const limit = breaks === undefined ? undefined : limitAt(steps, breaks.rate_per_s);
  const facts = {
    holds: holds ?? null,
    breaks: breaks === undefined ? null : { ...breaks, by },
    mixed: found.mixed.map(rateFacts),
    at_least:
      holds !== undefined && (breaks === undefined || (limit !== undefined && isNotTargets(limit))),
    limit: limit ?? null,
    knee_per_s: kneeOf(mediansByRate(p99Points(steps))) ?? null,
    noise: {
      p99_spread: holds === undefined ? null : p99Spread(steps, holds.rate_per_s),
      bracket:
        holds === undefined || breaks === undefined
          ? null
          : breaks.rate_per_s / holds.rate_per_s - 1,
    },
  };
  return { text: words(facts, options), ...facts };
}

export function rateFacts({ ratePerSec, held, of }: RateCount): RateFacts {
  return { rate_per_s: ratePerSec, held, of };
}

function words(answer: Omit<CapacityAnswer, 'text'>, options: AnswerOptions): string {
  const { holds, breaks, limit } = answer;
  if (options.state === 'running') return `not known yet${soFar(answer)}`;
  if (options.state === 'ended') return `ended before it was known${soFar(answer)}`;
  if (holds === null) {
    const whose =
      limit !== null && isNotTargets(limit) ? ', and it was not the target that gave way' : '';
    const by = breaks === null ? '' : ` by ${breaks.by.join('; ')}${whose}`;
    return breaks?.rate_per_s === options.fromPerSec
      ? `nothing held: --from ${count(options.fromPerSec)}/s broke in ${breaks.of} of ${breaks.of}${by}; lower --from`
      : `no rate held in every step: the target is noisier than --precision; see the steps`;
  }
  const held = `holds at ${count(holds.rate_per_s)}/s in ${holds.held} of ${holds.of}`;
  if (breaks === null)
    return holds.rate_per_s === options.maxPerSec
      ? `at least ${count(holds.rate_per_s)}/s: it ${held}, and that is --max; raise --max to find the limit`
      : `${held}; no higher rate broke in every step`;
  const broke = `breaks at ${count(breaks.rate_per_s)}/s in ${breaks.of} of ${breaks.of} by ${breaks.by.join('; ')}`;
  return answer.at_least
    ? `at least ${count(holds.rate_per_s)}/s: it ${held}, and above it something else gave way, not the target; ${broke}`
    : `${held}, ${broke}`;
}

function soFar({ holds, breaks }: Pick<CapacityAnswer, 'holds' | 'breaks'>): string {
  const told = [
    ...(holds === null ? [] : [`holds at ${count(holds.rate_per_s)}/s`]),
    ...(breaks === null ? [] : [`breaks at ${count(breaks.rate_per_s)}/s`]),
  ];
  return told.length === 0 ? '' : `: so far it ${told.join(', ')}`;
}

/** What each of the reasons was about, the most frequent first, with the figures of one of its steps. */
function brokenAt(steps: readonly StepFacts[], ratePerSec: number): readonly string[] {
  const reasons = steps
    .filter((step) => step.rate_per_s === ratePerSec)
    .flatMap((step) => step.broken_by);
  const byKind = new Map<string, string[]>();
  for (const reason of reasons) {
    const kind = reason.replace(/[\d.]+( of [\d.]+)?/g, '#').replace(/: [^:]*$/, '');
    byKind.set(kind, [...(byKind.get(kind) ?? []), reason]);
  }
  return [...byKind.values()]
    .sort((a, b) => b.length - a.length)
    .flatMap(([first = '']) => [first]);
}

/** The kind that most steps at the rate agree on. */
function limitAt(steps: readonly StepFacts[], ratePerSec: number): Limit | undefined {
  const limits = steps.filter((step) => step.rate_per_s === ratePerSec).map(({ limit }) => limit);
  const times = ({ kind }: Limit): number => limits.filter((one) => one.kind === kind).length;
  return limits.length === 0
    ? undefined
    : limits.reduce((most, one) => (times(one) > times(most) ? one : most));
}

function p99Points(
  steps: readonly StepFacts[],
): readonly { readonly ratePerSec: number; readonly value: number }[] {
  return steps.flatMap(({ rate_per_s: ratePerSec, response_time_us: { p99 } }) =>
    p99 === null ? [] : [{ ratePerSec, value: p99 }],
  );
}

function p99Spread(steps: readonly StepFacts[], ratePerSec: number): number | null {
  const values = p99Points(steps.filter((step) => step.rate_per_s === ratePerSec)).map(
    ({ value }) => value,
  );
  if (values.length < 2) return null;
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** `p99 of its steps within 12 %, the bracket 5 % wide`. */
export function noiseWords({ noise, mixed }: CapacityAnswer): string {
  const told = [
    ...(noise.p99_spread === null ? [] : [`p99 of its steps within ${percent(noise.p99_spread)}`]),
    ...(noise.bracket === null ? [] : [`the bracket ${percent(noise.bracket)} wide`]),
    ...mixed.map(({ rate_per_s: rate, held, of }) => `${count(rate)}/s held in ${held} of ${of}`),
  ];
  return told.length === 0 ? 'not measured' : told.join(', ');
}
