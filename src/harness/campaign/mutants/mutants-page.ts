/** The findings of all mutants as a page of Markdown, and one of them as a line for a terminal. Pure. */
import { type Mutant, mutantRow } from '../../../wire/mutants.js';
import type { Finding, MutantFinding } from './run-mutants.js';

export interface PageFacts {
  readonly seed: number;
  readonly durationScale: number;
  readonly node: string;
  readonly cores: number;
  readonly tookS: number;
}

export function mutantsPage(findings: readonly MutantFinding[], facts: PageFacts): string {
  const planted = findings.flatMap((finding) =>
    finding.mutant === undefined ? [] : [{ ...finding, mutant: finding.mutant }],
  );
  const sound = findings.find(({ mutant }) => mutant === undefined);
  const seen = planted.filter(({ withFaults, withoutFaults }) =>
    [withFaults, withoutFaults].some(({ laws }) => laws.length > 0),
  );
  return `# Planted bugs and the laws that see them

\`paydrill mutants --run --seed ${facts.seed} --duration-scale ${facts.durationScale}\` wrote this page: each bug was planted in the reference
stack and drilled twice with [every-operation.ts](../scenarios/every-operation.ts), or the scenario of the product that it is a bug of, without faults and with its fault plan, on
${facts.cores} cores, Node ${facts.node}, in ${Math.round(facts.tookS / 60)} minutes. Of ${planted.length} bugs ${seen.length} broke a law; the sound stack is ${sound === undefined ? 'not drilled' : `${sound.withoutFaults.verdict} without faults and ${sound.withFaults.verdict} with them`}.

A cell names the laws that were broken, the one that is to see the bug first, and how many seconds after the load began the first operation
was asked that the law names; \`end\` where a law names no operation. What the target's own timing decides (which answer is lost when a
process dies) differs from run to run.

| mutant | planted in | the bug | to be seen by | without faults | with faults | |
|---|---|---|---|---|---|---|
${planted.map(pageRow).join('\n')}
`;
}

function pageRow(finding: MutantFinding & { readonly mutant: Mutant }): string {
  const { bug, room, law, needsFault, exposedBy, hole } = mutantRow(finding.mutant);
  const notes = [
    ...(needsFault ? [`needs ${exposedBy}`] : []),
    ...(hole === undefined ? [] : [`hole: ${hole}`]),
    ...(finding.wrong === undefined ? [] : [`**${finding.wrong}**`]),
  ];
  const cells = [
    code(finding.mutant),
    room,
    bug,
    law === undefined ? 'none' : code(law),
    cell(finding.withoutFaults, law),
    cell(finding.withFaults, law),
    notes.join('; '),
  ];
  return `| ${cells.map((text) => text.replaceAll('|', '\\\\|')).join(' | ')} |`;
}

function cell({ verdict, reason, laws }: Finding, first: string | undefined): string {
  if (laws.length === 0) return verdict === 'valid' ? '-' : `${verdict}: ${reason}`;
  const sorted = [...laws].sort((a, b) => Number(b.name === first) - Number(a.name === first));
  return sorted.map(({ name, seenS }) => `${code(name)} ${seconds(seenS)}`).join(', ');
}

/** `capture-twice: without faults hold-bounds 0.1 s; with faults ...`. */
export function findingLine({ mutant, withoutFaults, withFaults, wrong }: MutantFinding): string {
  const side = ({ verdict, laws }: Finding): string =>
    laws.length === 0
      ? verdict
      : laws.map(({ name, seenS }) => `${name} ${seconds(seenS)}`).join(', ');
  const found = `without faults ${side(withoutFaults)}; with faults ${side(withFaults)}`;
  const mark = wrong === undefined ? '' : ` <- ${wrong}`;
  return `${mutant ?? 'the sound stack'}: ${found}${mark}`;
}

function seconds(seenS: number | null): string {
  return seenS === null ? 'end' : `${seenS.toFixed(1)} s`;
}

function code(name: string): string {
  return `\`${name}\``;
}
