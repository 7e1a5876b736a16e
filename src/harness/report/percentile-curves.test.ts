/** The curve of percentiles: how far it goes, and that it is a picture of what was measured. */
import { describe, expect, it } from 'vitest';
import { NO_CURVES, percentileCurve, percentilesJson } from './percentile-curves.js';
import { percentilePicture } from './percentile-picture.js';
import { sampleCurves } from './testing/on-page.js';

describe('a curve of percentiles', () => {
  it('goes as far as its times can tell, then to the greatest', () => {
    const { points } = percentileCurve(1000, (percent) => percent * 10);
    const percents = points.map(([percent]) => percent);
    expect(percents.slice(0, 7)).toEqual([0, 10, 20, 30, 40, 50, 55]);
    const [last, end] = [percents.at(-2) ?? 0, percents.at(-1)];
    expect(end).toBe(100);
    expect(last).toBeGreaterThan(99.85);
    expect(last).toBeLessThanOrEqual(99.9);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
    expect(points.every(([percent, us]) => us === Math.round(percent * 10))).toBe(true);
  });

  it.each([0, 1, 2])('of %d times is still one', (count) => {
    const { points } = percentileCurve(count, () => 7);
    expect(points.at(-1)).toEqual(count === 0 ? undefined : [100, 7]);
    expect(points.length).toBeLessThan(8);
  });

  it('is drawn for response and service time, with what it leaves out, and not at all without a time', () => {
    const picture = percentilePicture(sampleCurves(), ', of the 65 % that <started>');
    expect(picture).toContain('Percentiles of 10,000 times, of the 65 % that &lt;started&gt;');
    expect(picture).not.toMatch(/NaN|Infinity|undefined/);
    expect(picture.match(/<path class="series /g)).toHaveLength(4);
    for (const label of ['0 %', '90 %', '99 %', '99.9 %', '99.99 %'])
      expect(picture).toContain(`>${label}<`);
    expect(picture).toContain('<title>50 %: response 1.88 ms, service 1.43 ms</title>');
    expect(percentilePicture(NO_CURVES, '')).toBe('');
  });

  it('is drawn for requests where nobody was paid', () => {
    const { response_time: times } = sampleCurves();
    const picture = percentilePicture({ ...NO_CURVES, request_duration: times }, '');
    expect(picture.match(/<path class="series /g)).toHaveLength(2);
    expect(picture).toContain('<span class="legend line">request duration</span></figcaption>');
    expect(picture).toContain('<title>50 %: request 1.88 ms</title>');
  });

  it('is read back as it was written', () => {
    const curves = sampleCurves();
    expect(JSON.parse(percentilesJson(curves))).toMatchObject(curves);
  });
});
