/** No payment target: the script loads something by itself, over HTTP say, and there is no ledger to judge. */
import { BREAKABLE_OF_NONE } from './breakable-names.js';
import type { Target } from './target.js';

export function noTarget(): Target {
  return {
    ports: { pay: undefined },
    books: undefined,
    facts: {
      name: 'none',
      evidence: 'none',
      promises: {
        isolation: 'none',
        durability: 'none',
        idRetention: 'none',
        atomicity: 'none',
        noOverdraft: false,
      },
      labels: { ledgerEngine: 'none', durability: 'none', shards: 0 },
      hasBooks: false,
      money: undefined,
    },
    layout: {},
    breakable: {
      ...BREAKABLE_OF_NONE,
      link: (name) => {
        throw new Error(`there is no link ${name}`);
      },
      process: (name) => {
        throw new Error(`there is no process ${name}`);
      },
      command: (name) => {
        throw new Error(`there is no command ${name}`);
      },
    },
    processes: () => new Map(),
    settled: () => Promise.resolve({ atRest: true, missing: [] }),
    close: () => Promise.resolve(),
  };
}
