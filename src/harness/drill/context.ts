/**
 * What every phase of a drill shares. `DrillContext` is there from the first moment; `DrillRun` once the target runs and there
 * is a folder to write to. Whatever a phase starts it hands to `atEnd`, so that nothing is left whichever phase fails.
 */

import { drawRunId } from '../entropy/random.js';
import type { FaultTimeline } from '../faults/timeline.js';
import type { JournalPacker } from '../journal/packer.js';
import type { WorkerPool } from '../load/pool.js';
import {
  allocateLive,
  BUCKET_US,
  LiveCounters,
  type LiveMemory,
} from '../measure/live-counters.js';
import type { Output } from '../outputs/output.js';
import type { DrillHooks, DrillOptions, DrillPhase } from '../report/progress.js';
import { planDurationUs } from '../schedule/planned-rate.js';
import type { Target } from '../targets/target.js';
import type { LawResult } from '../verify/verdict.js';
import type { BusyWatch } from './busy-watch.js';
import type { ConsoleFile } from './console-file.js';
import { type DiskAt, diskAt as diskAtPath } from './disk/disk.js';
import type { DiskWatch } from './disk/disk-watch.js';
import { type DrillClock, startDrillClock } from './drill-clock.js';
import { DrillLog } from './drill-log.js';
import { Ending } from './ending.js';
import type { ExceptionWatch } from './exception-watch.js';
import type { LoadWatch } from './load-watch.js';
import type { Pauses } from './pauses.js';
import type { Probe } from './probe.js';
import type { RunFolder } from './run-folder.js';
import type { DrillSetup } from './setup.js';

/** Buckets of 100 ms are kept this long past the planned end of the load. */
const GRACE_BUCKETS = 1_200;
/** Two days: recoveries after that are not told. */
const BUCKETS_MAX = (2 * 86_400 * 1_000_000) / BUCKET_US;

/** On the drill clock. */
export interface LoadTimes {
  /** Infinity until the load began. */
  startUs: number;
  endUs: number;
}

/** What the script said outside its iterations. */
export interface ScriptState {
  /** What setup() returned, as JSON. */
  setupJson: string | undefined;
  /** The reason, where it called exec.test.fail(); the first, where it did so again. */
  markedFailed: string | undefined;
}

export interface DrillContext {
  /** Of this drill and no other: plan, journal and books carry it. */
  readonly runId: string;
  readonly options: DrillOptions;
  readonly setup: DrillSetup;
  /** Where the seconds of the load go, beside the run folder. */
  readonly outputs: readonly Output[];
  readonly diskAt: DiskAt;
  /** Undefined: it is a drill, and no check. */
  readonly probe: Probe | undefined;
  readonly clock: DrillClock;
  readonly log: DrillLog;
  readonly ending: Ending;
  readonly load: LoadTimes;
  readonly script: ScriptState;
  /** Laws as they are judged. */
  readonly judged: LawResult[];
  readonly memory: LiveMemory;
  readonly live: LiveCounters;
  /** The phase that runs. */
  readonly phase: () => DrillPhase;
  enter(phase: DrillPhase): void;
  /** Time since the start of the load; negative before it. */
  loadUs(): number;
  /** Called when the drill is over, in turn, the last one given first. Must not throw for what it finds gone already. */
  atEnd(release: () => Promise<void> | void): void;
  close(): Promise<void>;
}

export interface DrillRun extends DrillContext {
  readonly target: Target;
  readonly folder: RunFolder;
  readonly watch: LoadWatch;
  readonly timeline: FaultTimeline;
  readonly pool: WorkerPool;
  readonly busy: BusyWatch;
  readonly disk: DiskWatch;
  readonly packer: JournalPacker;
  readonly exceptions: ExceptionWatch;
  readonly pauses: Pauses;
  /** Where what `console` is told goes, if not to who watches. */
  readonly consoleFile: ConsoleFile | undefined;
}

export function openContext(
  options: DrillOptions,
  setup: DrillSetup,
  hooks: DrillHooks,
  {
    outputs = [],
    diskAt = diskAtPath,
    probe,
  }: {
    readonly outputs?: readonly Output[];
    readonly diskAt?: DiskAt;
    readonly probe?: Probe | undefined;
  } = {},
): DrillContext {
  const clock = startDrillClock();
  const log = new DrillLog({
    clock,
    tell: (line, level, from) => hooks.onNotice(line, level, from),
    onBroken: (reason) => ending.fail(reason),
  });
  const ending: Ending = new Ending((line) => log.notice(line, 'error'));
  const planned = Math.ceil(planDurationUs(setup.plan.scenarios) / BUCKET_US) + GRACE_BUCKETS;
  const buckets = Math.min(planned, BUCKETS_MAX);
  const memory = allocateLive({ workers: setup.workers, buckets });
  const load = { startUs: Number.POSITIVE_INFINITY, endUs: 0 };
  const releases: (() => Promise<void> | void)[] = [];
  const interrupt = (): void => ending.endLoad('interrupted', 'SIGINT or SIGTERM');
  options.signal.addEventListener('abort', interrupt, { once: true });
  releases.push(() => options.signal.removeEventListener('abort', interrupt));
  // It may have come while the script was loaded: an event that is over is not told again.
  if (options.signal.aborted) interrupt();
  let phase: DrillPhase = 'start';
  log.log('-- start');
  return {
    runId: drawRunId(),
    options,
    setup,
    outputs,
    diskAt,
    probe,
    clock,
    log,
    ending,
    load,
    script: { setupJson: undefined, markedFailed: undefined },
    judged: [],
    memory,
    live: new LiveCounters(memory),
    phase: () => phase,
    enter(next) {
      phase = next;
      log.log(`-- ${next}`);
      hooks.onPhase(next);
    },
    loadUs: () => clock.nowUs() - load.startUs,
    atEnd: (release) => void releases.push(release),
    async close() {
      for (let release = releases.pop(); release !== undefined; release = releases.pop())
        await release();
    },
  };
}
