/** Against the tables that every textbook has. */
import { expect, it } from 'vitest';
import { studentQuantile } from './student.js';

it.each([
  [0.975, 1, 12.706],
  [0.975, 2, 4.303],
  [0.975, 3, 3.182],
  [0.975, 4, 2.776],
  [0.975, 8, 2.306],
  [0.975, 30, 2.042],
  [0.975, 1000, 1.962],
  [0.95, 1, 6.314],
  [0.95, 4, 2.132],
  [0.95, 8, 1.86],
  [0.99, 4, 3.747],
  [0.995, 8, 3.355],
  [0.9995, 3, 12.924],
  [0.9995, 10, 4.587],
  [0.75, 5, 0.727],
])('t is below its quantile with probability %d at %d degrees of freedom', (p, degrees, value) => {
  expect(studentQuantile(p, degrees)).toBeCloseTo(value, 2);
});

it('degrees of freedom need not be whole', () => {
  const between = studentQuantile(0.975, 5.5);
  expect(between).toBeLessThan(studentQuantile(0.975, 5));
  expect(between).toBeGreaterThan(studentQuantile(0.975, 6));
});

it('what is no probability is refused', () => {
  expect(() => studentQuantile(0.5, 3)).toThrow(RangeError);
  expect(() => studentQuantile(0.9, 0.5)).toThrow(RangeError);
});
