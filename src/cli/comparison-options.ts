/** Options that every command which compares has, and how what they ask for is printed. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Comparison } from '../harness/campaign/compare/comparison-file.js';
import { isLabelName, REFUSED_LABELS } from '../harness/campaign/compare/labels.js';
import type { ComparisonOutputs } from '../harness/campaign/compare/outputs/outputs.js';
import type { LabelName } from '../harness/campaign/compare/run-sample.js';
import { TOLERANCES, type Tolerances } from '../harness/campaign/compare/tolerances.js';
import { SEEDS } from '../harness/drill/option-rules.js';
import { integer, percentage } from './option-values.js';
import { print } from './output.js';

type Format = keyof ComparisonOutputs;
const FORMATS = ['text', 'markdown', 'json', 'junit', 'github'] as const satisfies Format[];

export interface ComparisonOptions {
  readonly tolerance: Tolerances;
  readonly allowDifferent: readonly LabelName[];
  readonly strict: boolean;
  readonly format: Format;
}

export function withComparisonOptions(command: Command): Command {
  return withTolerance(command)
    .option(
      '--allow-different <label>',
      `compare though this differs: ${REFUSED_LABELS.join(', ')}; repeatable`,
      label,
      [],
    )
    .option('--strict', 'what cannot be told ends as what is worse: 113', false)
    .addOption(
      new Option(
        '--format <format>',
        'what is printed; in GitHub Actions text comes with annotations',
      )
        .choices(FORMATS)
        .default('text'),
    );
}

export function withTolerance(command: Command): Command {
  return command.option(
    '--tolerance <figure=share>',
    "how much worse is no worse, as 'p(99)=10%'; figures are p(50), p(90), p(99), throughput, failures, cpu or all; repeatable",
    tolerance,
    TOLERANCES,
  );
}

export function withBootstrapSeed(command: Command): Command {
  return command.option(
    '--seed <n>',
    'seed of the bootstrap: the same files and seed give the same answer',
    integer(SEEDS),
    1,
  );
}

function tolerance(text: string, previous: Tolerances): Tolerances {
  const [name = '', share = ''] = text.split('=');
  const figure = name.trim().replace(/^p\((\d+)\)$/, 'p$1');
  if (figure !== 'all' && !Object.hasOwn(previous, figure))
    throw new InvalidArgumentError(
      'It must be a figure and a share, as p(99)=10%; figures are p(50), p(90), p(99), throughput, failures, cpu or all.',
    );
  const value = percentage(share);
  return figure === 'all'
    ? { p50: value, p90: value, p99: value, throughput: value, failures: value, cpu: value }
    : { ...previous, [figure]: value };
}

function label(text: string, previous: readonly LabelName[]): readonly LabelName[] {
  if (isLabelName(text)) return [...previous, text];
  throw new InvalidArgumentError(`It must be one of ${REFUSED_LABELS.join(', ')}.`);
}

/** In GitHub Actions the run is annotated too: a command of the runner's may stand on any line. */
export async function printComparison(comparison: Comparison, format: Format): Promise<void> {
  const { comparisonOutputs } = await import('../harness/campaign/compare/outputs/outputs.js');
  const outputs = comparisonOutputs(comparison);
  const annotated = process.env.GITHUB_ACTIONS === 'true' && format === 'text';
  await print(annotated ? `${outputs.text}${outputs.github}` : outputs[format]);
}
