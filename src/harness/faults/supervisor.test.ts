/**
 * Real process trees: the supervisor's files are compiled into a temp folder and run by Node, the children are
 * one-line scripts. What must be gone is looked for in the process table, on the port and on the disk.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SupervisedChild } from './supervised-child.js';
import { Supervisor } from './supervisor-client.js';
import type { ChildExit } from './supervisor-protocol.js';

let folder: string;
let supervisorArgv: readonly string[];
const supervisors: Supervisor[] = [];
const logged: string[] = [];
const exits: ChildExit[] = [];

/** Says that it is ready, with its pid; leaves when its standard input closes. */
const POLITE = `process.stdin.on('end', () => process.exit(0)).resume();
console.log(JSON.stringify({ ready: true, pid: process.pid, word: process.env.WORD }));`;
/** Listens on the port given, and does not care about its standard input. */
const STUBBORN = `const server = require('net').createServer().listen(Number(process.argv[1]), '127.0.0.1', () =>
console.log(JSON.stringify({ ready: true, pid: process.pid, port: server.address().port })));`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paydrill-supervisor-test-'));
  await mkdir(join(folder, 'faults'));
  const files = [
    'supervisor',
    'supervised-child',
    'supervisor-protocol',
    'supervisor-client',
    'clean-up',
    'process-tree',
  ];
  await compile([...files.map((name) => `faults/${name}`), 'message-of']);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(
    join(folder, 'supervise.js'),
    `import { runSupervisor } from './faults/supervisor.js';\nawait runSupervisor();\n`,
  );
  supervisorArgv = [process.execPath, join(folder, 'supervise.js')];
});

afterEach(async () => {
  await Promise.all(supervisors.splice(0).map((supervisor) => supervisor.close()));
  logged.length = 0;
  exits.length = 0;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a supervised process', () => {
  it('is ready when its ready line has come', async () => {
    const ready = await startSupervisor().start('one', script(POLITE), {
      env: { WORD: 'hello' },
    });
    expect(ready).toMatchObject({ ready: true, word: 'hello' });
  });

  it('that ends before it is ready is reported with its last words', async () => {
    const dying = script(`console.error('the port is taken'); process.exit(3)`);
    await expect(startSupervisor().start('one', dying)).rejects.toThrow(
      'one: ended (code 3) before it was ready: the port is taken',
    );
    expect(exits).toEqual([]);
  });

  it('that cannot be started at all is reported', async () => {
    await expect(startSupervisor().start('one', ['/no/such/program'])).rejects.toThrow('ENOENT');
  });

  it('is killed, and restarted on the port it had', async () => {
    const supervisor = startSupervisor();
    const { pid, port } = await supervisor.start('one', script(STUBBORN, '0'));
    await supervisor.kill('one');
    expect(await isAlive(Number(pid))).toBe(false);
    expect(supervisor.pids().size).toBe(0);
    const again = await supervisor.restart('one', script(STUBBORN, String(port)));
    expect(again.port).toBe(port);
    expect(again.pid).not.toBe(pid);
    const third = await supervisor.restart('one');
    expect(third.port).toBe(port);
    expect(exits).toEqual([]);
  });

  it('stands still while it is paused and goes on afterwards', async () => {
    const supervisor = startSupervisor();
    const { pid } = await supervisor.start('one', script(POLITE));
    await supervisor.pause('one');
    await until(async () => (await processState(Number(pid))) === 'T');
    await supervisor.resume('one');
    await until(async () => (await processState(Number(pid))) !== 'T');
  });

  it('that is not there any more cannot be killed, and says so', async () => {
    const supervisor = startSupervisor();
    await supervisor.start('one', script(POLITE));
    await supervisor.kill('one');
    await expect(supervisor.kill('one')).rejects.toThrow('one is not running');
  });

  it('that starts again can be stopped and killed before it is ready', async () => {
    const supervisor = startSupervisor();
    await supervisor.start('one', script(POLITE));
    await supervisor.kill('one');
    const restarting = supervisor.restart('one');
    await supervisor.pause('one');
    await supervisor.resume('one');
    await restarting;
    await supervisor.kill('one');
    const again = expect(supervisor.restart('one')).rejects.toThrow('before it was ready');
    await supervisor.pause('one');
    await supervisor.kill('one');
    await again;
  });

  it('that is not ready in time is killed, and time in which it is stopped does not count', async () => {
    const never = startChild('setInterval(() => {}, 1000)', 500);
    await expect(never.ready).rejects.toThrow('one: not ready within 500 ms');
    expect(never.running).toBe(false);

    const stopped = startChild(POLITE, 900);
    stopped.pause();
    const begunMs = performance.now();
    await until(() => performance.now() - begunMs > 1_500);
    stopped.resume();
    expect(await stopped.ready).toMatchObject({ ready: true });
    await stopped.kill();
  });

  it('that ends by itself is told, with its standard error', async () => {
    const supervisor = startSupervisor();
    const lonely = `${POLITE} setTimeout(() => { console.error('out of memory'); process.exit(7) }, 50)`;
    const { pid } = await supervisor.start('one', script(lonely));
    await until(() => exits.length > 0 && logged.length > 0);
    expect(exits).toEqual([{ name: 'one', pid, code: 7, signal: null }]);
    expect(logged).toEqual(['one: out of memory']);
    expect(supervisor.pids().size).toBe(0);
  });

  it('that is not there is refused by name', async () => {
    const supervisor = startSupervisor();
    await supervisor.start('one', script(POLITE));
    await expect(supervisor.kill('two')).rejects.toThrow('no process named "two"; there are: one');
    await expect(supervisor.start('one', script(POLITE))).rejects.toThrow('running already');
  });
});

