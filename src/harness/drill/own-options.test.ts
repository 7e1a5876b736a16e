import { describe, expect, it } from 'vitest';
import { ownOptions } from './own-options.js';

const refusal = (paydrill: unknown): string => {
  try {
    ownOptions({ ext: { paydrill } }, 'night.ts');
    return 'nothing refused';
  } catch (error) {
    return String(error);
  }
};

describe('options.ext.paydrill', () => {
  it('may be left out, and each of it', () => {
    const all = ownOptions(undefined, 'night.ts');
    expect(ownOptions({ ext: { other: 1 } }, 'night.ts')).toEqual(all);
    expect(ownOptions({ ext: { paydrill: { users: 7 } } }, 'night.ts')).toEqual({
      ...all,
      stack: { ...all.stack, population: { ...all.stack.population, users: 7 } },
    });
  });

  it('splits no merchant that is not there', () => {
    const { stack } = ownOptions({ ext: { paydrill: { merchants: 5 } } }, 'night.ts', 3);
    expect(stack.shards).toBe(3);
    expect(stack.population).toMatchObject({ merchants: 5, splitMerchants: 5 });
  });

  it('asks for a risk engine by the files of its rules and its model', () => {
    const { risk } = ownOptions(
      { ext: { paydrill: { risk: { rules: 'r.json', speed: 60, closed: ['transfer'] } } } },
      'night.ts',
    );
    const bounds = { speed: 60, closed: ['transfer'] };
    expect(risk).toEqual({ rules: 'r.json', model: undefined, bounds });
  });

  it.each([
    [
      { merchant: 5 },
      'night.ts: options.ext.paydrill: merchant is not known; did you mean merchants?',
    ],
    [
      { population: 5 },
      /population is not known; known are brownOut, calibrate, deadlineMs, laws, merchants, networks, openingMinor, operationsPerFrame, products, risk, splitMerchants, target, users$/,
    ],
    [{ networks: ['5g'] }, /networks must be a list of names, of 2g, 3g, 4g-commuter, elevator/],
    [{ users: -1 }, /users must be a whole number from 0, got -1/],
    [{ risk: { model: 'm.json' } }, /risk: rules must be the path of a file of rules, got nothing/],
    [{ risk: { rules: 'r.json', sped: 2 } }, /risk: sped is not known; did you mean speed\?/],
    [{ calibrate: 'yes' }, /calibrate must be true or false, got "yes"/],
    [[1], /options\.ext\.paydrill must be an object, got \[1\]/],
  ])('is refused in one line as %j', (paydrill, line) => {
    expect(refusal(paydrill)).toMatch(line);
  });
});
