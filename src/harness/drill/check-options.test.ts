import { describe, expect, it } from 'vitest';
import { type DrillOptions, KEEPS } from '../report/progress.js';
import { UserError } from '../user-error.js';
import { checkedOptions } from './check-options.js';
import { OPTION_TABLE } from './option-table.js';

const PROGRAM = ['node', 'paydrill.js'];

const OPTIONS: DrillOptions = {
  script: 'night.ts',
  target: 'reference',
  durationScale: 1,
  env: {},
  program: ['paydrill'],
  allowTargets: [],
  signal: new AbortController().signal,
};

function checkOptions(options: unknown): DrillOptions {
  return checkedOptions(options, PROGRAM);
}

/** The one line and the exit code of what is refused. */
function refusalOf(options: unknown): string {
  try {
    checkOptions(options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exitCode).toBe(104);
    return error.message;
  }
  return 'taken';
}

const itself: Record<string, unknown> = {};
itself.itself = itself;

/** For each option: what is none of it, and words of the one line about it. */
const WRONG: Readonly<Record<keyof DrillOptions, readonly (readonly [unknown, RegExp])[]>> = {
  script: [
    [undefined, /script must be the path of a script, got nothing$/],
    ['', /got ""$/],
    [['night.ts'], /got \["night.ts"\]$/],
  ],
  secretSources: [
    ['file=a', /got something else$/],
    [['file=a', 'vault=topsecret'], /file=path.*, got another text as number 2$/],
  ],
  offline: [['yes', /true or false, got "yes"$/]],
  scriptOptions: [['vus', /an object of options as a script exports them, got "vus"$/]],
  systemEnv: [['yes', /true or false, got "yes"$/]],
  summaryExport: [['', /the path of a file, got ""$/]],
  noSummary: [[1, /true or false, got 1$/]],
  modulesFolder: [['', /the path of a folder, got ""$/]],
  productsFolder: [['', /the path of a folder, got ""$/]],
  remoteModules: [[{ 'https://a.b/c.js': '12' }, /hashes by address, 64 hexadecimal digits each/]],
  executionSegment: [[[0, 1], /a part of the whole, as "1\/4:1\/2", got \[0,1\]$/]],
  executionSegmentSequence: [['', /places that ascend/]],
  workingDirectory: [[7, /the path of a folder, got 7$/]],
  target: [
    ['', /got ""$/],
    [null, /got null$/],
    ['refrence', /did you mean reference\?$/],
    ['nonsense', /host:port of a gateway.* got "nonsense"$/],
    ['http://127.0.0.1:1/x', /must be/],
    ['127.0.0.1:0', /must be/],
    [{ host: '127.0.0.1' }, /must be/],
  ],
  peakPerSec: [
    [0, /a number above 0, got 0$/],
    [Number.NaN, /got NaN$/],
    [Number.POSITIVE_INFINITY, /got Infinity$/],
    ['5000', /got "5000"$/],
    [5n, /got 5n$/],
  ],
  outputs: [
    ['json=a.json', /a list of outputs, each one of json=<file>/],
    [['runs/a'], /got \["runs\/a"\]$/],
    [['jsn=a'], /got \["jsn=a"\]$/],
  ],
  durationScale: [
    [-1, /got -1$/],
    [null, /got null$/],
    ['1', /got "1"$/],
  ],
  seed: [
    [-1, /a whole number from 0 to 4294967295, got -1$/],
    [1.5, /got 1.5$/],
    [Number.NaN, /got NaN$/],
    [2 ** 32, /got 4294967296$/],
    ['7', /got "7"$/],
  ],
  workers: [
    [0, /a whole number from 1 to 256, got 0$/],
    [1e9, /got 1000000000$/],
    [itself, /got what JSON cannot hold$/],
  ],
  shards: [
    [0, /must be/],
    [1000, /a whole number from 1 to 64, got 1000$/],
  ],
  scriptSha256: [['abc', /64 hexadecimal digits/]],
  faultPlan: [
    ['faults.json', /an object with/],
    [{ from: 'x' }, /an object with/],
    [{ from: 7, document: [] }, /an object with/],
  ],
  faults: [
    [{ faults: [] }, /the path of a fault plan, or 'none'/],
    ['', /got ""$/],
  ],
  laws: [
    ['', /the path of a folder, got ""$/],
    [['mine.sql'], /got \["mine.sql"\]$/],
  ],
  riskLine: [
    ['', /the path of a file, got ""$/],
    [{ rules: [] }, /the path of a file, got \{"rules":\[\]\}$/],
  ],
  outFolder: [
    ['', /the path of a folder, got ""$/],
    [true, /got true$/],
  ],
  keep: [
    ['bla', /one of all, failed, unproved, none, got "bla"$/],
    ['Failed', /got "Failed"; did you mean failed\?$/],
    [null, /got null$/],
  ],
  env: [
    [{ A: 1 }, /got 1 for A$/],
    [{ '9A': 'x' }, /got "9A", which is no name of a variable$/],
    [{ SECRET: 'hunter2', B: undefined }, /got nothing for B$/],
    [['A=1'], /an object of texts/],
  ],
  mutant: [
    ['bla', /'paydrill mutants' lists them, got "bla"$/],
    ['lose-credit-legs', /did you mean lose-credit-leg\?$/],
    ['toString', /must be/],
  ],
  toxiproxy: [
    ['8474', /host:port/],
    ['127.0.0.1:0', /host:port/],
    [8474, /host:port/],
  ],
  program: [
    [[], /the words of a command/],
    ['paydrill', /the words of a command/],
  ],
  allowLittleDisk: [['yes', /true or false, got "yes"$/]],
  allowTargets: [
    ['pay.example', /a list of hosts/],
    [[7], /a list of hosts/],
  ],
  constantRate: [
    [100, /an object with perSec, warmUpMs, holdMs and slos/],
    [{ perSec: 0, warmUpMs: 0, holdMs: 1000, slos: [] }, /an object with perSec/],
    [{ perSec: 1e12, warmUpMs: 0, holdMs: 1000, slos: [] }, /an object with perSec/],
    [{ perSec: 5, warmUpMs: 0, holdMs: 1000, slos: [5] }, /an object with perSec/],
    [{ perSec: 5, warmUpMs: 0, holdMs: 1000, slos: [], more: 1 }, /an object with perSec/],
  ],
  signal: [
    [{}, /an AbortSignal/],
    [new AbortController(), /an AbortSignal/],
  ],
};

