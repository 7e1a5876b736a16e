/**
 * junit.xml: the drill, its laws and its thresholds as test cases, for CI systems that read JUnit's format: the schema that
 * Jenkins checks (junit-10), which is the strictest of those in use. An undecided law is an error, a law not exercised is
 * skipped. Every run that does not end with exit code 0 has at least one case that is not passed: the drill itself.
 */
import { EXIT_CODES } from '../exit-codes.js';
import type { LawResult } from '../verify/verdict.js';
import { count } from './format.js';
import { missedFaultWords } from './headline.js';
import { markedFailedWords } from './notes.js';
import { printableLines } from './printable.js';
import { isNotHeld, type Summary, type ThresholdResult } from './summary.js';
import { thresholdWords } from './view.js';

export function junitXml(summary: Summary): string {
  const suites = [
    suite('drill', [drillCase(summary)], summary),
    suite('laws', summary.laws.map(lawCase), summary),
    suite(
      'thresholds',
      summary.thresholds.map((one) => thresholdCase(one, summary)),
      summary,
    ),
  ];
  const total = (of: keyof Counts): number =>
    suites.reduce((sum, { counts }) => sum + counts[of], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(`paydrill ${summary.run.script}`)}" tests="${total('tests')}" ` +
      `failures="${total('failures')}" errors="${total('errors')}" time="${seconds(summary)}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  /** What was measured or counted. */
  readonly value: string;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suite(
  name: string,
  cases: readonly Case[],
  summary: Summary,
): { xml: string; counts: Counts } {
  const of = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  const counts = {
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  };
  const { run } = summary;
  const head =
    `  <testsuite name="${name}" tests="${counts.tests}" failures="${counts.failures}" ` +
    `errors="${counts.errors}" skipped="${counts.skipped}" time="${seconds(summary)}" ` +
    `timestamp="${attribute(run.started_at.slice(0, 19))}">`;
  const xml = [
    head,
    ...properties({ run: run.id, seed: `${run.seed}`, command: run.command, target: run.target }),
    ...cases.map((one) => caseXml(name, one, summary)),
    '  </testsuite>',
  ].join('\n');
  return { xml, counts };
}

function properties(values: Readonly<Record<string, string>>): string[] {
  const lines = Object.entries(values).map(
    ([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>`,
  );
  return ['    <properties>', ...lines, '    </properties>'];
}

/** A case has no properties in the schema: what a reader needs to see it again stands in its output. */
function caseXml(suiteName: string, one: Case, { run }: Summary): string {
  const { name, kind, message, value } = one;
  const told = [`value: ${value}`, `seed: ${run.seed}`, `command: ${run.command}`].join('\n');
  return [
    `    <testcase classname="paydrill.${suiteName}" name="${attribute(name)}">`,
    ...(kind === 'passed' ? [] : [`      <${kind} message="${attribute(message)}"/>`]),
    `      <system-out>${escaped(told)}</system-out>`,
    '    </testcase>',
  ].join('\n');
}

/** A verdict or a threshold is a failure; what kept the drill from its end, or from a verdict, is an error. */
function drillCase({ exit_code: code, verdict, reason, run, faults }: Summary): Case {
  const meaning = Object.values(EXIT_CODES).find((row) => row.code === code)?.meaning ?? 'failed';
  const marked = markedFailedWords(run) ?? null;
  const why = [reason, run.ended_by, marked, missedFaultWords(faults) ?? null].filter(
    (text) => text !== null,
  );
  return {
    name: 'ends with exit code 0',
    kind: code === 0 ? 'passed' : ERRORS.has(code) ? 'error' : 'failure',
    message: [`exit code ${code}: ${meaning}`, ...why].join('; '),
    value: `exit code ${code}, verdict ${verdict}, ${run.ending}`,
  };
}

const ERRORS: ReadonlySet<number> = new Set([
  EXIT_CODES.setupTimeout.code,
  EXIT_CODES.teardownTimeout.code,
  EXIT_CODES.interrupted.code,
  EXIT_CODES.scriptException.code,
  EXIT_CODES.aborted.code,
  EXIT_CODES.verdictUnknown.code,
  EXIT_CODES.faultDidNotHappen.code,
]);

function lawCase(law: LawResult): Case {
  const { name, status } = law;
  const witness = law.witness ?? '';
  const value = `${count(law.violations)} violations in ${count(law.checked)} checked`;
  switch (status) {
    case 'holds':
      return { name, value, kind: 'passed', message: '' };
    case 'broken': {
      const message = `${law.violations} of ${law.checked}: ${witness}`;
      return { name, value, kind: 'failure', message };
    }
    case 'undecided':
      return { name, value, kind: 'error', message: witness || 'undecided' };
    case 'not_exercised': {
      const message = witness || 'nothing in this run could have broken it';
      return { name, value, kind: 'skipped', message };
    }
    default:
      return status satisfies never;
  }
}

function thresholdCase(threshold: ThresholdResult, { operations }: Summary): Case {
  const { metric, expression, ok, value } = threshold;
  return {
    name: `${metric} ${expression}`,
    kind: isNotHeld(threshold) ? 'failure' : ok === null ? 'skipped' : 'passed',
    message: thresholdWords(threshold, operations),
    value: typeof value === 'number' ? String(value) : 'nothing was measured',
  };
}

/** Not more than three decimals, and never an exponent. */
function seconds({ run }: Summary): string {
  return run.duration_s.toFixed(3);
}

function attribute(text: string): string {
  return escaped(text)
    .replaceAll('"', '&quot;')
    .replace(/\s*\n\s*/g, '&#10;');
}

function escaped(text: string): string {
  return printableLines(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
