/** What somebody names as a side becomes its runs: a baseline file, a run folder, or a folder of run folders. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { loadScript } from '../../compile/load.js';
import { scriptSha256 } from '../../drill/script-hash.js';
import { PLAN_FILE } from '../../records/plan-record.js';
import { UserError } from '../../user-error.js';
import { readBaseline } from './baseline-file.js';
import { type RunSample, sampleOfRun } from './run-sample.js';

/** Throws UserError where there is nothing, or no run, by that name. */
export function runsNamed(path: string): readonly RunSample[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined)
    throw new UserError(
      `${path} is not there: name a baseline file, a run folder or a folder of run folders`,
    );
  if (!found.isDirectory()) return readBaseline(path).runs;
  if (existsSync(join(path, PLAN_FILE))) return [sampleOfRun(path)];
  const folders = readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => existsSync(join(folder, PLAN_FILE)));
  if (folders.length === 0)
    throw new UserError(`${path} holds no run: name a run folder, or a folder of run folders`);
  return withoutTwice(folders).map(sampleOfRun);
}

/** All of them, each run once: of one run twice the second would say that runs do not differ. */
export function runsOf(paths: readonly string[]): readonly RunSample[] {
  const runs = paths.flatMap(runsNamed);
  const ids = runs.map(({ id, started_at: at }) => `${id} of ${at}`);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) throw new UserError(`${twice} is named twice: each run counts once`);
  return runs;
}

/** `reports/latest` is a second name of a run beside it. */
function withoutTwice(folders: readonly string[]): readonly string[] {
  return folders.filter((folder) => basename(folder) !== 'latest');
}

/** Before minutes are spent on a drill: throws UserError where the runs are not of this script as it is now. */
export async function refuseOtherScript(
  runs: readonly RunSample[],
  {
    script,
    env,
    name,
  }: {
    readonly script: string;
    readonly env: Readonly<Record<string, string>>;
    /** Of the baseline. */
    readonly name: string;
  },
): Promise<void> {
  const { source } = await loadScript(script, { env });
  const hash = scriptSha256(source);
  const other = runs.find(({ labels }) => labels.script_sha256 !== hash);
  if (other === undefined) return;
  const isSame = resolve(other.labels.script) === resolve(script);
  throw new UserError(
    `${name} is of ${isSame ? `${script} as it was then` : other.labels.script}, not of ${script} as it is now: save a new baseline`,
  );
}
