/** Which stretch of a chart a fault and the recovery from it take. */
import { expect, it } from 'vitest';
import { faultBands } from './fault-bands.js';
import { VALID } from './testing/sample-run.js';

const [FAULT] = VALID.faults;
if (FAULT === undefined) throw new Error('no fault in the sample');

it.each([
  // applied, healed, recovered (ms): the bands, in seconds
  [
    [1000, 2000, 3500],
    [
      ['fault', 1, 2],
      ['recovery', 2, 3.5],
    ],
  ],
  [[1000, 2000, 2000], [['fault', 1, 2]]],
  [[1000, 2000, null], [['fault', 1, 2]]],
  [[1000, null, null], [['fault', 1, 20]]],
  [[null, null, null], []],
] as const)('%j: %j', ([applied_ms, healed_ms, recovered_ms], bands) => {
  const drawn = faultBands([{ ...FAULT, applied_ms, healed_ms, recovered_ms }], 20);
  expect(drawn.map(({ kind, fromS, toS }) => [kind, fromS, toS])).toEqual(bands);
});
