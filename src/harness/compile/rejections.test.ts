/** Whose a rejected promise is, by what it was rejected with. */
import { expect, test } from 'vitest';
import { InterruptedError } from '../vu/interrupted-error.js';
import { ScriptRun } from '../vu/script-run.js';
import { Positions } from './positions.js';
import { isOfScript } from './rejections.js';

const SCRIPT = '/some where/night (2).js';
const POSITIONS = new Positions({ path: SCRIPT, bundleMap: '', transformMap: undefined });
const RUN = new ScriptRun(() => undefined);
const OURS = new URL('../driver/driver.js', import.meta.url).href;
const K6 = new URL('../k6/x/order.js', import.meta.url).href;

function errorFrom(...frames: readonly string[]): Error {
  const error = new Error('x');
  error.stack = ['Error: x', ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const THROWN_BY_SCRIPT = errorFrom(`buy (${SCRIPT}:3:4)`, `Vu.call (${OURS}:5:6)`);
const REFUSED_BY_K6 = errorFrom(
  `amount (${K6}:3:4)`,
  'process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
);
const BUG = errorFrom(
  `Driver.flush (${OURS}:5:6)`,
  'processImmediate (node:internal/timers:478:21)',
);
const BUG_UNDER_K6 = errorFrom(`amount (${K6}:3:4)`, `Driver.flush (${OURS}:5:6)`);

test.each([
  ['thrown by the script', THROWN_BY_SCRIPT, undefined, true],
  ['a text, which nothing of ours throws', 'no stock', undefined, true],
  ['nothing at all', undefined, undefined, true],
  ['a function of k6 that the script handed on', REFUSED_BY_K6, RUN, true],
  [
    'a function of the language that the script handed on',
    errorFrom('JSON.parse (<anonymous>)'),
    RUN,
    true,
  ],
  ['without a place, in nothing that a script began', errorFrom(), undefined, false],
  ['a bug of ours', BUG, undefined, false],
  ['a bug of ours, in what a script began', BUG, RUN, false],
  ['a bug of ours that came through k6', BUG_UNDER_K6, RUN, false],
  ['a failed system call', Object.assign(errorFrom(), { syscall: 'write' }), RUN, false],
  ['an interruption, of no VU', new InterruptedError(), undefined, false],
])('%s', (_, reason, run, expected) => {
  expect(isOfScript(reason, POSITIONS, run)).toBe(expected);
});
