/** Asks a gateway what stack stands behind it. */
import type { Topology } from '../../wire/admin.js';
import { UserError } from '../user-error.js';
import { askAdmin } from './admin-client.js';

/** `address`: `host:port` of a gateway's Bolt port. Throws UserError where none answers. */
export async function readTopology(address: string): Promise<Topology> {
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = await askAdmin(address, { op: 'topology' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`no target at ${address}: ${reason}; start one with 'paydrill stack'`, {
      cause,
    });
  }
  if (!isTopology(answer)) throw new UserError(`${address} answers, but not with a topology`);
  return answer;
}

function isTopology(value: unknown): value is Topology {
  return (
    typeof value === 'object' &&
    value !== null &&
    'placement' in value &&
    'shardAddresses' in value &&
    Array.isArray(value.shardAddresses)
  );
}
