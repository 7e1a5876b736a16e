/** A comparison in every form in which it is told. Pure. */
import { printable } from '../../../report/printable.js';
import { type Comparison, comparisonJson } from '../comparison-file.js';
import { comparisonGithub } from './github.js';
import { comparisonJunit } from './junit.js';
import { comparisonMarkdown } from './markdown.js';
import { comparisonText } from './text.js';

export interface ComparisonOutputs {
  readonly text: string;
  readonly markdown: string;
  readonly json: string;
  readonly junit: string;
  readonly github: string;
}

export function comparisonOutputs(comparison: Comparison): ComparisonOutputs {
  return {
    text: comparisonText(comparison)
      .split('\n')
      .map((line) => printable(line))
      .join('\n'),
    markdown: comparisonMarkdown(comparison),
    json: comparisonJson(comparison),
    junit: comparisonJunit(comparison),
    github: comparisonGithub(comparison),
  };
}
