/** A comparison as a comment of a pull request. Pictures are letters: what draws Markdown there draws no SVG. Pure. */
import type { Answer } from '../compare.js';
import type { Comparison } from '../comparison-file.js';
import { headline, labelsLine, rowCells } from './words.js';

const SIGNS: Readonly<Record<Answer, string>> = {
  'no worse': ':white_check_mark:',
  worse: ':x:',
  'cannot tell': ':grey_question:',
};

export function comparisonMarkdown(comparison: Comparison): string {
  const { rows, flags, baseline, answer } = comparison;
  return [
    `### ${SIGNS[answer]} paydrill: ${escaped(headline(comparison))}`,
    '',
    '| figure | baseline | candidate | ratio | it lies in | tolerance | better, worse | answer |',
    '|---|--:|--:|--:|--:|--:|---|---|',
    ...rows.map((row) => {
      const why = row.why === null ? '' : `: ${row.why}`;
      const { figures, strip } = rowCells(row);
      const cells = [
        ...figures,
        // A bar within a code span would still end the cell.
        `\`${strip.replaceAll('|', ':')}\``,
        `${SIGNS[row.answer]} ${row.answer}${why}`,
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
    ...flags.map((flag) => `- ${escaped(flag)}`),
    `<sub>\`[ ]\` interval of 95 % for all figures together, \`*\` ratio, \`:\` no change, \`!\` tolerance. ${escaped(labelsLine(baseline))}</sub>`,
    '',
  ].join('\n');
}

/** Names of scripts and targets are no Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
