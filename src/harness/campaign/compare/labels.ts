/**
 * In what two runs differ beside their figures. Some differences make figures of different things, and such runs are not compared unless
 * somebody says that this is what is compared; the others are told beside the answer. Pure.
 */
import type { LabelName, RunLabels } from './run-sample.js';

export interface Difference {
  readonly label: LabelName;
  readonly weight: 'refused' | 'flagged';
  /** `shards 2 and 4`. */
  readonly text: string;
}

/** What each label's difference does to a comparison. A script's path may differ where its content is the same. */
const WEIGHTS: Readonly<Record<LabelName, Difference['weight'] | 'nothing'>> = {
  measured: 'refused',
  script_sha256: 'refused',
  script: 'nothing',
  env: 'refused',
  target: 'flagged',
  ledger_engine: 'refused',
  durability: 'refused',
  shards: 'refused',
  workers: 'refused',
  cores: 'refused',
  cpu: 'flagged',
  node: 'flagged',
  load_model: 'refused',
  peak_per_s: 'refused',
  duration_scale: 'refused',
  faults: 'refused',
  mutant: 'flagged',
  seed: 'flagged',
};

const NAMES = Object.keys(WEIGHTS).filter(isLabelName);

export function isLabelName(name: string): name is LabelName {
  return Object.hasOwn(WEIGHTS, name);
}

/** Labels whose difference keeps runs from being compared: what `--allow-different` may name. */
export const REFUSED_LABELS: readonly LabelName[] = NAMES.filter(
  (name) => WEIGHTS[name] === 'refused',
);

export function differences(a: RunLabels, b: RunLabels): readonly Difference[] {
  return NAMES.flatMap((label) => {
    const weight = WEIGHTS[label];
    if (weight === 'nothing' || a[label] === b[label]) return [];
    return [{ label, weight, text: wordsOf(label, a, b) }];
  });
}

function wordsOf(label: LabelName, a: RunLabels, b: RunLabels): string {
  if (label === 'script_sha256') return `the scripts ${a.script} and ${b.script} are not the same`;
  return `${label} ${a[label]} and ${b[label]}`;
}
