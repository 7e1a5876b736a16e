/** Has a script's handleSummary() run in a thread of its own, which is ended where it takes too long, whatever it does. */
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { timerMs } from '../entropy/timer-ms.js';
import { messageOf } from '../message-of.js';
import type { SummaryAnswer, SummaryTask } from './summary-task.js';

/** Never rejects: whatever went wrong is a line of `failures`. */
export async function askHandleSummary(
  task: SummaryTask,
  { onLog }: { readonly onLog: (line: string) => void },
): Promise<SummaryAnswer> {
  const timeoutUs = task.plan.handleSummaryTimeoutUs;
  const signal = AbortSignal.timeout(timerMs(timeoutUs / 1000));
  const { port1, port2 } = new MessageChannel();
  port1.on('message', onLog);
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./summary-task.js', import.meta.url)),
    minThreads: 1,
    maxThreads: 1,
  });
  try {
    return await pool.run({ task, port: port2 }, { transferList: [port2], signal });
  } catch (error) {
    const reason = messageOf(error);
    const line = signal.aborted
      ? `handleSummary() took longer than ${timeoutUs / 1e6} s (option handleSummaryTimeout)`
      : `handleSummary() could not be run: ${reason}`;
    return { outputs: [], failures: [line] };
  } finally {
    await pool.destroy();
    port1.close();
  }
}
