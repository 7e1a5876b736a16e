/** A drill run again from its folder: the same traffic and the same faults, from plan.json and the script alone. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RunDatabase } from '../harness/verify/database.js';
import {
  runProgramIn,
  startDrill,
  startProgram,
  writeFaults,
  writeScript,
} from './testing/program.js';

const SCRIPT = `
import { festival, pay } from 'k6/x/pay';
const night = festival({ users: 500, merchants: 20 });
export const options = {
  ext: { paydrill: { users: 500, merchants: 20 } },
  scenarios: {
    steady: { executor: 'constant-arrival-rate', rate: 100, duration: '2s', preAllocatedVUs: 50, maxVUs: 500 },
  },
};
export default function () {
  pay({ payer: night.payer(), merchant: night.merchant(), amountMinor: night.amountMinor() + Number(__ENV.MORE) });
}
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-replay-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function asked(run: string): Promise<unknown> {
  const database = await RunDatabase.open(run, { shards: 2 });
  const rows = await database.rows(
    'select account, counterparty, amount from journal order by all',
  );
  database.close();
  return rows;
}

/** All of it but the ports that its processes happened to have. */
function planOf(run: string): unknown {
  const text = readFileSync(join(run, 'plan.json'), 'utf8');
  const { topology, run_id: _id, ...plan } = JSON.parse(text);
  const { shardAddresses: _, ...layout } = topology;
  return { ...plan, topology: layout };
}

const ONCE = `
import { pay } from 'k6/x/pay';
import { AMOUNT } from './lib/amount.js';
export const options = {
  ext: { paydrill: { users: 10, merchants: 2, splitMerchants: 1 } },
  scenarios: { once: { executor: 'per-vu-iterations', vus: 1, iterations: 2 } },
};
export default function () { pay({ payer: 1, merchant: 1, amountMinor: AMOUNT }); }
`;

describe('a drill whose script was named from its project', { timeout: 120_000 }, () => {
  test('is run again from elsewhere, and from there again; once the script is gone it is said where it was', async () => {
    const root = realpathSync(folder);
    const project = join(root, 'project');
    const elsewhere = join(root, 'elsewhere');
    const moved = join(root, 'moved');
    mkdirSync(join(project, 'drills', 'lib'), { recursive: true });
    mkdirSync(elsewhere);
    writeFileSync(join(project, 'drills', 'night.js'), ONCE);
    writeFileSync(join(project, 'drills', 'lib', 'amount.js'), 'export const AMOUNT = 100;');
    const script = join('drills', 'night.js');
    const first = await runProgramIn(project, 'run', script, '--out', 'first', '--quiet');
    expect(first.code, first.errors).toBe(0);

    const second = await runProgramIn(
      elsewhere,
      'run',
      '--replay',
      join(project, 'first'),
      '--out',
      'second',
      '--quiet',
    );
    expect(second.code, second.errors).toBe(0);
    expect(planOf(join(elsewhere, 'second'))).toEqual(planOf(join(project, 'first')));
    expect(planOf(join(elsewhere, 'second'))).toMatchObject({ script, working_directory: project });
    const third = await runProgramIn(
      root,
      'run',
      '--replay',
      join(elsewhere, 'second'),
      '--out',
      'third',
      '--quiet',
    );
    expect(third.code, third.errors).toBe(0);

    // The project goes elsewhere as a whole; and a folder of before it was kept where a drill was run.
    renameSync(project, moved);
    const there = await runProgramIn(
      moved,
      'run',
      '--replay',
      'first',
      '--out',
      'fourth',
      '--quiet',
    );
    expect(there.code, there.errors).toBe(0);
    const { working_directory: _, ...before } = JSON.parse(
      readFileSync(join(moved, 'first', 'plan.json'), 'utf8'),
    );
    writeFileSync(join(moved, 'first', 'plan.json'), JSON.stringify(before));
    const old = await runProgramIn(moved, 'run', '--replay', 'first', '--out', 'fifth', '--quiet');
    expect(old.code, old.errors).toBe(0);

    const gone = await runProgramIn(elsewhere, 'run', '--replay', 'second', '--out', 'sixth');
    expect(gone.code).toBe(104);
    expect(gone.errors).toBe(
      `paydrill: second/plan.json cannot be run again: its script is not at ${join(project, script)}, nor at ${join(elsewhere, script)}; restore it there\n`,
    );
  });
});

describe('a drill that is run again from its folder', { timeout: 120_000 }, () => {
  test('asks the same of the target, and breaks it in the same way', async () => {
    const script = writeScript(folder, SCRIPT);
    const faults = writeFaults(folder, [
      { kind: 'latency', target: 'shard-1', atMs: 500, durationMs: 400, ms: 30, stream: 'both' },
    ]);
    const first = startDrill(
      folder,
      script,
      '--faults',
      faults,
      '--duration-scale',
      '0.5',
      '-e',
      'MORE=7',
    );
    expect(await first.ended, first.errors()).toBe(0);
    rmSync(faults); // what is repeated does not rest on it
    const [run, again] = [join(folder, 'run'), join(folder, 'again')];
    const second = startProgram('run', '--replay', run, '--out', again);
    expect(await second.ended, second.errors()).toBe(0);

    expect(planOf(again)).toEqual(planOf(run));
    const { faults: applied } = JSON.parse(readFileSync(join(again, 'faults.json'), 'utf8'));
    expect(applied).toMatchObject([
      { kind: 'latency', target: 'shard-1', planned_ms: 250, planned_heal_ms: 450 },
    ]);
    expect(await asked(again)).toEqual(await asked(run));
  });

  test('is refused where the script has changed since', async () => {
    const script = writeScript(folder, SCRIPT);
    const first = startDrill(
      folder,
      script,
      '--faults',
      'none',
      '-e',
      'MORE=0',
      '--duration-scale',
      '0.5',
    );
    expect(await first.ended, first.errors()).toBe(0);
    writeFileSync(script, SCRIPT.replace('MORE', 'LESS'));
    const second = startProgram(
      'run',
      '--replay',
      join(folder, 'run'),
      '--out',
      join(folder, 'again'),
    );
    expect(await second.ended).toBe(104);
    expect(second.errors()).toMatch(/night\.js is not what it was when the drill ran/);
  });
});
