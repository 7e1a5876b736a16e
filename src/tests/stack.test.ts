/** `paydrill stack` as its users run it: what it says when it cannot start, and that nothing is left of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PROGRAM } from '../cli/child.js';
import { descendantsOf, isAlive } from './testing/process-tree.js';

/** Where its temporary folder goes. */
let temporary: string;

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'paydrill-stack-test-'));
});

afterEach(() => {
  rmSync(temporary, { recursive: true, force: true });
});

interface Stack {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<number | null>;
  output(): string;
  errors(): string;
}

function startStack(...args: readonly string[]): Stack {
  const small = ['--users', '100', '--merchants', '10', '--split-merchants', '2'];
  const ports = ['--bolt', '127.0.0.1:0', '--http', '127.0.0.1:0'];
  const child = spawn(PROGRAM[0], [PROGRAM[1], 'stack', ...small, ...ports, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: temporary },
  });
  const text = { output: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.errors += chunk;
  });
  const ended = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  return {
    process: child,
    pid: child.pid ?? 0,
    ended,
    output: () => text.output,
    errors: () => text.errors,
  };
}

async function serving(stack: Stack): Promise<readonly number[]> {
  await until(() => stack.output().includes('Ctrl-C stops it') || stack.process.exitCode !== null);
  const children = descendantsOf(stack.pid);
  expect(children.length, stack.errors()).toBe(4); // supervisor, two shards, gateway
  return children;
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((done) => setTimeout(done, 10));
}

const nothingLeft = (pids: readonly number[]): boolean =>
  !pids.some(isAlive) && readdirSync(temporary).length === 0;

describe('a stack of its own leaves no process and no folder', { timeout: 60_000 }, () => {
  test('when Ctrl-C ends it', async () => {
    const stack = startStack();
    const children = await serving(stack);
    stack.process.kill('SIGINT');
    expect(await stack.ended).toBe(0);
    expect(nothingLeft(children)).toBe(true);
  });

  test('when it is killed with -9, even if a shard is stopped', async () => {
    const stack = startStack();
    const children = await serving(stack);
    const last = children.at(-1);
    if (last !== undefined) process.kill(last, 'SIGSTOP');
    stack.process.kill('SIGKILL');
    await until(() => nothingLeft(children));
  });

  test('when it is killed with -9 while it starts', async () => {
    const stack = startStack();
    await until(() => readdirSync(temporary).length > 0);
    const children = descendantsOf(stack.pid);
    stack.process.kill('SIGKILL');
    await until(() => nothingLeft(children));
  });

  test('when it is killed with -9 while it starts many shards: no more of them are begun', async () => {
    const stack = startStack('--shards', '40');
    await until(() => descendantsOf(stack.pid).length > 4);
    const begun = new Set(descendantsOf(stack.pid));
    const supervisor = [...begun][0] ?? 0;
    stack.process.kill('SIGKILL');
    await until(() => {
      for (const pid of descendantsOf(supervisor)) begun.add(pid);
      return nothingLeft([...begun]);
    });
    expect(begun.size).toBeLessThan(20);
  });

  test('when its supervisor is killed with -9: one line, exit code 104', async () => {
    const stack = startStack();
    const children = await serving(stack);
    const [supervisor] = children.filter((pid) => descendantsOf(pid).length > 0);
    if (supervisor !== undefined) process.kill(supervisor, 'SIGKILL');
    expect(await stack.ended).toBe(104);
    expect(stack.errors()).toMatch(/^paydrill: supervisor ended by itself: SIGKILL$/m);
    await until(() => !children.some(isAlive));
  });
});

describe('a stack that cannot go on says so in one line', { timeout: 60_000 }, () => {
  test('when its port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    for (const option of ['--bolt', '--http']) {
      const stack = startStack(option, `127.0.0.1:${port}`);
      expect(await stack.ended).toBe(104);
      const said = stack.errors().trim().split('\n');
      expect(said).toEqual([
        expect.stringMatching(/^paydrill: gateway did not start: .*the port is in use/),
      ]);
      expect(nothingLeft([])).toBe(true);
    }
    server.close();
  });

  test('when its books are open in another stack, which goes on; and once that is killed with -9 it starts', async () => {
    const books = mkdtempSync(join(tmpdir(), 'paydrill-stack-books-'));
    const first = startStack('--data', books);
    const children = await serving(first);
    const second = startStack('--data', books);
    expect(await second.ended).toBe(104);
    expect(second.errors().trim().split('\n')).toEqual([
      expect.stringMatching(
        /^paydrill: shard-\d did not start: the books in .*shard-\d are open in process \d+: stop it, or name another folder$/,
      ),
    ]);
    expect(second.output()).toBe('');
    expect(children.every(isAlive)).toBe(true);
    first.process.kill('SIGKILL');
    const third = startStack('--data', books);
    await serving(third);
    third.process.kill('SIGINT');
    expect(await third.ended).toBe(0);
    rmSync(books, { recursive: true });
  });

  test('when its books were made for other accounts', async () => {
    const books = mkdtempSync(join(tmpdir(), 'paydrill-stack-books-'));
    const first = startStack('--data', books);
    await serving(first);
    first.process.kill('SIGINT');
    await first.ended;
    const second = startStack('--data', books, '--users', '101');
    expect(await second.ended).toBe(104);
    expect(second.errors().trim().split('\n')).toEqual([
      expect.stringMatching(
        /^paydrill: gateway did not start: the books of shard 1 were made with other accounts: give .* or another folder$/,
      ),
    ]);
    rmSync(books, { recursive: true });
  });

  test('when one of its processes ends', async () => {
    const stack = startStack();
    const children = await serving(stack);
    const leaf = children.find((pid) => descendantsOf(pid).length === 0);
    if (leaf !== undefined) process.kill(leaf, 'SIGKILL');
    expect(await stack.ended).toBe(104);
    expect(stack.errors()).toMatch(/^paydrill: (shard-\d|gateway) ended by itself: SIGKILL$/m);
    expect(nothingLeft(children)).toBe(true);
  });
});

describe('a stack with the risk engine in line', { timeout: 60_000 }, () => {
  const file = (): string => join(temporary, 'risk.json');
  const rule = {
    name: 'large',
    when: 'amount > 50.0',
    decision: 'deny',
    points: 1,
    reason: 'much',
  };
  const bounds = { 'step-up': 0.5, review: 0.6, deny: 0.7 };
  const agreed = (when: string): string =>
    JSON.stringify({
      ...{ schema: 'paydrill.risk-line/1', pairsMax: 1000 },
      rules: { rules: [{ ...rule, when }], model: bounds },
    });

  test('declines what it denies', async () => {
    writeFileSync(file(), agreed(rule.when));
    const stack = startStack('--risk', file());
    await serving(stack);
    const http = /http:\/\/\S+/.exec(stack.output())?.[0] ?? '';
    const answer = await fetch(`${http}/v1/operations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ id: '01a22d16-3eed-7000-8000-0007000006e8', kind: 'pay', amountMinor: 6000 },
        ...{ payer: 'user:1', payee: 'merchant:1' },
      }),
    });
    expect(await answer.json()).toMatchObject({ code: 'risk_denied' });
    stack.process.kill('SIGINT');
    expect(await stack.ended).toBe(0);
  });

  test('does not start with rules that do not compile, and says in one line why', async () => {
    writeFileSync(file(), agreed('luck > 1.0'));
    const stack = startStack('--risk', file());
    expect(await stack.ended).toBe(104);
    expect(stack.errors().trim()).toMatch(/^paydrill: .*rule 'large': .*luck.*$/);
  });
});
