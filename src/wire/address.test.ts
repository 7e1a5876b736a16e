import { describe, expect, it } from 'vitest';
import {
  addressOf,
  formatAddress,
  formatTargetAddress,
  isLoopback,
  parseAddress,
  parseTargetAddress,
} from './address.js';

describe('an address', () => {
  it.each([
    ['127.0.0.1:12200', { host: '127.0.0.1', port: 12200 }],
    ['[::1]:12200', { host: '::1', port: 12200 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('%s is host and port, and is written the same', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(addressOf(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text);
  });

  it.each([
    '',
    ':80',
    '127.0.0.1',
    '127.0.0.1:',
    '::1:80',
    'a b:1',
    'host:65536',
    'user@host:1',
    'host:1/',
    '[::1]',
  ])('%s is none', (text) => {
    expect(parseAddress(text)).toBeUndefined();
    expect(() => addressOf(text)).toThrow(/host:port/);
  });

  it.each([
    ['127.0.0.1:12200', '127.0.0.1:12200', 'bolt'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', 'http'],
    ['http://localhost/', 'http://localhost:80', 'http'],
    ['http://[::1]:8080/', 'http://[::1]:8080', 'http'],
  ])('of the target %s says how it is spoken to', (text, written, protocol) => {
    const address = parseTargetAddress(text);
    expect(address?.protocol).toBe(protocol);
    expect(address && formatTargetAddress(address)).toBe(written);
  });

  it.each([
    'https://127.0.0.1:1',
    'http://127.0.0.1:1/base',
    'http://u@127.0.0.1:1',
    '127.0.0.1:0',
    'reference',
  ])('of a target is not %s', (text) => {
    expect(parseTargetAddress(text)).toBeUndefined();
  });

  it('is on this machine by name and by number, and nothing that only looks like it', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.10', '::1'])
      expect(isLoopback(host)).toBe(true);
    for (const host of ['127.0.0.1.example', 'example', '10.0.0.1', '0.0.0.0'])
      expect(isLoopback(host)).toBe(false);
  });
});
