/**
 * Asks a gateway what stack stands behind it. What it answers is another program's word: every field that a drill uses is
 * looked at before anything is asked of it, and nobody is connected to whom the person who runs the drill has not named.
 */
import { CATALOGUE } from '../../products/kinds.js';
import { SHARDS_MAX } from '../../wire/accounts.js';
import { mayReach, parseAddress } from '../../wire/address.js';
import type { RiskRules, Topology } from '../../wire/admin.js';
import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';
import type { GatewayFront } from './gateway-front.js';

const ISOLATIONS = ['strict-serializable', 'strict-serializable-per-shard'] as const;

/** `allowTargets`: hosts that are not this machine and may be asked. Throws UserError where no gateway answers as one. */
export async function readTopology(
  gateway: GatewayFront,
  allowTargets: readonly string[] = [],
): Promise<Topology> {
  let answer: Fields;
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
  const wrong = (field: string, wanted: string): never => {
    throw new UserError(
      `the topology of ${gateway.name} cannot be used: ${field} is not ${wanted}`,
    );
  };
  const topology = topologyOf(answer, wrong);
  for (const address of topology.shardAddresses) {
    const { host } = parseAddress(address) ?? wrong('a shard address', 'host:port');
    if (mayReach(host, allowTargets)) continue;
    throw new UserError(
      `shard ${address} of ${gateway.name} is not on this machine: to read its books, add --allow-target ${host}`,
    );
  }
  return topology;
}

type Fields = Readonly<Record<string, unknown>>;
/** Throws. */
type Wrong = (field: string, wanted: string) => never;

function topologyOf(answer: Fields, wrong: Wrong): Topology {
  const { placement, shardAddresses, isolation } = answer;
  const placed = isFields(placement) ? placement : wrong('placement', 'an object');
  const shards = whole(placed, 'shards', wrong, { least: 1, most: SHARDS_MAX });
  if (!Array.isArray(shardAddresses)) return wrong('shardAddresses', 'a list');
  if (shardAddresses.length !== 0 && shardAddresses.length !== shards)
    wrong('shardAddresses', `a list of ${shards}, one for each shard`);
  const promised = ISOLATIONS.find((one) => one === isolation);
  return {
    placement: { shards, splitMerchants: whole(placed, 'splitMerchants', wrong) },
    users: whole(answer, 'users', wrong),
    merchants: whole(answer, 'merchants', wrong),
    openingMinor: whole(answer, 'openingMinor', wrong),
    products: productsOf(answer.products, wrong),
    feePer10k: whole(answer, 'feePer10k', wrong, { most: 9_999 }),
    commissionPer10k: whole(answer, 'commissionPer10k', wrong, { most: 9_999 }),
    risk: riskOf(answer.risk, wrong),
    shardAddresses: shardAddresses.map((address: unknown, shard) =>
      typeof address === 'string' && (parseAddress(address)?.port ?? 0) > 0
        ? address
        : wrong(`shardAddresses[${shard}]`, 'host:port'),
    ),
    isolation: promised ?? wrong('isolation', `one of ${ISOLATIONS.join(', ')}`),
    ledgerEngine: words(answer, 'ledgerEngine', wrong),
    durability: words(answer, 'durability', wrong),
  };
}

/** None where it says nothing of them. */
function productsOf(told: unknown, wrong: Wrong): readonly string[] {
  if (told === undefined) return [];
  const isNames =
    Array.isArray(told) &&
    told.every((name) => CATALOGUE.products.some((one) => one.name === name));
  return isNames ? told.map(String) : wrong('products', 'a list of products that are known here');
}

function riskOf(told: unknown, wrong: Wrong): RiskRules {
  const risk = isFields(told) ? told : wrong('risk', 'an object');
  const { velocity } = risk;
  if (!Array.isArray(velocity)) return wrong('risk.velocity', 'a list');
  return {
    amountMinorMax: whole(risk, 'amountMinorMax', wrong),
    velocity: velocity.map((told: unknown) => {
      const rule = isFields(told) ? told : wrong('risk.velocity', 'a list of objects');
      return {
        windowMs: whole(rule, 'windowMs', wrong, { least: 1 }),
        countMax: whole(rule, 'countMax', wrong),
        amountMinorMax: whole(rule, 'amountMinorMax', wrong),
      };
    }),
  };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function whole(
  fields: Fields,
  name: string,
  wrong: Wrong,
  { least = 0, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): number {
  const value = fields[name];
  const isWhole = typeof value === 'number' && Number.isSafeInteger(value);
  if (isWhole && value >= least && value <= most) return value;
  return wrong(name, `a whole number from ${least} to ${most}`);
}

/** A label: it stands in every summary. */
function words(fields: Fields, name: string, wrong: Wrong): string {
  const value = fields[name];
  return typeof value === 'string' && /^[^\n]{1,80}$/.test(value) ? value : wrong(name, 'one line');
}
