import { expect, it } from 'vitest';
import { ExceptionTally, OTHER_EXCEPTIONS } from './exception-tally.js';

const describeError = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

it('counts what was thrown at one place with one message together', () => {
  const tally = new ExceptionTally(describeError);
  const thrown = (message: string): Error => new Error(message);
  for (let i = 0; i < 5; i++) tally.count(thrown(i < 3 ? 'no luck' : 'no funds'));
  tally.count('no luck');
  expect(tally.counts()).toEqual([
    { text: 'no luck', count: 4 },
    { text: 'no funds', count: 2 },
  ]);
});

it('asks once for the place of the same exception', () => {
  let asked = 0;
  const tally = new ExceptionTally(() => `line ${++asked}`);
  const thrown = (): Error => new Error('no luck');
  for (let i = 0; i < 1000; i++) tally.count(thrown());
  expect(asked).toBe(1);
});

it('keeps a bounded number of lines when each message is another, and loses no count', () => {
  const tally = new ExceptionTally(describeError);
  for (let i = 0; i < 5000; i++) tally.count(new Error(`payment ${i} failed`));
  const counts = tally.counts();
  expect(counts.slice(0, 2).map(({ text }) => text)).toEqual([
    'payment 0 failed',
    'payment 1 failed',
  ]);
  expect(counts).toHaveLength(11);
  expect(counts.at(-1)).toEqual({ text: OTHER_EXCEPTIONS, count: 4990 });
});
