/** What may be compared, what the answer is called, and how each output tells it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { errorsOfJunit10 } from '../../report/testing/junit-schema.js';
import { UserError } from '../../user-error.js';
import { LABELS, sampleRun } from '../testing/sample-runs.js';
import { baselineJson, baselineOf, readBaseline } from './baseline-file.js';
import { type CompareAsked, comparisonOf } from './comparison.js';
import type { Comparison } from './comparison-file.js';
import { comparisonOutputs } from './outputs/outputs.js';
import { changeWords, strip } from './outputs/words.js';
import type { RunSample } from './run-sample.js';
import { TOLERANCES } from './tolerances.js';

const ASKED: CompareAsked = {
  ...{ tolerances: TOLERANCES, mayDiffer: [], arePairs: false, strict: false, seed: 1 },
};

const runs = (names: string, over: Parameters<typeof sampleRun>[1] = {}): RunSample[] =>
  names.split(' ').map((name, i) => sampleRun(name, { seed: i + name.length * 10, ...over }));

const BASE = runs('b1 b2 b3 b4');

function compared(candidate: readonly RunSample[], asked: Partial<CompareAsked> = {}): Comparison {
  const sides = [
    { name: 'base.json', runs: BASE },
    { name: 'new', runs: candidate },
  ] as const;
  return comparisonOf(sides[0], sides[1], { ...ASKED, ...asked });
}

const TENTH = { ...TOLERANCES, p50: 0.1, p90: 0.1, p99: 0.1 };
const LIKE = compared(runs('cand1 cand2 cand3 cand4'), { tolerances: TENTH });
const SLOWER = compared(runs('cand1 cand2 cand3 cand4', { slower: 1.3 }));
const ONE_A_SIDE = comparisonOf(
  { name: 'one', runs: runs('b1') },
  { name: 'other', runs: runs('cand1') },
  ASKED,
);

describe('a comparison', () => {
  it('is no worse, worse or cannot tell as a whole, and 113 where it is worse', () => {
    expect(LIKE).toMatchObject({ answer: 'no worse', exit_code: 0 });
    expect(SLOWER).toMatchObject({ answer: 'worse', exit_code: 113 });
    expect(ONE_A_SIDE).toMatchObject({ answer: 'cannot tell', exit_code: 0 });
    const strict = { ...ASKED, strict: true };
    const told = comparisonOf(
      { name: 'a', runs: runs('b1') },
      { name: 'b', runs: runs('c1') },
      strict,
    );
    expect(told).toMatchObject({ answer: 'cannot tell', exit_code: 113 });
  });

  it('is the same for the same runs and seed', () => {
    expect(compared(runs('cand1 cand2 cand3 cand4'), { tolerances: TENTH })).toEqual(LIKE);
  });

  it.each([
    ['shards', { shards: 4 }, /not of one kind: shards 2 and 4; .* --allow-different shards/],
    ['durability', { durability: 'none' }, /durability fsync per batch and none/],
    ['cores', { cores: 8 }, /cores 2 and 8/],
    ['peak_per_s', { peak_per_s: 900 }, /peak_per_s 500 and 900/],
    [
      'script_sha256',
      { script_sha256: 'b', script: 'other.ts' },
      /the scripts night\.ts and other\.ts are not the same/,
    ],
  ] as const)(
    'of runs that differ in %s is refused, unless that is what is compared',
    (label, labels, line) => {
      const candidate = runs('cand1 cand2', { labels });
      expect(() => compared(candidate)).toThrow(line);
      expect(() => compared(candidate)).toThrow(UserError);
      expect(compared(candidate, { mayDiffer: [label] }).flags).toContainEqual(
        expect.stringContaining(label === 'script_sha256' ? 'the scripts' : `: ${label} `),
      );
    },
  );

  it('of runs that differ in what may matter says so', () => {
    const { flags } = compared(runs('cand1 cand2', { labels: { node: 'v24.0.0', seed: 9 } }));
    expect(flags).toEqual([
      'the sides differ: node v20.19.0 and v24.0.0',
      'the sides differ: traffic of seeds 1, 1, 1, 1 and of 9, 9',
    ]);
  });

  it('of runs that others used the machine beside says so', () => {
    const busy = runs('cand1 cand2 cand3 cand4').map((run, i) => ({
      ...run,
      others_cores: i * 0.5,
    }));
    expect(compared(busy).flags).toEqual([
      'other programs used up to 1.5 of 2 cores while new was drilled: its times are theirs too',
    ]);
    expect(compared(runs('cand1 cand2 cand3 cand4')).flags).toEqual([]);
  });
});

describe('the outputs', () => {
  it('the text has each figure, its interval, and what it was on', () => {
    const { text } = comparisonOutputs(SLOWER);
    expect(text).toMatch(
      /^worse: new \(4 runs\) against base\.json \(4 runs\): response time p50 \+\d+ %/,
    );
    expect(text).toMatch(/response time p99 .* \+5\.0 % {2}[.[\]*|!-]{25} {2}worse\n/);
    expect(text).toMatch(/on: night\.ts, reference, lmdb, fsync per batch, 2 shards/);
    expect(comparisonOutputs(ONE_A_SIDE).text).toMatch(
      /p50: how much runs of one side differ is not known/,
    );
  });

  it('JSON is the comparison itself', () => {
    expect(JSON.parse(comparisonOutputs(LIKE).json)).toEqual(LIKE);
  });

  it('JUnit has a case a figure, fails what is worse, and passes the schema that Jenkins checks', () => {
    for (const comparison of [LIKE, SLOWER, ONE_A_SIDE])
      expect(errorsOfJunit10(comparisonOutputs(comparison).junit)).toEqual([]);
    expect(comparisonOutputs(LIKE).junit).not.toMatch(/<failure|<skipped/);
    expect(comparisonOutputs(SLOWER).junit).toMatch(
      /name="response time p99">\n *<failure message="worse: /,
    );
    expect(comparisonOutputs(ONE_A_SIDE).junit).toMatch(/<skipped message="cannot tell/);
    const strict = comparisonOutputs({ ...ONE_A_SIDE, exit_code: 113 }).junit;
    expect(strict).toMatch(/<failure message="cannot tell/);
  });

  it('Markdown is one table whose cells no name can leave', () => {
    const comparison = compared(runs('cand1 cand2', { labels: { script: 'a|b*<img>.ts' } }));
    const { markdown } = comparisonOutputs({
      ...comparison,
      baseline: { ...comparison.baseline, name: 'x|<script>' },
    });
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)?.length).toBe(9);
    expect(rows.length).toBe(2 + comparison.rows.length);
    expect(markdown).toContain('x\\|\\<script\\>');
  });

  it('GitHub annotations are one line each, whatever is in them', () => {
    const { github } = comparisonOutputs({
      ...SLOWER,
      flags: ['two\nlines: 100% of them'],
    });
    const lines = github.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^:]*::\S/);
    expect(lines.filter((line) => line.startsWith('::error'))).not.toEqual([]);
    expect(github).toContain('two%0Alines: 100%25 of them');
  });

  it.each([
    [1, '+0.0 %'],
    [1.041, '+4.1 %'],
    [1.15, '+15 %'],
    [0.88, '-12 %'],
    [0.99999, '+0.0 %'],
    [3.24, 'x 3.2'],
  ])('a ratio of %d is %s', (ratio, words) => expect(changeWords(ratio)).toBe(words));

  it('the interval is drawn with worse to the right, of throughput too', () => {
    const row = LIKE.rows[0];
    if (row === undefined) throw new Error('no row');
    const drawn = { ...row, ratio: 1.15, interval: [1.08, 1.22] as const, tolerance: 0.05 };
    expect(strip({ ...drawn, what: 'p99' })).toBe('............|.![--*-]....');
    const less = { ...drawn, ratio: 1 / 1.15, interval: [1 / 1.22, 1 / 1.08] as const };
    expect(strip({ ...less, what: 'throughput' })).toBe('............|.![--*-]....');
  });
});

describe('a baseline file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'paydrill-baseline-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const written = (text: string): string => {
    const path = join(folder, 'baseline.json');
    writeFileSync(path, text);
    return path;
  };

  it('is read as it was written, and small: a line a second', () => {
    const baseline = baselineOf(BASE, '2026-11-11T00:00:00.000Z');
    const path = written(baselineJson(baseline));
    expect(readBaseline(path)).toEqual(baseline);
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThan(BASE.length * (8 + 2) + 3);
    expect(readFileSync(path).length / (BASE.length * 8)).toBeLessThan(2048);
  });

  it('holds runs of one drill only', () => {
    const other = sampleRun('other', { labels: { ...LABELS, workers: 3 } });
    expect(() => baselineOf([...BASE, other], '')).toThrow(
      /b1 and other are not of one kind: workers 1 and 3/,
    );
  });

  it.each([
    [
      '{"schema":"paydrill.baseline/9","runs":[]}',
      /of schema paydrill\.baseline\/9, not paydrill\.baseline\/1/,
    ],
    ['{"runs":[]}', /no baseline; write one with 'paydrill baseline save'/],
    ['nothing', /cannot be read as a baseline/],
  ])('that is none is refused in one line: %s', (text, line) => {
    expect(() => readBaseline(written(text))).toThrow(line);
  });
});
