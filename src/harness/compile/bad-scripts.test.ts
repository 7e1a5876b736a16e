/** Every way in which a script can be unusable gives one line that says what, where and what to do. */
import { describe, expect, it } from 'vitest';
import { ScriptConfigError } from '../options/errors.js';
import { ScriptError } from './errors.js';
import { loadScript } from './load.js';
import { planScript } from './plan-script.js';
import { scriptFile } from './testing/script-under-test.js';

async function refusal(text: string, scaling = {}): Promise<Error> {
  try {
    await planScript(await loadScript(scriptFile(text), { env: {} }), scaling);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('the script was accepted');
}

const scenario = (fields: string): string =>
  `export const options = { scenarios: { rush: { ${fields} } } };\nexport default function () {}`;

const options = (fields: string): string =>
  `export const options = { ${fields} };\nexport default function () {}`;

const RATE = `executor: 'constant-arrival-rate', rate: 1, duration: '1s', preAllocatedVUs: 1`;

describe('a script that does not load is a script error (107)', () => {
  it.each([
    [
      'does not parse',
      'export default function () {\n  const = 1;\n}',
      /night\.ts:2:9: Expected identifier/,
    ],
    ['TypeScript that does not parse', 'const x: = 1;', /night\.ts:1:10: /],
    [
      'throws in init',
      '\nconst x = undefined;\nx.boom();',
      /init code threw at .*night\.ts:3:3: TypeError: .*boom/,
    ],
    [
      'throws in init, deep',
      'function f() {\n  throw new Error("deep");\n}\nf();',
      /night\.ts:2:9: Error: deep/,
    ],
    ['throws text', 'throw "plain";', /night\.ts: plain$/],
    ['imports no such file', "import './missing.js';", /night\.ts:1:8: Could not resolve/],
    [
      'imports an unknown k6 module',
      "import sql from 'k6/x/kafka';\nsql.open('x');",
      /:1:17: no module "k6\/x\/kafka": extensions of k6 are written in Go/,
    ],
    [
      'imports an unknown name',
      "import { checks } from 'k6';\nchecks();",
      /:1:10: module "k6" exports no checks/,
    ],
    [
      'pays in init, hidden',
      "import { pay } from 'k6/x/pay';\n[pay].forEach((f) => f({ payer: 1, merchant: 1, amountMinor: 1 }));",
      /init code threw at .*init code/,
    ],
    [
      'a metric of a bad name',
      "import { Counter } from 'k6/metrics';\nnew Counter('1x');",
      /night\.ts:2:1: .*metric name "1x"/,
    ],
    [
      'a metric of two kinds',
      "import { Counter, Rate } from 'k6/metrics';\nnew Counter('ab'); new Rate('ab');",
      /:2:20: .*"ab" exists already as a counter/,
    ],
    [
      'a shared array of none',
      "import { SharedArray } from 'k6/data';\nnew SharedArray('a', () => 5);",
      /only arrays can be shared/,
    ],
    ['opens no such file', "open('nothing.csv');", /open\(\): cannot read nothing\.csv: ENOENT/],
    [
      'a wrong festival',
      "import { festival } from 'k6/x/pay';\nfestival({ users: 1.5, merchants: 3 });",
      /:2:1: .*festival: users must be a whole number/,
    ],
  ])('%s', async (_, text, message) => {
    const error = await refusal(text);
    expect(error).toBeInstanceOf(ScriptError);
    expect(error).toMatchObject({ exitCode: 107, message: expect.stringMatching(message) });
    expect(error.message).not.toContain('\n');
  });
});

describe('options that cannot be used are a configuration error (104)', () => {
  it.each([
    [
      'no executor',
      scenario('rate: 5'),
      /scenario "rush" names no executor; choose one of constant-arrival-rate/,
    ],
    [
      'an executor that is not supported',
      scenario(`executor: 'externally-controlled'`),
      /executor "externally-controlled" is not supported/,
    ],
    [
      'a scenario that is no object',
      options('scenarios: { rush: 5 }'),
      /scenario "rush" must be an object, got 5/,
    ],
    [
      'a bad name',
      options(`scenarios: { 'a b': { ${RATE} } }`),
      /scenario "a b": a name is made of/,
    ],
    [
      'a missing rate',
      scenario(`executor: 'constant-arrival-rate', duration: '1s', preAllocatedVUs: 1`),
      /"rush": rate must be a whole number from 1, got nothing/,
    ],
    [
      'a rate in words',
      scenario(
        `executor: 'constant-arrival-rate', rate: 'five', duration: '1s', preAllocatedVUs: 1`,
      ),
      /rate must be a whole number from 1, got "five"/,
    ],
    [
      'a fraction',
      scenario(`executor: 'constant-arrival-rate', rate: 0.5, duration: '1s', preAllocatedVUs: 1`),
      /got 0\.5/,
    ],
    [
      'no VUs',
      scenario(`executor: 'constant-arrival-rate', rate: 5, duration: '1s'`),
      /preAllocatedVUs must be/,
    ],
    [
      'fewer VUs at most than at first',
      scenario(`${RATE}, preAllocatedVUs: 9, maxVUs: 3`),
      /maxVUs must be from preAllocatedVUs \(9\)/,
    ],
    [
      'a bad duration',
      scenario(`${RATE}, duration: 'soon'`),
      /duration must be a duration of at least 1s like "30s".*got "soon"/,
    ],
    ['too short a duration', scenario(`executor: 'constant-vus', duration: '10ms'`), /at least 1s/],
    [
      'no stages',
      scenario(`executor: 'ramping-arrival-rate', preAllocatedVUs: 1, stages: []`),
      /stages must be a list with at least one entry, got \[\]/,
    ],
    [
      'a bad stage',
      scenario(
        `executor: 'ramping-arrival-rate', preAllocatedVUs: 1, stages: [{ duration: '1s' }]`,
      ),
      /stages\[0\]: target must be a whole number from 0, got nothing/,
    ],
    [
      'a function that is not there',
      scenario(`${RATE}, exec: 'buy'`),
      /wants the function buy, which the script does not export; it exports default/,
    ],
    [
      'two ways at once',
      options(`duration: '3s', scenarios: { rush: { ${RATE} } }`),
      /options has duration and scenarios; keep one way of saying it/,
    ],
    [
      'options that are no object',
      'export const options = 5;\nexport default function () {}',
      /options must be an object, got 5/,
    ],
    [
      'no functions at all',
      'export const x = 1;',
      /wants the function default, which the script does not export; it exports no function/,
    ],
    [
      'a threshold on no metric',
      options(`thresholds: { nope: ['rate<1'] }`),
      /thresholds\["nope"\]: no metric nope/,
    ],
    [
      'a threshold of the wrong method',
      options(`thresholds: { checks: ['p(95)<1'] }`),
      /checks is a rate and has no p; it has rate/,
    ],
    [
      'a threshold that cannot be read',
      options(`thresholds: { checks: ['rate is fine'] }`),
      /cannot read "rate is fine"; write e\.g\./,
    ],
    [
      'a percentile beyond 100',
      options(`thresholds: { pay_response_time: ['p(101)<1'] }`),
      /percentiles go from 0 to 100/,
    ],
    ['a threshold in numbers', options(`thresholds: { checks: [5] }`), /a threshold is text like/],
    ['a bad tag', options(`thresholds: { 'checks{x}': ['rate>0'] }`), /x is no tag:value/],
  ])('%s', async (_, text, message) => {
    const error = await refusal(text);
    expect(error).toBeInstanceOf(ScriptConfigError);
    expect(error).toMatchObject({ exitCode: 104, message: expect.stringMatching(message) });
    expect(error.message).toMatch(/night\.ts/);
    expect(error.message).not.toContain('\n');
  });

  it('no such script', async () => {
    await expect(loadScript('nowhere/night.ts', { env: {} })).rejects.toMatchObject({
      exitCode: 104,
      message: expect.stringContaining('no script at nowhere/night.ts'),
    });
  });

  it('a peak for a script without arrival rates', async () => {
    const error = await refusal(options(`vus: 1, duration: '1s'`), { peakPerSec: 5 });
    expect(error.message).toMatch(/--peak needs a scenario with an arrival rate/);
  });
});
