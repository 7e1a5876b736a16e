import { describe, expect, it } from 'vitest';
import type { DrillOptions } from '../report/progress.js';
import { checkOptions } from './check-options.js';

const OPTIONS: DrillOptions = {
  script: 'night.ts',
  target: 'reference',
  durationScale: 1,
  env: {},
  program: ['paydrill'],
  allowTargets: [],
  signal: new AbortController().signal,
};

describe('the options of a drill', () => {
  it.each([
    ['10.1.2.3:12200', /10\.1\.2\.3:12200 is not on this machine.*--allow-target 10\.1\.2\.3/],
    ['http://pay.example', /pay\.example.*--allow-target pay\.example/],
    ['127.0.0.1.example:1', /--allow-target/],
    ['nonsense', /cannot be read/],
  ])('refuse the target %s, from a program too', (target, words) => {
    expect(() => checkOptions({ ...OPTIONS, target })).toThrow(words);
  });

  it('take another host that was named, and any on this machine', () => {
    checkOptions({ ...OPTIONS, target: '10.1.2.3:12200', allowTargets: ['10.1.2.3'] });
    for (const target of ['127.0.0.1:1', 'http://localhost:80', '[::1]:7']) {
      checkOptions({ ...OPTIONS, target });
    }
  });

  it('refuse a Toxiproxy elsewhere', () => {
    expect(() => checkOptions({ ...OPTIONS, toxiproxy: '10.1.2.3:8474' })).toThrow(
      /--allow-target/,
    );
  });

  it('refuse what only the reference stack has where another target is named', () => {
    expect(() => checkOptions({ ...OPTIONS, target: '127.0.0.1:1', shards: 2 })).toThrow(
      /--shards/,
    );
    expect(() =>
      checkOptions({ ...OPTIONS, target: '127.0.0.1:1', mutant: 'lose-credit-leg' }),
    ).toThrow(/--mutant/);
  });
});
