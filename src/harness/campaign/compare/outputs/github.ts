/** A comparison as workflow commands of GitHub Actions, which annotate the run. Pure. */
import type { Comparison } from '../comparison-file.js';
import { changeWords, headline, intervalWords, toleranceWords } from './words.js';

export function comparisonGithub(comparison: Comparison): string {
  const { rows, flags, exit_code: exitCode } = comparison;
  const lines = rows.flatMap((row) => {
    if (row.answer === 'no worse') return [];
    const level = row.answer === 'worse' ? 'error' : exitCode === 0 ? 'notice' : 'error';
    const why = row.why === null ? '' : `; ${row.why}`;
    const text = `${row.name} ${changeWords(row.ratio)} (${intervalWords(row)}), tolerance ${toleranceWords(row)}${why}`;
    return [command(level, `paydrill: ${row.answer}`, text)];
  });
  return [
    command('notice', 'paydrill', headline(comparison)),
    ...lines,
    ...flags.map((flag) => command('warning', 'paydrill', flag)),
    '',
  ].join('\n');
}

/** As the runner reads it: what would end the command early is escaped. */
function command(level: 'error' | 'warning' | 'notice', title: string, text: string): string {
  const data = (value: string): string =>
    value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = data(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} title=${property}::${data(text)}`;
}
