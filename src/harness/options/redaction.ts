/** What is told of a script without the values of its secrets: as they are, and as they stand in JSON and in addresses. */
import type { Secrets } from './secrets.js';

export type Redact = (text: string) => string;

export const NO_SECRETS: Secrets = { sources: [], byDefault: undefined };

/** In place of each value, as in k6. */
export const REDACTED = '***SECRET_REDACTED***';

export function redaction({ sources }: Secrets): Redact {
  const values = sources.flatMap(({ values }) => Object.values(values));
  const words = [...new Set(values.flatMap(written))]
    .filter((word) => word !== '')
    // One may be the beginning of another.
    .sort((a, b) => b.length - a.length);
  return words.length === 0 ? asItIs : (text) => replaced(text, words);
}

/** Not by a pattern of all of them: a file may have thousands. */
function replaced(text: string, words: readonly string[]): string {
  const found = words.filter((word) => text.includes(word));
  if (found.length === 0) return text;
  // In one go: what stands in place of one value is not looked through for another.
  const any = new RegExp(found.map((word) => word.replaceAll(SPECIAL, '\\$&')).join('|'), 'g');
  return text.replaceAll(any, REDACTED);
}

const SPECIAL = /[.*+?^${}()|[\]\\/]/g;

/** The ways in which a value is written. */
function written(value: string): readonly string[] {
  const whole = Buffer.from(value).toString(); // half a pair of surrogates is refused in addresses
  return [value, JSON.stringify(value).slice(1, -1), encodeURI(whole), encodeURIComponent(whole)];
}

function asItIs(text: string): string {
  return text;
}
