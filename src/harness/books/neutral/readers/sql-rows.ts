/**
 * Rows of queries, over the PostgreSQL or the MySQL wire. All queries of one database are read in one snapshot, by a cursor, some
 * rows at a time. Values come as the text that the server sends: no driver rounds them.
 */
import { mayReach } from '../../../../wire/address.js';
import { messageOf } from '../../../message-of.js';
import { UserError } from '../../../user-error.js';
import { openMysql } from './mysql-snapshot.js';
import { openPostgres } from './postgres-snapshot.js';
import type { Snapshot } from './snapshot.js';

export interface DatabaseAt {
  /** A connection URL. */
  readonly url: string;
  /** Hosts that are not this machine and may be asked. */
  readonly allowTargets: readonly string[];
}

/** Rejects with UserError for a URL that is none, a host that may not be asked, and a server that cannot be had. */
export async function openSnapshot({ url, allowTargets }: DatabaseAt): Promise<Snapshot> {
  const address = databaseAddress(url, allowTargets);
  try {
    return await (address.protocol === 'mysql:' ? openMysql(url) : openPostgres(url));
  } catch (cause) {
    throw new UserError(`the database ${shownUrl(address)} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}

const PROTOCOLS: readonly string[] = ['postgres:', 'postgresql:', 'mysql:'];

/** Throws UserError. */
export function databaseAddress(url: string, allowTargets: readonly string[]): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !PROTOCOLS.includes(address.protocol))
    throw new UserError(
      `a database must be postgres://... or mysql://..., got ${address ? shownUrl(address) : url}`,
    );
  if (!mayReach(address.hostname, allowTargets))
    throw new UserError(
      `the database ${shownUrl(address)} is not on this machine: to use it, add --allow-target ${address.hostname}`,
    );
  return address;
}

/** Without its password. */
export function shownUrl(address: URL): string {
  return `${address.protocol}//${address.host}${address.pathname}`;
}
