/**
 * Databases for the virtual users of one worker thread: pg for PostgreSQL, mysql2 for MySQL, each loaded with its first connection.
 * Reaches this machine and the hosts that are named with `--allow-target`, and no other.
 */
import type { ConnectionOptions } from 'node:tls';
import { mayReach } from '../../wire/address.js';
import type { Network } from '../http/network.js';
import { messageOf } from '../message-of.js';
import type { SqlConnected, SqlPort, SqlSource } from '../ports/sql.js';
import { type DataSource, parseDataSource } from './data-source.js';
import type { DriverFault, SqlDriver } from './driver.js';
import { failed, inTime, Link, TooLate, tooLate } from './link.js';
import { mysqlDriver, mysqlFault } from './mysql.js';
import { postgresDriver, postgresFault } from './postgres.js';

const RETRY_MS = { first: 5, most: 1000 } as const;

export function sqlPort(options: {
  readonly network: Network;
  /** Hosts that are not this machine and may be reached. */
  readonly allowTargets: readonly string[];
  /** Floats in [0, 1). */
  readonly random: () => number;
}): SqlPort {
  const { random } = options;
  return {
    retryMs: (attempts) =>
      random() * Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** Math.min(attempts, 30)),
    async connect(source): Promise<SqlConnected> {
      try {
        return { isOk: true, connection: await connected(source, options) };
      } catch (error) {
        const fault = faultOf(error, source);
        return failed(source.dialect, { ...fault, isLost: true }, 'connect');
      }
    },
  };
}

const DRIVERS = {
  postgres: { open: postgresDriver, faultOf: postgresFault },
  mysql: { open: mysqlDriver, faultOf: mysqlFault },
} as const;

async function connected(
  { dialect, address, connectTimeoutMs, timeoutMs }: SqlSource,
  {
    network,
    allowTargets,
  }: { readonly network: Network; readonly allowTargets: readonly string[] },
): Promise<Link> {
  const source = parseDataSource(dialect, address);
  const giveUp = new AbortController();
  let link: Link | undefined;
  const dial = async (): Promise<SqlDriver> => {
    const { host } = await network.addresses.find({ ...source, secure: false });
    // By its address: a name may be made to stand for another machine.
    if (!mayReach(host, allowTargets) && !allowTargets.includes(source.hostname))
      throw new NotAllowed(source);
    const tls = tlsOf(source, network);
    const { signal } = giveUp;
    const dialled = { source, host, tls, timeoutMs: connectTimeoutMs, signal };
    const driver = await DRIVERS[dialect].open(dialled, () => link?.lost());
    if (signal.aborted) driver.destroy();
    return driver;
  };
  try {
    link = new Link(await inTime(dial(), connectTimeoutMs), timeoutMs);
    return link;
  } catch (error) {
    giveUp.abort();
    throw error;
  }
}

function tlsOf({ tls, hostname }: DataSource, { tlsOf }: Network): ConnectionOptions | undefined {
  if (tls === 'off') return undefined;
  return tls === 'checked' ? tlsOf(hostname) : { ...tlsOf(hostname), rejectUnauthorized: false };
}

class NotAllowed extends Error {
  constructor({ hostname, port }: DataSource) {
    super(`${hostname}:${port} is not on this machine: to load it, add --allow-target ${hostname}`);
  }
}

function faultOf(error: unknown, { dialect, connectTimeoutMs }: SqlSource): DriverFault {
  if (error instanceof TooLate) return tooLate(connectTimeoutMs);
  if (error instanceof NotAllowed) {
    const message = messageOf(error);
    return { message, code: undefined, errno: 'not_allowed', sqlState: '', isLost: true };
  }
  return DRIVERS[dialect].faultOf(error);
}