describe('each option of a drill', () => {
  const each = Object.entries(WRONG).flatMap(([name, values]) =>
    values.map(([value, words]) => ({ name, value, words })),
  );
  it.each(each)('$name is refused where it is $value, in one line that names it', (wrong) => {
    const line = refusalOf({ script: 'night.ts', [wrong.name]: wrong.value });
    expect(line).toMatch(new RegExp(`^options of the drill: ${wrong.name} must be [^\\n]+$`));
    expect(line).toMatch(wrong.words);
    expect(line).not.toContain('hunter2');
  });

  it('is taken at its bounds', () => {
    const atBounds: readonly Partial<DrillOptions>[] = [
      { seed: 0, workers: 1, shards: 1, peakPerSec: 0.5, durationScale: 1e-3 },
      { seed: 2 ** 32 - 1, workers: 256, shards: 64 },
      ...KEEPS.map((keep) => ({ keep })),
      { constantRate: { perSec: 0.1, warmUpMs: 0, holdMs: 1, slos: [] } },
      { env: { A: '', _b9: 'x' }, mutant: 'lose-credit-leg', faults: 'none' },
    ];
    for (const options of atBounds)
      expect(checkOptions({ ...OPTIONS, ...options })).toMatchObject(options);
  });

  it.each([
    ['sead', 'did you mean seed?'],
    ['durationscale', 'did you mean durationScale?'],
    ['out', `known are ${Object.keys(OPTION_TABLE).sort().join(', ')}`],
  ])('%s is none: it is said which there are', (name, hint) => {
    const line = refusalOf({ script: 'night.ts', [name]: 1 });
    expect(line).toBe(`options of the drill: ${name} is not known; ${hint}`);
  });
});

describe('the options of a drill', () => {
  it.each([
    ['10.1.2.3:12200', /10\.1\.2\.3:12200 is not on this machine.*--allow-target 10\.1\.2\.3/],
    ['http://pay.example', /pay\.example.*--allow-target pay\.example/],
    ['127.0.0.1.example:1', /--allow-target/],
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

  it.each([undefined, null, 'night.ts', ['night.ts'], 7, () => {}])(
    'are refused where they are no object: %s',
    (options) => {
      expect(refusalOf(options)).toMatch(/^the options of the drill must be an object, .*got /);
    },
  );

  it('refuse two fault plans', () => {
    const faultPlan = { from: 'plan.json', document: [] };
    expect(refusalOf({ ...OPTIONS, faults: 'none', faultPlan })).toMatch(/leave out one$/);
  });

  it('that are left out are as on the command line, and undefined leaves out', () => {
    const { signal, ...others } = checkOptions({ script: 'night.ts', seed: undefined });
    expect(others).toEqual({
      script: 'night.ts',
      target: 'auto',
      durationScale: 1,
      env: {},
      program: PROGRAM,
      allowTargets: [],
    });
    expect(signal.aborted).toBe(false);
  });

  it('stay as they were checked, whatever their owner does with them afterwards', () => {
    const env: Record<string, string> = { A: '1' };
    const checked = checkOptions({ ...OPTIONS, env });
    env.A = '2';
    expect(checked.env).toEqual({ A: '1' });
  });

  it('write an address in one way', () => {
    expect(checkOptions({ ...OPTIONS, target: 'http://localhost/' }).target).toBe(
      'http://localhost:80',
    );
  });
});
