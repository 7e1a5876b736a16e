/** What is typed after `k6 run` is understood after `paydrill run`. */
import { describe, expect, it } from 'vitest';
import { inOwnWords } from './k6-words.js';

const FLAGS = ['--http-debug', '--no-thresholds', '--quiet'];

function own(typed: string): string {
  return inOwnWords(typed.split(' '), (name) => FLAGS.includes(name)).words.join(' ');
}

describe('words of k6', () => {
  it.each([
    [
      'shorter names',
      '-o json=a.json -ocsv=b.csv -c c.yaml',
      '--out json=a.json --out csv=b.csv --config c.yaml',
    ],
    [
      'flags that are said to be on',
      '--no-thresholds=true --http-debug=full',
      '--no-thresholds --http-debug',
    ],
    ['flags that are said to be off', '--quiet=false x.js', 'x.js'],
    [
      'what has no effect, with its value',
      '-v --verbose --address :6565 -a=:1 --compatibility-mode=base x.js',
      'x.js',
    ],
    ['the one type of a script', '-t js --type=js x.js', 'x.js'],
    ['logs on standard error', '--log-output stderr --log-format=raw x.js', 'x.js'],
    ['logs in a file', '--log-output=file=k6.log,level=info x.js', '--console-output k6.log x.js'],
    ['logs nowhere', '--log-output=none x.js', '--quiet --console-output /dev/null x.js'],
    [
      'values that look alike',
      '-e A=-v --tag t=--verbose -u 3 -d 5s -',
      '-e A=-v --tag t=--verbose -u 3 -d 5s -',
    ],
    ['what stands behind --', '-- -v', '-- -v'],
  ])('%s', (_, typed, words) => {
    expect(own(typed)).toBe(words);
  });

  it('that have no effect are told', () => {
    const { withoutEffect } = inOwnWords(['-v', '--address', ':1'], () => false);
    expect(withoutEffect).toEqual(['--verbose', '--address']);
  });

  it('that are not known are left to be refused', () => {
    expect(own('--log-output=loki=http://x --type archive --nonsense=1')).toBe(
      '--log-output=loki=http://x --type archive --nonsense=1',
    );
  });
});
