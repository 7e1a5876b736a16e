/** What a load worker says on its own, and what that means for the drill. */
import { abortLine } from '../load/lifecycle.js';
import type { FromWorker } from '../load/messages.js';
import { LIVE } from '../measure/live-counters.js';
import type { DrillRun } from './context.js';

type Failed = Extract<FromWorker, { readonly type: 'failed' }>;

export function onWorkerMessage(run: DrillRun, worker: number, message: FromWorker): void {
  const { log, ending, watch, script, exceptions, probe } = run;
  switch (message.type) {
    case 'interval':
      watch.onInterval(worker, message);
      if (exceptions.onSecond(worker, message)) endWhereAllThrow(run);
      checkThresholds(run);
      break;
    case 'measured':
      watch.onMeasured(worker, message);
      exceptions.onMeasured(worker, message);
      break;
    case 'abort-asked':
      ending.endLoad('aborted', abortLine(message.reason));
      break;
    case 'marked-failed':
      if (script.markedFailed !== undefined) break;
      script.markedFailed = message.reason;
      log.notice(`the script marked the test as failed: ${message.reason}`);
      break;
    case 'asked-again':
      probe?.onAskedAgain(message.asked);
      break;
    case 'log':
      if (message.isConsole && run.consoleFile !== undefined)
        run.consoleFile(message.level, message.line);
      else
        log.notice(
          `script: ${message.level}: ${message.line}`,
          'info',
          message.isConsole ? 'console' : 'drill',
        );
      break;
    case 'failed':
      onFailed(run, message);
      break;
    default: // the answers that the pool waits for
  }
}

function endWhereAllThrow({ exceptions, live, timeline, loadUs, ending }: DrillRun): void {
  const vus = live.total(LIVE.vus);
  if (!exceptions.isHopeless({ vus, isUnderFault: !timeline.isHealed })) return;
  const seconds = (loadUs() / 1e6).toFixed(1);
  const line = exceptions.hopelessLine(live.total(LIVE.exceptions), `the first ${seconds} s`);
  ending.endLoad('iterations_threw', line);
}

/** A worker whose script cannot go on still answers for what it sent: then nothing is lost. */
function onFailed({ ending }: DrillRun, { kind, text }: Failed): void {
  if (kind === 'lost') ending.lose(text);
  else ending.endLoad(kind === 'script' ? 'script_exception' : 'aborted', text);
}

function checkThresholds({ setup, watch, loadUs, ending }: DrillRun): void {
  if (!setup.plan.thresholds.some(({ abortOnFail }) => abortOnFail)) return;
  const elapsedUs = loadUs();
  for (const { threshold, ok } of watch.thresholds(elapsedUs, false)) {
    if (ok !== false || !threshold.abortOnFail || elapsedUs < threshold.delayAbortUs) continue;
    ending.endLoad('threshold', `threshold ${threshold.metric} ${threshold.expression} failed`);
  }
}
