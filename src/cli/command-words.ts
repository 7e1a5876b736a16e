/**
 * The command that was typed, for a POSIX shell, to be typed again: with the seed that was drawn, without where its files go and how it is shown, and without
 * secrets, which have to be given again.
 */

const FLAGS_LEFT_OUT: readonly string[] = ['--json', '--quiet', '--strict'];
const VALUES_LEFT_OUT: readonly string[] = ['--out', '--format', '--seed', '--secret-source'];

/** `words`: behind the program's name. */
export function typedAgain(words: readonly string[], { seed }: { readonly seed: number }): string {
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const [flag = ''] = word.split('=', 1);
    if (FLAGS_LEFT_OUT.includes(word)) continue;
    if (VALUES_LEFT_OUT.includes(flag)) {
      if (!word.includes('=')) i++;
      continue;
    }
    kept.push(word);
  }
  return ['paydrill', ...kept, '--seed', `${seed}`].map(quoted).join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
