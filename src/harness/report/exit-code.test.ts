/** Which of several news decides the exit code, and that none of them is kept from the reader. */
import { describe, expect, it } from 'vitest';
import { junitXml } from './junit.js';
import { rejudge, type Summary } from './summary.js';
import { onScreen } from './testing/on-screen.js';
import {
  INVALID,
  INVALID_JUDGEMENT,
  UNKNOWN,
  VALID,
  VALID_JUDGEMENT,
} from './testing/sample-run.js';
import { summaryView } from './view.js';

describe('the exit code', () => {
  it('is the worst news', () => {
    const codes = (summary: Summary): number => summary.exit_code;
    expect(codes(VALID)).toBe(0);
    expect(codes(INVALID)).toBe(111);
    expect(codes(UNKNOWN)).toBe(112);
    expect(codes(rejudge(INVALID, VALID_JUDGEMENT))).toBe(105);
  });

  it('is 99 where a threshold does not hold and all else is well', () => {
    const run = { ...VALID.run };
    const thresholds = [{ metric: 'checks', expression: 'rate>0.99', ok: false }];
    expect(rejudge({ ...VALID, run, thresholds }, VALID_JUDGEMENT).exit_code).toBe(99);
  });

  const [first, ...others] = VALID.faults;
  const error = 'its time never came: the load ended after 2.0 s';
  const missed = {
    ...first,
    applied_ms: null,
    healed_ms: null,
    recovered_ms: null,
    error,
  } as const;

  it('is 114 where a planned fault did not happen, which is named before all else', () => {
    const summary = rejudge({ ...VALID, faults: [...others, missed] }, VALID_JUDGEMENT);
    expect(summary).toMatchObject({ verdict: 'valid', exit_code: 114 });
    const number = VALID.faults.length;
    const name = `#${number} ${first?.kind} ${first?.target}`;
    const words = `1 of ${number} planned faults did not happen (${name})`;
    expect(summaryView(summary).headline).toMatch(new RegExp(`^${escapedForRegExp(words)}; `));
    expect(onScreen(summary, 200)).toContain(`did not happen: ${error}`);
    expect(junitXml(summary)).toContain(words);
    const thresholds = [{ metric: 'checks', expression: 'rate>0.99', ok: false }];
    expect(rejudge({ ...summary, thresholds }, VALID_JUDGEMENT).exit_code).toBe(114);
  });

  it.each([
    ['interrupted', 105],
    ['aborted', 108],
    ['threshold', 99],
    ['script_exception', 107],
    ['iterations_threw', 107],
    ['setup_timeout', 100],
    ['teardown_timeout', 101],
    ['lost', 112],
  ] as const)(
    'of a run that was %s stays %i, and the fault that did not happen is named',
    (ending, code) => {
      const run = { ...VALID.run, ending };
      const summary = rejudge({ ...VALID, run, faults: [...others, missed] }, VALID_JUDGEMENT);
      expect(summary.exit_code).toBe(code);
      expect(summaryView(summary).headline).toContain('planned faults did not happen (');
    },
  );

  it('is 112 where a fault did not happen and the verdict is unknown anyway', () => {
    const { laws } = UNKNOWN;
    const judgement = { ...VALID_JUDGEMENT, verdict: 'unknown' as const, reason: 'x', laws };
    expect(rejudge({ ...VALID, faults: [missed] }, judgement).exit_code).toBe(112);
  });

  it('is 108 where the script aborted the run, unless a law is broken', () => {
    const run = { ...VALID.run, ending: 'aborted' as const };
    expect(rejudge({ ...VALID, run }, VALID_JUDGEMENT).exit_code).toBe(108);
    expect(rejudge({ ...VALID, run }, INVALID_JUDGEMENT).exit_code).toBe(111);
    const undecided = { ...VALID_JUDGEMENT, verdict: 'unknown' as const, reason: 'x' };
    expect(rejudge({ ...VALID, run }, undecided).exit_code).toBe(108);
    const thresholds = [{ metric: 'checks', expression: 'rate>0.99', ok: false }];
    expect(rejudge({ ...VALID, run, thresholds }, VALID_JUDGEMENT).exit_code).toBe(108);
  });

  it('is 107 where every iteration threw, and 99 where a threshold does not hold or saw nothing', () => {
    const run = { ...VALID.run, ending: 'iterations_threw' as const };
    expect(rejudge({ ...VALID, run }, VALID_JUDGEMENT).exit_code).toBe(107);
    for (const ok of [false, null]) {
      const thresholds = [{ metric: 'checks', expression: 'rate>0.99', ok, value: null }];
      expect(rejudge({ ...VALID, run, thresholds }, VALID_JUDGEMENT).exit_code).toBe(99);
      expect(rejudge({ ...VALID, run, thresholds }, INVALID_JUDGEMENT).exit_code).toBe(111);
    }
  });

  it('is 110 where the script marked the run as failed, whatever its thresholds say', () => {
    const run = { ...VALID.run, marked_failed: 'too <dear>' };
    const thresholds = [{ metric: 'checks', expression: 'rate>0.99', ok: false }];
    const summary = rejudge({ ...VALID, run, thresholds }, VALID_JUDGEMENT);
    expect(summary.exit_code).toBe(110);
    const words = 'the script marked the test as failed: too <dear>';
    expect(summaryView(summary)).toMatchObject({ tone: 'bad' });
    expect(summaryView(summary).headline.startsWith(`${words}; 1 of 1 threshold`)).toBe(true);
    expect(junitXml(summary)).toContain('marked the test as failed: too &lt;dear&gt;');
    expect(rejudge(summary, INVALID_JUDGEMENT).exit_code).toBe(111);
    expect(rejudge({ ...summary, faults: [missed] }, VALID_JUDGEMENT).exit_code).toBe(114);
  });
});

function escapedForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
