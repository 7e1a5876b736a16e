import { describe, expect, it } from 'vitest';
import { isOfPage, isOwnHost } from './access.js';

describe('the Host of a request', () => {
  it.each([
    ['127.0.0.1:5665', true],
    ['localhost:5665', true],
    ['[::1]:5665', true],
    ['127.0.0.2:5665', true],
    // Another server's page on this machine.
    ['127.0.0.1:8080', false],
    // Names that somebody else may point at 127.0.0.1.
    ['drill.example:5665', false],
    ['localhost.example:5665', false],
    ['127.0.0.1.example:5665', false],
    ['0.0.0.0:5665', false],
    ['localhost', false],
    ['', false],
    [undefined, false],
  ])('%s: ours %s', (host, ours) => {
    expect(isOwnHost(host, 5665)).toBe(ours);
  });
});

describe('a request that acts', () => {
  const headers = { host: '127.0.0.1:5665', origin: 'http://127.0.0.1:5665', token: 'secret' };

  it('is let through from the page that was given the token', () => {
    expect(isOfPage(headers, 'secret')).toBe(true);
  });

  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:8080' }],
    ['an opaque origin', { origin: 'null' }],
    ['no origin', { origin: undefined }],
    ['no token', { token: undefined }],
    ['a wrong token of the same length', { token: 'secreT' }],
    ['a longer token', { token: 'secret1' }],
  ])('is refused with %s', (_, changed) => {
    expect(isOfPage({ ...headers, ...changed }, 'secret')).toBe(false);
  });
});
