/**
 * What the conductor and a load worker say to each other over the worker's MessagePort. Counts go through shared
 * memory (measure/live-counters.ts); this is for what happens a few times a drill, or once a second.
 *
 *   conductor:            setup?        prepare        start  pause*    stop?    teardown?        fence     look-up     finish
 *   worker:    connected    setup-done?         ready        interval*    loaded     teardown-done?   fenced    measured, settled
 */

import type { MessagePort } from 'node:worker_threads';
import type { TargetPorts } from '../../wire/address.js';
import type { ScriptSource } from '../compile/compiled-script.js';
import type { LiveMemory } from '../measure/live-counters.js';
import type { Plan } from '../options/plan.js';
import type { Secrets } from '../options/secrets.js';
import type { LogLevel } from '../ports/host.js';
import type { AskedAgain } from '../ports/told.js';
import type { LifecycleFailure } from './lifecycle.js';
import type { Measured } from './measures.js';

/** What one worker is started with: plain data. */
export interface WorkerTask {
  /** Which the journal says of itself. */
  readonly runId: string;
  readonly worker: number;
  readonly workers: number;
  readonly source: ScriptSource;
  readonly plan: Plan;
  readonly secrets: Secrets;
  readonly seed: number;
  /** How the target is reached; undefined: there is none to pay at. */
  readonly target: TargetPorts | undefined;
  /** Hosts that are not this machine and that a script's SQL may reach. */
  readonly allowTargets: readonly string[];
  /** Folder for this worker's journal files. */
  readonly journalFolder: string;
  /** For the names of accounts; made when there is one. */
  readonly namesFolder: string;
  /** For the legs of bookings; made when there is one. */
  readonly legsFolder: string;
  /** For what is told of lists; made when there is something. */
  readonly listsFolder: string;
  /** The machine's monotonic clock in us at drill clock 0, and the wall clock then. */
  readonly originUs: number;
  readonly originUnixMs: number;
  readonly deadlineMs: number;
  readonly operationsPerFrameMax: number;
  readonly live: LiveMemory;
  /** Of a check: what was answered is asked again. */
  readonly asksAgain: boolean;
}

/** The piscina task. */
export interface WorkerStart {
  readonly task: WorkerTask;
  readonly port: MessagePort;
}

export type ToWorker =
  | { readonly type: 'setup' }
  /** Make the VUs; `setupJson` is what setup returned, as JSON. */
  | { readonly type: 'prepare'; readonly setupJson: string | undefined }
  /** `loadStartUs` on the drill clock. */
  | { readonly type: 'start'; readonly loadStartUs: number }
  /** Start nothing until the load goes on; what is running goes on. */
  | { readonly type: 'pause'; readonly isPaused: boolean }
  /** Start nothing more; what is running gets no grace, setup() neither. */
  | { readonly type: 'stop' }
  /** Faults are healed: retry nothing more, and let nothing of before arrive any more. */
  | { readonly type: 'fence' }
  /** The target is at rest: look up what is unknown, until `untilUs` on the drill clock. */
  | { readonly type: 'look-up'; readonly untilUs: number }
  | { readonly type: 'teardown'; readonly setupJson: string | undefined }
  | { readonly type: 'finish' };

export type FromWorker =
  | { readonly type: 'connected' }
  /** What setup() returned as JSON, or what ended it early. */
  | {
      readonly type: 'setup-done';
      readonly setupJson: string | undefined;
      readonly failure: LifecycleFailure | undefined;
    }
  | { readonly type: 'ready' }
  /** Second `second` of the load, from 0. */
  | ({ readonly type: 'interval'; readonly second: number } & Measured)
  | { readonly type: 'loaded' }
  | { readonly type: 'fenced' }
  /** What came after the last second of the load; nothing more is measured. */
  | ({ readonly type: 'measured' } & Measured)
  /** How many operations were to be looked up, and how many stay unknown. */
  | { readonly type: 'settled'; readonly asked: number; readonly unresolved: number }
  | { readonly type: 'teardown-done'; readonly failure: LifecycleFailure | undefined }
  /** The script called exec.test.abort(). */
  | { readonly type: 'abort-asked'; readonly reason: string }
  /** The script called exec.test.fail(), for the first time in this worker. */
  | { readonly type: 'marked-failed'; readonly reason: string }
  | { readonly type: 'asked-again'; readonly asked: AskedAgain }
  /** A line of the script's console. */
  | {
      readonly type: 'log';
      readonly level: LogLevel;
      readonly line: string;
      readonly isConsole: boolean;
    }
  /** The worker's load is over. */
  | { readonly type: 'failed'; readonly kind: WorkerFailure; readonly text: string };

/**
 * `script`: its init code threw. `aborted`: its init code ended the test. After both the worker still answers for what it
 * sent. `lost`: the journal cannot be written, or there is a bug: what it sent cannot all be told.
 */
export type WorkerFailure = 'script' | 'aborted' | 'lost';
