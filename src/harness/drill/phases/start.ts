/**
 * The first phase: the target, the faults that it can have, then the run folder, the workers and the script's setup(). What
 * goes wrong before there is a run folder is thrown and leaves nothing; what goes wrong afterwards ends the load before
 * it begins, and what setup() paid is judged all the same.
 */
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { pays } from '../../compile/pays.js';
import { drawSeed, Random } from '../../entropy/random.js';
import { timerMs } from '../../entropy/timer-ms.js';
import { FaultTimeline } from '../../faults/timeline.js';
import { JournalPacker } from '../../journal/packer.js';
import { tooLongLine } from '../../load/lifecycle.js';
import type { WorkerTask } from '../../load/messages.js';
import { WorkerPool } from '../../load/pool.js';
import { LIVE } from '../../measure/live-counters.js';
import { messageOf } from '../../message-of.js';
import { RISK_LINE_FILE } from '../../records/decisions-file.js';
import { PLAN_FILE } from '../../records/plan-record.js';
import {
  JOURNAL_FOLDER,
  LAWS_FOLDER,
  LEGS_FOLDER,
  LISTS_FOLDER,
  NAMES_FOLDER,
} from '../../records/run-layout.js';
import { openTarget, type TargetOptions } from '../../targets/open-target.js';
import type { Target } from '../../targets/target.js';
import { UserError } from '../../user-error.js';
import { BusyWatch } from '../busy-watch.js';
import { consoleFile } from '../console-file.js';
import type { DrillContext, DrillRun } from '../context.js';
import { diskUse } from '../disk/disk-check.js';
import { DiskWatch } from '../disk/disk-watch.js';
import { ExceptionWatch } from '../exception-watch.js';
import { LIFECYCLE_GRACE_MS, lifecycleEnding } from '../lifecycle-ending.js';
import { LoadWatch } from '../load-watch.js';
import { outputFeed } from '../output-feed.js';
import { Pauses } from '../pauses.js';
import { planText } from '../plan-file.js';
import { RunFolder } from '../run-folder.js';
import { unlessAborted } from '../unless-aborted.js';
import { onWorkerMessage } from '../worker-messages.js';

/** What a target that starts has, once the drill was told to end, until it is given up. */
const START_GRACE_MS = 10_000;

/** An operation counts in one of them, as it stands. */
const OPERATION_COLUMNS = [LIVE.ok, LIVE.declined, LIVE.notSent, LIVE.unknown, LIVE.inFlight];

/** `isScratch`: the run folder is nobody's to look at. Throws UserError where nothing could be run. */
export async function startRun(
  drill: DrillContext,
  { isScratch }: { readonly isScratch: boolean } = { isScratch: false },
): Promise<DrillRun> {
  const { log, setup, options, ending } = drill;
  for (const warning of setup.plan.warnings) log.notice(warning, 'warn');
  const target = drill.probe?.target ?? (await startTarget(drill));
  drill.atEnd(() => target.close());
  const timeline = new FaultTimeline({
    faults: setup.faults,
    link: (name) => target.breakable.link(name),
    process: (name) => target.breakable.process(name),
    command: (name) => target.breakable.command(name),
    nowMs: () => drill.loadUs() / 1000,
    onNotice: (line) => log.notice(line),
    // What it broke stays broken: more load would only tell so again, and what ran cannot be proved.
    onUnhealed: (line) => ending.lose(line),
  });
  const folder = new RunFolder({
    outFolder: options.outFolder,
    script: options.script,
    startedUnixMs: drill.clock.originUnixMs,
    isScratch,
  });
  log.writeTo(folder);
  if (folder.warning !== undefined) log.notice(folder.warning, 'warn');
  folder.write(PLAN_FILE, planText(drill, target));
  if (setup.riskLine !== undefined) folder.write(RISK_LINE_FILE, setup.riskLine);
  if (setup.laws.length > 0) mkdirSync(folder.file(LAWS_FOLDER));
  for (const { name, sql } of setup.laws) folder.write(join(LAWS_FOLDER, `${name}.sql`), sql);
  const feed = outputFeed(drill, timeline);
  const watch: LoadWatch = watchLoad(drill, folder, (endS) => feed(watch, endS));
  const pool = new WorkerPool({
    tasks: workerTasks(drill, target, folder),
    onMessage: (worker, message) => onWorkerMessage(run, worker, message),
    // What it sent last, nobody knows.
    onGone: (worker, why) => ending.lose(`load worker ${worker} is gone: ${why}`),
  });
  const busy = new BusyWatch({
    loadUs: () => drill.loadUs(),
    generator: () => pool.busiest(),
    processes: () => new Map([['harness', process.pid], ...target.processes()]),
  });
  const { live } = drill;
  const disk = new DiskWatch({
    diskAt: drill.diskAt,
    runFolder: folder.path,
    use: diskUse(options, setup),
    operations: () => OPERATION_COLUMNS.reduce((sum, column) => sum + live.total(column), 0),
    nowUs: () => drill.clock.nowUs(),
    onShort: (line) => ending.endLoad('little_disk', line),
  });
  const packer = new JournalPacker({
    folder: folder.file(JOURNAL_FOLDER),
    runId: drill.runId,
    onFailed: (line) => log.notice(line, 'warn'),
  });
  const exceptions = new ExceptionWatch({
    scenarios: setup.plan.scenarios,
    workers: setup.workers,
    notice: (line) => log.notice(line),
  });
  const { consoleOutput } = setup.plan;
  const pauses = new Pauses(() => drill.loadUs() / 1000);
  const run: DrillRun = {
    ...drill,
    ...{ target, folder, watch, timeline, pool, busy, disk, packer, exceptions, pauses },
    consoleFile: consoleOutput === undefined ? undefined : consoleFile(consoleOutput, drill),
  };
  drill.atEnd(async () => void (await pool.close()));
  drill.atEnd(() => busy.stop());
  drill.atEnd(() => disk.stop());
  drill.atEnd(() => {
    packer.stop();
    return packer.ended();
  });
  drill.atEnd(() => timeline.healAll());
  // What setup() pays is written too.
  disk.start();
  await readyWorkers(run);
  return run;
}

