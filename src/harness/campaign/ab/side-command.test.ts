/** Real commands in a real shell: what a side starts answers before its drill, and is gone after it, with all that it started. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../testing/free-port.js';
import { startSide } from './side-command.js';

const SUPERVISE = [
  process.execPath,
  fileURLToPath(new URL('../../../../bin/paydrill.js', import.meta.url)),
  'supervise',
];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-side-'));
  // It says who it is, and answers for ever.
  writeFileSync(
    join(folder, 'serve.mjs'),
    `import { createServer } from 'node:net';
     import { writeFileSync } from 'node:fs';
     createServer((socket) => socket.end()).listen(Number(process.argv[2]), '127.0.0.1');
     writeFileSync('pid', String(process.pid));`,
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const start = (command: string, port: number, signal = new AbortController().signal) =>
  startSide({ command, folder, address: `127.0.0.1:${port}` }, { supervise: SUPERVISE, signal });

describe('a side that a command starts', { timeout: 60_000 }, () => {
  it('answers once it is there, in its folder, and is gone with its children when it is closed', async () => {
    const port = await freePort();
    // A shell that has a child, as npm start is.
    const side = await start(`node serve.mjs ${port}; true`, port);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    expect(runs(pid)).toBe(true);
    await side.close();
    while (runs(pid)) await delay(10);
  });

  it('is refused where something answers already: that would be drilled in its place', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start('true', port)).rejects.toThrow(
      /something answers at 127\.0\.0\.1:\d+ before 'true' was started/,
    );
    server.close();
  });

  it('that does not heed SIGTERM is killed', async () => {
    const port = await freePort();
    writeFileSync(
      join(folder, 'deaf.mjs'),
      `process.on('SIGTERM', () => undefined); await import('./serve.mjs');`,
    );
    const side = await start(`node deaf.mjs ${port}`, port);
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await side.close();
    while (runs(pid)) await delay(10);
  });

  it('that ends at once is told so at once', async () => {
    const side = start('echo no such target >&2; exit 3', await freePort());
    await expect(side).rejects.toThrow(/: it ended \(exit code 3\): no such target$/);
  });

  it('that does not answer is given up, with the last that it said', async () => {
    const stop = new AbortController();
    const side = start('echo no money; sleep 60', await freePort(), stop.signal);
    await delay(500);
    stop.abort();
    await expect(side).rejects.toThrow(
      /nothing answers at .* after 'echo no money; sleep 60' was started: no money$/,
    );
  });
});
