import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.js';
import { StoreError } from './store.js';

const NOW = { patienceMs: 0 };
const work = mkdtempSync(join(tmpdir(), 'paydrill-lock-'));
const program = join(work, 'hold.mjs');
let folder: string;
const holders: ChildProcess[] = [];

beforeAll(() => {
  const lock = join(import.meta.dirname, 'folder-lock.ts');
  const contents = `import { lockFolder } from ${JSON.stringify(lock)};
await lockFolder(process.argv[2], { abstract: process.argv[3] === 'true' });
process.stdin.resume();
process.stdout.write('held');`;
  const options = ['--bundle', '--platform=node', '--format=esm', '--log-level=error'];
  execFileSync(
    join(import.meta.dirname, '../../../node_modules/esbuild/bin/esbuild'),
    [...options, `--outfile=${program}`],
    { input: contents, cwd: import.meta.dirname },
  );
});

beforeEach(() => {
  folder = mkdtempSync(join(work, 'books-'));
});

afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL');
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

/** A process that holds the folder. */
async function holding(abstract: boolean): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, folder, String(abstract)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(child);
  await once(child.stdout, 'data');
  return child;
}

describe.each([
  ['a name without a file', true],
  ['a file', false],
])('a folder of books, locked by %s', (_name, abstract) => {
  it.skipIf(abstract && process.platform !== 'linux')(
    'is refused by the process that has it, under whatever name it is asked for',
    async () => {
      const { pid } = await holding(abstract);
      const link = `${folder}-link`;
      symlinkSync(folder, link);
      for (const name of [folder, `${folder}/../${folder.split('/').at(-1)}`, link]) {
        const asked = lockFolder(name, { abstract, ...NOW });
        await expect(asked).rejects.toThrow(StoreError);
        await expect(lockFolder(name, { abstract, ...NOW })).rejects.toThrow(
          `the books in ${name} are open in process ${pid}: stop it, or name another folder`,
        );
      }
    },
  );

  it.skipIf(abstract && process.platform !== 'linux')(
    'is refused while its holder is stopped, and free once that was killed with -9',
    async () => {
      const holder = await holding(abstract);
      holder.kill('SIGSTOP');
      await expect(lockFolder(folder, { abstract, ...NOW })).rejects.toThrow('another process');
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      const lock = await lockFolder(folder, { abstract, ...NOW });
      await expect(lockFolder(folder, { abstract, ...NOW })).rejects.toThrow(String(process.pid));
      await lock.release();
      await (await lockFolder(folder, { abstract, ...NOW })).release();
    },
  );

  it.skipIf(abstract && process.platform !== 'linux')(
    'is had by whoever waits a moment for a holder that is going',
    async () => {
      const holder = await holding(abstract);
      const asked = lockFolder(folder, { abstract, patienceMs: 60_000 });
      holder.kill('SIGKILL');
      await (await asked).release();
    },
  );
});

describe('the file of a lock whose holder was killed with -9', () => {
  it.each([
    ['goes with the folder', 'books', 1],
    ['is not in a folder whose path is too long for a socket', 'b'.repeat(120), 0],
  ])('%s', async (_what, name, inside) => {
    folder = join(folder, name);
    const holder = await holding(false);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(readdirSync(folder).length).toBe(inside);
    await (await lockFolder(folder, { abstract: false, ...NOW })).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