describe('the end of a drill', () => {
  it('stops polite, stubborn and stopped processes alike', async () => {
    const supervisor = startSupervisor();
    await supervisor.start('polite', script(POLITE));
    await supervisor.start('stubborn', script(STUBBORN, '0'));
    await supervisor.start('stopped', script(STUBBORN, '0'));
    await supervisor.pause('stopped');
    const pids = [...supervisor.pids().values(), supervisor.pid];
    await supervisor.close();
    for (const pid of pids) expect(await isAlive(pid)).toBe(false);
    expect(exits).toEqual([]);
  });

  it('removes the folders it was asked for, with what is in them', async () => {
    const supervisor = startSupervisor();
    const path = await supervisor.makeFolder('paydrill-test-');
    await writeFile(join(path, 'ledger'), 'bytes');
    await supervisor.close();
    expect(existsSync(path)).toBe(false);
  });

  it('comes within its time where the supervisor itself stands still', {
    timeout: 30_000,
  }, async () => {
    const supervisor = startSupervisor();
    const { pid } = await supervisor.start('one', script(STUBBORN, '0'));
    const path = await supervisor.makeFolder('paydrill-test-');
    process.kill(supervisor.pid, 'SIGSTOP');
    await supervisor.close();
    expect(await isAlive(Number(pid))).toBe(false);
    expect(existsSync(path)).toBe(false);
  });

  it('kills stopped processes and removes folders even when the supervisor itself is killed', async () => {
    const supervisor = startSupervisor();
    const path = await supervisor.makeFolder('paydrill-test-');
    const { pid } = await supervisor.start('stopped', script(STUBBORN, '0'));
    await supervisor.pause('stopped');
    process.kill(supervisor.pid, 'SIGKILL');
    await until(async () => !(await isAlive(Number(pid))));
    await until(() => exits.some(({ name }) => name === 'supervisor'));
    expect(existsSync(path)).toBe(false);
    await expect(supervisor.start('two', script(POLITE))).rejects.toThrow('supervisor has ended');
  });
});

describe('kill -9 of the harness', () => {
  it('leaves no process, no port and no temp folder, not even of a stopped process', async () => {
    const harness = startHarness();
    const tree = JSON.parse(await firstLine(harness));
    await writeFile(join(tree.data, 'ledger'), 'bytes');
    const pids: number[] = [tree.supervisor, ...tree.pids];
    expect(pids).toHaveLength(4);
    for (const pid of pids) expect(await isAlive(pid)).toBe(true);
    await until(async () => (await processState(tree.stopped)) === 'T');
    expect(await isListening(tree.port)).toBe(true);

    harness.kill('SIGKILL');
    for (const pid of pids) await until(async () => !(await isAlive(pid)));
    expect(await isListening(tree.port)).toBe(false);
    expect(existsSync(tree.data)).toBe(false);
  });
});

/** A harness in its own process, with three children under its supervisor, one of them stopped. */
function startHarness(): ChildProcess {
  const code = `
    import { Supervisor } from ${JSON.stringify(join(folder, 'faults/supervisor-client.js'))};
    const supervisor = new Supervisor({ argv: ${JSON.stringify(supervisorArgv)} });
    const data = await supervisor.makeFolder('paydrill-test-');
    await supervisor.start('polite', ${JSON.stringify(script(POLITE))});
    const { port } = await supervisor.start('stubborn', ${JSON.stringify(script(STUBBORN, '0'))});
    await supervisor.start('stopped', ${JSON.stringify(script(STUBBORN, '0'))});
    await supervisor.pause('stopped');
    const pids = [...supervisor.pids().values()];
    const stopped = supervisor.pids().get('stopped');
    console.log(JSON.stringify({ supervisor: supervisor.pid, pids, stopped, port, data }));`;
  const argv = ['--input-type=module', '-e', code];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

function startSupervisor(): Supervisor {
  const supervisor = new Supervisor({
    argv: supervisorArgv,
    onExit: (exit) => exits.push(exit),
    onLog: (name, line) => logged.push(`${name}: ${line}`),
  });
  supervisors.push(supervisor);
  return supervisor;
}

function startChild(code: string, readyMsMax: number): SupervisedChild {
  return new SupervisedChild({
    ...{ name: 'one', argv: script(code), env: {}, leads: false, readyMsMax },
    onLog: () => {},
    onUnexpectedExit: () => {},
  });
}

function script(code: string, ...args: string[]): readonly string[] {
  return [process.execPath, '-e', code, ...args];
}

async function compile(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const source = await readFile(new URL(`../${name}.ts`, import.meta.url), 'utf8');
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 };
    const { outputText } = ts.transpileModule(source, { compilerOptions });
    await writeFile(join(folder, `${name}.js`), outputText);
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text;
}

/** A zombie that nobody has reaped is dead. */
async function isAlive(pid: number): Promise<boolean> {
  const state = await processState(pid);
  return state !== undefined && state !== 'Z' && state !== 'X';
}

/** The state letter of /proc; where there is none, `R` for a process that takes signals. */
async function processState(pid: number): Promise<string | undefined> {
  if (existsSync('/proc/self/stat')) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    return stat?.slice(stat.lastIndexOf(')') + 2)[0];
  }
  try {
    process.kill(pid, 0);
    return 'R';
  } catch {
    return undefined;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Waits for a fact, at most five seconds. */
async function until(fact: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await fact())) {
    if (performance.now() > deadline) throw new Error(`still not so: ${fact}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
