/**
 * The program as its users run it: whole drills through the built command line, small and short. Each starts a real
 * stack, loads it, breaks it, and is judged by its exit code and its run folder.
 */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import { fillDisk } from './testing/fill-disk.js';
import {
  PROGRAM,
  payments,
  readSummary,
  startDrill,
  until,
  writeFaults,
  writeScript,
} from './testing/program.js';

/** Programs of the system, not of a package. */
const TMPFS = { mount: 'mount', unmount: 'umount' };

const FAULTS = [
  { kind: 'cut_replies', target: 'clients', atMs: 600, durationMs: 300 },
  { kind: 'kill', target: 'shard-0', atMs: 1200, durationMs: 300 },
  { kind: 'kill', target: 'gateway', atMs: 2200, durationMs: 300 },
];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-drill-'));
  writeFaults(folder, FAULTS);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A disk of its own, which fills. */
function smallDisk(context: TestContext, size: string): string {
  const mount = join(folder, 'small');
  mkdirSync(mount);
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${size}`, 'paydrill', mount];
    execFileSync(TMPFS.mount, options, { stdio: 'ignore' });
  } catch {
    context.skip('mounting a tmpfs is not permitted here');
  }
  return mount;
}

/** Processes whose command line names this program and `word`. */
function processesWith(word: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter(
      (pid) => pid > 0 && commandLine(pid).includes(PROGRAM) && commandLine(pid).includes(word),
    );
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ''; // it has ended meanwhile
  }
}

describe('a drill', { timeout: 90_000 }, () => {
  test('under faults ends valid, and every payment is accounted for', async () => {
    const script = writeScript(folder, payments('4s'));
    const drill = startDrill(
      folder,
      script,
      '--faults',
      join(folder, 'faults.json'),
      '--seed',
      '7',
    );
    expect(await drill.ended, drill.errors()).toBe(0);
    const { verdict, operations, faults, laws } = readSummary(folder);
    expect(verdict).toBe('valid');
    expect(operations.ok).toBeGreaterThan(1000);
    expect(operations.retried).toBeGreaterThan(0);
    expect(operations.lost + operations.doubled + operations.phantom).toBe(0);
    expect(
      faults.map(({ applied_ms, healed_ms }) => applied_ms !== null && healed_ms !== null),
    ).toEqual([true, true, true]);
    expect(laws.filter(({ status }) => status === 'broken')).toEqual([]);
    expect(existsSync(join(folder, 'run', 'report.html'))).toBe(true);
    expect(readdirSync(join(folder, 'run', 'journal.parquet'))).toContain('part-0.parquet');
    expect(readdirSync(join(folder, 'run', 'books')).sort()).toEqual([
      'accounts-0.parquet',
      'accounts-1.parquet',
      'books.json',
      'transfers-0.parquet',
      'transfers-1.parquet',
    ]);
    expect(existsSync(join(folder, 'run', 'journal'))).toBe(false);
  });

  test('whose records cannot be kept ends unknown, loses none of them, and can be judged again', async () => {
    const run = join(folder, 'run');
    const script = writeScript(folder, payments('2s'));
    const drill = startDrill(folder, script, '--faults', 'none');
    await until(() => existsSync(join(run, 'journal')));
    mkdirSync(join(run, 'journal.parquet'));
    // Where the part is until it is whole.
    const beside = `.part-0.parquet.${drill.process.pid}`;
    symlinkSync('/dev/full', join(run, 'journal.parquet', beside));
    expect(await drill.ended, drill.errors()).toBe(112);
    expect(drill.errors()).toMatch(
      /verdict \S+ s after the end of the load: valid, once the records are kept/,
    );
    expect(readSummary(folder)).toMatchObject({ verdict: 'unknown' });
    expect(readSummary(folder).reason).toMatch(/cannot be kept as Parquet.*ENOSPC/);
    expect(existsSync(join(run, 'journal', 'invokes-0.0.bin'))).toBe(true);
    const judged = execFileSync(process.execPath, [PROGRAM, 'verify', run, '--json']);
    expect(JSON.parse(judged.toString())).toMatchObject({ verdict: 'valid', exit_code: 0 });
  });

  test('of a stack with a planted bug ends invalid, with the law and a witness', async () => {
    const script = writeScript(folder, payments('4s'));
    const drill = startDrill(folder, script, '--faults', 'none', '--mutant', 'lose-credit-leg');
    expect(await drill.ended, drill.errors()).toBe(111);
    const broken = readSummary(folder).laws.find(({ name }) => name === 'double-entry');
    expect(broken?.status).toBe('broken');
    expect(broken?.witness).toMatch(/payment .* from user:\d+ to merchant:\d+/);
  });

  test('that is interrupted judges what ran and leaves nothing running', async () => {
    const script = writeScript(folder, payments('60s'));
    const drill = startDrill(folder, script, '--faults', 'none');
    await until(() => / ok [1-9]/.test(drill.errors()));
    drill.process.kill('SIGINT');
    expect(await drill.ended, drill.errors()).toBe(105);
    expect(readSummary(folder)).toMatchObject({ verdict: 'valid', run: { ending: 'interrupted' } });
    expect(readSummary(folder).operations.ok).toBeGreaterThan(0);
  });

  test('whose disk is filled by somebody else ends unknown, with the reason', async (context) => {
    const small = smallDisk(context, '32m');
    try {
      const script = writeScript(folder, payments('60s', 3000));
      const drill = startDrill(small, script, '--faults', 'none', '--allow-little-disk');
      await until(() => / ok [1-9]/.test(drill.errors()));
      fillDisk(join(small, 'ballast'));
      await drill.ended;
      expect(drill.errors()).toMatch(/cannot write the journal .*ENOSPC/);
      expect(drill.output()).toMatch(/^unknown/);
    } finally {
      execFileSync(TMPFS.unmount, ['-l', small]);
    }
  });

  test('on a disk that gets full ends its load in time, and what ran is judged', async (context) => {
    const small = smallDisk(context, '24m');
    try {
      const script = writeScript(folder, payments('60s', 3000));
      const refused = startDrill(small, script, '--faults', 'none', '--quiet');
      expect(await refused.ended).toBe(104);
      expect(refused.errors().trim().split('\n')).toEqual([
        expect.stringMatching(
          /^paydrill: too little disk at .*small.*: needs \d+ MB, has \d+ MB free; 180,000 iterations of one operation each write \d+ MB of journal and books; .*--allow-little-disk$/,
        ),
      ]);
      const drill = startDrill(small, script, '--faults', 'none', '--allow-little-disk');
      expect(await drill.ended, drill.errors()).toBe(105);
      expect(drill.errors()).toMatch(/the disk of .* is nearly full: .* free, .* operations need/);
      expect(readSummary(small)).toMatchObject({
        verdict: 'valid',
        run: { ending: 'little_disk', records_kept: true },
      });
      expect(readSummary(small).operations.ok).toBeGreaterThan(1000);
    } finally {
      execFileSync(TMPFS.unmount, ['-l', small]);
    }
  });

  test('whose harness is killed leaves no process within seconds', async () => {
    const script = writeScript(folder, payments('60s'));
    const before = processesWith('--shard');
    const drill = startDrill(folder, script, '--faults', 'none');
    await until(() => / ok [1-9]/.test(drill.errors()));
    const own = processesWith('--shard').filter((pid) => !before.includes(pid));
    expect(own.length).toBeGreaterThanOrEqual(3); // two shards and the gateway, which names them
    drill.process.kill('SIGKILL');
    await drill.ended;
    await until(() => own.every((pid) => commandLine(pid) === ''));
    const summaryWritten = existsSync(join(folder, 'run', 'summary.json'));
    expect(summaryWritten).toBe(false);
    expect(readdirSync(join(folder, 'run', 'journal')).length).toBe(2);
  });
});

describe('what cannot be run is one line and an exit code', { timeout: 30_000 }, () => {
  test.each([
    ['does not parse', 'export default function () {', 107, /night\.js:1/],
    ['throws in init', 'throw new Error("no luck"); export default function () {}', 107, /no luck/],
    ['has no function', 'export const options = {};', 104, /default/],
    [
      'has a wrong option',
      'export const options = { vus: "many", duration: "1s" }; export default function () {}',
      104,
      /vus/,
    ],
    [
      'has an unknown field in a scenario',
      'export const options = { scenarios: { rush: { executor: "constant-vus", duration: "1s", vuz: 2 } } }; export default function () {}',
      104,
      /scenario "rush": vuz is not known; did you mean vus\?/,
    ],
  ])('a script that %s', async (_what, text, code, line) => {
    const drill = startDrill(folder, writeScript(folder, text), '--faults', 'none', '--quiet');
    expect(await drill.ended).toBe(code);
    expect(drill.errors().trim().split('\n')).toEqual([expect.stringMatching(line)]);
  });

  test('a fault plan that names an unknown link', async () => {
    const plan = join(folder, 'wrong.json');
    const fault = { kind: 'latency', target: 'shard-9', atMs: 0, durationMs: 100, ms: 10 };
    writeFileSync(plan, JSON.stringify({ faults: [fault] }));
    const drill = startDrill(
      folder,
      writeScript(folder, payments('1s')),
      '--faults',
      plan,
      '--quiet',
    );
    expect(await drill.ended).toBe(104);
    expect(drill.errors().trim().split('\n')).toEqual([expect.stringMatching(/shard-9.*shard-0/)]);
  });

  test('a target that is not there', async () => {
    const script = writeScript(folder, payments('1s'));
    const drill = startDrill(folder, script, '--target', '127.0.0.1:9', '--quiet');
    expect(await drill.ended).toBe(104);
    expect(drill.errors().trim().split('\n')).toEqual([expect.stringMatching(/127\.0\.0\.1:9/)]);
  });

  test('a run folder that is there already', async () => {
    writeFileSync(join(folder, 'run'), '');
    const drill = startDrill(folder, writeScript(folder, payments('1s')), '--quiet');
    expect(await drill.ended).toBe(104);
    expect(drill.errors().trim().split('\n')).toEqual([expect.stringMatching(/--out/)]);
  });
});
