/** The system under test as the conductor sees it, whichever kind it is. */
import type { Topology } from '../../wire/admin.js';
import type { LinkHandle, ProcessHandle } from '../faults/fault.js';

export interface Target {
  /** `reference`, or the address. */
  readonly name: string;
  /** `host:port` of Bolt or `http://host:port`, where the load workers connect. */
  readonly address: string;
  readonly topology: Topology;
  /** Names that a fault plan may use. */
  readonly links: readonly string[];
  readonly processes: readonly string[];
  link(name: string): LinkHandle;
  process(name: string): ProcessHandle;
  /** CPU time so far in microseconds by process name, where it can be known. */
  cpuUs(): Promise<ReadonlyMap<string, number>>;
  /**
   * Resolves to true when nothing is in flight and no cross-shard operation is between its steps; to false when
   * that has not come by the deadline. Rejects never for a target that does not answer.
   */
  settled(options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<boolean>;
  /** Ends what this drill started. Safe to call more than once. */
  close(): Promise<void>;
}

/** The accounts the reference stack is opened with. */
export interface Population {
  readonly users: number;
  readonly merchants: number;
  readonly splitMerchants: number;
  readonly openingMinor: number;
}
