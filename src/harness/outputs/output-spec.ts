/**
 * What `--out` names beside the run folder, as k6's users know it: `json=file`, `csv=file`. What has no `name=` in front, and is not
 * the name of an output alone, is a folder. Pure.
 */
import { nearest } from '../options/option-fields.js';
import { UserError } from '../user-error.js';

export type OutputSpec =
  | { readonly kind: 'json'; readonly file: string }
  | { readonly kind: 'csv'; readonly file: string };

export type OutputKind = OutputSpec['kind'];

/** How each is written. One row an output. */
export const OUTPUT_KINDS = {
  json: 'json=<file>',
  csv: 'csv=<file>',
} as const satisfies Readonly<Record<OutputKind, string>>;

const NAMED = /^([a-z][a-z0-9-]*)=(.*)$/s;

/** Undefined for a folder. Throws UserError where the text is neither. */
export function parseOutput(text: string): OutputSpec | undefined {
  const read = readOutput(text);
  if (typeof read === 'string') throw new UserError(`--out ${text}: ${read}`);
  return read;
}

export function isOutput(text: string): boolean {
  return typeof readOutput(text) === 'object';
}

/** What is wrong with it, where it is neither an output nor a folder. */
function readOutput(text: string): OutputSpec | string | undefined {
  const [, name = text, argument = ''] = NAMED.exec(text) ?? [];
  if (isKind(name)) return specOf(name, argument);
  if (name === text) return undefined;
  const near = nearest(name, Object.keys(OUTPUT_KINDS));
  const hint =
    near === undefined
      ? `there are ${Object.values(OUTPUT_KINDS).join(', ')}; a folder of that name is ./${text}`
      : `did you mean ${near}?`;
  return `there is no output ${name}; ${hint}`;
}

function isKind(name: string): name is OutputKind {
  return Object.hasOwn(OUTPUT_KINDS, name);
}

function specOf(kind: OutputKind, argument: string): OutputSpec | string {
  if (argument !== '') return { kind, file: argument };
  return `it needs a file: ${OUTPUT_KINDS[kind]}; a folder of that name is ./${kind}`;
}
