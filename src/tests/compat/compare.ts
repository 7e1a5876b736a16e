/** What came of a snippet beside what is expected of it, in one shape, so that a test shows both. Only what is expected is picked. */
import type { CheckFacts, MetricFacts } from '../../harness/report/summary.js';
import type { Observed } from './observed.js';
import type { Expected } from './snippet.js';

/** Values of Vitest's matchers may stand in `expected`. */
export interface Compared {
  readonly got: object;
  readonly expected: object;
}

export function compared(observed: Observed, expected: Expected): Compared {
  const parts = Object.entries(PARTS).flatMap(([name, part]) => {
    const pair = part(observed, expected);
    return pair === undefined ? [] : [[name, pair] as const];
  });
  const side = (index: 0 | 1): object =>
    Object.fromEntries(parts.map(([name, pair]) => [name, pair[index]]));
  return { got: side(0), expected: side(1) };
}

type Pair = readonly [got: unknown, expected: unknown];
type Part = (observed: Observed, expected: Expected) => Pair | undefined;

const PARTS: Readonly<Record<string, Part>> = {
  exit: ({ exit }, { exit: wanted = 0 }) => [exit, wanted],
  refusal: ({ refusal }, { refusal: wanted }) =>
    wanted === undefined ? [refusal, undefined] : [matched(refusal ?? '', wanted), String(wanted)],
  asked: ({ asked }, { asked: wanted }) => wanted && [asked.map(line), wanted],
  askedInAnyOrder: ({ asked }, { askedInAnyOrder: wanted }) =>
    wanted && [asked.map(line).sort(), [...wanted].sort()],
  requests: ({ asked }, { requests: wanted }) =>
    wanted && [
      wanted.map((one, i) => picked(asked[i], one)),
      wanted.map((one) => picked(one, undefined)),
    ],
  sees: ({ sees }, { sees: wanted }) => wanted && [sees, wanted],
  seesInAnyOrder: ({ sees }, { seesInAnyOrder: wanted }) =>
    wanted && [sorted(sees), sorted(wanted)],
  checks: ({ summary }, { checks: wanted }) =>
    wanted && [Object.fromEntries((summary?.checks ?? []).map(counts)), wanted],
  metrics({ summary }, { metrics: wanted }) {
    if (wanted === undefined) return undefined;
    const all = { ...summary?.metrics, ...summary?.custom_metrics };
    const got = Object.entries(wanted).map(([name, values]) => [
      name,
      values === undefined ? all[name]?.values : valuesOf(all[name], Object.keys(values)),
    ]);
    return [Object.fromEntries(got), wanted];
  },
  thresholds: ({ summary }, { thresholds: wanted }) =>
    wanted && [
      Object.fromEntries(
        (summary?.thresholds ?? []).map((one) => [`${one.metric} ${one.expression}`, one.ok]),
      ),
      wanted,
    ],
  says: ({ lines }, { says: wanted }) =>
    wanted && [wanted.map((pattern) => foundIn(lines, pattern)), wanted.map(String)],
  saysNot: ({ lines }, { saysNot: wanted }) =>
    wanted && [lines.filter((told) => wanted.some((pattern) => pattern.test(told))), []],
  text: ({ text }, { text: wanted }) =>
    wanted && [wanted.map((words) => matched(text, words)), wanted.map(String)],
  textWithout: ({ text }, { textWithout: wanted }) =>
    wanted && [wanted.filter((words) => matched(text, words) === String(words)).map(String), []],
  written: ({ written }, { written: wanted }) =>
    wanted && [
      Object.fromEntries(
        Object.entries(wanted).map(([name, part]) => [
          name,
          within(written[name] === undefined ? undefined : parsed(written[name]), part),
        ]),
      ),
      wanted,
    ],
};

function line({ method, url }: Observed['asked'][number]): string {
  return `${method} ${url}`;
}

/** The pattern's text where it matches, otherwise what was there. */
function matched(text: string, words: string | RegExp): string {
  const isThere = typeof words === 'string' ? text.includes(words) : words.test(text);
  return isThere ? String(words) : `not found in: ${text}`;
}

function foundIn(lines: readonly string[], pattern: RegExp): string {
  return lines.some((told) => pattern.test(told)) ? String(pattern) : lines.join('\n');
}

type Asked = NonNullable<Expected['requests']>[number];

/** Of a request what `wanted` names, patterns by whether they match; without `wanted` the expectation itself in that shape. */
function picked(request: Asked | Observed['asked'][number] | undefined, wanted?: Asked): object {
  const of = wanted ?? request ?? {};
  const value = (got: unknown, asked: unknown): unknown =>
    asked instanceof RegExp && typeof got === 'string' && asked.test(got)
      ? String(asked)
      : got instanceof RegExp
        ? String(got)
        : (got ?? null);
  const headers = Object.keys(of.headers ?? {}).map((name) => [
    name,
    value(request?.headers?.[name], wanted?.headers?.[name]),
  ]);
  return {
    ...('method' in of ? { method: request?.method } : {}),
    ...('url' in of ? { url: request?.url } : {}),
    ...('body' in of ? { body: value(request?.body, wanted?.body) } : {}),
    headers: Object.fromEntries(headers),
  };
}

function sorted(seen: readonly unknown[]): string[] {
  return seen.map((value) => JSON.stringify(value)).sort();
}

function counts({ group, name, passes, fails }: CheckFacts): readonly [string, readonly number[]] {
  return [group === '' ? name : `${group}::${name}`, [passes, fails]];
}

function valuesOf(facts: MetricFacts | undefined, names: readonly string[]): unknown {
  return facts && Object.fromEntries(names.map((name) => [name, facts.values[name]]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Of `got` only what `wanted` has. */
function within(got: unknown, wanted: unknown): unknown {
  if (wanted instanceof RegExp) return wanted.test(String(got)) ? wanted : got;
  if (Array.isArray(wanted))
    return Array.isArray(got)
      ? got.map((one, i) => (i < wanted.length ? within(one, wanted[i]) : one))
      : got;
  if (typeof wanted !== 'object' || wanted === null) return got;
  if (typeof got !== 'object' || got === null) return got;
  return Object.fromEntries(
    Object.entries(wanted).map(([name, part]) => [name, within(Reflect.get(got, name), part)]),
  );
}
