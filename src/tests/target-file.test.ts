/**
 * A system that paydrill knows nothing of, drilled by its target file: a small ledger over HTTP, started, killed, cut off, and read
 * over HTTP, with nothing left behind.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fixedPort } from '../harness/faults/fixed-port.js';
import { listens } from '../harness/faults/ready-check.js';

const PROGRAM = fileURLToPath(new URL('../../bin/paydrill.js', import.meta.url));

/** Keeps what it does in a file, one line an operation, and reads it when it starts. Under BUG=forgets it does so before it is on disk. */
const SERVICE = `
import { appendFileSync, existsSync, openSync, readFileSync, fsyncSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
const [port, file] = process.argv.slice(2);
const accounts = new Map([['bank', { balance: -100000, version: 0 }]]);
const entries = [];
const done = new Map();
for (let at = 0; at < 20; at++) accounts.set('user-' + at, { balance: 5000, version: 0 });
const apply = ({ id, from, to, amount }) => {
  done.set(id, { from, to, amount });
  for (const [name, by] of [[from, -amount], [to, amount]]) {
    const account = accounts.get(name);
    account.balance += by;
    account.version++;
    entries.push({ op: id, who: name, delta: by, v: account.version, after: account.balance, n: entries.length });
  }
};
if (existsSync(file)) for (const line of readFileSync(file, 'utf8').split('\\n')) if (line !== '') apply(JSON.parse(line));
const log = openSync(file, 'a');
let waiting = [];
setInterval(() => { if (process.env.BUG === 'forgets' && waiting.length > 0) { writeSync(log, waiting.join('')); waiting = []; } }, 500);
const answer = (response, status, body) => { response.writeHead(status, { 'content-type': 'application/json' }); response.end(JSON.stringify(body)); };
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x');
  if (request.method === 'GET') {
    if (url.pathname === '/health') return answer(response, 200, { busy: 0 });
    if (url.pathname === '/accounts') return answer(response, 200, [...accounts].map(([account, { balance }]) => ({ account, balance_minor: balance, may_overdraw: account === 'bank' })));
    if (url.pathname.startsWith('/payments/')) return answer(response, done.has(url.pathname.slice(10)) ? 200 : 404, {});
    const from = Number(url.searchParams.get('after') ?? 0);
    const page = entries.slice(from, from + 100);
    return answer(response, 200, { data: { items: page }, next: from + 100 < entries.length ? from + 100 : null });
  }
  let text = '';
  for await (const chunk of request) text += chunk;
  const asked = JSON.parse(text);
  const before = done.get(asked.id);
  if (before !== undefined && process.env.BUG !== 'twice') return answer(response, 200, {});
  const payer = accounts.get(asked.from);
  if (payer === undefined || !accounts.has(asked.to)) return answer(response, 404, {});
  if (asked.from !== 'bank' && payer.balance < asked.amount) return answer(response, 402, {});
  const line = JSON.stringify(asked) + '\\n';
  if (process.env.BUG === 'forgets') waiting.push(line); else { writeSync(log, line); fsyncSync(log); }
  apply(asked);
  answer(response, 201, {});
}).listen(Number(port), '127.0.0.1', () => console.log('listens'));
`;

const SCRIPT = `
import http from 'k6/http';
import { payments } from 'k6/x/pay';
export const options = { scenarios: { pay: { executor: 'constant-arrival-rate', rate: 100, duration: '4s', preAllocatedVUs: 20, maxVUs: 100, gracefulStop: '10s' } } };
export default function () {
  const order = { from: 'user-' + Math.floor(Math.random() * 20), to: 'user-' + Math.floor(Math.random() * 20), amountMinor: 1 + Math.floor(Math.random() * 900) };
  if (order.from === order.to) return;
  payments.transfer(order).attempt(({ id }) =>
    http.post(__ENV.BASE_URL + '/payments', JSON.stringify({ id, from: order.from, to: order.to, amount: order.amountMinor }), { timeout: '2s' }));
}
`;

/** Its schedule and threshold are a drill's, and no affair of a check. */
const PROBE = `
import http from 'k6/http';
import { payments } from 'k6/x/pay';
export const options = {
  scenarios: { pay: { executor: 'constant-arrival-rate', rate: 100, duration: '1h', preAllocatedVUs: 20 } },
  thresholds: { http_reqs: ['count>100'] },
};
export default function () {
  const order = { from: 'bank', to: 'user-1', amountMinor: 5 };
  payments.transfer(order)
    .lookUp(({ id }) => http.get(__ENV.BASE_URL + '/payments/' + id))
    .attempt(({ id }) => http.post(__ENV.BASE_URL + '/payments', JSON.stringify({ id, from: order.from, to: order.to, amount: 5 })));
}
`;

