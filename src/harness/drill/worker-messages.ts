/** What a load worker says on its own, and what that means for the drill. */
import type { FromWorker } from '../load/messages.js';
import type { DrillRun } from './context.js';

export function onWorkerMessage(run: DrillRun, worker: number, message: FromWorker): void {
  const { log, ending, watch, script } = run;
  switch (message.type) {
    case 'interval':
      watch.onInterval(worker, message);
      checkThresholds(run);
      break;
    case 'measured':
      watch.onMeasured(worker, message);
      break;
    case 'abort-asked':
      ending.endLoad('aborted', `the script ended the test: ${message.reason}`);
      break;
    case 'marked-failed':
      script.markedFailed = true;
      log.notice(`the script marked the test as failed: ${message.reason}`);
      break;
    case 'log':
      log.notice(`script: ${message.line}`);
      break;
    case 'exception':
      log.notice(`an iteration threw: ${message.text}`);
      break;
    case 'failed':
      ending.fail(message.text);
      ending.endLoad(message.kind === 'script' ? 'script_exception' : 'aborted', message.text);
      break;
    default: // the answers that the pool waits for
  }
}

function checkThresholds({ setup, watch, loadUs, ending }: DrillRun): void {
  if (!setup.plan.thresholds.some(({ abortOnFail }) => abortOnFail)) return;
  const elapsedUs = loadUs();
  for (const { threshold, ok } of watch.thresholds(elapsedUs, false)) {
    if (ok !== false || !threshold.abortOnFail || elapsedUs < threshold.delayAbortUs) continue;
    ending.endLoad('aborted', `threshold ${threshold.metric} ${threshold.expression} failed`);
  }
}
