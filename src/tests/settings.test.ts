/** Options that nobody typed: where they come from, and which goes before which. Nothing is started: each ends before its drill. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunOptions } from '../cli/run-options.js';
import { runOptions } from '../cli/run-options.js';
import { startProgramIn } from './testing/program.js';

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-settings-'));
  home = process.cwd();
  process.chdir(folder);
});

afterEach(() => {
  process.chdir(home);
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('PAYDRILL_')) delete process.env[name];
  }
  rmSync(folder, { recursive: true, force: true });
});

async function options(...argv: readonly string[]): Promise<RunOptions> {
  let read: RunOptions | undefined;
  const command = runOptions().action((_, given: RunOptions) => {
    read = given;
  });
  await command.parseAsync(['night.ts', ...argv], { from: 'user' });
  if (read === undefined) throw new Error('the command did not run');
  return read;
}

const FILES = [
  [
    'paydrill.config.json',
    '{ "peak": 5000, "quiet": true, "env": { "USERS": 10 }, "out": ["json=a.json", "runs/a"] }',
  ],
  [
    'paydrill.config.yaml',
    'peak: 5000\nquiet: true\nenv: { USERS: 10 }\nout: [json=a.json, runs/a]\n',
  ],
  [
    'paydrill.config.ts',
    "const users: number = 10;\nexport default { peak: 5000, quiet: true, env: { USERS: users }, out: ['json=a.json', 'runs/a'] };",
  ],
] as const;

describe('a config file', () => {
  test.each(FILES)('%s gives what is not typed', async (name, text) => {
    writeFileSync(name, text);
    expect(await options()).toMatchObject({
      peak: 5000,
      quiet: true,
      env: { USERS: '10' },
      out: { folder: 'runs/a', outputs: ['json=a.json'] },
      durationScale: 1,
    });
  });

  test('gives way to the environment, and that to what is typed', async () => {
    writeFileSync(
      'paydrill.config.json',
      '{ "peak": 5000, "seed": 1, "shards": 3, "quiet": true }',
    );
    process.env.PAYDRILL_SEED = '2';
    process.env.PAYDRILL_SHARDS = '4';
    process.env.PAYDRILL_QUIET = 'false';
    process.env.PAYDRILL_NOBODY = ''; // as a pipeline passes on what it does not have
    // As Kubernetes does beside Services named `paydrill` and `paydrill-ui`.
    process.env.PAYDRILL_SERVICE_HOST = '10.0.0.9';
    process.env.PAYDRILL_PORT_8080_TCP_ADDR = '10.0.0.9';
    process.env.PAYDRILL_UI_SERVICE_PORT_HTTP = '8080';
    process.env.PAYDRILL_ALLOW_TARGET = 'a.test,b.test';
    expect(await options('--shards', '5')).toMatchObject({
      peak: 5000,
      seed: 2,
      shards: 5,
      quiet: false,
      allowTarget: ['a.test', 'b.test'],
    });
  });

  test('is another where --config or PAYDRILL_CONFIG says so', async () => {
    writeFileSync('paydrill.config.json', '{ "peak": 1 }');
    writeFileSync('two.yaml', 'peak: 2');
    writeFileSync('three.json', '{ "peak": 3 }');
    process.env.PAYDRILL_CONFIG = 'two.yaml';
    expect(await options()).toMatchObject({ peak: 2 });
    expect(await options('--config', 'three.json')).toMatchObject({ peak: 3 });
  });

  test('is not needed, and no other file of the folder is one', async () => {
    writeFileSync('.paydrillrc', 'peak=7');
    writeFileSync('package.json', '{ "paydrill": { "peak": 7 } }');
    expect((await options()).peak).toBeUndefined();
  });
});

describe('is refused in one line and 104:', { timeout: 30_000 }, () => {
  test.each([
    [
      'an unknown key',
      '{ "peek": 5 }',
      {},
      /paydrill\.config\.json: peek is not known; did you mean peak\?/,
    ],
    [
      'a key that names another file',
      '{ "extends": "x" }',
      {},
      /extends is not known; known are allowLittleDisk, allowTarget,/,
    ],
    [
      'a wrong value',
      '{ "peak": -1 }',
      {},
      /config\.json: peak: It must be a number above 0\. It is "-1"/,
    ],
    [
      'a list for one value',
      '{ "peak": [1, 2] }',
      {},
      /peak must be a text, a number, .* got \[1,2\]/,
    ],
    ['a word for a flag', '{ "quiet": "yes" }', {}, /quiet must be true or false, got "yes"/],
    ['no object', '[1]', {}, /must hold an object of options, got \[1\]/],
    ['what cannot be parsed', '{ "peak": ', {}, /the config file cannot be read: /],
    ['a variable', '{}', { PAYDRILL_KEEP: 'some' }, /PAYDRILL_KEEP: Allowed choices are all, /],
    [
      'a variable that is nearly one',
      '{}',
      { PAYDRILL_DURATION_SCAL: '2' },
      /PAYDRILL_DURATION_SCAL is not known; did you mean PAYDRILL_DURATION_SCALE\?/,
    ],
    [
      'a variable for what is only typed',
      '{}',
      { PAYDRILL_REPLAY: 'reports/latest' },
      /PAYDRILL_REPLAY is not known; known are PAYDRILL_ALLOW_LITTLE_DISK, /,
    ],
    ['no such file', '{}', { PAYDRILL_CONFIG: 'none.json' }, /none\.json cannot be read/],
  ])('%s', async (_, text, more, line) => {
    writeFileSync('paydrill.config.json', text);
    const run = startProgramIn(
      { cwd: folder, env: { ...process.env, ...more } },
      'run',
      'night.ts',
    );
    expect(await run.ended).toBe(104);
    expect(run.errors().trim().split('\n')).toEqual([expect.stringMatching(line)]);
  });
});
