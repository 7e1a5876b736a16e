/**
 * A capacity search on real drills: each step is a drill of its own, at one constant rate, against a target that it starts, judged by
 * the laws like any other. The campaign's folder has a slim run folder a step, and capacity.json and capacity.html, which are
 * written after every step: whatever ends it, what was found so far is there. A broken law ends it: what pays wrongly has no capacity.
 */
import { basename, extname } from 'node:path';
import { RunFolder } from '../../drill/run-folder.js';
import { isoTime } from '../../entropy/clock.js';
import { Random } from '../../entropy/random.js';
import { EXIT_CODES, type ExitName } from '../../exit-codes.js';
import type { DrillEnd, DrillOptions } from '../../report/progress.js';
import { environmentOf, type Summary } from '../../report/summary.js';
import { readRunFiles } from '../run-files.js';
import { answerOf } from './answer.js';
import { CAPACITY_SCHEMA, type CapacityReport, capacityJson } from './capacity-file.js';
import { capacityHtml } from './capacity-page.js';
import { Multiples } from './multiples.js';
import { CapacitySearch } from './search.js';
import { type StepFacts, stepFacts } from './step.js';

/** Folder of the steps' run folders in the campaign's. */
const STEPS = 'steps';

/** What a step's drill is beside its rate. */
export type StepOptions = Omit<
  DrillOptions,
  'constantRate' | 'seed' | 'outFolder' | 'keep' | 'durationScale' | 'peakPerSec'
>;

export interface SearchAsked {
  readonly kind: 'search';
  readonly fromPerSec: number;
  readonly maxPerSec: number;
  readonly precision: number;
}

export interface MultiplesAsked {
  readonly kind: 'multiples';
  readonly multiples: readonly number[];
  readonly ofPerSec: number;
}

export interface CapacityRun {
  readonly options: StepOptions;
  readonly asked: SearchAsked | MultiplesAsked;
  readonly slos: readonly string[];
  readonly warmUpMs: number;
  readonly holdMs: number;
  readonly rounds: number;
  readonly seed: number;
  /** What to type to do the same again. */
  readonly command: string;
  /** Of the campaign; without it `reports/<UTC time>-capacity-<script>`. */
  readonly outFolder: string | undefined;
  readonly startedUnixMs: number;
  readonly drill: (options: DrillOptions) => Promise<DrillEnd>;
  /** A step begins. */
  readonly onStep: (step: { readonly number: number; readonly ratePerSec: number }) => void;
  /** It is over. */
  readonly onFacts: (facts: StepFacts) => void;
}

export interface CapacityEnd {
  readonly folder: string;
  readonly report: CapacityReport;
}

/** Rejects with what a drill rejects with; capacity.json then tells the steps before it. */
export async function runCapacity(run: CapacityRun): Promise<CapacityEnd> {
  const script = basename(run.options.script, extname(run.options.script));
  const folder = new RunFolder({
    outFolder: run.outFolder,
    script: `capacity-${script}`,
    startedUnixMs: run.startedUnixMs,
    isScratch: true,
    inside: STEPS,
  });
  const campaign = new Campaign(run, folder);
  try {
    await campaign.run();
  } finally {
    folder.discardEmpty();
  }
  return { folder: folder.path, report: campaign.report() };
}

class Campaign {
  readonly #run: CapacityRun;
  readonly #folder: RunFolder;
  readonly #rates: CapacitySearch | Multiples;
  readonly #steps: StepFacts[] = [];
  #summary: Summary | undefined;
  #endedBy: { readonly line: string; readonly exit: ExitName } | undefined;

  constructor(run: CapacityRun, folder: RunFolder) {
    this.#run = run;
    this.#folder = folder;
    const chance = new Random(run.seed);
    const random = (): number => chance.nextFloat();
    const { asked, rounds } = run;
    this.#rates =
      asked.kind === 'search'
        ? new CapacitySearch({ ...asked, rounds, random })
        : new Multiples({ ...asked, rounds, random });
  }

