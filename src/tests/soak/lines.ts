/** What a soak prints: a line a drill, and what it all came to. Pure. */
import type { ProblemKind } from './problems.js';
import type { RandomDrill } from './random-drill.js';
import type { Finding } from './run-drill.js';

const KINDS: readonly ProblemKind[] = ['invalid', 'hung', 'left behind', 'otherwise wrong'];

export function drillLine(found: Finding): string {
  const { drill, exitCode, verdict = 'no verdict', reason, tookS, problems, asked } = found;
  const { script, loadMs, way, shards, workers } = drill;
  const size = `${script} ${seconds(loadMs)}, ${way}, ${shards} shards, ${workers} workers`;
  const came = `exit code ${exitCode}, ${verdict}, ${tookS.toFixed(1)} s`;
  const words = [`seed ${drill.seed}`, size, faultWords(drill), ...blowWords(found)];
  if (asked.length > 0) words.push(`asked ${asked.length} times`);
  words.push(came);
  const why = reason === null ? '' : `: ${reason}`;
  const wrong = problems.map(({ kind, what }) => `\n  ${kind.toUpperCase()}: ${what}`).join('');
  return `${words.join('; ')}${why}${wrong}`;
}

export function summaryLines(findings: readonly Finding[], tookS: number): readonly string[] {
  const count = (is: (found: Finding) => boolean): number => findings.filter(is).length;
  const verdicts = ['valid', 'unknown', 'no_claim'].map(
    (verdict) => `${count((found) => found.verdict === verdict)} ${verdict}`,
  );
  const none = `${count((found) => found.verdict === undefined)} without a verdict`;
  const wrong = KINDS.map((kind) => {
    const seeds = findings
      .filter(({ problems }) => problems.some((problem) => problem.kind === kind))
      .map(({ drill }) => drill.seed);
    return `${seeds.length} ${kind}${seeds.length > 0 ? ` (--only ${seeds.join(', ')})` : ''}`;
  });
  return [
    ...reasonLines(findings),
    `${findings.length} drills in ${Math.round(tookS)} s: ${[...verdicts, none].join(', ')}`,
    wrong.join(', '),
  ];
}

/** Why verdicts were unknown, most frequent first, with the seed that had it first. */
function reasonLines(findings: readonly Finding[]): readonly string[] {
  const reasons = new Map<string, { count: number; readonly seed: number }>();
  for (const { reason, drill } of findings) {
    if (reason === null) continue;
    const shape = reason.replace(/\d[\d,.]*/g, 'N');
    const known = reasons.get(shape) ?? { count: 0, seed: drill.seed };
    reasons.set(shape, { ...known, count: known.count + 1 });
  }
  return [...reasons]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([shape, { count, seed }]) => `  ${count} x ${shape} (first: seed ${seed})`);
}

function faultWords({ faults }: RandomDrill): string {
  const words = faults.faults.map(({ kind, target, atMs, durationMs }) => {
    const at = Number(atMs);
    return `${kind} ${target} ${seconds(at)}-${seconds(at + Number(durationMs))}`;
  });
  return words.length === 0 ? 'no faults' : words.join(', ');
}

function blowWords({ drill: { blow }, struck }: Finding): readonly string[] {
  if (blow === undefined) return [];
  const words = `${blow.signal} to ${blow.victim} after ${seconds(blow.afterMs)}`;
  return [struck ? words : `${words} came too late`];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