const FAULTS = {
  faults: [
    { kind: 'cut_replies', target: 'clients', atMs: 600, durationMs: 300 },
    { kind: 'kill', target: 'ledger', atMs: 1500, durationMs: 300 },
    { kind: 'pause', target: 'ledger', atMs: 2600, durationMs: 200 },
    { kind: 'command', target: 'mark', atMs: 3000, durationMs: 300 },
  ],
};

const TARGET = `
name: small ledger
version: "1"
env: { BASE_URL: "http://{{clients}}" }
links: { clients: { to: "127.0.0.1:{{port.ledger}}" } }
processes:
  ledger:
    command: ["${process.execPath}", "service.mjs", "{{port.ledger}}", "{{folder}}/log"]
    env: { BUG: "BUG_HERE" }
    ready: { url: "http://127.0.0.1:{{port.ledger}}/health" }
commands:
  mark: { apply: ["touch", "broken"], heal: ["touch", "healed"] }
open:
  - { url: "http://127.0.0.1:{{port.ledger}}/payments", body: { id: "first", from: "bank", to: "user-1", amount: 7 } }
settled: { url: "http://127.0.0.1:{{port.ledger}}/health", path: busy }
books:
  entries:
    url: "http://127.0.0.1:{{port.ledger}}/entries"
    rows: data.items
    next: { path: next, parameter: after }
    columns: { operation_id: op, account: who, amount_minor: delta, version: v, balance_after: after, position: n }
  accounts: { url: "http://127.0.0.1:{{port.ledger}}/accounts" }
`;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function system({
  bug = '',
  target = TARGET,
}: {
  readonly bug?: string;
  readonly target?: string;
} = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-own-'));
  folders.push(folder);
  writeFileSync(join(folder, 'service.mjs'), SERVICE);
  writeFileSync(join(folder, 'script.js'), SCRIPT);
  writeFileSync(join(folder, 'probe.js'), PROBE);
  writeFileSync(join(folder, 'script.faults.json'), JSON.stringify(FAULTS));
  writeFileSync(join(folder, 'target.yaml'), target.replace('BUG_HERE', bug));
  return folder;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function paydrill(folder: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

function drill(folder: string, ...args: readonly string[]): Promise<Ended> {
  return paydrill(
    folder,
    'run',
    'script.js',
    '--target',
    'target.yaml',
    '--quiet',
    '--json',
    '--seed',
    '3',
    '--out',
    'run',
    ...args,
  );
}

/** Processes whose command line has the text. */
function running(text: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('ps', ['-eo', 'args'], (_, stdout) =>
      resolve(
        stdout
          .split('\n')
          .filter((line) => line.includes(text) && !line.startsWith('ps '))
          .join('\n'),
      ),
    );
  });
}

