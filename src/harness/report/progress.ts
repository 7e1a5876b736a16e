/**
 * What a running drill tells whoever watches it, and what the command line hands to a drill. The
 * conductor fills what it tells, the terminal view shows it.
 */
import type { Mutant } from '../../wire/mutants.js';
import type { OperationLife } from '../verify/explain/operation-life.js';
import type { LawResult } from '../verify/verdict.js';
import type { MetricsRow } from './metrics.js';
import type { PercentileCurves } from './percentile-curves.js';
import type { ProcessesRow } from './processes.js';
import type { FaultFacts, LoadDetails, PauseFacts, Summary } from './summary.js';

/** The parts of a drill, in order. */
export type DrillPhase =
  | 'calibrate'
  | 'start'
  | 'load'
  | 'heal'
  | 'teardown'
  | 'settle'
  | 'books'
  | 'verify'
  | 'keep';

/** The drill at one moment. Rates are over the last second, percentiles over the last whole second. */
export interface DrillTick {
  readonly phase: DrillPhase;
  /** Names of the scenarios running now, `, ` between them. */
  readonly stage: string;
  readonly elapsedMs: number;
  /** Planned length of the load; while not loading, an estimate or 0. */
  readonly totalMs: number;
  readonly paymentsPerSecNow: number;
  readonly plannedPerSecNow: number;
  /** Response time; null where there was no answer. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly inFlight: number;
  /** Operations whose outcome is unknown so far. */
  readonly unknownNow: number;
  readonly lateStarts: number;
  readonly droppedIterations: number;
  /** So far. */
  readonly startedIterations: number;
  readonly faultsActive: readonly string[];
  readonly okTotal: number;
  readonly declinedTotal: number;
  /** Operations that the client could not send. */
  readonly notSentTotal: number;
  /** HTTP requests of the script, up to the last whole second; undefined where there were none. */
  readonly requests: RequestTick | undefined;
}

export interface RequestTick {
  /** In the last whole second. */
  readonly perSec: number;
  /** Of `http_req_duration` in that second; null where no request ended. */
  readonly p50Us: number | null;
  readonly p99Us: number | null;
  readonly total: number;
  /** As k6 counts them. */
  readonly failed: number;
}

/** How a fault of the plan stands: what is told of it in the end, but for what only then can be told. */
export type FaultState = Omit<FaultFacts, 'recovered_ms' | 'overlaps'>;

/** What is known of the load so far. The lists grow, and a row in them never changes. */
export interface SoFar {
  readonly rows: readonly MetricsRow[];
  readonly processes: readonly ProcessesRow[];
  /** Of what was declined, most frequent first; as the verdict will tell it, but for what is looked up after the load. */
  readonly declinesByCode: Readonly<Record<string, number>>;
  /** Every fault of the plan, in order of planned time. */
  readonly faults: readonly FaultState[];
  readonly pauses: readonly PauseFacts[];
  /** The names of all laws, as they will be reported, and what was judged so far, which grows. */
  readonly laws: { readonly names: readonly string[]; readonly judged: readonly LawResult[] };
  /** Put together when it is asked for: it takes a while where there are many workers. */
  readonly details: () => LoadDetails;
  /** The same way. */
  readonly curves: () => PercentileCurves;
}

export const KEEPS = ['all', 'failed', 'unproved', 'none'] as const;
export type Keep = (typeof KEEPS)[number];

/** In place of a script's schedule: the mix of its busiest moment at one rate, and what must hold while it is held. */
export interface ConstantRate {
  /** Iterations a second, all scenarios together. */
  readonly perSec: number;
  /** A ramp to the rate and a while at it, before anything is judged by `slos`. */
  readonly warmUpMs: number;
  readonly holdMs: number;
  /** In place of the script's thresholds, of what began within `holdMs`: `p(99)<200`, `pay_ok>0.999` (options/slo.ts). */
  readonly slos: readonly string[];
}

