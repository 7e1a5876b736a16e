/** How a drill ended whose setup() or teardown() did not come to its end. */
import type { LifecycleFailure } from '../load/lifecycle.js';
import type { LoadEnding } from '../report/summary.js';

/** What a worker has to tell that setup() or teardown() took too long. */
export const LIFECYCLE_GRACE_MS = 2_000;

/** Undefined where the conductor ended it: then the drill has an ending already. */
export function lifecycleEnding(
  name: 'setup' | 'teardown',
  kind: LifecycleFailure['kind'],
): LoadEnding | undefined {
  switch (kind) {
    case 'threw':
      return 'script_exception';
    case 'timedOut':
      return `${name}_timeout`;
    case 'aborted':
      return 'aborted';
    case 'stopped':
      return undefined;
    default:
      return kind satisfies never;
  }
}
