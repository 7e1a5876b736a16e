/**
 * A port for a process that will be killed and must come back on the same address. It lies below the range from
 * which the system takes ports for outgoing connections: a port of that range can be taken by any connection
 * while its owner is dead, or even by somebody's attempt to reach it, which on loopback then connects to itself.
 *
 * Drills beside each other choose from the same range: a port is chosen some time before anybody listens there, and nobody does while its
 * owner is dead. So it is kept for the process that chose it, as long as that runs: on Linux by a local socket of an abstract name, of which
 * there is one in a network namespace, and which the system closes with the process.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { platform } from 'node:os';
import { addressOf } from '../../wire/address.js';

const LOWEST = 15_000;
/** Where the range begins on Linux when nobody has changed it; elsewhere it begins higher. */
const OUTGOING_FROM_DEFAULT = 32_768;
const ATTEMPTS = 200;

/** A port of 127.0.0.1 that is free now, and that no other process is given while this one runs. `random`: numbers in [0, 1). */
export async function fixedPort(random: () => number): Promise<number> {
  const end = await outgoingFrom();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(random() * (end - LOWEST));
    if ((await isFree(`127.0.0.1:${port}`)) && (await keep(port))) return port;
  }
  throw new Error(`no free port found between ${LOWEST} and ${end} on 127.0.0.1`);
}

/** False where a process has it; elsewhere than on Linux nobody is asked. */
function keep(port: number): Promise<boolean> {
  if (platform() !== 'linux') return Promise.resolve(true);
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', () => resolve(false));
    server.listen({ path: `\0paydrill-port-${port}` }, () => {
      server.unref();
      resolve(true);
    });
  });
}

async function outgoingFrom(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const from = Number(range.trim().split(/\s+/)[0]);
  // A range that leaves too little below it leaves no choice but to share.
  return from > LOWEST + 1_000 ? from : OUTGOING_FROM_DEFAULT;
}

/** Whether something could listen there now. */
export function isFree(address: string): Promise<boolean> {
  const { host, port } = addressOf(address);
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
