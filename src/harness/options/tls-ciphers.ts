/**
 * `tlsCipherSuites`: suites by the names of the IANA registry, which k6 has from Go, and those that Node knows them by. As in Go, those of
 * TLS 1.3 are not chosen: they are always offered.
 */
import { getCiphers } from 'node:tls';

const SUITES_OF_TLS_1_3 = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
];

/** In OpenSSL's words; undefined where it is no name of a suite. */
export function opensslName(suite: string): string | undefined {
  const match = /^TLS_(?:(ECDHE)_)?(RSA|ECDSA)_WITH_([A-Z0-9_]+)$/.exec(suite);
  if (match === null) return undefined;
  const [, exchange, signature = '', cipher = ''] = match;
  const words = cipherWords(cipher);
  if (words === undefined || (exchange === undefined && signature !== 'RSA')) return undefined;
  return exchange === undefined ? words : `${exchange}-${signature}-${words}`;
}

/** For Node's `ciphers`: of the suites those that Node has. */
export function cipherList(suites: readonly string[]): string {
  return [...suites.map(opensslName).filter(isOffered), ...SUITES_OF_TLS_1_3].join(':');
}

/** Those of the option that Node cannot speak. */
export function absentSuites(option: unknown): readonly string[] {
  return Array.isArray(option)
    ? option.map(String).filter((suite) => !isOffered(opensslName(suite)))
    : [];
}

function isOffered(openssl: string | undefined): boolean {
  return openssl !== undefined && KNOWN.has(openssl.toLowerCase());
}

const KNOWN: ReadonlySet<string> = new Set(getCiphers());

function cipherWords(cipher: string): string | undefined {
  const aes = /^AES_(128|256)_(CBC|GCM)_(SHA|SHA256|SHA384)$/.exec(cipher);
  if (aes !== null) return `AES${aes[1]}-${aes[2] === 'GCM' ? 'GCM-' : ''}${aes[3]}`;
  if (/^CHACHA20_POLY1305(_SHA256)?$/.test(cipher)) return 'CHACHA20-POLY1305';
  return { '3DES_EDE_CBC_SHA': 'DES-CBC3-SHA', RC4_128_SHA: 'RC4-SHA' }[cipher];
}
