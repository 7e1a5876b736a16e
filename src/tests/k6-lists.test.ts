/** From what a script tells of lists to the verdict on a folder. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ListHistory } from '../harness/journal/list-history.js';
import { verifyRunFolder } from '../harness/verify/verify.js';
import { startProgram, writeScript } from './testing/program.js';

let folder: string;
let nowUs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-lists-'));
  nowUs = 0;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PART = 'lists/part-0.jsonl';

/** As a worker of a target without books leaves it. */
function recorded({ worker = 0, runId = 'one' } = {}): ListHistory {
  const plan = {
    run_id: 'one',
    workers: 1,
    target_facts: {
      evidence: 'none',
      hasBooks: false,
      promises: {
        isolation: 'none',
        durability: 'none',
        idRetention: 'none',
        atomicity: 'none',
        noOverdraft: false,
      },
    },
  };
  writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
  writeFileSync(
    join(folder, 'drill.json'),
    JSON.stringify({ at_rest: true, not_at_rest: [], failures: [], load_started_us: 0 }),
  );
  return new ListHistory({ folder: join(folder, 'lists'), worker, runId, nowUs: () => ++nowUs });
}

function told(history: ListHistory, did: (t: ReturnType<ListHistory['begin']>) => void): void {
  const transaction = history.begin(1);
  did(transaction);
  transaction.end('ok');
}

/** Two that each read what the other appends to. */
function writeSkew(history: ListHistory): void {
  const [one, other] = [history.begin(1), history.begin(2)];
  one.read('x', []);
  one.append('y', 1);
  other.read('y', []);
  other.append('x', 1);
  one.end('ok');
  other.end('ok');
  told(history, (t) => {
    t.read('x', [1]);
    t.read('y', [1]);
  });
}

describe('a run of lists alone', () => {
  it('is valid where the claim holds', async () => {
    const history = recorded();
    history.claim('strict-serializable');
    told(history, (t) => t.append('x', 1));
    told(history, (t) => t.read('x', [1]));
    history.close();
    expect(await verifyRunFolder(folder)).toMatchObject({ verdict: 'valid', root_cause: null });
  });

  it('is invalid where it does not, and names the anomaly', async () => {
    const history = recorded();
    history.claim('serializable');
    writeSkew(history);
    history.close();
    const result = await verifyRunFolder(folder);
    expect(result).toMatchObject({
      verdict: 'invalid',
      reason: 'broken: isolated-as-claimed',
      root_cause: 'isolated-as-claimed',
    });
    expect(result.laws.at(-1)).toMatchObject({
      status: 'broken',
      violations: 1,
      witness: expect.stringMatching(/^G2-item: T0 of VU 1 is before itself/),
    });
  });

  it('tells what the claim allows, and what is found where nothing is claimed', async () => {
    const history = recorded();
    history.claim('snapshot');
    writeSkew(history);
    history.close();
    const result = await verifyRunFolder(folder);
    expect(result.verdict).toBe('valid');
    expect(result.limits).toEqual([
      expect.stringMatching(/^G2-item was seen 1 times, snapshot allows it: T0 of VU 1/),
    ]);
    rmSync(join(folder, 'lists'), { recursive: true });
    const unclaimed = recorded();
    writeSkew(unclaimed);
    unclaimed.close();
    const other = await verifyRunFolder(folder);
    expect(other.verdict).toBe('no_claim');
    expect(other.limits).toEqual([expect.stringMatching(/nothing is claimed/)]);
  });

  it('takes what was never told for unknown', async () => {
    const history = recorded();
    history.claim('strict-serializable');
    history.begin(1).append('x', 1);
    told(history, (t) => t.read('x', [1]));
    history.close();
    expect(await verifyRunFolder(folder)).toMatchObject({ verdict: 'valid' });
  });
});

describe('a history that is not as it was written', () => {
  function sound(): void {
    const history = recorded();
    history.claim('serializable');
    told(history, (t) => t.append('x', 1));
    told(history, (t) => t.read('x', [1]));
    history.close();
  }
  const edit = (how: (lines: string[]) => readonly string[]): void => {
    const lines = readFileSync(join(folder, PART), 'utf8').trimEnd().split('\n');
    writeFileSync(join(folder, PART), `${how(lines).join('\n')}\n`);
  };

  it.each([
    ['is cut short', () => edit((lines) => lines.slice(0, -1)), /does not say how many/],
    [
      'lacks a line',
      () => edit((lines) => lines.toSpliced(1, 1)),
      /has 1 transactions and should have 2/,
    ],
    ['is no JSON', () => appendFileSync(join(folder, PART), '{'), /line 5, cannot be read/],
    [
      'is of another run',
      () => edit(([first = '', ...rest]) => [first.replace('"one"', '"two"'), ...rest]),
      /is of another run/,
    ],
    [
      'lacks a part',
      () =>
        writeFileSync(
          join(folder, 'plan.json'),
          readFileSync(join(folder, 'plan.json'), 'utf8').replace('"workers":1', '"workers":2'),
        ),
      /1 parts of 2 workers/,
    ],
    [
      'holds what is no operation',
      () => edit((lines) => lines.map((line) => line.replace('"append"', '"remove"'))),
      /is no operation/,
    ],
  ])('%s: the verdict is unknown', async (_what, spoil, reason) => {
    sound();
    spoil();
    const { verdict, laws } = await verifyRunFolder(folder);
    expect(verdict).toBe('unknown');
    expect(laws.at(-1)).toMatchObject({
      name: 'isolated-as-claimed',
      status: 'undecided',
      witness: expect.stringMatching(reason),
    });
  });

  it('whose drill lost something cannot tell who appended', async () => {
    const history = recorded();
    history.claim('serializable');
    told(history, (t) => t.read('x', [1]));
    history.close();
    expect(await verifyRunFolder(folder)).toMatchObject({ verdict: 'invalid' });
    const path = join(folder, 'drill.json');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"failures":[]', '"failures":["a worker was lost"]'));
    expect(await verifyRunFolder(folder)).toMatchObject({ verdict: 'unknown' });
  });
});

describe('a script', () => {
  it.each([
    ["lists.claim('strong');", '', /there are read-uncommitted/],
    ["lists.claim('snapshot');", "t.append('x', {});", /no number and no text/],
    ['', "t.read('x', 'abc');", /must be a list of numbers or texts/],
    ['', "lists.claim('snapshot');", /for init code/],
    ['lists.transaction();', '', /not for init code/],
  ])('is told what is wrong: %s %s', async (init, body, message) => {
    const path = writeScript(
      folder,
      `import lists from 'k6/x/lists'; ${init}
      export default function () { const t = lists.transaction(); ${body} t.ok(); }`,
    );
    const program = startProgram('run', path, '-i', '1', '-u', '1', '--out', join(folder, 'run'));
    await program.ended;
    expect(program.errors() + program.output()).toMatch(message);
  });
});
