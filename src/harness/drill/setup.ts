/** Everything of a drill that is decided before anything starts: script, plan, size of the stack, faults. */
import { cpus } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { productsNamed } from '../../products/kinds.js';
import type { ScriptSource } from '../compile/compiled-script.js';
import { loadScript } from '../compile/load.js';
import { PAY_MODULE, pays, tellsPayments } from '../compile/pays.js';
import { planScript } from '../compile/plan-script.js';
import { drawSeed, Random } from '../entropy/random.js';
import type { PlannedFault } from '../faults/plan.js';
import type { Plan } from '../options/plan.js';
import type { Secrets } from '../options/secrets.js';
import { segmentOptions } from '../options/segment-option.js';
import type { DrillOptions } from '../report/progress.js';
import { breakableNames } from '../targets/breakable-names.js';
import { isTargetFile } from '../targets/file/is-target-file.js';
import {
  breakableOfFile,
  type LoadedTargetFile,
  loadTargetFile,
} from '../targets/file/load-target-file.js';
import { UserError } from '../user-error.js';
import { type LawFile, readLawFiles } from '../verify/user-laws.js';
import { brownOutLaws } from './brown-out.js';
import type { Calibration } from './calibration-plan.js';
import { atConstantRate } from './constant-rate.js';
import { type OwnOptions, ownOptions } from './own-options.js';
import { plannedFaults } from './planned-faults.js';
import { fewIterations } from './probe.js';
import { agreedBefore, riskLineText } from './risk-line.js';
import { scriptSha256 } from './script-hash.js';
import { secretsOf } from './secret-values.js';

export interface DrillSetup extends OwnOptions {
  /** What the payments go to: `reference`, `none`, an address, or the path of a target file. */
  readonly target: string;
  /** What that file says; undefined where it is none. */
  readonly targetFile: LoadedTargetFile | undefined;
  readonly source: ScriptSource;
  readonly plan: Plan;
  readonly secrets: Secrets;
  readonly seed: number;
  readonly workers: number;
  readonly faults: readonly PlannedFault[];
  /** Undefined where the peak is the script's own, or was given. */
  readonly calibration: Calibration | undefined;
  /** Those the run is judged by beside paydrill's own. */
  readonly laws: readonly LawFile[];
  /** What was agreed about a risk engine in line, as JSON; undefined where there is none. */
  readonly riskLine: string | undefined;
}

/**
 * `opened`: the target file of a target that is there already and is only to be tried. Throws UserError for what the script or the
 * command line has wrong.
 */
export async function prepareSetup(
  options: DrillOptions,
  opened?: LoadedTargetFile,
): Promise<DrillSetup> {
  const targetFile = opened ?? (await targetFileOf(options));
  const planned = await planOf(options, targetFile, opened !== undefined);
  const target = targetFile === undefined ? targetOfScript(options, planned.own) : undefined;
  if (target === undefined) return setupOf(options, planned, targetFile);
  // What it says for the script's __ENV may change all that the script says.
  const named = { ...options, target };
  const file = await targetFileOf(named);
  return setupOf(named, await planOf(named, file), file);
}

type PlannedScript = Awaited<ReturnType<typeof planOf>>;

async function planOf(
  options: DrillOptions,
  targetFile: LoadedTargetFile | undefined,
  isProbe = false,
) {
  const secrets = secretsOf(options.secretSources ?? []);
  const script = await loadScript(options.script, {
    env: { ...targetFile?.env, ...options.env },
    systemEnv: options.systemEnv === true ? process.env : {},
    workingDirectory: options.workingDirectory,
    remote: {
      offline: options.offline,
      folder: options.modulesFolder,
      sha256: options.remoteModules,
    },
    secrets,
  });
  const wanted = options.scriptSha256;
  if (wanted !== undefined && scriptSha256(script.source) !== wanted) {
    throw new UserError(
      `${options.script} is not what it was when the drill ran: restore it, or run it as a drill of its own`,
    );
  }
  const { peakPerSec, durationScale, constantRate } = options;
  const scripted = await planScript(script, {
    peakPerSec,
    durationScale,
    options: { ...options.scriptOptions, ...segmentOptions(options) },
  });
  const asked = isProbe ? fewIterations(scripted) : scripted;
  const plan =
    constantRate === undefined
      ? asked
      : atConstantRate(asked, constantRate, {
          where: options.script,
          times: tellsPayments(script.source) ? 'pay_response_time' : 'http_req_duration',
        });
  const own = ownOptions(plan.options, options.script, options.shards);
  return { source: script.source, plan, secrets, own };
}

