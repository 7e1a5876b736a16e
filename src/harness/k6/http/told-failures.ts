/** What failed on the network, told on the console: each different line once a thread. */
import type { ScriptThread } from '../../vu/script-thread.js';

/** Different lines that a thread tells; more would hide the rest. */
const FAILURES_TOLD = 20;
const FAILURES = 'http failures';

export function tellFailure({ shared, host }: ScriptThread, line: string): void {
  const known = shared.get(FAILURES);
  const told = known instanceof Set ? known : new Set<unknown>();
  if (known !== told) shared.set(FAILURES, told);
  if (told.size >= FAILURES_TOLD || told.has(line)) return;
  told.add(line);
  host.log('warn', line);
}