describe('a system with a target file', { timeout: 120_000 }, () => {
  it('is started, broken, healed, read over HTTP and judged', async () => {
    const folder = system();
    const { code, stdout } = await drill(folder);
    const summary = JSON.parse(stdout);
    expect(summary.verdict).toBe('valid');
    expect(code).toBe(0);
    expect(summary.operations.ok).toBeGreaterThan(200);
    expect(
      summary.faults.map(({ kind, healed_ms: healed }: { kind: string; healed_ms: number }) => [
        kind,
        healed > 0,
      ]),
    ).toEqual([
      ['cut_replies', true],
      ['kill', true],
      ['pause', true],
      ['command', true],
    ]);
    expect(existsSync(join(folder, 'broken')) && existsSync(join(folder, 'healed'))).toBe(true);
    const held = summary.laws
      .filter(({ status }: { status: string }) => status === 'holds')
      .map(({ name }: { name: string }) => name);
    expect(held).toEqual(
      expect.arrayContaining([
        'no-lost-ack',
        'once-per-id',
        'version-chain',
        'conservation',
        'id-binding',
      ]),
    );
    expect(await running(folder)).toBe('');
  });

  it('that forgets what it acknowledged is caught, by name', async () => {
    const { code, stdout } = await drill(system({ bug: 'forgets' }));
    const summary = JSON.parse(stdout);
    expect(summary.verdict).toBe('invalid');
    expect(code).toBe(111);
    expect(summary.operations.lost).toBeGreaterThan(0);
    expect(
      summary.laws.find(({ name }: { name: string }) => name === 'no-lost-ack').witness,
    ).toMatch(
      /^transfer [0-9a-f-]{36} of \d+\.\d\d from user-\d+ to user-\d+ was acknowledged at .* and is not in the books$/,
    );
  });

  it('is found by the options of the script', async () => {
    const folder = system();
    const named = SCRIPT.replace(
      'scenarios: {',
      "ext: { paydrill: { target: './target.yaml' } }, scenarios: {",
    );
    expect(named).not.toBe(SCRIPT);
    writeFileSync(join(folder, 'script.js'), named);
    const short = ['--duration-scale', '0.2', '--faults', 'none', '--quiet', '--json'];
    const { stdout } = await paydrill(folder, 'run', 'script.js', ...short, '--out', 'run');
    expect(JSON.parse(stdout).verdict).toBe('valid');
    expect(JSON.parse(stdout).operations.ok).toBeGreaterThan(20);
    const plan = JSON.parse(readFileSync(join(folder, 'run', 'plan.json'), 'utf8'));
    expect(plan.target).toBe('target.yaml');
    writeFileSync(join(folder, 'script.js'), named.replace('./target.yaml', './nowhere.ts'));
    const { code, stderr } = await paydrill(folder, 'run', 'script.js', ...short);
    expect(stderr).toMatch(/^paydrill: no target file at nowhere\.ts; .*\n$/);
    expect(code).toBe(104);
  });

  it('is tried part by part', async () => {
    const { code, stdout, stderr } = await paydrill(system(), 'check', 'target.yaml');
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(':')[0]),
    ).toEqual([
      'ok     open',
      'ok     settled',
      '-      operations',
      'ok     kill ledger',
      'ok     settled after that',
      'ok     books',
    ]);
    expect(stdout).toMatch(/^evidence {2}versions\njudged by double-entry, id-binding, /);
    expect(code).toBe(0);
  });

  it('is asked for a few operations, twice each, and for what became of them', async () => {
    const folder = system({ target: `${TARGET}probe: probe.js\n` });
    const { code, stderr } = await paydrill(folder, 'check', 'target.yaml', '--no-kill');
    expect(stderr.split('\n').slice(2, -2)).toEqual([
      'ok     operations: 3 transfer ok',
      'ok     the same id again: 3 of 3 answered as before',
      'ok     look-up: 3 of 3 found as answered',
      'ok     in the books: 3 of 3 that were answered ok and move money, once each, as they were asked',
    ]);
    expect(code).toBe(0);
    expect(await running(folder)).toBe('');
  });

  it('that does a repeat once more is caught by a check', async () => {
    const folder = system({ bug: 'twice', target: `${TARGET}probe: probe.js\n` });
    const { code, stderr } = await paydrill(folder, 'check', 'target.yaml', '--no-kill');
    expect(stderr).toMatch(
      /^FAILED in the books: once-per-id: transfer \S+ of 0\.05 .* is done 2 times/m,
    );
    expect(code).toBe(104);
  });

  it('whose probe is no script says so in its line', async () => {
    const folder = system({ target: `${TARGET}probe: nowhere.js\n` });
    const { code, stderr } = await paydrill(folder, 'check', 'target.yaml', '--no-kill');
    expect(stderr).toMatch(/^FAILED operations: .*nowhere\.js.*$/m);
    expect(code).toBe(104);
  });

  it('leaves nothing and is healed where the harness is killed', async () => {
    const folder = system();
    const harness = spawn(
      process.execPath,
      [PROGRAM, 'run', 'script.js', '--target', 'target.yaml', '--quiet', '--out', 'run'],
      { cwd: folder, stdio: 'ignore' },
    );
    while (!existsSync(join(folder, 'broken'))) await delay(20);
    harness.kill('SIGKILL');
    while (!existsSync(join(folder, 'healed')) || (await running(folder)) !== '') await delay(50);
    expect(await running('service.mjs')).not.toContain(folder);
  });

  it('that others run is found by its process id, killed, and started by its command', async () => {
    const port = String(await fixedPort(Math.random));
    const target = TARGET.replaceAll('{{port.ledger}}', port).replace(
      / {4}command: .*\n {4}env: .*\n/,
      `    pidFile: "{{here}}/ledger.pid"\n    start: ["${process.execPath}", "start.mjs"]\n`,
    );
    const folder = system({ target });
    writeFileSync(
      join(folder, 'start.mjs'),
      `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
      const child = spawn(process.execPath, ['service.mjs', '${port}', 'log'], { detached: true, stdio: 'ignore' });
      writeFileSync('ledger.pid', String(child.pid)); child.unref();`,
    );
    const pid = (): number => Number(readFileSync(join(folder, 'ledger.pid'), 'utf8'));
    execFileSync(process.execPath, ['start.mjs'], { cwd: folder });
    const first = pid();
    try {
      while (!(await listens(`127.0.0.1:${port}`))) await delay(20);
      const { code, stdout } = await drill(folder);
      expect(JSON.parse(stdout).verdict).toBe('valid');
      expect(code).toBe(0);
      // Another one serves now, and goes on: it is not the drill's to end.
      expect(pid()).not.toBe(first);
      expect(await listens(`127.0.0.1:${port}`)).toBe(true);
    } finally {
      process.kill(pid(), 'SIGKILL');
    }
  });

  it('is run again from its run folder', async () => {
    const folder = system();
    await drill(folder, '--duration-scale', '0.3');
    const again = await paydrill(
      folder,
      'run',
      '--replay',
      'run',
      '--quiet',
      '--json',
      '--out',
      'again',
    );
    expect(JSON.parse(again.stdout).verdict).toBe('valid');
    const plan = JSON.parse(readFileSync(join(folder, 'again', 'plan.json'), 'utf8'));
    expect(plan).toMatchObject({
      target: 'target.yaml',
      target_facts: { name: 'small ledger 1' },
      env: {},
    });
  });
});

