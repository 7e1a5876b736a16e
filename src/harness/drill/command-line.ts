/** The command that runs the same drill again, as it would be typed in a POSIX shell. */
import type { DrillOptions } from '../report/progress.js';

/** What was decided on the way: the seed that was drawn, the peak that the machine was found to carry. */
export interface Decided {
  readonly seed: number;
  readonly peakPerSec: number | undefined;
}

export function commandLine(options: DrillOptions, { seed, peakPerSec }: Decided): string {
  const { script, target, durationScale, workers, shards, faults } = options;
  const given: readonly (readonly [string, string | number | undefined])[] = [
    ['--seed', seed],
    ['--target', target === 'reference' ? undefined : target],
    ['--peak', options.peakPerSec ?? peakPerSec],
    ['--duration-scale', durationScale === 1 ? undefined : durationScale],
    ['--workers', workers],
    ['--shards', shards],
    ['--faults', faults],
    ['--toxiproxy', options.toxiproxy],
    ['--mutant', options.mutant],
    ...options.allowTargets.map((host) => ['--allow-target', host] as const),
    ...Object.entries(options.env).map(([name, value]) => ['-e', `${name}=${value}`] as const),
  ];
  const words = given.flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]));
  return ['paydrill', 'run', script, ...words].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
