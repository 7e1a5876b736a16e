/**
 * `--log-format json`: what a running drill tells, one JSON object a line, for whoever collects lines:
 *
 *     {"time":"2026-11-11T00:00:07.002Z","level":"warn","msg":"the target is not at rest ...","phase":"settle"}
 *     {"time":"...","level":"info","msg":"load","phase":"load","second":7,"payments_per_s":1200,"planned_per_s":1200,"p99_us":8100,...}
 */
import { isoTime, unixMsNow } from '../harness/entropy/clock.js';
import type {
  DrillHooks,
  DrillPhase,
  DrillTick,
  NoticeLevel,
  RequestTick,
} from '../harness/report/progress.js';

export function jsonView(output: Pick<NodeJS.WriteStream, 'write'>): DrillHooks {
  let phase: DrillPhase | undefined;
  let printedSecond = -1;
  const write = (level: NoticeLevel, msg: string, more: object = {}): void => {
    const line = { time: isoTime(unixMsNow()), level, msg, phase, ...more };
    output.write(`${JSON.stringify(line)}\n`);
  };
  return {
    onTick(tick) {
      const second = Math.floor(tick.elapsedMs / 1000);
      if (tick.phase !== 'load' || second === printedSecond) return;
      printedSecond = second;
      write('info', 'load', { second, ...figures(tick) });
    },
    onPhase(next) {
      phase = next;
      write('info', `phase ${next}`);
    },
    onNotice: (line, level) => write(level, line),
    onReady: nothing,
    onSecond: nothing,
  };
}

/** By the names that metrics.json has for them. */
function figures(tick: DrillTick): object {
  return {
    payments_per_s: Math.round(tick.paymentsPerSecNow),
    planned_per_s: Math.round(tick.plannedPerSecNow),
    p50_us: tick.p50Us,
    p99_us: tick.p99Us,
    ok: tick.okTotal,
    declined: tick.declinedTotal,
    unknown: tick.unknownNow,
    not_sent: tick.notSentTotal,
    in_flight: tick.inFlight,
    late_starts: tick.lateStarts,
    dropped_iterations: tick.droppedIterations,
    ...(tick.requests === undefined ? {} : requestFigures(tick.requests)),
    faults: tick.faultsActive,
  };
}

function requestFigures({ perSec, p50Us, p99Us, total, failed }: RequestTick): object {
  return {
    ...{ http_reqs_per_s: perSec, http_p50_us: p50Us, http_p99_us: p99Us },
    ...{ http_reqs: total, http_failed: failed },
  };
}

function nothing(): void {
  // A line a second is what a log holds.
}
