/**
 * `paydrill mutants`: the bugs that `run --mutant` plants, each with the law that catches it. With `--run` each is planted and
 * drilled, and docs/mutants.md says what was found. The first SIGINT or SIGTERM ends it with what was found so far.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import type { MutantFinding } from '../harness/campaign/mutants/run-mutants.js';
import { SEEDS } from '../harness/drill/option-rules.js';
import { EXIT_CODES } from '../harness/exit-codes.js';
import { MUTANT_NAMES, type Mutant, mutantRow } from '../wire/mutants.js';
import { integer, mutantName, positiveNumber } from './option-values.js';
import { print } from './output.js';
import { stoppable } from './signals.js';

interface MutantsOptions {
  readonly run: boolean;
  readonly only?: readonly Mutant[];
  readonly seed: number;
  readonly durationScale: number;
  readonly json: boolean;
}

/** Relative to the working directory; written where all were run. */
const PAGE = join('docs', 'mutants.md');
const SCENARIOS = fileURLToPath(new URL('../../scenarios', import.meta.url));

export function mutantsCommand(): Command {
  return new Command('mutants')
    .description(
      'list the bugs that can be planted in the reference stack, or plant and drill each',
    )
    .option('--run', `drill each, with faults and without, and write ${PAGE}`, false)
    .option('--only <names>', 'these mutants, commas between them; no page is written', mutantNames)
    .option('--seed <n>', 'seed of traffic, keys and faults of every drill', integer(SEEDS), 5)
    .option(
      '--duration-scale <x>',
      'multiply every duration of the scenario by x',
      positiveNumber,
      0.6,
    )
    .option('--json', 'print what was found as JSON, at the end', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ paydrill mutants\n  $ paydrill mutants --run --only capture-twice,lost-update',
    )
    .action((options: MutantsOptions) => (options.run ? run(options) : list(options)));
}

function mutantNames(text: string): readonly Mutant[] {
  const names = text.split(',').filter((name) => name !== '');
  if (names.length === 0)
    throw new InvalidArgumentError('It must name mutants, commas between them.');
  return names.map(mutantName);
}

async function list({ only = MUTANT_NAMES, json }: MutantsOptions): Promise<void> {
  if (json) {
    await print(
      `${JSON.stringify(
        only.map((name) => ({ name, ...mutantRow(name) })),
        null,
        2,
      )}\n`,
    );
    return;
  }
  for (const name of only) {
    const { bug, law, exposedBy, hole } = mutantRow(name);
    const caught = law === undefined ? `caught by no law: ${hole}` : `caught by ${law}`;
    await print(`${name}\n  ${bug}\n  ${caught}; exposed by ${exposedBy}\n`);
  }
}

async function run({ only, seed, durationScale, json }: MutantsOptions): Promise<void> {
  const { runMutants } = await import('../harness/campaign/mutants/run-mutants.js');
  const { findingLine, mutantsPage } = await import('../harness/campaign/mutants/mutants-page.js');
  const { runDrill } = await import('../harness/drill.js');
  const begun = performance.now();
  const findings: MutantFinding[] = [];
  await stoppable(async ({ signal }) => {
    const all = runMutants({
      script: (name) => join(SCENARIOS, name),
      mutants: only ?? MUTANT_NAMES,
      seed,
      durationScale,
      signal,
      drill: (options) => runDrill(options, SILENT, { isScratch: true }),
    });
    for await (const finding of all) {
      findings.push(finding);
      if (!json) await print(`${findingLine(finding)}\n`);
    }
  });
  const tookS = (performance.now() - begun) / 1000;
  if (only === undefined) {
    const facts = { seed, durationScale, node: process.versions.node, cores: cpus().length, tookS };
    mkdirSync('docs', { recursive: true });
    writeFileSync(PAGE, mutantsPage(findings, facts));
  }
  await tell(findings, { tookS, json });
}

async function tell(
  findings: readonly MutantFinding[],
  { tookS, json }: { readonly tookS: number; readonly json: boolean },
): Promise<void> {
  const wrong = findings.filter((finding) => finding.wrong !== undefined);
  if (json) await print(`${JSON.stringify(findings, null, 2)}\n`);
  else
    await print(
      `${findings.length * 2} drills in ${Math.round(tookS)} s, ${wrong.length} not as they must be\n`,
    );
  if (wrong.length > 0) process.exitCode = EXIT_CODES.mutantUnseen.code;
}

const SILENT = {
  onReady: () => undefined,
  onTick: () => undefined,
  onSecond: () => undefined,
  onPhase: () => undefined,
  onNotice: () => undefined,
};
