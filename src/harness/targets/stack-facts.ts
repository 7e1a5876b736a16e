/** What the reference stack promises, wherever it runs: README.md says the same in words. */
import type { Topology } from '../../wire/admin.js';
import type { TargetFacts } from '../records/target-facts.js';

export function stackFacts(name: string, topology: Topology): TargetFacts {
  return {
    name,
    evidence: 'versions',
    promises: {
      isolation: topology.isolation,
      durability: 'acknowledged',
      idRetention: 'bounded',
      atomicity: 'at-rest',
      noOverdraft: true,
    },
    labels: {
      ledgerEngine: topology.ledgerEngine,
      durability: topology.durability,
      shards: topology.placement.shards,
    },
    hasBooks: topology.shardAddresses.length > 0,
    money: {
      ...topology.placement,
      users: topology.users,
      merchants: topology.merchants,
      openingMinor: topology.openingMinor,
      products: topology.products,
      feePer10k: topology.feePer10k,
      commissionPer10k: topology.commissionPer10k,
      risk: topology.risk,
    },
  };
}
