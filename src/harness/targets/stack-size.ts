/**
 * How large a reference stack a drill starts, or a script is written for. The conductor takes it from script and command line and
 * hands it on; what is in it only targets know.
 */

import type { BrownOutStep } from '../../wire/brown-out.js';

/** The accounts the reference stack is opened with. */
export interface Population {
  readonly users: number;
  readonly merchants: number;
  readonly splitMerchants: number;
  /** Of each user, minor units. */
  readonly openingMinor: number;
  /** Names of products whose accounts are opened too. */
  readonly products: readonly string[];
}

export interface StackSize {
  readonly shards: number;
  readonly population: Population;
  /** Names of networks (faults/kinds/network.ts) for each of which there is a link of its own beside `clients`. */
  readonly networks: readonly string[];
  /** What the gateway refuses first while much is in flight. */
  readonly brownOut: readonly BrownOutStep[];
}

/** The busiest fifth of merchants takes 85 % of a festival (Zipf, s = 1); each user begins with 10,000 yuan. */
export const DEFAULT_STACK: StackSize = {
  shards: 2,
  population: {
    users: 1_000_000,
    merchants: 20_000,
    splitMerchants: 4_096,
    openingMinor: 1_000_000,
    products: [],
  },
  networks: [],
  brownOut: [],
};
