import { describe, expect, it } from 'vitest';
import type { OperationLife } from '../verify/explain/operation-life.js';
import { lifeEvents } from './life-events.js';
import { lifeSection } from './life-section.js';
import { ID, LOST_PAYMENT } from './testing/sample-life.js';

const [ASKED] = LOST_PAYMENT.asked;
if (ASKED === undefined) throw new Error('the sample was not asked');

/** Places of the dots of one of the two pictures, by number. */
function dotsOf(page: string, frame: 'wide' | 'narrow'): { n: number; x: number; y: number }[] {
  const svg = page.slice(page.indexOf(`<svg class="${frame}"`)).split('</svg>')[0] ?? '';
  const dots = /<circle cx="([\d.]+)" cy="([\d.]+)" r="8"\/>\s*<text[^>]*>(\d+)</g;
  return [...svg.matchAll(dots)].map(([, x, y, n]) => ({
    n: Number(n),
    x: Number(x),
    y: Number(y),
  }));
}

describe('the life of an operation in the report', () => {
  it('is a picture and the same moments one by one', async () => {
    await expect(lifeSection(LOST_PAYMENT)).toMatchFileSnapshot('golden/life.html');
  });

  it('numbers what happened on every side in the order of time', () => {
    const events = lifeEvents(LOST_PAYMENT);
    expect(events.map(({ number, lane }) => `${number} ${lane}`)).toEqual([
      '1 client',
      '2 shard 0',
      '3 shard 1',
      '4 shard 0',
      '5 client',
      '6 client',
    ]);
  });

  it.each(['wide', 'narrow'] as const)(
    'has every dot in the picture, and none over another: %s',
    (frame) => {
      const entries = LOST_PAYMENT.entries.flatMap((entry) =>
        Array.from({ length: 9 }, (_, i) => ({ ...entry, at_us: Number(entry.at_us) + i * 900 })),
      );
      const dots = dotsOf(lifeSection({ ...LOST_PAYMENT, entries }), frame);
      const width = frame === 'wide' ? 960 : 360;
      expect(dots.map(({ n }) => n).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, i) => i + 1),
      );
      for (const [i, one] of dots.entries()) {
        expect(one.x).toBeGreaterThan(8);
        expect(one.x).toBeLessThan(width - 8);
        for (const other of dots.slice(i + 1))
          expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(16);
      }
    },
  );

  it('is drawn where everything happened at once, never ended, or has no place in time', () => {
    const at = (us: number | null) =>
      LOST_PAYMENT.entries.map((entry) => ({ ...entry, at_us: us }));
    const once = { ...ASKED, invoked_us: 5, sent_us: 5, completed_us: 5 };
    const never = { ...ASKED, completed_us: null, result: null, sent_us: null, attempts: null };
    const lives: readonly OperationLife[] = [
      { ...LOST_PAYMENT, asked: [once], entries: at(5) },
      { ...LOST_PAYMENT, asked: [never], entries: [] },
      { ...LOST_PAYMENT, asked: [], entries: at(null) },
      { ...LOST_PAYMENT, asked: [], entries: at(7) },
    ];
    const pages = lives.map(lifeSection);
    for (const page of pages) expect(page).not.toMatch(/NaN|Infinity|undefined/);
    expect(pages[0]).toContain('<svg');
    expect(pages[1]).toContain('class="span open"');
    expect(pages[2]).not.toContain('<svg');
    expect(pages[3]).toContain(`operation ${ID}, which nobody asked for`);
  });

  it('lets no name from outside open a tag or leave an attribute', () => {
    const hostile = `"><img src=x onerror=alert(1)> ' onmouseover='alert(1) \u001b[2J`;
    const legs = [
      { account: hostile, posting: hostile, pending: hostile, balance: hostile, version: 1 },
    ];
    const words = { kind: hostile, channel: hostile, outcome: hostile, result: hostile };
    const page = lifeSection({
      ...LOST_PAYMENT,
      asked: [{ ...ASKED, ...words, title: hostile, receipt: [] }],
      entries: LOST_PAYMENT.entries.map((entry) => ({ ...entry, command: hostile, legs })),
      faults: LOST_PAYMENT.faults.map((fault) => ({ ...fault, kind: hostile, target: hostile })),
      broken: LOST_PAYMENT.broken.map((law) => ({ ...law, name: hostile, problems: [hostile] })),
      related: [{ id: ID, how: 'refers to it', text: hostile }],
    });
    const tags = (text: string) =>
      new Set([...text.matchAll(/<\/?([a-zA-Z!]\w*)/g)].map(([, tag]) => tag));
    const known = tags(lifeSection(LOST_PAYMENT));
    expect([...tags(page)].filter((tag) => !known.has(tag))).toEqual([]);
    expect(page).not.toMatch(/<[^>]*\s(onerror|onmouseover|src)=/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(page).not.toMatch(/\u001b/);
  });
});
