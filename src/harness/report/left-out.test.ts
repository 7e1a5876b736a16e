/** Dropped and unanswered stand beside every percentile that leaves them out, and in the headline. */
import { describe, expect, it } from 'vitest';
import { junitXml } from './junit.js';
import { droppedWords, leftOutWords } from './left-out.js';
import { liveBlock, liveLine } from './live.js';
import { NO_PAINT } from './paint.js';
import type { OperationFacts, Summary } from './summary.js';
import { terminalSummary } from './terminal.js';
import { onPage } from './testing/on-page.js';
import { sampleMetrics, TICK, VALID } from './testing/sample-run.js';
import { summaryView } from './view.js';

const of = (facts: Partial<OperationFacts>): OperationFacts => ({ ...VALID.operations, ...facts });

describe('what percentiles leave out', () => {
  it.each([
    ['nothing', of({}), ''],
    // 0.02 % unknown move nothing that is shown
    [
      'dropped',
      of({ started_iterations: 650, dropped_iterations: 350 }),
      ', of the 65 % that started',
    ],
    [
      'unknown and not sent',
      of({ attempted: 100, ok: 60, declined: 20, unknown: 15, not_sent: 5 }),
      ', of the 80 % of operations that were answered',
    ],
    [
      'both',
      of({
        started_iterations: 2,
        dropped_iterations: 2,
        attempted: 2,
        ok: 1,
        declined: 0,
        unknown: 1,
      }),
      ', of the 50 % that started and the 50 % of operations that were answered',
    ],
  ])('%s', (_, operations, words) => {
    expect(leftOutWords(operations)).toBe(words);
  });

  it('is told with its share of what was due', () => {
    const operations = of({ started_iterations: 15, dropped_iterations: 9 });
    expect(droppedWords(operations)).toBe('9 of 24 iterations dropped (38 %)');
    expect(droppedWords(of({}))).toBe('');
  });
});

describe('a drill that dropped 35 % of its plan', () => {
  const words = 'of the 65 % that started';
  const operations = of({ started_iterations: 65_000, dropped_iterations: 35_000 });
  const failing = { metric: 'pay_response_time', expression: 'p(99)<3', ok: false, value: 214 };
  const dropping: Summary = { ...VALID, operations, thresholds: [...VALID.thresholds, failing] };

  it('says so in the headline and beside each percentile on a terminal', () => {
    const page = { columns: 400, rows: 99, paint: NO_PAINT, folder: 'reports/latest' };
    const lines = terminalSummary(summaryView(dropping), page).split('\n');
    expect(lines[0]).toMatch(/; 35,000 of 100,000 iterations dropped \(35 %\)$/);
    const beside = lines.filter((line) => line.endsWith(words)).map((line) => line.slice(0, 12));
    expect(beside).toEqual(['response tim', 'service time', 'thresholds  ']);
  });

  it('says so on the page: in the headline, tiles, chart, figures and thresholds', () => {
    const page = onPage(dropping, sampleMetrics());
    expect(page).toMatch(/<h1>.*35,000 of 100,000 iterations dropped \(35 %\)<\/h1>/);
    expect(page).toMatch(/response time p50<\/p>.*that started<\/p>/);
    expect(page).toMatch(/response time p99<\/p>.*that started<\/p>/);
    expect(page).toContain(`<b>Response time, ${words}</b>`);
    expect(page).toContain(`holds pay_response_time p(99)&lt;3000: 214, ${words}`);
    expect(page).not.toContain(`pay_declined rate&lt;0.05: 0.0136, ${words}`);
  });

  it('says so in junit.xml and while it runs', () => {
    expect(junitXml(dropping)).toContain(`pay_response_time p(99)&lt;3: 214, ${words}`);
    const tick = { ...TICK, startedIterations: 65, droppedIterations: 35 };
    expect(liveLine(tick)).toContain(`p99 214 ms, ${words} |`);
    expect(liveBlock(tick, { columns: 80, paint: NO_PAINT })).toContain(`p99 214 ms, ${words}`);
    expect(liveLine(TICK)).not.toContain('started');
  });
});
