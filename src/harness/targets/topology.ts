/** Asks a gateway what stack stands behind it. */
import type { Topology } from '../../wire/admin.js';
import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';
import type { GatewayFront } from './gateway-front.js';

/** Throws UserError where no gateway answers. */
export async function readTopology(gateway: GatewayFront): Promise<Topology> {
  let answer: Readonly<Record<string, unknown>>;
  try {
    answer = await gateway.topology();
  } catch (cause) {
    const reason = messageOf(cause);
    throw new UserError(
      `no target at ${gateway.name}: ${reason}; start one with 'paydrill stack'`,
      {
        cause,
      },
    );
  }
  if (!isTopology(answer)) throw new UserError(`${gateway.name} answers, but not with a topology`);
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
