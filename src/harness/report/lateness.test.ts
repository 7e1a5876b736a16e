import { describe, expect, it } from 'vitest';
import { causeWords, latenessOf, NO_LATENESS } from './lateness.js';

const row = (second: number, late: number, dropped: number, leftOver = 0, paused = 0) => ({
  left_over_iterations: leftOver,
  paused_iterations: paused,
  second,
  late_starts: late,
  dropped_iterations: dropped,
});

describe('what made iterations late', () => {
  it.each([
    // all cores were busy: nobody alone is to blame, whatever the thread says
    [{ generator: 1, machine: 0.99 }, { machine: 7 }, { machine: 5 }],
    // the machine had time and the thread had none: the generator's own doing
    [{ generator: 0.99, machine: 0.6 }, { generator: 7 }, { generator: 5 }],
    // both had time: a pause made starts late, and who was dropped found no VU
    [{ generator: 0.4, machine: 0.5 }, { pause: 7 }, { vus: 5 }],
  ])('in a second like %j', (busy, late, dropped) => {
    const found = latenessOf([row(3, 7, 5)], [{ second: 3, ...busy }]);
    expect(found.late_starts).toMatchObject(late);
    expect(found.dropped_iterations).toMatchObject(dropped);
  });

  it('is none of theirs where somebody paused the load', () => {
    const found = latenessOf([row(3, 0, 5, 0, 4)], [{ second: 3, generator: 1, machine: 1 }]);
    expect(found.dropped_iterations).toMatchObject({ machine: 1, vus: 0, asked_pause: 4 });
    expect(causeWords(found.dropped_iterations)).toMatch(/^80 % due while the load was paused, as/);
  });

  it('is none of theirs where maxDuration left it over', () => {
    const found = latenessOf([row(3, 0, 5, 4)], [{ second: 3, generator: 1, machine: 1 }]);
    expect(found.dropped_iterations).toMatchObject({ machine: 1, vus: 0, max_duration: 4 });
    expect(causeWords(found.dropped_iterations)).toMatch(
      /^80 % left over when maxDuration had passed, 20 %/,
    );
  });

  it('is told second by second, and nothing is lost where nobody looked', () => {
    const rows = [row(0, 1, 0), row(1, 10, 3), row(2, 100, 30)];
    const seconds = [
      { second: 1, generator: 1, machine: 1 },
      { second: 2, generator: 1, machine: 0.5 },
    ];
    expect(latenessOf(rows, seconds)).toEqual({
      late_starts: { machine: 10, generator: 100, pause: 1 },
      dropped_iterations: { ...NO_LATENESS.dropped_iterations, machine: 3, generator: 30 },
    });
  });

  it('is said with the most frequent cause first, without what is under a percent', () => {
    expect(causeWords({ machine: 12, generator: 88, pause: 0 })).toBe(
      "88 % while the generator's own thread was busy, 12 % while the whole machine was busy",
    );
    expect(causeWords({ machine: 1_000, generator: 1, pause: 0 })).toBe(
      '100 % while the whole machine was busy',
    );
  });
});