function setupOf(
  options: DrillOptions,
  { source, plan, secrets, own }: PlannedScript,
  targetFile: LoadedTargetFile | undefined,
): DrillSetup {
  const target = targetOf(options, source, own.stack.networks);
  if (plan.segment !== undefined && pays(source) && target !== 'reference')
    throw new UserError(
      `${options.script}: an execution segment of payments needs a stack of its own (--target reference): the books of ${target} hold what other instances ask too`,
    );
  return {
    target,
    source,
    plan,
    secrets,
    seed: options.seed ?? drawSeed(),
    workers: options.workers ?? Math.max(1, Math.floor(cpus().length / 2)),
    targetFile,
    faults: plannedFaults(
      { ...options, target },
      plan,
      targetFile === undefined ? breakableNames(target, own.stack) : breakableOfFile(targetFile),
    ),
    ...own,
    calibration: undefined,
    riskLine: riskLineOf(options, own, target),
    laws: [
      ...productLaws(own.stack.population.products),
      ...brownOutLaws(target === 'reference' ? own.stack.brownOut : []),
      ...lawsOf(options, own),
    ],
  };
}

/** Only a stack that the drill starts can be told to have one. */
function riskLineOf(
  { riskLine, script, workingDirectory = '' }: DrillOptions,
  { risk, stack }: OwnOptions,
  target: string,
): string | undefined {
  if (risk === undefined || target !== 'reference') return undefined;
  return riskLine === undefined
    ? riskLineText(risk, { path: script, workingDirectory }, stack.population)
    : agreedBefore(resolve(workingDirectory, riskLine), stack.population);
}

/** Undefined where the target is no file. */
async function targetFileOf({ target, workingDirectory = '' }: DrillOptions) {
  if (!isTargetFile(target)) return undefined;
  const ports = new Random(drawSeed());
  return loadTargetFile(target, {
    folder: resolve(workingDirectory),
    random: () => ports.nextFloat(),
  });
}

/** The one that the script's options name, where nobody named another. As whoever runs it would name it. */
function targetOfScript(
  { target, script }: DrillOptions,
  { targetPath }: OwnOptions,
): string | undefined {
  if (target !== 'auto' || targetPath === undefined) return undefined;
  if (!isTargetFile(targetPath))
    throw new UserError(
      `${script}: options.ext.paydrill.target must be the path of a target file, got ${JSON.stringify(targetPath)}`,
    );
  return isAbsolute(targetPath) ? targetPath : join(dirname(script), targetPath);
}

/** Whether somebody must be there beside whom the script asks by its own requests: it pays, tells of payments, or comes over networks. */
export function needsTarget({
  source,
  stack,
}: Pick<DrillSetup, 'source'> & {
  readonly stack: Pick<DrillSetup['stack'], 'networks'>;
}): boolean {
  return tellsPayments(source) || stack.networks.length > 0;
}

/** A script that pays needs somebody to pay, as does one whose clients come over networks; any other needs no stack. */
function targetOf(
  { target, script }: DrillOptions,
  source: ScriptSource,
  networks: readonly string[],
): string {
  if (isTargetFile(target) && pays(source))
    throw new UserError(
      `${script} pays by ${PAY_MODULE}, which speaks to paydrill's own gateway: against ${target}, carry the payments out by requests and tell of them ('payments' of ${PAY_MODULE})`,
    );
  if (target === 'none' && pays(source))
    throw new UserError(
      `${script} imports ${PAY_MODULE}: it needs a target, leave out --target none`,
    );
  const isGateway = target !== 'none' && !isTargetFile(target);
  if (networks.length > 0 && !isGateway)
    throw new UserError(
      `${script}: options.ext.paydrill.networks are links to a gateway of paydrill's, which ${target} is not`,
    );
  if (target !== 'auto') return target;
  return pays(source) || networks.length > 0 ? 'reference' : 'none';
}

/** Laws that the products bring, as if they lay in a folder. */
function productLaws(names: readonly string[]): readonly LawFile[] {
  return productsNamed(names).flatMap(({ name, laws = {} }) =>
    Object.entries(laws).map(([law, sql]) => ({ name: `${name}-${law}`, sql: outdented(sql) })),
  );
}

/** Without what all of its lines are indented by. */
function outdented(text: string): string {
  const lines = text.trim().split('\n');
  const indent = Math.min(...lines.slice(1).map((line) => /^ */.exec(line)?.[0].length ?? 0));
  return lines.map((line, index) => (index === 0 ? line : line.slice(indent))).join('\n');
}

/** A folder that has none is not what was meant. */
function lawsOf(options: DrillOptions, { lawsFolder }: OwnOptions): readonly LawFile[] {
  const { laws, script, workingDirectory = '' } = options;
  const ofScript = lawsFolder && resolve(workingDirectory, dirname(script), lawsFolder);
  const folder = laws ?? ofScript;
  if (folder === undefined) return [];
  const found = readLawFiles(folder);
  if (found.length > 0) return found;
  throw new UserError(`${folder} has no .sql file: a law is a query in a file of its own`);
}
