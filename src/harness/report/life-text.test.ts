import { describe, expect, it } from 'vitest';
import { type LifePage, lifeText } from './life-text.js';
import { COLOURS, NO_PAINT } from './paint.js';
import { ID, LOST_PAYMENT } from './testing/sample-life.js';

const PAGE: LifePage = { columns: 80, paint: NO_PAINT, folder: 'reports/latest', sql: false };

describe('the life of an operation as text', () => {
  it('is read from top to bottom: asked, answered, booked, under which faults, and what it breaks', async () => {
    await expect(lifeText(LOST_PAYMENT, PAGE)).toMatchFileSnapshot('golden/life.txt');
  });

  it('has the queries of the broken laws on demand', () => {
    const text = lifeText(LOST_PAYMENT, { ...PAGE, sql: true });
    expect(text).toContain('\n          select id_hi, id_lo\n            from asked\n');
    expect(text).not.toContain('--sql');
  });

  it('points to the file of a law that somebody added', () => {
    const [law] = LOST_PAYMENT.broken;
    if (law === undefined) throw new Error('the sample breaks none');
    const own = { ...LOST_PAYMENT, broken: [{ ...law, name: 'mine', file: 'laws/mine.sql' }] };
    expect(lifeText(own, PAGE)).toContain('its query: reports/latest/laws/mine.sql');
  });

  it('says so where nobody asked, nothing was booked, nothing was felt and nothing is broken', () => {
    const empty = { ...LOST_PAYMENT, asked: [], entries: [], faults: [], broken: [], related: [] };
    const text = lifeText({ ...empty, load_started_us: null }, PAGE);
    expect(text).toMatch(new RegExp(`^operation ${ID}: nobody asked for it\n`));
    expect(text).toMatch(/^books +no entry on any shard$/m);
    expect(text).toMatch(/^faults +none was felt meanwhile$/m);
    expect(text).toMatch(/^laws +it breaks none$/m);
    expect(text).toMatch(/^clock +times are mm:ss.mmm since the drill began$/m);
  });

  it('tells an operation that was never answered from one that a look-up found', () => {
    const [asked] = LOST_PAYMENT.asked;
    if (asked === undefined) throw new Error('the sample was not asked');
    const never = { ...asked, outcome: 'unknown', result: null, completed_us: null, sent_us: null };
    const found = { ...asked, resolution: 'look_up' };
    const textOf = (one: typeof asked): string => lifeText({ ...LOST_PAYMENT, asked: [one] }, PAGE);
    expect(textOf(never)).toMatch(/^answered +never, and no look-up told what became of it$/m);
    expect(textOf(found)).toMatch(/^answered .*found by look-up after the load/m);
  });

  it('keeps figures that are no exact numbers, and shows names that would act on a terminal', () => {
    const [entry] = LOST_PAYMENT.entries;
    if (entry === undefined) throw new Error('the sample has no entry');
    const legs = entry.legs.map((leg) => ({ ...leg, posting: '-9223372036854775808' }));
    const faults = LOST_PAYMENT.faults.map((fault) => ({ ...fault, target: 'shard\u001b[31m' }));
    const text = lifeText({ ...LOST_PAYMENT, entries: [{ ...entry, legs }], faults }, PAGE);
    expect(text).toContain('-9223372036854775808 minor units');
    expect(text).toContain('shard\\x1b[31m');
  });

  it('carries the same words with colour as without', () => {
    const painted = lifeText(LOST_PAYMENT, { ...PAGE, paint: COLOURS });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape that begins a colour
    expect(painted.replace(/\u001b\[[0-9;]*m/g, '')).toBe(lifeText(LOST_PAYMENT, PAGE));
  });
});