  async run(): Promise<void> {
    for (let next = this.#rates.next(); next !== undefined; next = this.#rates.next()) {
      const facts = await this.#step(next.ratePerSec, next.reason);
      if (facts === undefined) break;
      this.#steps.push(facts);
      this.#rates.record(next.ratePerSec, facts.held);
      this.#run.onFacts(facts);
      this.#write();
      if (facts.verdict === 'invalid') {
        this.#endedBy = {
          line: `step ${facts.number} broke a law: ${facts.verdict_reason}`,
          exit: 'verdictInvalid',
        };
        break;
      }
    }
    this.#write();
  }

  /** Undefined where it was interrupted: what was seen by then is of no rate. */
  async #step(ratePerSec: number, reason: string): Promise<StepFacts | undefined> {
    const { options, slos, warmUpMs, holdMs, seed } = this.#run;
    const number = this.#steps.length + 1;
    this.#run.onStep({ number, ratePerSec });
    const name = `${STEPS}/${String(number).padStart(2, '0')}-${ratePerSec}`;
    const { folder, summary } = await this.#run.drill({
      ...options,
      durationScale: 1,
      constantRate: { perSec: ratePerSec, warmUpMs, holdMs, slos },
      // Each step has traffic of its own: an answer that hangs on one traffic is none.
      seed: (seed + number) % 2 ** 32,
      outFolder: this.#folder.file(name),
      keep: 'unproved',
    });
    this.#summary ??= summary;
    if (options.signal.aborted) {
      this.#endedBy = { line: 'stopped by a signal', exit: 'interrupted' };
      return undefined;
    }
    const asked = { number, folder: name, ratePerSec, reason, warmUpMs, holdMs };
    return stepFacts(asked, readRunFiles(folder));
  }

  #write(): void {
    const report = this.report();
    this.#folder.write('capacity.json', capacityJson(report));
    this.#folder.write('capacity.html', capacityHtml(report));
  }

  report(): CapacityReport {
    const { run } = this.#summary ?? {};
    const { asked, slos, warmUpMs, holdMs, rounds, seed, options } = this.#run;
    const [search, multiples] = asked.kind === 'search' ? [asked, undefined] : [undefined, asked];
    const answer = this.#answer();
    return {
      schema: CAPACITY_SCHEMA,
      script: options.script,
      command: this.#run.command,
      started_at: isoTime(this.#run.startedUnixMs),
      asked: {
        slos,
        from_per_s: search?.fromPerSec ?? null,
        max_per_s: search?.maxPerSec ?? null,
        precision: search?.precision ?? null,
        warm_up_s: warmUpMs / 1000,
        hold_s: holdMs / 1000,
        rounds,
        seed,
        faults: options.faults ?? 'none',
        of_per_s: multiples?.ofPerSec ?? null,
      },
      labels: run === undefined ? null : environmentOf(run),
      answer: answer ?? null,
      multiples: this.#rates instanceof Multiples ? this.#rates.facts() : [],
      ended_by: this.#endedBy?.line ?? null,
      exit_code: EXIT_CODES[this.#exit(answer?.holds)].code,
      steps: this.#steps,
    };
  }

  #answer(): ReturnType<typeof answerOf> | undefined {
    const { asked } = this.#run;
    if (asked.kind !== 'search' || !(this.#rates instanceof CapacitySearch)) return undefined;
    return answerOf({
      found: this.#rates.answer(),
      steps: this.#steps,
      fromPerSec: asked.fromPerSec,
      maxPerSec: asked.maxPerSec,
      state: this.#state(),
    });
  }

  #state(): 'running' | 'ended' | 'done' {
    if (this.#endedBy !== undefined) return 'ended';
    return this.#rates.next() === undefined ? 'done' : 'running';
  }

  /** Of a search 0 where a rate holds; of multiples where each of them does. */
  #exit(holds: object | null | undefined): ExitName {
    if (this.#endedBy !== undefined) return this.#endedBy.exit;
    const isWell =
      this.#rates instanceof Multiples
        ? this.#rates.facts().every(({ held, of }) => held === of)
        : holds !== null && holds !== undefined;
    if (isWell) return 'ok';
    // What could not be judged is no breach of an SLO.
    const undecided = this.#steps.some(({ held, verdict }) => !held && verdict === 'unknown');
    return undecided ? 'verdictUnknown' : 'thresholds';
  }
}
