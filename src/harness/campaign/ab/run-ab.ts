/**
 * Two sides drilled in turn: a round is one drill of each, the first of the two drawn by chance, with the same traffic. What the machine
 * does meanwhile is done to both. The campaign's folder has a run folder for each drill, and comparison.json, comparison.md and junit.xml.
 */
import { basename, extname } from 'node:path';
import { RunFolder } from '../../drill/run-folder.js';
import { Random } from '../../entropy/random.js';
import { EXIT_CODES } from '../../exit-codes.js';
import type { DrillEnd, DrillOptions } from '../../report/progress.js';
import { UserError } from '../../user-error.js';
import { type CompareAsked, comparisonOf } from '../compare/comparison.js';
import type { Comparison } from '../compare/comparison-file.js';
import { comparisonOutputs } from '../compare/outputs/outputs.js';
import { type RunSample, sampleOfRun } from '../compare/run-sample.js';
import type { RunningSide } from './side-command.js';

export type AbOptions = Omit<DrillOptions, 'seed' | 'outFolder' | 'keep'>;

export interface AbSide {
  /** `a: 127.0.0.1:12200`. */
  readonly name: string;
  readonly options: AbOptions;
  /** Starts what it is to be drilled against; undefined where that runs, or the drill starts it. */
  readonly start: (() => Promise<RunningSide>) | undefined;
}

export interface AbRun {
  readonly a: AbSide;
  readonly b: AbSide;
  readonly rounds: number;
  readonly seed: number;
  readonly compare: Omit<CompareAsked, 'arePairs' | 'seed'>;
  /** Of the campaign; without it `reports/<UTC time>-ab-<script>`. */
  readonly outFolder: string | undefined;
  readonly startedUnixMs: number;
  readonly signal: AbortSignal;
  readonly drill: (options: DrillOptions) => Promise<DrillEnd>;
  /** One line: a drill begins, or is over. */
  readonly onNotice: (line: string) => void;
}

export interface AbEnd {
  readonly folder: string;
  readonly comparison: Comparison;
}

/** Folder of the drills' run folders in the campaign's. */
const RUNS = 'runs';

/** Rejects with what a drill rejects with, and with UserError where one of them proves nothing; its run folders stay. */
export async function runAb(run: AbRun): Promise<AbEnd> {
  const script = basename(run.a.options.script, extname(run.a.options.script));
  const folder = new RunFolder({
    outFolder: run.outFolder,
    script: `ab-${script}`,
    startedUnixMs: run.startedUnixMs,
    isScratch: true,
    inside: RUNS,
  });
  try {
    return { folder: folder.path, comparison: await roundsOf(run, folder) };
  } finally {
    folder.discardEmpty();
  }
}

async function roundsOf(run: AbRun, folder: RunFolder): Promise<Comparison> {
  const chance = new Random(run.seed);
  const samples: Record<'a' | 'b', RunSample[]> = { a: [], b: [] };
  for (let round = 1; round <= run.rounds; round++) {
    const order = chance.nextFloat() < 0.5 ? (['a', 'b'] as const) : (['b', 'a'] as const);
    for (const side of order) {
      const name = `${RUNS}/${String(round).padStart(2, '0')}-${side}`;
      run.onNotice(`-- round ${round} of ${run.rounds}, ${run[side].name}`);
      const seed = (run.seed + round) % 2 ** 32;
      const end = await drillOf(run, run[side], { seed, outFolder: folder.file(name) });
      if (run.signal.aborted)
        throw new UserError(`stopped by a signal in round ${round}: nothing is compared`, {
          exit: 'interrupted',
        });
      samples[side].push(sampleOfRun(end.folder));
      run.onNotice(`   ${resultLine(end)}`);
    }
  }
  const comparison = comparisonOf(
    { name: run.a.name, runs: samples.a },
    { name: run.b.name, runs: samples.b },
    { ...run.compare, arePairs: true, seed: run.seed },
  );
  const { json, markdown, junit } = comparisonOutputs(comparison);
  folder.write('comparison.json', json);
  folder.write('comparison.md', markdown);
  folder.write('junit.xml', junit);
  return comparison;
}

async function drillOf(
  { drill }: AbRun,
  side: AbSide,
  of: { readonly seed: number; readonly outFolder: string },
): Promise<DrillEnd> {
  const target = await side.start?.();
  try {
    return await drill({ ...side.options, ...of, keep: 'unproved' });
  } finally {
    await target?.close();
  }
}

function resultLine({ summary }: DrillEnd): string {
  const { verdict, exit_code: code, response_time_us: times, throughput } = summary;
  const p99 = times.p99 === null ? '-' : `${Math.round(times.p99)} us`;
  const ends = code === EXIT_CODES.ok.code ? '' : `, exit code ${code}`;
  return `${verdict}${ends}, p99 ${p99}, ${Math.round(throughput.mean)}/s`;
}
