/** handleSummary() as its thread runs it: what it may do and what it may return. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { loadScript } from '../compile/load.js';
import { planScript } from '../compile/plan-script.js';
import { answerOfScript, type SummaryAnswer } from './summary-task.js';

async function answered(body: string): Promise<SummaryAnswer & { readonly lines: unknown[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-summary-task-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'night.js');
  const head = `import { pay } from 'k6/x/pay'; import { check, group, sleep } from 'k6'; import exec from 'k6/execution';`;
  writeFileSync(path, `${head}\nexport default function () {}\nexport ${body}`);
  const script = await loadScript(path, { env: {} });
  const lines: string[] = [];
  const answer = await answerOfScript(
    script,
    {
      source: script.source,
      plan: await planScript(script),
      secrets: script.secrets,
      seed: 1,
      startedUnixMs: 0,
      instance: {
        iterationsCompleted: 7,
        iterationsInterrupted: 0,
        vusActive: 0,
        vusInitialized: 3,
        elapsedUs: 1_500_000,
      },
      dataJson: '{"paydrill":{"verdict":"valid"}}',
      setupJson: undefined,
    },
    (line) => lines.push(line),
  );
  return { ...answer, lines };
}

it.each([
  [
    'sync',
    'function handleSummary(data) { sleep(0.001); check(1, { one: () => true }); group("g", () => sleep(0)); RETURN }',
  ],
  ['await', 'async function handleSummary(data) { await sleep(0.001); RETURN }'],
  ['arrow', 'const handleSummary = (data) => { RETURN };'],
])('gives texts and bytes, in %s style', async (_, body) => {
  const { outputs, failures, lines } = await answered(
    body.replace(
      'RETURN',
      `console.log(__VU, exec.instance.iterationsCompleted, exec.instance.currentTestRunDuration);
       return { stdout: data.paydrill.verdict, 'a.bin': new Uint8Array([1, 2]).buffer, 'b.bin': new Uint8Array([3]) };`,
    ),
  );
  expect(failures).toEqual([]);
  expect(outputs).toEqual([
    ['stdout', 'valid'],
    ['a.bin', new Uint8Array([1, 2])],
    ['b.bin', new Uint8Array([3])],
  ]);
  expect(lines).toEqual(['info: 0 7 1500']);
});

it.each(['return;', 'return null;', 'return {};'])('may want nothing told: %s', async (body) => {
  const { outputs, failures } = await answered(`function handleSummary() { ${body} }`);
  expect({ outputs, failures }).toEqual({ outputs: [], failures: [] });
});

it.each([
  ['throw new Error("no luck");', /^handleSummary\(\) threw at .*night\.js:3:\d+: Error: no luck$/],
  ['pay({ payer: 1, merchant: 1, amountMinor: 1 });', /Error: the drill is over/],
  ['exec.test.abort("no");', /Error: the drill is over/],
  [
    'return "a text";',
    /^handleSummary\(\) must return an object of texts .*, it returned a string$/,
  ],
  ['return ["a"];', /it returned a list$/],
  [
    'return { "a.json": data };',
    /for "a\.json", which must be a text: JSON\.stringify\(\) makes one$/,
  ],
  ['return { stdout: 5 };', /returned a value of type number for "stdout", which must be a text$/],
])('is told in one line: %s', async (body, line) => {
  const { outputs, failures } = await answered(`function handleSummary(data) { ${body} }`);
  expect(outputs).toEqual([]);
  expect(failures).toEqual([expect.stringMatching(line)]);
});

it('keeps what is good beside what is not', async () => {
  const { outputs, failures } = await answered(
    `function handleSummary() { return { 'a.txt': 'a', 'b.txt': undefined }; }`,
  );
  expect(outputs).toEqual([['a.txt', 'a']]);
  expect(failures).toHaveLength(1);
});
