/**
 * What can be wrong around a drill that the rooms cannot see alone, on the program as its users run it: each is one line
 * that says what and where, the right exit code, and nothing recorded so far is lost.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, type TestContext, test } from 'vitest';
import { PROGRAM } from '../cli/child.js';
import { startDrillProcess } from './testing/drill-process.js';
import { fillDisk } from './testing/fill-disk.js';
import { payments, readSummary, until } from './testing/program.js';

const NO_FAULTS = ['--faults', 'none'];
/** Programs of the system, not of a package. */
const TMPFS = { mount: 'mount', unmount: 'umount' };

let folder: string;
const servers: Server[] = [];
const mounts: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-bad-'));
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const mount of mounts.splice(0)) execFileSync(TMPFS.unmount, ['-l', mount]);
  rmSync(folder, { recursive: true, force: true });
});

/** `host:port` of a server that does this with a connection. */
async function serve(onConnection: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  return `127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`;
}

/** A disk of its own, so small that it fills. */
function smallDisk(context: TestContext, size: string): string {
  const mount = join(folder, 'small');
  mkdirSync(mount);
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${size}`, 'paydrill', mount];
    execFileSync(TMPFS.mount, options, { stdio: 'ignore' });
  } catch {
    context.skip('mounting a tmpfs is not permitted here');
  }
  mounts.push(mount);
  return mount;
}

/** All but room for a few names is taken. */
function fullDisk(context: TestContext): string {
  const mount = smallDisk(context, '64k');
  const { bavail, bsize } = statfsSync(mount);
  writeFileSync(join(mount, 'ballast'), Buffer.alloc((bavail - 1) * bsize));
  return mount;
}

async function outcomeOf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const child = spawn(PROGRAM[0], [PROGRAM[1], ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, lines: errors.trim().split('\n') };
}

describe('an iteration that throws', { timeout: 60_000 }, () => {
  const script = (chance: number): string =>
    payments('1s').replace(
      'const payer',
      `if (Math.random() < ${chance}) throw new Error('no luck');\n  const payer`,
    );

  test('is told with its place, and the others go on to a valid verdict', async () => {
    const drill = startDrillProcess({ folder, script: script(0.1), args: NO_FAULTS });
    expect(await drill.ended, drill.errors()).toBe(0);
    expect(drill.errors()).toMatch(/\d+ iterations threw: .*night\.js:11:\d+: Error: no luck/);
    expect(readSummary(folder).verdict).toBe('valid');
    expect(readSummary(folder).operations.ok).toBeGreaterThan(0);
  });

  test('every time ends the load early and is told once with its count; there is nothing to judge', async () => {
    const text = script(1).replace("duration: '1s'", "duration: '10m'");
    const drill = startDrillProcess({ folder, script: text, args: NO_FAULTS });
    expect(await drill.ended, drill.errors()).toBe(107);
    const { verdict, run } = readSummary(folder);
    expect(verdict).toBe('no_claim');
    const place = /.*night\.js:11:\d+: Error: no luck/.source;
    expect(run.ended_by).toMatch(
      new RegExp(`^every iteration threw, all \\d+ of the first \\d+\\.\\d s: ${place}$`),
    );
    const told = drill.errors().match(/^.*iterations? threw: .*$/gm) ?? [];
    expect(told.filter((line) => !line.includes('in all'))).toEqual([
      expect.stringMatching(new RegExp(`[1-9]\\d+ iterations threw: ${place}$`)),
    ]);
  });

  test('every time leaves the checks behind it without a sample: what they are to come to decides the exit code', async () => {
    const text = script(1).replace(
      'options = {',
      "options = { thresholds: { checks: [{ threshold: 'rate>0.9', abortOnFail: true }] },",
    );
    const drill = startDrillProcess({ folder, script: text, args: NO_FAULTS });
    expect(await drill.ended, drill.errors()).toBe(99);
    const { run, thresholds } = readSummary(folder);
    expect(run.ended_by).toMatch(/^every iteration threw, /);
    expect(thresholds).toEqual([expect.objectContaining({ ok: null, value: null })]);
  });

  test('every time in a short load is a failed drill too', async () => {
    const text = script(1).replace(/executor:[^}]*exec/, "executor: 'per-vu-iterations', exec");
    const drill = startDrillProcess({
      folder,
      script: text.replace(/preAllocatedVUs.*/, '},'),
      args: NO_FAULTS,
    });
    expect(await drill.ended, drill.errors()).toBe(107);
    expect(readSummary(folder).run.ended_by).toMatch(
      /^every iteration threw, all 1 of them: .*night\.js:\d+:\d+: Error: no luck$/,
    );
  });
});

describe('a target that is no gateway is one line and exit code 104', { timeout: 60_000 }, () => {
  test.each([
    ['says nothing', () => {}],
    ['hangs up', (socket: Socket) => socket.destroy()],
    ['speaks HTTP', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ] as const)('because it %s', async (_what, onConnection) => {
    const target = await serve(onConnection);
    const args = ['--target', target, '--quiet', ...NO_FAULTS];
    const drill = startDrillProcess({ folder, script: payments('1s'), args });
    expect(await drill.ended, drill.errors()).toBe(104);
    expect(drill.errors().trim().split('\n')).toEqual([expect.stringContaining(target)]);
    expect(drill.temporaryLeft()).toEqual([]);
  });
});

describe('a server that cannot have its port is one line and exit code 104', () => {
  test('the proxy', async () => {
    const taken = await serve(() => {});
    const { code, lines } = await outcomeOf(['proxy', '--listen', taken]);
    expect(lines).toEqual([expect.stringMatching(new RegExp(`${taken}.*--listen`))]);
    expect(code).toBe(104);
  });
});

describe('a file of proxies to begin with is refused in one line with exit code 104', () => {
  test.each([
    ['that is not JSON', '[', /proxies\.json: .*JSON/],
    ['that is no list', '{}', /proxies\.json: bad request body: .*object/],
    ['of a proxy that leads nowhere', '[{"name":"a"}]', /proxies\.json: .*upstream at proxy 1/],
  ])('%s', async (_what, text, line) => {
    const config = join(folder, 'proxies.json');
    writeFileSync(config, text);
    const { code, lines } = await outcomeOf([
      'proxy',
      '--listen',
      '127.0.0.1:0',
      '--config',
      config,
    ]);
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(code).toBe(104);
  });
});

describe('a disk that is full', { timeout: 90_000 }, () => {
  test('under the store ends the drill: unknown, with the reason', async (context) => {
    const temporary = smallDisk(context, '16m');
    const script = payments('600s', 3000);
    const args = [...NO_FAULTS, '--allow-little-disk'];
    const drill = startDrillProcess({ folder, script, args, temporary });
    await until(() => / ok [1-9]/.test(drill.errors()));
    // By somebody else, all at once: while it fills by and by, the load ends before.
    const ballast = join(temporary, 'ballast');
    fillDisk(ballast);
    await drill.ended;
    rmSync(ballast);
    expect(drill.errors()).toMatch(
      /shard-\d ended by itself \(exit code 1\): .*cannot write batch \d+ to .*small.* free/,
    );
    expect(readSummary(folder)).toMatchObject({ verdict: 'unknown' });
    expect(readSummary(folder).operations.ok).toBeGreaterThan(0);
    expect(existsSync(join(drill.runFolder, 'journal.parquet'))).toBe(true);
    expect(drill.temporaryLeft()).toEqual([]);
  });

  test('where the store should begin is one line and exit code 104', async (context) => {
    const TMPDIR = fullDisk(context);
    const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
    const { code, lines } = await outcomeOf(['stack', '--users', '10', ...ports], { TMPDIR });
    expect(lines).toEqual([
      expect.stringMatching(/^paydrill: shard-\d did not start: .*small.*: \d+ bytes free/),
    ]);
    expect(code).toBe(104);
  });

  test('under a run folder from the start is one line and exit code 104', async (context) => {
    const out = join(fullDisk(context), 'run');
    const script = join(import.meta.dirname, '..', '..', 'scenarios', 'capacity.ts');
    const { code, lines } = await outcomeOf(['run', script, '--quiet', ...NO_FAULTS, '--out', out]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^paydrill: too little disk at .*small.*run: needs .* has 0 MB free; .*--out.*$/,
      ),
    ]);
    expect(code).toBe(104);
  });
});
