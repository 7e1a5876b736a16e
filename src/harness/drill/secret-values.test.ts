import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { secretsOf } from './secret-values.js';

const folder = mkdtempSync(join(tmpdir(), 'paydrill-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'secrets.txt');
  writeFileSync(path, text);
  return path;
}

describe('secret sources', () => {
  it('reads a file of lines key=value', () => {
    const { sources, byDefault } = secretsOf([`file=${file('a=1\r\n\nb==2\n')}`]);
    expect(sources).toEqual([{ name: 'file', values: { a: '1', b: '=2' } }]);
    expect(byDefault).toBe('file');
  });

  it('asks the one that says it is the default, and none of several that do not', () => {
    expect(secretsOf(['mock=name=a,k=1', 'mock=name=b,default,k=2']).byDefault).toBe('b');
    expect(secretsOf(['mock=name=a,k=1', 'mock=name=b,k=2']).byDefault).toBeUndefined();
  });

  it.each([
    ['two of one name', () => ['mock=k=1', 'mock=k=2'], /two secret sources are called mock/],
    [
      'two defaults',
      () => ['mock=default', 'mock=name=b,default'],
      /say that they are the default/,
    ],
    ['no file', () => [`file=${join(folder, 'none')}`], /none cannot be read: ENOENT/],
    // The line itself may be a secret.
    ['a line without =', () => [`file=${file('a=1\nhunter2\n')}`], /line 2 is not key=value$/],
  ])('refuses %s', (_, texts, message) => {
    expect(() => secretsOf(texts())).toThrow(message);
  });
});
