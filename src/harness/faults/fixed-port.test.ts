import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { fixedPort } from './fixed-port.js';

const ESBUILD = fileURLToPath(
  new URL('../../../node_modules/esbuild/bin/esbuild', import.meta.url),
);

it('a fixed port is free, and not one that outgoing connections get', async () => {
  const port = await fixedPort(() => 0.5);
  expect(port).toBeGreaterThanOrEqual(15_000);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const numbers = [0.5, 0.5, 0.25];
  const other = await fixedPort(() => numbers.shift() ?? 0.75);
  expect(other).toBeLessThan(port);
  const given = createServer();
  await new Promise<void>((resolve) => given.listen(0, '127.0.0.1', resolve));
  const address = given.address();
  expect(address !== null && typeof address === 'object' && address.port > port).toBe(true);
  server.close();
  given.close();
});

it('a fixed port is given once, though nobody listens there yet', async () => {
  const numbers = [0.31, 0.31, 0.32];
  const draw = (): number => numbers.shift() ?? 0.33;
  const [first, second] = await Promise.all([fixedPort(draw), fixedPort(draw)]);
  expect(first).not.toBe(second);
});

it.runIf(platform() === 'linux')(
  'nor to another process, until the one that has it ends',
  async () => {
    const input = `import { fixedPort } from './fixed-port.ts';
    process.stdout.write(String(await fixedPort(() => 0.41)));
    setInterval(() => {}, 1000);`;
    const bundle = execFileSync(ESBUILD, ['--bundle', '--platform=node', '--format=esm'], {
      input,
      cwd: import.meta.dirname,
      encoding: 'utf8',
    });
    const args = ['--input-type=module', '-e', bundle];
    const other = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = await once(other.stdout, 'data');
    const numbers = [0.41];
    const mine = await fixedPort(() => numbers.shift() ?? 0.42);
    expect(mine).not.toBe(Number(String(said)));
    other.kill('SIGKILL');
    await once(other, 'close');
    expect(await fixedPort(() => 0.41)).toBe(Number(String(said)));
  },
);

it('where every port is taken it says so', async () => {
  const server = createServer();
  const port = await fixedPort(() => 0.9);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await expect(fixedPort(() => 0.9)).rejects.toThrow('no free port found between 15000 and');
  server.close();
});
