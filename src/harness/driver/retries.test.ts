/** When operations are sent again, and how many of them a budget lets through. */
import { describe, expect, test } from 'vitest';
import { Retries } from './retries.js';

const POLICY = { attemptsMax: 3, backoffFirstMs: 100, backoffMaxMs: 400, budgetPerSec: 1_000 };
/** A turn of the load's loop, and what the budget lets through in it. */
const TURN_US = 10_000;
const A_TURN = 10;

/** Due at once: the wait is a random part of the back-off. */
function retries(random = () => 0): Retries {
  const made = new Retries(POLICY, random);
  made.takeDue(0);
  return made;
}

describe('retries', () => {
  test('come when their wait is over, not before', () => {
    const waits = retries(() => 0.5);
    waits.schedule(7, 1);
    waits.schedule(8, 2);
    const due: [number, number][] = [];
    for (let turn = 1; turn <= 20; turn++) {
      for (const tag of waits.takeDue(turn * TURN_US)) due.push([tag, turn * TURN_US]);
    }
    expect(due).toEqual([
      [7, 60_000],
      [8, 110_000],
    ]);
  });

  test('over the budget wait their turn: each comes once, the oldest first', () => {
    const waits = retries();
    const tags = Array.from({ length: 5_000 }, (_, tag) => tag);
    for (const tag of tags) waits.schedule(tag, 1);
    const taken: number[] = [];
    let turn = 0;
    while (taken.length < tags.length && turn < tags.length) {
      const now = ++turn * TURN_US;
      const due = waits.takeDue(now);
      expect(due.length).toBeLessThanOrEqual(2 * A_TURN);
      taken.push(...due);
      // Some come due meanwhile, and are behind those that wait.
      if (turn === 3) waits.schedule(5_000, 1);
    }
    expect(taken).toEqual(tags);
    expect(turn).toBeGreaterThanOrEqual(tags.length / A_TURN - 2);
    expect(waits.takeDue((turn + 1) * TURN_US)).toEqual([5_000]);
  });

  test('end with the attempts that the policy has', () => {
    const waits = retries();
    expect([1, 2, 3].map((attempts) => waits.allows(attempts))).toEqual([true, true, false]);
  });
});
