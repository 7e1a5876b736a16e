/** What of a target a fault plan may name, known before anything of it is started or asked. */
import type { StackSize } from './stack-size.js';
import type { Breakable } from './target.js';

export type BreakableNames = Pick<Breakable, 'links' | 'processes' | 'commands'>;

/** `target` as `openTarget` takes it. */
export function breakableNames(target: string, stack: StackSize): BreakableNames {
  if (target === 'none') return BREAKABLE_OF_NONE;
  return target === 'reference' ? breakableOfReference(stack) : BREAKABLE_OF_ADDRESS;
}

/** Every link and process of a stack that this drill starts itself. */
export function breakableOfReference({ shards }: Pick<StackSize, 'shards'>): BreakableNames {
  const names = Array.from({ length: shards }, (_, shard) => `shard-${shard}`);
  return { links: ['clients', ...names], processes: ['gateway', ...names], commands: [] };
}

export const BREAKABLE_OF_NONE: BreakableNames = { links: [], processes: [], commands: [] };

/** Of a target that runs already the link to it is ours, and nothing behind that. */
export const BREAKABLE_OF_ADDRESS: BreakableNames = {
  links: ['clients'],
  processes: [],
  commands: [],
};
