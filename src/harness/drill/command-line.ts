/**
 * The command that runs the same drill again, as it would be typed in a POSIX shell. The run folder (`--out`) is left out, because
 * a folder holds one drill, and so is what decides only what is printed.
 */
import { dirname } from 'node:path';
import { flagWords, K6_FLAGS } from '../options/k6-flags.js';
import type { DrillOptions } from '../report/progress.js';

/** What was decided on the way: the seed that was drawn, the peak that the machine was found to carry. */
export interface Decided {
  readonly seed: number;
  readonly peakPerSec: number | undefined;
  /** The run folder, as it would be typed. */
  readonly folder: string;
}

export function commandLine(options: DrillOptions, { seed, peakPerSec, folder }: Decided): string {
  const { script, target, durationScale, workers, shards, faults, faultPlan } = options;
  const beside: readonly Option[] = [
    ['--keep', options.keep === 'all' ? undefined : options.keep],
    ['--modules', options.modulesFolder],
    ['--products', options.productsFolder],
    ...(options.allowLittleDisk === true ? [['--allow-little-disk', true] as const] : []),
    ...options.allowTargets.map((host) => ['--allow-target', host] as const),
  ];
  // Only its own plan.json tells at which rate it was put.
  if (options.constantRate !== undefined) return typed([['--replay', folder], ...beside]);
  if (faultPlan !== undefined) return typed([['--replay', dirname(faultPlan.from)], ...beside]);
  const given: readonly Option[] = [
    ['--seed', seed],
    ['--target', target === 'auto' ? undefined : target],
    ['--peak', options.peakPerSec ?? peakPerSec],
    ['--duration-scale', durationScale === 1 ? undefined : durationScale],
    ['--execution-segment', options.executionSegment],
    ['--execution-segment-sequence', options.executionSegmentSequence],
    ['--workers', workers],
    ['--shards', shards],
    ['--faults', faults],
    ['--toxiproxy', options.toxiproxy],
    ['--laws', options.laws],
    ['--mutant', options.mutant],
    ...k6Words(options.scriptOptions ?? {}),
    ['--include-system-env-vars', options.systemEnv === false ? 'false' : undefined],
    ...beside,
    ...Object.entries(options.env).map(([name, value]) => ['-e', `${name}=${value}`] as const),
  ];
  return typed(given, script);
}

function k6Words(given: NonNullable<DrillOptions['scriptOptions']>): readonly Option[] {
  return K6_FLAGS.flatMap((flag) =>
    given[flag.option] === undefined ? [] : flagWords(flag, given[flag.option]),
  );
}

/** Undefined: not given; true: given, and takes no value. */
type Option = readonly [string, string | number | true | undefined];

function typed(options: readonly Option[], ...script: readonly string[]): string {
  const words = options.flatMap(([name, value]) => {
    if (value === undefined) return [];
    return value === true ? [name] : [name, `${value}`];
  });
  return ['paydrill', 'run', ...script, ...words].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
