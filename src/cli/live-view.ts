/**
 * Shows a running drill: a block that is redrawn on a terminal, one plain line a second elsewhere, what the
 * script tells `console` alone where asked to be quiet. Notices stay above the block.
 */
import { createLogUpdate } from 'log-update';
import { liveBlock, liveLine, noticeLine } from '../harness/report/live.js';
import { paintFor } from '../harness/report/paint.js';
import type { DrillHooks, DrillPhase, DrillTick } from '../harness/report/progress.js';
import { jsonView } from './json-view.js';

export interface LiveView extends DrillHooks {
  /** Takes the block away. May be called more than once. */
  close(): void;
}

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface LiveViewOptions {
  readonly quiet: boolean;
  readonly format: LogFormat;
  readonly output: NodeJS.WriteStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function openLiveView({ quiet, format, output, env }: LiveViewOptions): LiveView {
  if (quiet)
    return {
      ...{ onReady: nothing, onTick: nothing, onSecond: nothing, onPhase: nothing },
      onNotice(line, _, from) {
        if (from === 'console') output.write(`${line}\n`);
      },
      close: nothing,
    };
  if (format === 'json') return { ...jsonView(output), close: nothing };
  return output.isTTY ? terminalView(output, env) : plainView(output);
}

function plainView(output: NodeJS.WriteStream): LiveView {
  let printedSecond = -1;
  let last: DrillTick | undefined;
  return {
    onTick(tick) {
      last = tick;
      const second = Math.floor(tick.elapsedMs / 1000);
      if (tick.phase !== 'load' || second === printedSecond) return;
      printedSecond = second;
      output.write(`${liveLine(tick)}\n`);
    },
    onReady: nothing,
    onSecond: nothing,
    onPhase(phase: DrillPhase) {
      output.write(`-- ${phase}\n`);
    },
    onNotice(line) {
      output.write(`-- ${noticeLine(last, line)}\n`);
    },
    close: nothing,
  };
}

function terminalView(output: NodeJS.WriteStream, env: LiveViewOptions['env']): LiveView {
  const update = createLogUpdate(output, { showCursor: false });
  const paint = paintFor({ terminal: true, env });
  let last: DrillTick | undefined;
  let closed = false;
  const draw = (tick: DrillTick): void => {
    last = tick;
    update(liveBlock(tick, { columns: output.columns ?? 80, paint }));
  };
  return {
    onTick(tick) {
      if (!closed) draw(tick);
    },
    onReady: nothing,
    onSecond: nothing,
    onPhase(phase) {
      if (!closed && last) draw({ ...last, phase, stage: '', faultsActive: [] });
    },
    onNotice(line) {
      if (closed) return;
      update.clear();
      output.write(`${paint.faint(noticeLine(last, line))}\n`);
      if (last) draw(last);
    },
    close() {
      if (closed) return;
      closed = true;
      update.clear();
      update.done();
    },
  };
}

function nothing(): void {
  // Quiet: there is nothing to show and nothing to take away.
}
