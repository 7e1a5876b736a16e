/** What of a target a fault plan may name, known before anything of it is started or asked. */
import type { StackSize } from './stack-size.js';
import type { Breakable } from './target.js';

export type BreakableNames = Pick<Breakable, 'links' | 'processes' | 'commands'>;

/** `target` as `openTarget` takes it. */
export function breakableNames(target: string, stack: StackSize): BreakableNames {
  if (target === 'none') return BREAKABLE_OF_NONE;
  return target === 'reference' ? breakableOfReference(stack) : breakableOfAddress(stack);
}

/** Every link and process of a stack that this drill starts itself. */
export function breakableOfReference({
  shards,
  networks,
}: Pick<StackSize, 'shards' | 'networks'>): BreakableNames {
  const names = Array.from({ length: shards }, (_, shard) => `shard-${shard}`);
  return {
    links: ['clients', ...names, ...networks.map(linkOver)],
    processes: ['gateway', ...names],
    commands: [],
  };
}

/** The link of clients that come over a network. */
export function linkOver(network: string): string {
  return `clients-${network}`;
}

export const BREAKABLE_OF_NONE: BreakableNames = { links: [], processes: [], commands: [] };

/** Of a target that runs already the links to it are ours, and nothing behind them. */
export function breakableOfAddress({ networks }: Pick<StackSize, 'networks'>): BreakableNames {
  return { links: ['clients', ...networks.map(linkOver)], processes: [], commands: [] };
}
