/**
 * Two targets are asked for the same, one after the other: the same script, seed, rate and faults. Each is judged by itself, and then
 * their books are compared; mirror.json in the first one's run folder has it, and the second one's run folder is `mirror` in it.
 *
 *   first target:  load -> judged --.
 *   second target: load -> judged --+-> books, account by account
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../exit-codes.js';
import type { DrillEnd, DrillOptions } from '../../report/progress.js';
import { isTargetFile } from '../../targets/file/is-target-file.js';
import { UserError } from '../../user-error.js';
import { compareSides, type Mirror } from './compare-sides.js';
import { mirroredSide } from './mirrored-side.js';

export interface MirrorRun {
  readonly options: DrillOptions;
  /** Path of the second target file. */
  readonly second: string;
  readonly drill: (options: DrillOptions) => Promise<DrillEnd>;
  /** Throws UserError where such a drill cannot be run. */
  readonly check: (options: DrillOptions) => Promise<unknown>;
}

export interface MirrorEnd {
  readonly first: DrillEnd;
  readonly second: DrillEnd;
  readonly mirror: Mirror;
  /** The worse of both verdicts, and as an invalid one where the books differ. */
  readonly exitCode: number;
}

export async function runMirror({ options, second, drill, check }: MirrorRun): Promise<MirrorEnd> {
  if (!isTargetFile(second))
    throw new UserError(`--mirror ${second}: it must be the path of a target file`);
  if (options.keep !== undefined && options.keep !== 'all')
    throw new UserError('--mirror compares what both runs leave: leave out --keep');
  const { outFolder: _, ...others } = { ...options, target: second };
  await check(others);
  const first = await drill(options);
  const { seed, target } = first.summary.run;
  if (options.signal.aborted) throw new UserError('ended before the mirror was drilled', ENDED);
  const mirrored = await drill({ ...others, seed, outFolder: join(first.folder, 'mirror') });
  if (options.signal.aborted) throw new UserError('ended while the mirror was drilled', ENDED);
  const mirror = compareSides(
    {
      name: options.target === 'auto' ? target : options.target,
      ...(await mirroredSide(first.folder, options.signal)),
    },
    { name: second, ...(await mirroredSide(mirrored.folder, options.signal)) },
  );
  writeFileSync(join(first.folder, 'mirror.json'), `${JSON.stringify(mirror, undefined, 2)}\n`);
  return { first, second: mirrored, mirror, exitCode: exitCodeOf(first, mirrored, mirror) };
}

const ENDED = { exit: 'interrupted' } as const;

function exitCodeOf(first: DrillEnd, second: DrillEnd, { differences, reason }: Mirror): number {
  const codes = [first, second].map(({ summary }) => summary.exit_code);
  const { verdictInvalid, verdictUnknown } = EXIT_CODES;
  if (differences.length > 0 || codes.includes(verdictInvalid.code)) return verdictInvalid.code;
  if (reason !== null) return verdictUnknown.code;
  return codes.find((code) => code !== EXIT_CODES.ok.code) ?? EXIT_CODES.ok.code;
}
