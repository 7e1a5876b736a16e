/** Golden files of every page. After a change that is meant: `npx vitest run src/harness/report -u`. */
import { describe, expect, it } from 'vitest';
import { reportHtml } from './html.js';
import { parseSummary, summaryJson } from './json.js';
import { junitXml } from './junit.js';
import { liveBlock, liveLine } from './live.js';
import { metricsJson } from './metrics.js';
import { COLOURS, NO_PAINT } from './paint.js';
import type { DrillTick } from './progress.js';
import { rejudge, type Summary } from './summary.js';
import { terminalSummary } from './terminal.js';
import {
  INVALID,
  INVALID_JUDGEMENT,
  sampleMetrics,
  TICK,
  UNKNOWN,
  VALID,
  VALID_JUDGEMENT,
} from './testing/sample-run.js';
import { summaryView } from './view.js';

const FOLDER = 'reports/20251111T000000Z-double-eleven';

describe('the summary on a terminal', () => {
  for (const [name, summary] of Object.entries({ VALID, INVALID, UNKNOWN })) {
    it(`fits one screen of 80 by 24: ${name.toLowerCase()}`, async () => {
      const text = onScreen(summary, 80);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(text.split('\n').length).toBeLessThanOrEqual(name === 'INVALID' ? 32 : 24);
      await expect(text).toMatchFileSnapshot(`golden/summary-${name.toLowerCase()}.txt`);
    });
  }

  it('begins with the verdict in plain words', () => {
    expect(onScreen(VALID, 400).split('\n')[0]).toBe(
      'valid: 6,214,331 payments acknowledged, 0 lost, 0 doubled, 0 invented; ' +
        '1,204 unknown, all resolved: 611 happened, 593 did not',
    );
  });

  it('does not get wider than a narrow terminal', () => {
    const widths = onScreen(INVALID, 50)
      .split('\n')
      .filter((line) => !line.startsWith('run folder'))
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(50);
  });

  it('carries the same words with colour as without', () => {
    const view = summaryView(INVALID);
    const painted = terminalSummary(view, { columns: 80, paint: COLOURS, folder: FOLDER });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
    expect(painted.replace(/\u001b\[[0-9;]*m/g, '')).toBe(onScreen(INVALID, 80));
  });
});

describe('the view of a running drill', () => {
  it('shows every figure in a block', async () => {
    const text = liveBlock(TICK, { columns: 80, paint: NO_PAINT });
    await expect(`${text}\n`).toMatchFileSnapshot('golden/live-block.txt');
  });

  it('shows every figure in one line', async () => {
    await expect(`${liveLine(TICK)}\n`).toMatchFileSnapshot('golden/live-line.txt');
  });

  it('says what is going on when there is no load', () => {
    const words = (phase: DrillTick['phase']): string =>
      liveBlock({ ...TICK, phase }, { columns: 80, paint: NO_PAINT });
    expect(words('start')).toBe('starting the target and the load workers');
    expect(words('books')).toContain('reading the books of the ledger\nload       2,214,331 ok');
  });

  it('stays within the columns whatever the names are', () => {
    const long = {
      ...TICK,
      stage: 'x'.repeat(300),
      faultsActive: ['y'.repeat(90), 'z'.repeat(90)],
    };
    for (const columns of [40, 60, 80, 200]) {
      const widths = liveBlock(long, { columns, paint: NO_PAINT }).split('\n');
      expect(Math.max(...widths.map((line) => line.length))).toBeLessThan(columns);
    }
  });
});

describe('the files of a run folder', () => {
  it('report.html needs nothing from anywhere', async () => {
    const page = reportHtml(INVALID, sampleMetrics());
    expect(page).not.toMatch(/https?:|<script|@import|url\(/);
    expect(page).toContain('&lt;user:4711 &amp; merchant:3&gt;');
    await expect(page).toMatchFileSnapshot('golden/report.html');
  });

  it('report.html is a page without a single second of metrics', () => {
    expect(reportHtml(UNKNOWN, [])).toContain('</html>');
  });

  it('junit.xml has a case for each law and each threshold', async () => {
    await expect(junitXml(INVALID)).toMatchFileSnapshot('golden/junit.xml');
  });

  it('metrics.json has one row a second', () => {
    const parsed: unknown = JSON.parse(metricsJson(sampleMetrics()));
    expect(parsed).toHaveProperty('rows.length', 53);
  });

  it('summary.json is read back as it was written', () => {
    expect(parseSummary(summaryJson(INVALID), 'summary.json')).toEqual(INVALID);
  });

  it('summary.json that was cut short is refused in one line', () => {
    expect(() => parseSummary(summaryJson(VALID).slice(0, 99), 'a/summary.json')).toThrow(
      /^a\/summary.json: not JSON/,
    );
    expect(() => parseSummary('{}', 'a/summary.json')).toThrow(/not a summary/);
  });
});

describe('the verdict', () => {
  it('of a run that attempted nothing is unknown', () => {
    const operations = { ...VALID_JUDGEMENT.operations, attempted: 0, ok: 0, declined: 0 };
    const summary = rejudge(VALID, { ...VALID_JUDGEMENT, operations });
    expect(summary).toMatchObject({ verdict: 'unknown', exit_code: 112 });
    expect(summary.reason).toBe('no operation was attempted');
  });
});

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

  it('is 108 where the script aborted a valid run', () => {
    const run = { ...VALID.run, ending: 'aborted' as const };
    expect(rejudge({ ...VALID, run }, VALID_JUDGEMENT).exit_code).toBe(108);
    expect(rejudge({ ...VALID, run }, INVALID_JUDGEMENT).exit_code).toBe(111);
  });
});

function onScreen(summary: Summary, columns: number): string {
  return terminalSummary(summaryView(summary), { columns, paint: NO_PAINT, folder: FOLDER });
}
