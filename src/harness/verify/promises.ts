/**
 * What laws test, as promises that a target makes or does not make. A target is held to what it promised and to nothing
 * else: a law that tests another promise is not asked of it.
 */
import type { Promises } from '../records/target-facts.js';

interface PromiseRow {
  /** `the target does not promise that ...` */
  readonly words: string;
  readonly isMade: (promises: Promises) => boolean;
}

export const PROMISES = {
  /** Nobody calls a ledger one that does not: it is not a promise a target could leave out. */
  'moves-as-asked': {
    words: 'money moves as it was asked to, and in no other way',
    isMade: () => true,
  },
  'acknowledged-is-kept': {
    words: 'what it acknowledged is kept',
    isMade: ({ durability }) => durability === 'acknowledged',
  },
  'one-effect-per-id': {
    words: 'one id has one effect',
    isMade: ({ idRetention }) => idRetention !== 'none',
  },
  'all-legs-or-none': {
    words: 'all legs of an operation happen or none',
    isMade: ({ atomicity }) => atomicity === 'at-rest',
  },
  'linearizable-accounts': {
    words: 'the changes of an account have one order that respects real time',
    isMade: ({ isolation }) => isolation !== 'none',
  },
  'one-order-a-shard': {
    words: 'what happens on a shard has one order that respects real time',
    isMade: ({ isolation }) =>
      isolation === 'strict-serializable' || isolation === 'strict-serializable-per-shard',
  },
  'no-overdraft': {
    words: 'no account overdraws that must not',
    isMade: ({ noOverdraft }) => noOverdraft,
  },
} as const satisfies Record<string, PromiseRow>;

export type PromiseName = keyof typeof PROMISES;
