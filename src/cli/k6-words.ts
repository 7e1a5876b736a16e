/**
 * What people type after `k6 run` and paydrill says otherwise: shorter names, `=true` behind a flag, where logs go, and what says nothing
 * about the run. Words in, words out, before the command line is read; whatever is not known here is left for it. Pure.
 */

/** Of k6, without a meaning here: whether a value follows. */
const WITHOUT_EFFECT: ReadonlyMap<string, boolean> = new Map([
  ['--verbose', false],
  ['--profiling-enabled', false],
  ['--address', true],
  ['--compatibility-mode', true],
  ['--traces-output', true],
]);

const SHORT: ReadonlyMap<string, string> = new Map([
  ['-v', '--verbose'],
  ['-a', '--address'],
  ['-t', '--type'],
  ['-o', '--out'],
  ['-c', '--config'],
]);

export interface OwnWords {
  readonly words: readonly string[];
  /** Flags that have no effect, as they were typed. */
  readonly withoutEffect: readonly string[];
}

/** `isFlag`: whether an option of that name takes no value here. */
export function inOwnWords(typed: readonly string[], isFlag: (name: string) => boolean): OwnWords {
  const words: string[] = [];
  const withoutEffect: string[] = [];
  const left = [...typed];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      words.push(word, ...left);
      break;
    }
    const { name, value } = taken(word);
    const hasNoEffect = WITHOUT_EFFECT.get(name);
    const asked = (): string => value ?? left.shift() ?? '';
    if (hasNoEffect !== undefined) {
      withoutEffect.push(name);
      if (hasNoEffect) asked();
    } else if (name === '--log-output') words.push(...logOutput(asked()));
    else if (name === '--log-format') words.push(...logFormat(asked()));
    else if (name === '--type' && (value ?? left[0]) === 'js') asked();
    else if (value === undefined || !isFlag(name)) words.push(...spelled(word, name, value));
    else if (name === '--http-debug' || value === 'true') words.push(name);
    else if (value !== 'false') words.push(word);
  }
  return { words, withoutEffect };
}

/** `--out=json=x`: the name and what is behind its first `=`. */
function taken(word: string): { readonly name: string; readonly value: string | undefined } {
  const long = /^(--[a-z0-9-]+)(?:=(.*))?$/s.exec(word);
  if (long !== null) return { name: long[1] ?? word, value: long[2] };
  const name = SHORT.get(word.slice(0, 2));
  if (name === undefined) return { name: word, value: undefined };
  return { name, value: word.length > 2 ? word.slice(2).replace(/^=/, '') : undefined };
}

function spelled(word: string, name: string, value: string | undefined): readonly string[] {
  if (word.startsWith('--') || name === word) return [word];
  return value === undefined ? [name] : [name, value];
}

/** k6 logs what `console` is told there too; progress is not logged. */
function logOutput(where: string): readonly string[] {
  if (where === 'stderr' || where === 'stdout') return [];
  if (where === 'none') return ['--quiet', '--console-output', '/dev/null'];
  const file = /^file=([^,]+)/.exec(where)?.[1];
  return file === undefined ? [`--log-output=${where}`] : ['--console-output', file];
}

function logFormat(format: string): readonly string[] {
  return format === 'raw' || format === 'logfmt' ? [] : ['--log-format', format];
}
