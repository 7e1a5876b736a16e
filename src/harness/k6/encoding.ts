/**
 * The module `k6/encoding`: b64encode, b64decode, in the four alphabets that k6 names after Go's.
 */
import type { ModuleApi } from './module-api.js';

export const encodingApi: ModuleApi = {
  exports: { b64encode: 'plain', b64decode: 'plain' },
  create: () => MODULE,
};

type Alphabet = 'std' | 'rawstd' | 'url' | 'rawurl';

const MODULE = {
  b64encode(input: string | ArrayBuffer, alphabet: Alphabet = 'std'): string {
    const bytes = typeof input === 'string' ? Buffer.from(input, 'utf8') : Buffer.from(input);
    const padding = '='.repeat((3 - (bytes.length % 3)) % 3);
    if (alphabet === 'std') return bytes.toString('base64');
    if (alphabet === 'rawstd') return bytes.toString('base64').replace(/=+$/, '');
    if (alphabet === 'url') return bytes.toString('base64url') + padding;
    if (alphabet === 'rawurl') return bytes.toString('base64url');
    throw new TypeError(
      `b64encode: no encoding ${String(alphabet)}; use std, rawstd, url or rawurl`,
    );
  },

  /** An ArrayBuffer, or text with format 's'. */
  b64decode(input: string, alphabet: Alphabet = 'std', format?: 's'): string | ArrayBuffer {
    const url = alphabet === 'url' || alphabet === 'rawurl';
    const pattern = url ? /^[A-Za-z0-9_-]*={0,2}$/ : /^[A-Za-z0-9+/]*={0,2}$/;
    if (!pattern.test(input)) throw new Error(`b64decode: not base64 of the kind ${alphabet}`);
    const bytes = Buffer.from(input, url ? 'base64url' : 'base64');
    if (format === 's') return bytes.toString('utf8');
    return new Uint8Array(bytes).buffer;
  },

  get default(): object {
    return MODULE;
  },
};
