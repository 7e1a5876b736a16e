import { describe, expect, it } from 'vitest';
import { clock, count, cut, lengthMs, momentMs, percent, timeUs, wrap } from './format.js';

describe('numbers as the pages write them', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [6_214_331.4, '6,214,331'],
    [-1234, '-1,234'],
  ])('count %d is %s', (value, text) => {
    expect(count(value)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [0.000_001, 'under 0.001 %'],
    [0.000_27, '0.027 %'],
    [0.013, '1.3 %'],
    [0.654, '65 %'],
    // never rounded up to all
    [0.9999, '99.99 %'],
    [0.999_999, 'over 99.99 %'],
    [1, '100 %'],
  ])('a share of %d is %s', (share, text) => {
    expect(percent(share)).toBe(text);
  });

  it.each([
    [850, '850 us'],
    [999.6, '1.00 ms'],
    [1240, '1.24 ms'],
    [9996, '10.0 ms'],
    [99_960, '100 ms'],
    [999_499, '999 ms'],
    [999_500, '1.00 s'],
    [12_345_678, '12.3 s'],
  ])('%d microseconds are %s', (us, text) => {
    expect(timeUs(us)).toBe(text);
  });

  it.each([
    [0, '0:00'],
    [7400, '0:07'],
    [750_000, '12:30'],
    [3_723_000, '1:02:03'],
    [-5, '0:00'],
  ])('%d milliseconds on the clock are %s', (ms, text) => {
    expect(clock(ms)).toBe(text);
  });

  it('moments are told to a tenth of a second', () => {
    expect([0, 7449, 7450, 59_960].map(momentMs)).toEqual(['0:00.0', '0:07.4', '0:07.5', '1:00.0']);
  });

  it('lengths switch to seconds at 100 ms', () => {
    expect([40, 99, 100, 12_000].map(lengthMs)).toEqual(['40 ms', '99 ms', '0.1 s', '12.0 s']);
  });
});

describe('text in columns', () => {
  it('breaks at spaces and keeps every word', () => {
    expect(wrap('one two three four', 9)).toEqual(['one two', 'three', 'four']);
    expect(wrap('a breakable', 4)).toEqual(['a', 'brea', 'kabl', 'e']);
  });

  it('cuts with dots', () => {
    expect(cut('abcdefgh', 6)).toBe('abc...');
    expect(cut('abc', 6)).toBe('abc');
  });
});
