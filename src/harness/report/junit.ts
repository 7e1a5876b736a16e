/**
 * junit.xml: laws and thresholds as test cases, for CI systems that read JUnit's format (the schema of the
 * Apache Ant task, which has no formal owner). An undecided law is an error, a law not exercised is skipped.
 */
import type { LawResult } from '../verify/verdict.js';
import type { Summary, ThresholdResult } from './summary.js';
import { thresholdWords } from './view.js';

export function junitXml(summary: Summary): string {
  const suites = [
    suite('laws', summary.laws.map(lawCase)),
    suite('thresholds', summary.thresholds.map(thresholdCase)),
  ];
  const total = (count: keyof Counts): number =>
    suites.reduce((sum, { counts }) => sum + counts[count], 0);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="paydrill ${escapeXml(summary.run.script)}" tests="${total('tests')}" ` +
      `failures="${total('failures')}" errors="${total('errors')}" skipped="${total('skipped')}" ` +
      `time="${summary.run.duration_s}">`,
    ...suites.map(({ xml }) => xml),
    '</testsuites>',
    '',
  ].join('\n');
}

interface Case {
  readonly name: string;
  readonly kind: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suite(name: string, cases: readonly Case[]): { xml: string; counts: Counts } {
  const of = (kind: Case['kind']): number => cases.filter((one) => one.kind === kind).length;
  const counts = {
    tests: cases.length,
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  };
  const head =
    `  <testsuite name="${name}" tests="${counts.tests}" failures="${counts.failures}" ` +
    `errors="${counts.errors}" skipped="${counts.skipped}">`;
  const xml = [head, ...cases.map((one) => caseXml(name, one)), '  </testsuite>'].join('\n');
  return { xml, counts };
}

function caseXml(suiteName: string, { name, kind, message }: Case): string {
  const open = `    <testcase classname="paydrill.${suiteName}" name="${escapeXml(name)}"`;
  if (kind === 'passed') return `${open}/>`;
  return `${open}><${kind} message="${escapeXml(message)}"/></testcase>`;
}

function lawCase(law: LawResult): Case {
  const witness = law.witness ?? '';
  switch (law.status) {
    case 'holds':
      return { name: law.name, kind: 'passed', message: '' };
    case 'broken': {
      const message = `${law.violations} of ${law.checked}: ${witness}`;
      return { name: law.name, kind: 'failure', message };
    }
    case 'undecided':
      return { name: law.name, kind: 'error', message: witness || 'undecided' };
    case 'not_exercised':
      return {
        name: law.name,
        kind: 'skipped',
        message: witness || 'nothing in this run could have broken it',
      };
    default:
      return law.status satisfies never;
  }
}

function thresholdCase(threshold: ThresholdResult): Case {
  return {
    name: `${threshold.metric} ${threshold.expression}`,
    kind: threshold.ok ? 'passed' : 'failure',
    message: thresholdWords(threshold),
  };
}

function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '?')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replace(/\s*\n\s*/g, '&#10;')
  );
}
