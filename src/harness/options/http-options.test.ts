import { describe, expect, it } from 'vitest';
import { ScriptConfigError } from './errors.js';
import { parseOptions } from './options.js';

const http = (options: object) =>
  parseOptions(options, { where: 'night.js', customMetrics: [] }).http;

describe('options of HTTP', () => {
  it('are k6’s defaults', () => {
    expect(http({})).toMatchObject({
      maxRedirects: 10,
      batch: 20,
      batchPerHost: 6,
      throws: false,
      tlsMin: undefined,
    });
  });

  it.each([
    [{ tlsVersion: 'tls1.2' }, { tlsMin: 'TLSv1.2', tlsMax: 'TLSv1.2' }],
    [{ tlsVersion: { min: 'tls1.2' } }, { tlsMin: 'TLSv1.2', tlsMax: undefined }],
    [
      { tlsAuth: [{ cert: 'c', key: 'k', domains: ['a.test'] }] },
      { tlsAuth: [{ cert: 'c', key: 'k', password: undefined, domains: ['a.test'] }] },
    ],
    [
      { throw: true, userAgent: 'me' },
      { throws: true, userAgent: 'me' },
    ],
    [
      { blacklistIPs: ['10.0.0.0/8', '::1', 'fd00::/8'] },
      { blacklistIPs: ['10.0.0.0/8', '::1', 'fd00::/8'] },
    ],
  ])('%j', (options, expected) => {
    expect(http(options)).toMatchObject(expected);
  });

  it.each([
    [{ tlsVersion: 'tls9' }, /tlsVersion must be one of tls1.0/],
    [{ tlsAuth: [{ cert: 'c' }] }, /tlsAuth must be a list of objects with cert and key/],
    [{ blacklistIPs: ['10.0.0.0/33'] }, /blacklistIPs must be a list of addresses/],
    [{ blacklistIPs: ['shop'] }, /blacklistIPs must be a list of addresses/],
    [{ blacklistIPs: 'x' }, /blacklistIPs must be a list/],
    [{ hosts: ['x'] }, /hosts must be an object of texts/],
    [{ batch: -1 }, /batch must be a whole number from 0/],
    [{ maxRedirects: 'many' }, /maxRedirects must be a whole number from 0/],
  ])('%j is refused', (options, message) => {
    expect(() => http(options)).toThrow(ScriptConfigError);
    expect(() => http(options)).toThrow(message);
  });
});
