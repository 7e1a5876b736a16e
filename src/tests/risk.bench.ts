/**
 * What the fused risk engine finds and what it costs, on simulated traffic of the test seeds, which the models were not trained on.
 *
 *   quality   precision, recall, value lost, at a stated share of honest users disturbed: rules, features, graph, fused; by pattern
 *   cost      CPU of a decision, p50 and p99 of one, memory; one pass beside two engines with a hop between
 *
 *   npm run bench tests/risk        (after a build: node dist/tests/risk.bench.js [cost|quality])
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateTraffic } from '../harness/traffic/simulate.js';
import { Policy } from '../risk/decide/policy.js';
import { TreeModel } from '../risk/decide/tree-model.js';
import { EVENT_KIND, type FusedEngine } from '../risk/engine/fused-engine.js';
import { HANDSET_BYTES } from '../risk/engine/handsets.js';
import { PAIR_BYTES } from '../risk/engine/pairs.js';
import { PARTY_BYTES } from '../risk/engine/parties.js';
import { evaluate, type Result, type Scored } from './risk/evaluation.js';
import { blankEvent, engineFor, fillEvent, MEASURED, replay, TEST_SEEDS } from './risk/replay.js';
import { TwoEngines } from './risk/two-engines.js';

const FOLDER = 'scenarios/risk';
const DISTURBED = 0.001;
const FRAME = 64;
/** Decisions asked of the two engines, one at a time; as many of one pass beside it. */
const TIMED = 100_000;

const only = process.argv[2];
if (only !== 'cost') quality();
if (only !== 'quality') await cost();

function json(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
}

function quality(): void {
  const policy = new Policy(json('rules'));
  const models = ['features-only', 'graph-only', 'model'].map((name) => new TreeModel(json(name)));
  const runs: Scored[][] = [[], [], [], []];
  let walks = 0;
  let cuts = 0;
  let moves = 0;
  for (const seed of TEST_SEEDS) {
    const traffic = simulateTraffic({ ...MEASURED, seed });
    const scores = runs.map(() => new Float64Array(traffic.moves.count));
    const engine = engineFor(MEASURED);
    replay(traffic, engine, (i) => {
      policy.decide(engine.features);
      scores[0][i] = policy.points;
      for (const [m, model] of models.entries()) {
        scores[m + 1][i] = model.probability(engine.features);
      }
    });
    for (const [way, of] of scores.entries()) runs[way].push({ traffic, scores: of });
    walks += engine.walks;
    cuts += engine.cuts;
    moves += traffic.moves.count;
  }
  console.log(
    `${moves} moves of ${MEASURED.users} users, ${MEASURED.days} days, seeds ${TEST_SEEDS.join(', ')}; at most ${DISTURBED * 100} % of honest users ` +
      `disturbed; walks for ${((100 * walks) / moves).toFixed(1)} %, cut ${((100 * cuts) / moves).toFixed(2)} %`,
  );
  const names = ['rules only', 'features only', 'graph only', 'fused'];
  const results = runs.map((way) => evaluate(way, MEASURED.users, DISTURBED));
  for (const [i, result] of results.entries()) console.log(line(names[i], result));
  console.log('by pattern, schemes found of all (share of their moves stopped)');
  for (const [p, { pattern, schemes }] of results[0].patterns.entries()) {
    const cells = results.map(({ patterns }) => {
      const { found, recall } = patterns[p];
      return `${found} of ${schemes} (${recall.toFixed(2)})`;
    });
    console.log(`  ${pattern.padEnd(16)}${cells.map((cell) => cell.padEnd(18)).join('')}`);
  }
}

function line(name: string, result: Result): string {
  return (
    `${name.padEnd(15)}disturbed ${(result.disturbedShare * 100).toFixed(3)} %  precision ${result.precision.toFixed(3)}  ` +
    `recall ${result.recall.toFixed(3)}  schemes found ${result.schemesFound.toFixed(3)}  lost per 10 million ${result.lostPer10M.toFixed(0)}, ` +
    `with schemes frozen once found ${result.lostPer10MFrozen.toFixed(0)}  found after ${result.secondsToFind} s, ${result.movesToFind} moves`
  );
}

async function cost(): Promise<void> {
  const policy = new Policy(json('rules'), new TreeModel(json('model')));
  const traffic = simulateTraffic({ ...MEASURED, seed: TEST_SEEDS[0] });
  const { moves } = traffic;
  const numbers = engineFor(MEASURED);
  let { pairs } = numbers;
  const cpu = (engine: FusedEngine | undefined, decides: boolean): number => {
    const frame = Array.from({ length: FRAME }, blankEvent);
    const start = process.cpuUsage();
    for (let first = 0; first + FRAME <= moves.count; first += FRAME) {
      for (let i = 0; i < FRAME; i++) fillEvent(frame[i], moves, first + i, numbers);
      if (engine === undefined) continue;
      engine.warm(frame);
      for (const event of frame) {
        if (event.kind !== EVENT_KIND.refund) {
          engine.judge(event);
          if (decides) policy.decide(engine.features);
        }
        engine.apply(event);
      }
    }
    const { user, system } = process.cpuUsage(start);
    if (engine !== undefined) pairs = engine.pairs;
    return ((user + system) * 1000) / moves.count;
  };
  const rows = [0, 1, 2].map(() => {
    const reading = cpu(undefined, false);
    return [
      cpu(engineFor(MEASURED, false), false) - reading,
      cpu(engineFor(MEASURED), false) - reading,
      cpu(engineFor(MEASURED), true) - reading,
    ];
  });
  const median = (column: number): string =>
    rows
      .map((row) => row[column])
      .sort((a, b) => a - b)[1]
      .toFixed(0);
  console.log(
    `ns of CPU a move, medians of three: features ${median(0)}, features and graph ${median(1)}, with rules and model ${median(2)}`,
  );
  const engine = engineFor(MEASURED);
  const one = await latencies(engine, (event) => {
    engine.judge(event);
    policy.decide(engine.features);
    engine.apply(event);
  });
  const features = engineFor(MEASURED, false);
  const two = await TwoEngines.start(features, policy);
  const hop = await latencies(features, (event) => two.decide(event));
  two.close();
  console.log(`microseconds a decision, one at a time: one pass ${one}; two engines ${hop}`);
  console.log(
    `memory: ${PARTY_BYTES} bytes a user or merchant, ${PAIR_BYTES} a pair, ${HANDSET_BYTES} a device or card; ` +
      `${(pairs.used / MEASURED.users).toFixed(1)} pairs a user after all moves of a seed, evicted ${pairs.evicted}`,
  );

  async function latencies(
    of: FusedEngine,
    decide: (event: ReturnType<typeof blankEvent>) => unknown,
  ): Promise<string> {
    const event = blankEvent();
    const times = new Float64Array(TIMED);
    for (let i = 0; i < TIMED; i++) {
      fillEvent(event, moves, i, of);
      const start = process.hrtime.bigint();
      const pending = decide(event);
      if (pending instanceof Promise) await pending;
      times[i] = Number(process.hrtime.bigint() - start) / 1000;
    }
    times.sort();
    const at = (share: number): string => times[Math.floor(TIMED * share)].toFixed(1);
    return `p50 ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)}`;
  }
}