export interface DrillOptions {
  /** Path of the script. */
  readonly script: string;
  /** Where a relative `script` is, for a drill that is run again from elsewhere; without it the process's. */
  readonly workingDirectory?: string;
  /** `reference` starts the reference stack; `host:port` is a gateway's Bolt port, `http://host:port` its HTTP API. */
  readonly target: string;
  /** Payments a second at the peak; without it the script's own. */
  readonly peakPerSec?: number;
  /** Every duration of the script is multiplied by it; 1 = as written. */
  readonly durationScale: number;
  /** The part of the whole that is this instance's, as `1/4:1/2`; without it the script's, or all of it. */
  readonly executionSegment?: string;
  /** The places at which the parts of all instances meet, as `0,1/4,1/2,1`. */
  readonly executionSegmentSequence?: string;
  /** Without it the script's own schedule and thresholds. */
  readonly constantRate?: ConstantRate;
  /** 0 to 4294967295; without it one is drawn, and written to plan.json. */
  readonly seed?: number;
  /** Load worker threads, 1 to 256; without it half the cores. */
  readonly workers?: number;
  /** Of the reference stack, 1 to 64; without it 2. */
  readonly shards?: number;
  /** Refuses a script whose bundle has another hash; for a drill that is run again. */
  readonly scriptSha256?: string;
  /** Fetches no module that the script imports from the web: only what `modulesFolder` or the cache holds. */
  readonly offline?: boolean;
  /** Path of a folder of modules from the web, each at host/path of its address. */
  readonly modulesFolder?: string;
  /** Path of a folder of product files; a process knows one set of products for good. */
  readonly productsFolder?: string;
  /** SHA-256 of modules from the web, by address: another text is refused; for a drill that is run again. */
  readonly remoteModules?: Readonly<Record<string, string>>;
  /** Where its secrets come from, as `file=secrets.txt` or `mock=key=value` (options/secret-source.ts); told nowhere. */
  readonly secretSources?: readonly string[];
  /** Options of the script, as it would export them, that go before its own: `{ vus: 5, duration: '10s' }`. */
  readonly scriptOptions?: Readonly<Record<string, unknown>>;
  /** `__ENV` has those variables of this process too that the script names; default false. */
  readonly systemEnv?: boolean;
  /** Where a summary in the older shape of k6's --summary-export goes. */
  readonly summaryExport?: string;
  /** The script's handleSummary() is not called; default false. */
  readonly noSummary?: boolean;
  /** A fault plan as data, in place of a file; `from` names it in errors. Its times are from the start of the load, unscaled. */
  readonly faultPlan?: { readonly from: string; readonly document: unknown };
  /** Path of a fault plan, `none`, or undefined for the plan beside the script. */
  readonly faults?: string;
  /** Path of a folder of laws to be judged by too (verify/user-laws.ts); without it the script's. */
  readonly laws?: string;
  /** Path of what was agreed about a risk engine in line (`risk.json` of a run folder); without it the script's own files are read. */
  readonly riskLine?: string;
  /** Path of the run folder, which is empty or not there; without it `reports/<UTC time>-<script>`. */
  readonly outFolder?: string;
  /** Where else the seconds of the load go (outputs/output-spec.ts): `json=night.json.gz`, `csv=night.csv`. */
  readonly outputs?: readonly string[];
  /**
   * What of a run folder stays: everything (`all`, the default); everything only where the exit code is not 0 (`failed`), or where
   * the verdict is invalid or unknown (`unproved`); never the records, journal and books, without which it cannot be judged again
   * (`none`). All else stays always.
   */
  readonly keep?: Keep;
  /** `__ENV` of the script. */
  readonly env: Readonly<Record<string, string>>;
  readonly mutant?: Mutant;
  /** `host:port` of a Toxiproxy that makes the faults; without it the embedded one is started. */
  readonly toxiproxy?: string;
  /** The command that runs paydrill, executable first: what the supervisor starts children with. */
  readonly program: readonly string[];
  /** Begins also where the disk has less room than the plan needs; default false. */
  readonly allowLittleDisk?: boolean;
  /** Hosts other than loopback that may be loaded. */
  readonly allowTargets: readonly string[];
  /** Aborted on the first SIGINT or SIGTERM: end the load, heal, judge what ran. */
  readonly signal: AbortSignal;
}

/** What may be asked of a running drill. */
export interface DrillControls {
  /** Begins a fault of the plan before its time, for as long as planned; `index` is from 0. False where its time has come, or there is none. */
  applyFault(index: number): boolean;
  /**
   * Keeps iterations from starting, or lets them start again. What an arrival rate has due meanwhile is not sent and counts as dropped
   * (`asked_pause`); faults come and go as planned. False where no load runs, or it is so already.
   */
  pause(isPaused: boolean): boolean;
}

/** `warn`: what somebody should look at; `error`: what leaves the verdict undecided, or ended the load. */
export type NoticeLevel = 'info' | 'warn' | 'error';

/** Who tells it; the drill, where it is not said. */
export type NoticeSource = 'drill' | 'console';

export interface DrillHooks {
  /** Called once, before the load. Must not throw. */
  onReady(controls: DrillControls): void;
  /** Once a second; more often on a terminal. Must not throw. */
  onTick(tick: DrillTick): void;
  /** Once a second while the drill runs, and once when it is over. Must not throw. */
  onSecond(soFar: SoFar): void;
  /** A new part of the drill begins. */
  onPhase(phase: DrillPhase): void;
  /** One line worth telling: a fault applied, a process restarted, a limit reached; or what the script tells `console`. */
  onNotice(line: string, level: NoticeLevel, from?: NoticeSource): void;
}

/** What the script's handleSummary() wants told; its files are written. */
export interface ScriptSummary {
  /** In place of the usual summary. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** What went wrong, one line each: it threw, or a file cannot be written. */
  readonly failures: readonly string[];
}

export interface DrillEnd {
  /** The run folder. */
  readonly folder: string;
  readonly summary: Summary;
  /** Of the operation that the first broken law is about; undefined where there is none to tell. */
  readonly life?: OperationLife;
  /** Undefined where the script has no handleSummary(). */
  readonly scriptSummary?: ScriptSummary;
  /** Of times in the text of the summary, where the script says. */
  readonly timeUnit?: 's' | 'ms' | 'us';
}
