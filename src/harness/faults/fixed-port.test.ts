import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { fixedPort } from './fixed-port.js';

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

it('where every port is taken it says so', async () => {
  const server = createServer();
  const port = await fixedPort(() => 0.9);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await expect(fixedPort(() => 0.9)).rejects.toThrow('no free port found between 15000 and');
  server.close();
});
