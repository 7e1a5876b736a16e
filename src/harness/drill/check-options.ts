/**
 * What of a drill's options cannot go together or may not be used, checked before anything is read or started. The rule
 * that only this machine is loaded or broken is kept here, for the command line and for programs alike.
 */
import { isLoopback, parseAddress, parseTargetAddress } from '../../wire/address.js';
import type { DrillOptions } from '../report/progress.js';
import { UserError } from '../user-error.js';

/** Throws UserError. */
export function checkOptions(options: DrillOptions): void {
  const { target, mutant, shards, toxiproxy, allowTargets } = options;
  if (toxiproxy !== undefined) {
    checkHost('Toxiproxy', toxiproxy, { host: parseAddress(toxiproxy)?.host, allowTargets });
  }
  if (target === 'reference') return;
  checkHost('target', target, { host: parseTargetAddress(target)?.host, allowTargets });
  if (mutant !== undefined) {
    throw new UserError('--mutant plants a bug in the reference stack: leave out --target');
  }
  if (shards !== undefined) {
    throw new UserError('--shards is for the reference stack: leave out --target or --shards');
  }
}

/** What is not on this machine is loaded or broken only when its host was named. */
function checkHost(
  what: string,
  address: string,
  {
    host,
    allowTargets,
  }: { readonly host: string | undefined; readonly allowTargets: readonly string[] },
): void {
  if (host === undefined) {
    throw new UserError(`${what} ${address} cannot be read: give host:port, or http://host:port`);
  }
  if (isLoopback(host) || allowTargets.includes(host)) return;
  throw new UserError(
    `${what} ${address} is not on this machine: to use it, add --allow-target ${host}`,
  );
}