/** Somebody else's. */
const taken = createServer();
beforeAll(() => new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', resolve)));
afterAll(() => void taken.close());

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return address.port;
}

const REFUSED: readonly (readonly [string, (text: string) => string, RegExp])[] = [
  [
    'an unknown field',
    (text) => text.replace('settled:', 'setled:'),
    /target\.yaml: no field named "setled"; there are: name, /,
  ],
  [
    'a process that never gets ready',
    (text) => text.replace(/ready: .*\n/, 'ready: { line: "never said" }\n    readyWithinS: 2\n'),
    /the process ledger does not start: not ready within 2000 ms; it said: listens/,
  ],
  [
    'a process that ends at once',
    (text) => text.replace('"service.mjs"', '"-e", "process.exit(7)"'),
    /the process ledger does not start: ended \(code 7\) before it was ready/,
  ],
  [
    'a step that fails',
    (text) => text.replace('to: "user-1"', 'to: "nobody"'),
    /open\[0\]: http:\S+ answers 404/,
  ],
  [
    'books without a column',
    (text) => text.replace('amount_minor: delta, ', ''),
    /the entries of the books have no column amount_minor; there are operation_id, /,
  ],
  [
    'text where a number must be',
    (text) => text.replace('amount_minor: delta', 'amount_minor: who'),
    /the entries of the books, row 1: amount_minor must be a whole number, got "bank"/,
  ],
  [
    'a link whose port is in use',
    (text) =>
      text.replace(
        '{ to: "127.0.0.1:{{port.ledger}}" }',
        `{ to: "127.0.0.1:{{port.ledger}}", listen: "127.0.0.1:${portOf(taken)}" }`,
      ),
    /the link clients cannot listen on 127\.0\.0\.1:\d+: it is in use/,
  ],
  [
    'a placeholder that stands for nothing',
    (text) => text.replace('{{clients}}', '{{client}}'),
    /env\.BASE_URL: \{\{client\}\} stands for nothing; there are: clients, port\.<name>, folder, here/,
  ],
  [
    'a database elsewhere',
    (text) =>
      `${text}databases: { main: "postgres://db.test/x" }\n`.replace(
        'open:',
        'open:\n  - { database: main, sql: "select 1" }',
      ),
    /open\[0\]: the database postgres:\/\/db\.test\/x is not on this machine: to use it, add --allow-target db\.test/,
  ],
];

describe('a target file is refused in one line, and nothing is left running', {
  timeout: 60_000,
}, () => {
  it.each(REFUSED)('with %s', async (_, change, expected) => {
    const target = change(TARGET);
    expect(target).not.toBe(TARGET);
    const folder = system({ target });
    const { code, stderr } = await drill(folder);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(expected);
    expect(code).toBe(104);
    expect(await running(folder)).toBe('');
  });
});
