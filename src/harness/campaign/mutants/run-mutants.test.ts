/** What is said of a planted bug that no law saw, and of a sound stack that is not valid; and the page that tells it. */
import { expect, it } from 'vitest';
import type { DrillEnd } from '../../report/progress.js';
import { VALID } from '../../report/testing/sample-run.js';
import type { Verdict } from '../../verify/verdict.js';
import { findingLine, mutantsPage } from './mutants-page.js';
import { type MutantFinding, runMutants } from './run-mutants.js';

const FACTS = { seed: 5, durationScale: 0.5, node: '20.19.0', cores: 2, tookS: 125 };

/** Every drill ends so, with no law broken. */
async function found(verdict: Verdict): Promise<readonly MutantFinding[]> {
  const findings: MutantFinding[] = [];
  const asked: (string | undefined)[] = [];
  const run = runMutants({
    script: (name) => name,
    mutants: ['lost-update', 'ack-before-commit', 'forget-open-branches'],
    seed: 5,
    durationScale: 0.5,
    signal: new AbortController().signal,
    drill: async ({ mutant, faults, outFolder = '' }): Promise<DrillEnd> => {
      asked.push(`${mutant ?? 'sound'} ${faults ?? 'with faults'}`);
      return { folder: outFolder, summary: { ...VALID, verdict, laws: [] } };
    },
  });
  for await (const finding of run) findings.push(finding);
  expect(asked.slice(0, 4)).toEqual([
    'sound none',
    'sound with faults',
    'lost-update none',
    'lost-update with faults',
  ]);
  return findings;
}

it('a bug that its law did not see is wrong, one that no law sees is not', async () => {
  const findings = await found('valid');
  expect(findings.map(({ wrong }) => wrong)).toEqual([
    undefined,
    'version-chain did not see it: valid',
    'no-lost-ack did not see it: valid',
    undefined,
  ]);
  expect(findings.map(findingLine)[1]).toBe(
    'lost-update: without faults valid; with faults valid <- version-chain did not see it: valid',
  );
});

it('a sound stack that is not valid is wrong', async () => {
  const [sound] = await found('unknown');
  expect(sound?.wrong).toMatch(/^the sound stack is unknown/);
});

it('the page has a row for each bug: when each law could see it, what it needs, and every hole', () => {
  const valid = { verdict: 'valid', reason: null, laws: [] } as const;
  const seen = {
    verdict: 'invalid',
    reason: null,
    laws: [
      { name: 'balance-is-history', violations: 1, seenS: null },
      { name: 'version-chain', violations: 3, seenS: 0.42 },
    ],
  } as const;
  const finding = { withoutFaults: valid, withFaults: valid, wrong: undefined };
  const page = mutantsPage(
    [
      { ...finding, mutant: undefined },
      { ...finding, mutant: 'lost-update', withoutFaults: seen },
      { ...finding, mutant: 'forget-open-branches' },
    ],
    FACTS,
  );
  expect(page).toContain('Of 2 bugs 1 broke a law');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows[0]).toContain('| `version-chain` 0.4 s, `balance-is-history` end | - |');
  expect(rows[1]).toMatch(
    /\| none \| - \| - \| needs .*hole: a target with branches open is not at rest/,
  );
});