/**
 * Ctrl-C ends the load before it begins: a target that is about to be ready becomes so, and the drill ends in order. One that
 * is not there soon is given up, and there is nothing to tell of.
 */
async function startTarget(drill: DrillContext): Promise<Target> {
  const { stop } = drill.ending;
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStop = (): void => {
    timer = setTimeout(() => giveUp.abort(), START_GRACE_MS);
  };
  stop.addEventListener('abort', onStop, { once: true });
  if (stop.aborted) onStop();
  try {
    return await openTarget(targetOptions(drill, giveUp.signal));
  } catch (error) {
    if (!giveUp.signal.aborted) throw error;
    const why = drill.ending.end.endedBy ?? 'it was ended';
    throw new UserError(`ended while the target started (${why}): nothing was run`, {
      exit: 'interrupted',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}

function targetOptions(drill: DrillContext, signal: AbortSignal): TargetOptions {
  const { options, setup, log, clock, ending } = drill;
  const ports = new Random(drawSeed());
  return {
    name: setup.target,
    file: setup.targetFile,
    program: options.program,
    toxiproxy: options.toxiproxy,
    allowTargets: options.allowTargets,
    stack: setup.stack,
    riskLine: setup.riskLine,
    mutant: options.mutant,
    // Who carries operations out itself does so over HTTP.
    front: pays(setup.source) ? 'bolt' : 'http',
    nowMs: () => clock.nowUs() / 1000,
    random: () => ports.nextFloat(),
    onNotice: (line) => log.notice(line),
    onLog: (line) => log.log(line),
    // Part of the target is gone for good: there is no use in more load, and what ran cannot be proved.
    onEnded: (line) => ending.lose(line),
    signal,
  };
}

function watchLoad(
  drill: DrillContext,
  folder: RunFolder,
  onSecond: (endS: number) => void,
): LoadWatch {
  const { setup, live, clock, ending } = drill;
  const log = (name: string): ((text: string) => void) => {
    let stream: WriteStream | undefined;
    drill.atEnd(() => void stream?.destroy());
    return (text) => {
      stream ??= createWriteStream(folder.file(name)).on('error', (error) =>
        ending.fail(messageOf(error)),
      );
      stream.write(text);
    };
  };
  const watch = new LoadWatch({
    plan: setup.plan,
    workers: setup.workers,
    live,
    startUnixMs: () =>
      clock.originUnixMs + (Number.isFinite(drill.load.startUs) ? drill.load.startUs / 1000 : 0),
    writeResponse: log('response-time.hlog'),
    writeService: log('service-time.hlog'),
    writeRequests: log('request-duration.hlog'),
    onSecond,
  });
  drill.atEnd(() => watch.destroy());
  return watch;
}

function workerTasks(drill: DrillContext, target: Target, folder: RunFolder): WorkerTask[] {
  const { setup, clock, memory, runId } = drill;
  return Array.from({ length: setup.workers }, (_, worker) => ({
    runId,
    worker,
    workers: setup.workers,
    source: setup.source,
    plan: setup.plan,
    secrets: setup.secrets,
    seed: setup.seed,
    target: target.ports.pay,
    allowTargets: drill.options.allowTargets,
    journalFolder: folder.file(JOURNAL_FOLDER),
    namesFolder: folder.file(NAMES_FOLDER),
    legsFolder: folder.file(LEGS_FOLDER),
    listsFolder: folder.file(LISTS_FOLDER),
    originUs: clock.originUs,
    originUnixMs: clock.originUnixMs,
    deadlineMs: setup.deadlineMs,
    operationsPerFrameMax: setup.operationsPerFrameMax,
    live: memory,
    asksAgain: drill.probe !== undefined,
  }));
}

/** Unless the load is ended meanwhile, by a worker that cannot begin, say: then there is nothing to make ready. */
async function readyWorkers(run: DrillRun): Promise<void> {
  const { pool, setup, ending } = run;
  await unlessAborted(ending.stop, pool.all('connected'));
  if (ending.stop.aborted) return;
  if (setup.plan.hasSetup) {
    const done = pool.first('setup-done', { type: 'setup' });
    // The worker tells so itself, unless setup() never waits: then its thread hears of no time.
    const { setupTimeoutUs } = setup.plan;
    const giveUp = (): void =>
      ending.endLoad('setup_timeout', tooLongLine('setup', setupTimeoutUs));
    const timer = setTimeout(giveUp, timerMs(setupTimeoutUs / 1000 + LIFECYCLE_GRACE_MS));
    const answer = await unlessAborted(ending.stop, done);
    clearTimeout(timer);
    if (ending.stop.aborted || answer === undefined) return;
    if (answer.failure !== undefined) {
      const early = lifecycleEnding('setup', answer.failure.kind);
      return early === undefined ? undefined : ending.endLoad(early, answer.failure.line);
    }
    run.script.setupJson = answer.setupJson;
  }
  await unlessAborted(
    ending.stop,
    pool.all('ready', { type: 'prepare', setupJson: run.script.setupJson }),
  );
}
