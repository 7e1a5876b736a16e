/** `paydrill inspect`, as its users start it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startProgramIn } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-inspect-'));
  writeFileSync(
    join(folder, 'night.js'),
    `import { sleep, group } from 'k6';
import { wait } from './lib.js';
export const options = { vus: Number(__ENV.VUS ?? 1), duration: '3s', thresholds: { checks: ['rate>0.9'] } };
const timed = (f) => f();
export default function () {
  group('a', () => {
    sleep(1);
  });
  timed(() => wait());
  [1].forEach((n) => { sleep(n); });
}
`,
  );
  writeFileSync(
    join(folder, 'lib.js'),
    "import { sleep } from 'k6';\nexport function wait() {\n  sleep(1);\n}\n",
  );
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function inspect(
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }> {
  const run = startProgramIn({ cwd: folder }, 'inspect', ...args);
  const code = await run.ended;
  return { code, output: run.output(), errors: run.errors() };
}

describe('paydrill inspect', () => {
  it('prints the options as JSON, scenarios as they will run', async () => {
    const { code, output, errors } = await inspect('night.js', '-e', 'VUS=4');
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect(JSON.parse(output)).toMatchObject({
      vus: 4,
      thresholds: { checks: ['rate>0.9'] },
      scenarios: { default: { executor: 'constant-vus', vus: 4, duration: '3s', exec: 'default' } },
      totalDuration: '33s',
      maxVUs: 4,
    });
  });

  it('takes what the environment says in place of the script, as a run does', async () => {
    const env = { ...process.env, K6_VUS: '2', K6_DURATION: '7s', K6_USER_AGENT: 'env/1' };
    const run = startProgramIn({ cwd: folder, env }, 'inspect', 'night.js');
    expect(await run.ended, run.errors()).toBe(0);
    expect(JSON.parse(run.output())).toMatchObject({ vus: 2, duration: '7s', userAgent: 'env/1' });
  });

  it('prints what is rewritten and why, with its place', async () => {
    const { code, output } = await inspect('night.js', '--rewrites');
    expect(code).toBe(0);
    expect(output.trim().split('\n').sort()).toEqual([
      'lib.js:2:8: wait becomes async: it waits for sleep()',
      'lib.js:3:3: sleep() is awaited',
      expect.stringMatching(/^night\.js:10:15: a function becomes async: it waits for sleep\(\)$/),
      'night.js:10:24: sleep() is awaited',
      'night.js:10:3: forEach() becomes a loop: the function it is given waits',
      expect.stringMatching(/^night\.js:5:\d+: \w*default is resumed by its VU: it waits for/),
      'night.js:6:14: a function becomes async: it waits for sleep()',
      'night.js:6:3: group() is awaited',
      'night.js:7:5: sleep() is awaited',
      'night.js:9:3: timed() is awaited',
    ]);
  });

  it('refuses what a run would refuse', async () => {
    writeFileSync(join(folder, 'bad.js'), "import 'k6/x/redis';");
    expect(await inspect('bad.js')).toMatchObject({
      code: 107,
      output: '',
      errors: expect.stringMatching(/bad\.js:1:8: no module "k6\/x\/redis"/),
    });
    writeFileSync(
      join(folder, 'bad.js'),
      "export const options = { vus: 'many' }; export default function () {}",
    );
    expect(await inspect('bad.js')).toMatchObject({ code: 104, output: '' });
    expect(await inspect('gone.js')).toMatchObject({
      code: 104,
      errors: expect.stringContaining('no script at gone.js'),
    });
  });
});
