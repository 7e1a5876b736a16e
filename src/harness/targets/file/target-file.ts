/**
 * What a user says of a system of their own: how it is reached, started, broken, opened, seen to be at rest and read, and what it
 * promises. Plain data, typed by `defineTarget` in a `.ts` or `.js` file, or as JSON, YAML or TOML. read-target-file.ts checks it.
 *
 * In every text `{{...}}` stands for something of the drill:
 *   {{clients}}       `host:port` where the link of that name listens
 *   {{port.database}} a free port of this machine, the same wherever that name stands; ports of a drill do not collide
 *   {{folder}}        a temporary folder of this drill, which goes with it
 *   {{here}}          the folder of the target file
 */

import type { BooksSpec, Command } from '../../books/neutral/books-spec.js';
import type { ReadyCheck } from '../../faults/ready-check.js';
import type { NeutralBooks } from '../../records/target-facts.js';

export interface TargetFile {
  /** As summaries call it. */
  readonly name: string;
  /** Of what is drilled, beside every number: a release, a commit. */
  readonly version?: string;
  /** Variables of the script's `__ENV`; `-e` wins. `{ BASE_URL: 'http://{{clients}}' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Connection URLs by name: `postgres://user:password@host:port/database`, `mysql://...`. */
  readonly databases?: Readonly<Record<string, string>>;
  /** Started in the order in which they stand, each once the one before it is ready. What of it faults may kill or pause. */
  readonly processes?: Readonly<Record<string, ProcessSpec>>;
  /** Links on the fault proxy: what connects to where one listens reaches `to` through it. */
  readonly links?: Readonly<Record<string, LinkOfFile>>;
  /** Faults of kind `command`, by name. */
  readonly commands?: Readonly<Record<string, CommandFaultSpec>>;
  /** What is done before the load, in order: how accounts come to exist, and what they hold. */
  readonly open?: readonly OpenStep[];
  /** When its asynchronous work is done. Absent: it is at rest as soon as every answer is in. */
  readonly settled?: SettledSpec;
  /** Absent: a drill makes no claim about its ledger. */
  readonly books?: BooksSpec;
  /** A script, relative to this file, by which `paydrill check` asks it for a few operations: the drill's own serves. */
  readonly probe?: string;
  /** What it is held to. */
  readonly promises?: PromisesSpec;
}

export type ProcessSpec = StartedProcess | AdoptedProcess | CommandedProcess;

/** Started for the drill, in a process group of its own, and ended with it whatever happens. */
export interface StartedProcess {
  readonly command: Command;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the folder of the target file. */
  readonly folder?: string;
  /** Runs as this user where the drill runs as root: PostgreSQL refuses root. Ignored otherwise. */
  readonly user?: string;
  /** Run to their end, once, before its first start, as the same user: `initdb`, migrations. */
  readonly prepare?: readonly Command[];
  readonly ready: ReadyCheck;
  /** Seconds until it must be ready; default 30. */
  readonly readyWithinS?: number;
  /** Asks it to end when the drill is over; default SIGTERM. After a second it is killed. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
}

/** Runs already, or is started by others; found by the file that holds its process id. Only broken where a fault asks for it. */
export interface AdoptedProcess {
  readonly pidFile: string;
  /** Starts it again after a kill. */
  readonly start: Command;
  readonly ready: ReadyCheck;
  readonly readyWithinS?: number;
}

/** Broken and healed by commands: systemd, docker, kubectl. Without `pause` and `resume` it cannot be paused. */
export interface CommandedProcess {
  readonly kill: Command;
  readonly start: Command;
  readonly pause?: Command;
  readonly resume?: Command;
  readonly ready: ReadyCheck;
  readonly readyWithinS?: number;
}

export interface LinkOfFile {
  /** `host:port`. */
  readonly to: string;
  /** `host:port`; default: a free port of this machine. */
  readonly listen?: string;
}

export interface CommandFaultSpec {
  readonly apply: Command;
  /** Also run where the harness is gone before it could. */
  readonly heal: Command;
  /** Seconds that each may take; default 10. */
  readonly withinS?: number;
}

/** One of them. Every one must succeed. */
export type OpenStep =
  | { readonly command: Command; readonly withinS?: number }
  /** One text, or many; each may hold several statements. */
  | {
      readonly database: string;
      readonly sql: string | readonly string[];
      readonly withinS?: number;
    }
  /** A file of statements. */
  | { readonly database: string; readonly file: string; readonly withinS?: number }
  /** Must answer 2xx. */
  | {
      readonly url: string;
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly withinS?: number;
    };

/** Asked again and again until it says so. */
export type SettledSpec = (
  | { readonly command: Command }
  /** At rest when it returns no row, or its first value is 0, false or null. */
  | { readonly database: string; readonly sql: string }
  /** At rest when it answers 2xx and, where a path is named, the JSON value there is 0, false, null or an empty list. */
  | { readonly url: string; readonly path?: string }
) & {
  /** Seconds until it is given up; default 30. */
  readonly withinS?: number;
};

export interface PromisesSpec {
  /** `kept`: what was answered ok survives; default kept. */
  readonly acknowledged?: 'kept' | 'none';
  /** `forever`: one id has one effect; default forever. */
  readonly ids?: 'forever' | 'none';
  /** What happens to an account has one order that respects real time, or all of it has. Default: linearizable-accounts where its books have versions, otherwise none. */
  readonly isolation?: 'strict-serializable' | 'linearizable-accounts' | 'none';
  /** All legs or none, once at rest; default true. */
  readonly atomic?: boolean;
  /** Accounts that may not overdraw never do; default true. */
  readonly noOverdraft?: boolean;
  /** The postings of a booking sum to zero, and so do all; default true. */
  readonly doubleEntry?: boolean;
  /** Who is charged a fee on top: then they move more, or get less, than was asked. Default none. */
  readonly charges?: NeutralBooks['charges'];
  /** `pending`: a hold only reserves, and a capture moves the money. `escrow`: a hold moves it away from the payer. Default pending. */
  readonly holds?: NeutralBooks['holds'];
  /** How many captures a hold may have; default once. Together they never take more than was held. */
  readonly captures?: NeutralBooks['captures'];
}
