import { describe, expect, it } from 'vitest';
import { envVariable, targetName } from './option-values.js';

describe('a target', () => {
  it.each([
    ['reference', 'reference'],
    ['127.0.0.1:12200', '127.0.0.1:12200'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost/', 'http://localhost:80'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['http://[::1]', 'http://[::1]:80'],
  ])('%s is %s', (text, name) => {
    expect(targetName(text)).toBe(name);
  });

  it.each([
    'https://127.0.0.1:1',
    'http://',
    'http://a:b@127.0.0.1:1',
    'http://127.0.0.1:1/x',
    'http://127.0.0.1:0',
    'HTTP//x',
    '127.0.0.1:0',
  ])('%s is none', (text) => {
    expect(() => targetName(text)).toThrow();
  });
});

describe('-e', () => {
  it('collects variables; a later one replaces an earlier one', () => {
    const one = envVariable('A=1=2', {});
    expect(envVariable('A=', envVariable('B', one))).toEqual({ A: '', B: '' });
    expect(one).toEqual({ A: '1=2' });
  });
});
