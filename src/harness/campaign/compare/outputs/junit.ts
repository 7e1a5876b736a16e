/** A comparison as JUnit's XML, by the schema that Jenkins checks (junit-10): a case a figure. Pure. */
import { escapeHtml } from '../../../report/html-text.js';
import type { ComparedRow } from '../compare.js';
import type { Comparison, ComparisonRow } from '../comparison-file.js';
import { changeWords, figureWords, headline, intervalWords, toleranceWords } from './words.js';

export function comparisonJunit(comparison: Comparison): string {
  const { rows, exit_code: exitCode } = comparison;
  // Where it was asked for, what cannot be told fails the comparison.
  const isStrict = exitCode !== 0 && rows.every(({ answer }) => answer !== 'worse');
  const failures = rows.filter((row) => kindOf(row, isStrict) === 'failure').length;
  const skipped = rows.filter((row) => kindOf(row, isStrict) === 'skipped').length;
  const counts = `tests="${rows.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="paydrill compare" ${counts}>`,
    `  <testsuite name="${escapeHtml(headline(comparison))}" ${counts} skipped="${skipped}">`,
    ...rows.map((row) => caseXml(row, isStrict)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function kindOf({ answer }: ComparedRow, isStrict: boolean): 'passed' | 'failure' | 'skipped' {
  if (answer === 'worse') return 'failure';
  if (answer === 'no worse') return 'passed';
  return isStrict ? 'failure' : 'skipped';
}

function caseXml(row: ComparisonRow, isStrict: boolean): string {
  const kind = kindOf(row, isStrict);
  const told =
    `${row.answer}: ${figureWords(row.what, row.baseline)} to ${figureWords(row.what, row.candidate)}, ` +
    `${changeWords(row.ratio)} (${intervalWords(row)}), tolerance ${toleranceWords(row)}`;
  const message = row.why === null ? told : `${told}; ${row.why}`;
  return [
    `    <testcase classname="paydrill.compare" name="${row.name}">`,
    ...(kind === 'passed' ? [] : [`      <${kind} message="${escapeHtml(message)}"/>`]),
    `      <system-out>${escapeHtml(told)}</system-out>`,
    '    </testcase>',
  ].join('\n');
}
