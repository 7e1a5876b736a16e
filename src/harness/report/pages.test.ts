/** Golden files of every page. After a change that is meant: `npx vitest run src/harness/report -u`. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EXIT_CODES } from '../exit-codes.js';
import { parseSummary, summaryJson } from './json.js';
import { junitXml } from './junit.js';
import { liveBlock, liveLine, noticeLine } from './live.js';
import { metricsJson } from './metrics.js';
import { COLOURS, NO_PAINT } from './paint.js';
import type { DrillTick } from './progress.js';
import { rejudge, type Summary } from './summary.js';
import { terminalSummary } from './terminal.js';
import { errorsOfJunit10 } from './testing/junit-schema.js';
import { onPage } from './testing/on-page.js';
import { FOLDER, onScreen } from './testing/on-screen.js';
import {
  INVALID,
  PAUSED,
  sampleMetrics,
  TICK,
  UNKNOWN,
  VALID,
  VALID_JUDGEMENT,
} from './testing/sample-run.js';
import { summaryView } from './view.js';

describe('the summary on a terminal', () => {
  for (const [name, summary] of Object.entries({ VALID, INVALID, UNKNOWN })) {
    it(`fits one screen of 80 by 24: ${name.toLowerCase()}`, async () => {
      const text = onScreen(summary, 80);
      const fitted = text.split('\n').filter((line) => !line.includes('paydrill explain'));
      expect(Math.max(...fitted.map((line) => line.length))).toBeLessThanOrEqual(80);
      // What is broken is told in full: only then may it take more than the screen.
      expect(text.split('\n').length).toBeLessThanOrEqual(name === 'INVALID' ? 40 : 24);
      await expect(text).toMatchFileSnapshot(`golden/summary-${name.toLowerCase()}.txt`);
    });
  }

  it('begins with the verdict in plain words', () => {
    expect(onScreen(VALID, 400).split('\n')[0]).toBe(
      'valid: 6,214,331 payments acknowledged, 0 lost, 0 doubled, 0 invented; ' +
        '1,204 unknown, all resolved: 611 happened, 593 did not',
    );
  });

  it('ends with the command that explains what is broken, while there are records to explain it from', () => {
    const command = `paydrill explain ${FOLDER} 0198c2f1-5e00-7a31-8000-00000001f3a2`;
    expect(onScreen(INVALID, 40).trimEnd().split('\n').at(-1)).toBe(`explain        ${command}`);
    const dropped = { ...INVALID, run: { ...INVALID.run, records_kept: false } };
    for (const summary of [dropped, VALID]) expect(onScreen(summary, 80)).not.toMatch(/explain/);
  });

  it('does not get wider than a narrow terminal', () => {
    const widths = onScreen(INVALID, 50)
      .split('\n')
      .filter((line) => !/^run folder|^explain/.test(line))
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(50);
  });

  it('never cuts a witness, however long it is and however narrow the screen', () => {
    const long = `${'0123456789abcdef'.repeat(20)} was answered ok; ${'the books hold nothing. '.repeat(40)}`;
    const laws = INVALID.laws.map((law) =>
      law.status === 'broken' || law.name === 'conservation'
        ? { ...law, status: 'broken' as const, witness: `${law.name}: ${long}` }
        : law,
    );
    for (const columns of [40, 80, 200]) {
      const words = onScreen({ ...INVALID, laws }, columns, 24).replace(/\s+/g, '');
      for (const name of ['no-lost-ack', 'conservation'])
        expect(words).toContain(`${name}: ${long}`.replace(/\s+/g, ''));
    }
  });

  it('tells declines by code, checks that failed and the metrics of the script', () => {
    const text = onScreen(INVALID, 200, 100);
    expect(text).toMatch(/^declines +exceeds_credits 80,211, risk_velocity_count 5,258$/m);
    expect(text).toMatch(/^checks +paid, or declined for a reason: failed 1,204 of 6,214,331$/m);
    expect(text).toMatch(/refunded_minor: 40,112,300, 764000\/s/);
    expect(text).toMatch(/basket_time: avg 12\.4 ms, min 400 us, med 11\.0 ms/);
  });

  it('carries the same words with colour as without', () => {
    const view = summaryView(INVALID);
    const painted = terminalSummary(view, { columns: 80, paint: COLOURS, folder: FOLDER });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
    expect(painted.replace(/\u001b\[[0-9;]*m/g, '')).toBe(onScreen(INVALID, 80));
  });
});

describe('a pause of the load', () => {
  it('is told with what was not sent for it, which the percentiles do not speak of', () => {
    const text = onScreen(PAUSED, 100);
    expect(text).toContain('paused from the page once, 2.5 s in all: 600 iterations not sent');
    expect(text).toContain('600 iterations dropped: 100 % due while the load was paused');
    expect(text).toMatch(/response time +p50 [^\n]*, of the/);
    const page = onPage(PAUSED, sampleMetrics());
    expect(page).toMatch(/<g class="band pause"><title>paused: by somebody who watched</);
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

describe('a threshold that does not hold', () => {
  const failing = { ...VALID, exit_code: 99, thresholds: INVALID.thresholds };

  it('stands in the headline of a valid ledger, and the page is red', () => {
    expect(onScreen(failing, 400).split('\n')[0]).toMatch(
      /^valid: 1 of 2 thresholds does not hold \(pay_response_time p\(99\)<3000\); 6,214,331/,
    );
    expect(onPage(failing)).toContain('<header class="verdict tone-bad">');
    expect(onPage(VALID)).toContain('<header class="verdict tone-good">');
    expect(onPage(UNKNOWN)).toContain('<header class="verdict tone-doubt">');
  });
});

describe('a threshold that saw no sample', () => {
  const thresholds = [{ metric: 'checks', expression: 'rate>0.9', ok: null, value: null }];
  const allowed = thresholds.map((one) => ({ ...one, allow_empty: true }));

  it('is shown as not evaluated, fails in junit.xml and ends the run with 99', () => {
    const summary = rejudge({ ...VALID, thresholds }, VALID_JUDGEMENT);
    expect(summary.exit_code).toBe(99);
    expect(onScreen(summary, 400).split('\n')[0]).toMatch(
      /^valid: 1 of 1 threshold does not hold \(checks rate>0\.9, not evaluated\)/,
    );
    expect(onScreen(summary, 80)).toContain('NOT EVALUATED checks rate>0.9: no sample');
    expect(junitXml(summary)).toContain(
      '<failure message="NOT EVALUATED checks rate&gt;0.9: no sample"/>',
    );
    expect(onPage(summary)).toContain('<li class="broken">NOT EVALUATED checks');
  });

  it('takes nothing away where the script allows it, and is shown all the same', () => {
    const summary = rejudge({ ...VALID, thresholds: allowed }, VALID_JUDGEMENT);
    expect(summary.exit_code).toBe(0);
    const text = onScreen(summary, 80);
    expect(text).toContain('not evaluated checks rate>0.9: no sample, as allowed');
    expect(text).toContain('0 of 1 hold');
    expect(junitXml(summary)).toContain('<skipped message="not evaluated checks');
  });
});

/** Names that a script may choose, each made to get out of where it is shown. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  ']]></system-out><failure/>',
  '&lt;&#27;',
  'two\nlines\r\nand <b>more</b>',
  '\u001b[2J\u001b[31mred\u009b0m\u0007\u0000',
  '\u202egnp.exe \ud800 \uffff',
];

describe('names from outside', () => {
  const hostile = HOSTILE.join(' ');
  const summary: Summary = {
    ...INVALID,
    reason: hostile,
    run: {
      ...{ ...INVALID.run, id: hostile, script: hostile, command: hostile, target: hostile },
      ...{ ended_by: hostile, durability: hostile, ledger_engine: hostile, node: hostile },
    },
    faults: INVALID.faults.map((fault) => ({ ...fault, kind: hostile, target: hostile })),
    laws: INVALID.laws.map((law) => ({ ...law, name: hostile, witness: hostile })),
    declines_by_code: { [hostile]: 3 },
    checks: [{ group: `::${hostile}`, name: hostile, passes: 1, fails: 1 }],
    custom_metrics: { [hostile]: { kind: 'gauge', is_time: false, values: { value: 1 } } },
    thresholds: [{ metric: hostile, expression: hostile, ok: false }],
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\uffff]/;

  it('open no tag and leave no attribute in report.html', () => {
    const page = onPage(summary, sampleMetrics());
    const tags = new Set([...page.matchAll(/<\/?([a-zA-Z!]\w*)/g)].map(([, tag]) => tag));
    const golden = onPage(INVALID, sampleMetrics());
    const known = new Set([...golden.matchAll(/<\/?([a-zA-Z!]\w*)/g)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => !known.has(tag))).toEqual([]);
    expect(page).not.toMatch(/<[^>]*\s(onerror|onmouseover|src)=/);
    expect(page.match(/</g)?.length).toBe(page.match(/<\/?[a-zA-Z!]/g)?.length);
    expect(page).not.toMatch(acting);
  });

  it('stay text in junit.xml', () => {
    const xml = junitXml(summary);
    expect(errorsOfJunit10(xml)).toEqual([]);
    expect(xml).not.toMatch(acting);
    expect(xml.match(/<failure/g)?.length).toBe(3);
  });

  it('move no cursor and set no colour on a terminal', () => {
    expect(onScreen(summary, 80)).not.toMatch(acting);
    const tick = { ...TICK, stage: hostile, faultsActive: [hostile] };
    expect(liveBlock(tick, { columns: 80, paint: NO_PAINT })).not.toMatch(acting);
    expect(liveLine(tick)).not.toMatch(acting);
    expect(noticeLine(tick, `script: ${hostile}`)).not.toMatch(acting);
    expect(liveLine(tick).split('\n').length).toBe(1);
  });

  it('that are only foreign are shown as they are', () => {
    const name = '支付成功 – naïve ✓ 👍🏽';
    const checks = [{ group: '', name, passes: 0, fails: 1 }];
    expect(onScreen({ ...VALID, checks }, 200)).toContain(name);
    expect(onPage({ ...VALID, checks })).toContain(name);
  });
});

describe('ids that left the memory of a shard', () => {
  it('are told beside how the drill ended, and only then', () => {
    const told = (summary: Summary): string => JSON.stringify(summaryView(summary));
    const words = 'shard 1: 5,200,000 left its memory of 16.7 M ids: 84 s at 200,000/s';
    expect(told(VALID)).not.toContain('left its memory');
    const summary = { ...VALID, run: { ...VALID.run, ids_left: words } };
    expect(told(summary)).toContain(`ids that the store answered for from then on: ${words}`);
  });
});

describe('junit.xml', () => {
  const endings: readonly (readonly [string, Summary])[] = [
    ['0', VALID],
    ['99', { ...VALID, exit_code: 99, thresholds: INVALID.thresholds }],
    ['100', { ...VALID, exit_code: 100, run: { ...VALID.run, ending: 'setup_timeout' } }],
    ['101', { ...VALID, exit_code: 101, run: { ...VALID.run, ending: 'teardown_timeout' } }],
    ['105', { ...VALID, exit_code: 105, run: { ...VALID.run, ending: 'interrupted' } }],
    ['107', { ...VALID, exit_code: 107, run: { ...VALID.run, ending: 'script_exception' } }],
    ['108', { ...VALID, exit_code: 108, run: { ...VALID.run, ending: 'aborted' } }],
    ['110', { ...VALID, exit_code: 110, run: { ...VALID.run, marked_failed: 'too dear' } }],
    ['111', INVALID],
    ['112', UNKNOWN],
    ['112 without a law', { ...UNKNOWN, laws: [] }],
    ['of the table', { ...VALID, exit_code: Math.max(...codesOfTheTable()) }],
  ];

  it.each(endings)('of a run that ends %s passes the schema and fails unless it is 0', (_, end) => {
    const xml = junitXml(end);
    expect(errorsOfJunit10(xml)).toEqual([]);
    const [, failures, errors] = /<testsuites [^>]*failures="(\d+)" errors="(\d+)"/.exec(xml) ?? [];
    expect(Number(failures) + Number(errors) > 0).toBe(end.exit_code !== 0);
    expect(/<(failure|error) /.test(xml)).toBe(end.exit_code !== 0);
  });

  it('tells value, seed and command of each case', () => {
    const cases = junitXml(INVALID).split('<testcase ').slice(1);
    expect(cases.length).toBe(INVALID.laws.length + INVALID.thresholds.length + 1);
    for (const one of cases) {
      expect(one).toMatch(/value: \S/);
      expect(one).toContain('seed: 11\ncommand: paydrill run scenarios/double-eleven.ts --seed 11');
    }
  });

  it('is checked by rules that refuse what the schema refuses', () => {
    const xml = junitXml(VALID);
    const spoil = (from: string, to: string): number =>
      errorsOfJunit10(xml.replace(from, to)).length;
    expect(spoil('<testsuites ', '<testsuites skipped="1" ')).toBeGreaterThan(0);
    expect(spoil('time="52.500"', 'time="5e-7"')).toBeGreaterThan(0);
    expect(spoil('<system-out>', '<properties/><system-out>')).toBeGreaterThan(0);
    expect(spoil(' tests="1"', '')).toBeGreaterThan(0);
    expect(spoil('</testsuites>', '')).toBeGreaterThan(0);
  });
});

function codesOfTheTable(): number[] {
  return Object.values(EXIT_CODES).map(({ code }) => code);
}

describe('the files of a run folder', () => {
  it('report.html needs nothing from anywhere', async () => {
    const page = onPage(INVALID, sampleMetrics());
    expect(page).not.toMatch(/https?:|<script|@import|url\(/);
    expect(page).toContain('&lt;user:4711 &amp; merchant:3&gt;');
    await expect(page).toMatchFileSnapshot('golden/report.html');
  });

  it('report.html allows its own style and nothing else, and needs no more', () => {
    const page = onPage(INVALID, sampleMetrics());
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toMatch(/^default-src 'none'; /);
    expect(policy).toContain(`style-src 'sha256-${hash}';`);
    expect(page).not.toMatch(/<[^>]+ (style|on\w+)=/);
  });

  it('report.html is a page without a single second of metrics', () => {
    expect(onPage(UNKNOWN)).toContain('</html>');
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
  it('of a load test claims nothing of a ledger, in words and colour, and leaves the exit code to thresholds', () => {
    const judgement = {
      ...VALID_JUDGEMENT,
      verdict: 'no_claim',
      reason: 'the target has no books',
    } as const;
    const held = rejudge({ ...VALID, thresholds: [] }, judgement);
    expect(held.exit_code).toBe(0);
    expect(summaryView(held)).toMatchObject({
      word: 'no ledger claim',
      headline: 'the target has no books',
      tone: 'doubt',
    });
    const threshold = { metric: 'm', expression: 'p(99)<1', ok: false };
    expect(rejudge({ ...VALID, thresholds: [threshold] }, judgement).exit_code).toBe(99);
  });
});

describe('a drill without an answer', () => {
  const none = { p50: null, p90: null, p99: null, p999: null, max: null };
  const silent: Summary = {
    ...VALID,
    operations: {
      ...VALID.operations,
      ok: 0,
      declined: 0,
      unknown: 0,
      not_sent: 200,
      attempted: 200,
    },
    response_time_us: none,
    service_time_us: none,
  };

  it('has no percentile, anywhere', () => {
    const rows = sampleMetrics().map((row) => ({
      ...row,
      p50_us: null,
      p99_us: null,
      max_us: null,
    }));
    expect(onScreen(silent, 200)).toMatch(/^response time +no sample: no answer came$/m);
    const page = onPage(silent, rows);
    expect(page).toContain('<p>response time p99</p><strong>-</strong><p>max -</p>');
    expect(page).toContain('p50 -, p99 -');
    expect(page).not.toMatch(/null|NaN/);
    const tick = { ...TICK, p50Us: null, p99Us: null };
    expect(liveLine(tick)).toContain('| p50 - p99 - |');
    expect(liveBlock(tick, { columns: 80, paint: NO_PAINT })).toContain('p50 -, p99 -');
  });

  it('tells what was never sent apart from declines', () => {
    expect(onScreen(silent, 200)).toContain(
      '200 attempted: 0 ok, 0 declined, 0 unknown, 200 not sent; 2,101 retried',
    );
    expect(liveLine({ ...TICK, notSentTotal: 7 })).toContain('| declined 30,112 | not sent 7 |');
  });
});

describe('faults whose recovery cannot be told apart', () => {
  const faults = VALID.faults.map((fault, i) =>
    i < 2 ? { ...fault, recovered_ms: null, overlaps: [2 - i] } : fault,
  );

  it('name each other instead of a number, on the terminal and on the page', () => {
    const screen = onScreen({ ...VALID, faults }, 200);
    expect(screen).toMatch(/#1 .* long, overlaps #2\n/);
    expect(screen).toMatch(/#2 .* long, overlaps #1\n/);
    const page = onPage({ ...VALID, faults }, sampleMetrics());
    const cells = [...page.matchAll(/data-column="recovered after"[^>]*>([^<]*)</g)];
    expect(cells.slice(0, 2).map(([, text]) => text)).toEqual(['overlaps #2', 'overlaps #1']);
    expect(page).not.toContain('not seen');
  });
});

describe('a fault that somebody asked for before its time', () => {
  it('is told as such, with the time it was planned for', () => {
    const [first] = VALID.faults;
    const asked = { ...first, planned_ms: 50_000, asked_ms: 9000, applied_ms: 9000 };
    expect(onScreen({ ...VALID, faults: [asked] }, 200)).toContain(
      `#1 ${first.kind} ${first.target}: at 0:09, asked for, planned for 0:50`,
    );
    expect(onScreen(VALID, 200)).not.toContain('asked for');
  });
});
