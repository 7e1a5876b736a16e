/**
 * Every planted bug under one scenario, once while the stack is being broken and once while it is not, and the sound stack
 * before them: what each drill found, and how soon it could have been seen. One drill after the other, each in a folder that
 * goes when it has been read; a broken law names the operations, and the journal says when they were asked.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Mutant, mutantRow } from '../../../wire/mutants.js';
import type { DrillEnd, DrillOptions } from '../../report/progress.js';
import { firstSeenS } from '../../verify/first-seen.js';
import type { Verdict } from '../../verify/verdict.js';

export interface BrokenLaw {
  readonly name: string;
  readonly violations: number;
  /** From the beginning of the load; null: at its end. */
  readonly seenS: number | null;
}

/** What one drill found. */
export interface Finding {
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly laws: readonly BrokenLaw[];
}

export interface MutantFinding {
  /** Undefined: the sound stack. */
  readonly mutant: Mutant | undefined;
  readonly withoutFaults: Finding;
  readonly withFaults: Finding;
  /** What is not as the table of mutants says; undefined where all is. */
  readonly wrong: string | undefined;
}

export interface MutantsRun {
  /** Path of a script of scenarios/, by its name. */
  readonly script: (name: string) => string;
  readonly mutants: readonly Mutant[];
  readonly seed: number;
  readonly durationScale: number;
  readonly signal: AbortSignal;
  readonly drill: (
    options: Pick<DrillOptions, 'script' | 'faults' | 'seed' | 'durationScale' | 'mutant'> &
      Pick<DrillOptions, 'outFolder' | 'keep' | 'signal'>,
  ) => Promise<DrillEnd>;
}

const EVERY_OPERATION = 'every-operation.ts';

/** Yields each finding when it is there. Rejects with what a drill rejects with, and when the signal aborts. */
export async function* runMutants(run: MutantsRun): AsyncGenerator<MutantFinding> {
  for (const mutant of [undefined, ...run.mutants]) {
    const withoutFaults = await findingOf(run, mutant, 'none');
    const withFaults = await findingOf(run, mutant, undefined);
    yield {
      mutant,
      withoutFaults,
      withFaults,
      wrong: wrongWith(mutant, { withoutFaults, withFaults }),
    };
  }
}

/** Of the sound stack every operation is asked. */
function scenarioOf(mutant: Mutant | undefined): string {
  return (mutant && mutantRow(mutant).scenario) ?? EVERY_OPERATION;
}

async function findingOf(
  { script, seed, durationScale, signal, drill }: MutantsRun,
  mutant: Mutant | undefined,
  faults: 'none' | undefined,
): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'paydrill-mutant-'));
  try {
    const options = {
      script: script(scenarioOf(mutant)),
      seed,
      durationScale,
      signal,
      outFolder: folder,
      keep: 'all' as const,
    };
    const planned = { ...options, ...(faults === undefined ? {} : { faults }) };
    const { summary } = await drill(mutant === undefined ? planned : { ...planned, mutant });
    signal.throwIfAborted();
    const broken = summary.laws.filter(({ status }) => status === 'broken');
    const names = broken.map(({ name }) => name);
    const seenS = await firstSeenS(folder, names, signal);
    return {
      verdict: summary.verdict,
      reason: summary.reason,
      laws: broken.map(({ name, violations }) => ({
        name,
        violations,
        seenS: seenS.get(name) ?? null,
      })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wrongWith(
  mutant: Mutant | undefined,
  found: Pick<MutantFinding, 'withFaults' | 'withoutFaults'>,
): string | undefined {
  if (mutant === undefined) {
    const bad = [found.withoutFaults, found.withFaults].find(({ verdict }) => verdict !== 'valid');
    return bad === undefined ? undefined : `the sound stack is ${bad.verdict}: ${bad.reason}`;
  }
  const { law, orLaws = [], needsFault } = mutantRow(mutant);
  if (law === undefined) return undefined;
  const { laws, verdict } = needsFault ? found.withFaults : found.withoutFaults;
  if (laws.some(({ name }) => name === law || orLaws.includes(name))) return undefined;
  const instead = laws.length === 0 ? verdict : laws.map(({ name }) => name).join(', ');
  return `${law} did not see it: ${instead}`;
}
