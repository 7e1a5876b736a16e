/**
 * `paydrill clean [folder]`: old run folders go. Without `--yes` it only says which, and what that would free. It touches
 * nothing but run folders (those with a plan.json of a drill) and those of campaigns, which go whole, and no drill that may be running.
 */
import { readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { unixMsNow } from '../harness/entropy/clock.js';
import { messageOf } from '../harness/message-of.js';
import { type FoundRun, findRuns, oldRuns } from '../harness/records/old-runs.js';
import { plural } from '../harness/report/format.js';
import { printable } from '../harness/report/printable.js';
import { UserError } from '../harness/user-error.js';
import { integer } from './option-values.js';
import { print } from './output.js';

const DAY_MS = 86_400_000;

interface CleanOptions {
  readonly newest: number;
  readonly olderThan: number;
  readonly yes: boolean;
}

export function cleanCommand(): Command {
  const wholeNumber = integer({ min: 0, max: 1_000_000 });
  return new Command('clean')
    .description('remove old run folders and those of campaigns; without --yes it only says which')
    .argument('[folder]', 'where run folders are', 'reports')
    .option('--newest <n>', 'so many of the newest stay', wholeNumber, 10)
    .option('--older-than <days>', 'those younger than so many days stay', wholeNumber, 0)
    .option('--yes', 'remove them', false)
    .addHelpText('after', '\nExample:\n  $ paydrill clean --newest 5 --older-than 7 --yes')
    .action(clean);
}

async function clean(folder: string, { newest, olderThan, yes }: CleanOptions): Promise<void> {
  const runs = found(folder);
  const nowUnixMs = unixMsNow();
  const old = oldRuns(runs, { newest, olderThanMs: olderThan * DAY_MS, nowUnixMs });
  for (const run of old) {
    if (yes) removed(run);
    await print(
      `${yes ? 'removed' : 'would remove'} ${printable(run.path)}  ${megabytes([run])}\n`,
    );
  }
  if (yes) removeDanglingLatest(folder);
  const stay = plural(runs.length - old.length, 'run folder');
  const go = `${plural(old.length, 'run folder')}, ${megabytes(old)}`;
  const hint = yes || old.length === 0 ? '' : '; --yes removes them';
  await print(
    `${yes ? 'removed' : 'would remove'} ${go}; ${stay} ${stay.startsWith('1 ') ? 'stays' : 'stay'}${hint}\n`,
  );
}

function found(folder: string): readonly FoundRun[] {
  try {
    return findRuns(folder);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new UserError(
      `cannot list ${folder}: ${reason}; name the folder that run folders are in`,
      {
        cause,
      },
    );
  }
}

function removed({ path }: FoundRun): void {
  try {
    rmSync(path, { recursive: true });
  } catch (cause) {
    const reason = messageOf(cause);
    throw new UserError(`cannot remove ${path}: ${reason}`, { cause });
  }
}

/** `latest` of a run that went. Anything else of that name is somebody's own. */
function removeDanglingLatest(folder: string): void {
  const latest = join(folder, 'latest');
  if (statSync(latest, { throwIfNoEntry: false }) !== undefined) return;
  try {
    readlinkSync(latest);
  } catch {
    return; // there is none
  }
  rmSync(latest);
}

function megabytes(runs: readonly FoundRun[]): string {
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
