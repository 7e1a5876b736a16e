import { describe, expect, it } from 'vitest';
import { envVariable, hostPort, isLoopback, targetHost, targetName } from './option-values.js';

describe('an address', () => {
  it.each([
    ['127.0.0.1:80', { host: '127.0.0.1', port: 80 }],
    ['[::1]:4001', { host: '::1', port: 4001 }],
    ['pay.example:443', { host: 'pay.example', port: 443 }],
    ['pay.example', undefined],
    ['::1:80', undefined],
    ['http://pay.example:80', undefined],
    ['a:65536', undefined],
    [':80', undefined],
  ])('%s', (text, address) => {
    expect(hostPort(text)).toEqual(address);
  });

  it('is on this machine only where it is loopback', () => {
    expect(['localhost', '127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true);
    expect(['10.0.0.1', '127.example', '0.0.0.0', '::', ''].some(isLoopback)).toBe(false);
  });
});

describe('a target', () => {
  it.each([
    ['reference', 'reference', undefined],
    ['127.0.0.1:12200', '127.0.0.1:12200', '127.0.0.1'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', '127.0.0.1'],
    ['http://localhost/', 'http://localhost:80', 'localhost'],
    ['http://[::1]:8080', 'http://[::1]:8080', '::1'],
    ['http://[::1]', 'http://[::1]:80', '::1'],
  ])('%s is %s, at host %s', (text, name, host) => {
    expect(targetName(text)).toBe(name);
    expect(targetHost(name)).toBe(host);
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
