/**
 * Where secrets of a script come from, as `--secret-source` says it: `file=path` (a line `key=value` each) or `mock=key=value,...`;
 * among what is after it, `name=other` names the source and `default` makes it the one that is asked where none is named. Reads
 * nothing.
 */

export type SecretSourceSpec = {
  /** As given, or its kind. */
  readonly name: string;
  readonly isDefault: boolean;
} & (
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'mock'; readonly values: Readonly<Record<string, string>> }
);

export const SECRET_SOURCE_KINDS = {
  file: 'file=path[,name=..][,default]',
  mock: 'mock=key=value,..[,name=..][,default]',
} as const;

/** Undefined where it is none. */
export function parseSecretSource(text: string): SecretSourceSpec | undefined {
  const kind = text.slice(0, Math.max(0, text.indexOf('=')));
  if (kind !== 'file' && kind !== 'mock') return undefined;
  let name: string = kind;
  let isDefault = false;
  const rest: string[] = [];
  for (const part of text.slice(kind.length + 1).split(',')) {
    if (part === 'default') isDefault = true;
    else if (part.startsWith('name=')) name = part.slice('name='.length);
    else rest.push(part);
  }
  if (name === '') return undefined;
  if (kind === 'file') {
    const path = rest.join(',').replace(/^filename=/, '');
    return path === '' ? undefined : { kind, name, isDefault, path };
  }
  const values = keyValues(rest.filter((part) => part !== ''));
  return typeof values === 'string' ? undefined : { kind, name, isDefault, values };
}

/** What of it has no `=` is returned as it is. */
export function keyValues(pairs: readonly string[]): Readonly<Record<string, string>> | string {
  const values: [string, string][] = [];
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) return pair;
    values.push([pair.slice(0, at).trim(), pair.slice(at + 1)]);
  }
  return Object.fromEntries(values);
}
