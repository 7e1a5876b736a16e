/** The live page of `paydrill run --ui`: the drill is told to the terminal and to the page alike. */
import { messageOf } from '../harness/message-of.js';
import type { DrillEnd, DrillHooks } from '../harness/report/progress.js';

export interface RunPage {
  readonly hooks: DrillHooks;
  onEnd(end: DrillEnd): void;
  onFailure(error: unknown): void;
  close(): Promise<void>;
}

/** `halt` ends the load. Rejects with UserError where the port cannot be had. */
export async function openRunPage(options: {
  readonly port: number;
  readonly script: string;
  readonly view: DrillHooks;
  readonly halt: () => void;
}): Promise<RunPage> {
  const { LiveFeed } = await import('../harness/ui/live-feed.js');
  const { startPageServer } = await import('../harness/ui/page-server.js');
  const { port, script, view, halt } = options;
  const feed = new LiveFeed(script);
  const server = await startPageServer({
    port,
    feed,
    actions: {
      halt,
      applyFault: (index) => feed.applyFault(index),
      pause: (isPaused) => feed.pause(isPaused),
    },
  });
  process.stderr.write(`paydrill: live page at ${server.url}\n`);
  return {
    hooks: both(view, feed),
    onEnd: (end) => feed.onEnd(end),
    onFailure: (error) => feed.onNotice(messageOf(error)),
    close: () => server.close(),
  };
}

function both(one: DrillHooks, other: DrillHooks): DrillHooks {
  return {
    onReady(controls) {
      one.onReady(controls);
      other.onReady(controls);
    },
    onTick(tick) {
      one.onTick(tick);
      other.onTick(tick);
    },
    onSecond(soFar) {
      one.onSecond(soFar);
      other.onSecond(soFar);
    },
    onPhase(phase) {
      one.onPhase(phase);
      other.onPhase(phase);
    },
    onNotice(line, level, from) {
      one.onNotice(line, level, from);
      other.onNotice(line, level, from);
    },
  };
}
