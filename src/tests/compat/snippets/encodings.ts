/** k6/encoding, k6/crypto and WebCrypto. */
import { SEE, type Snippet, values } from '../snippet.js';
import { items } from '../surface.js';

export const ENCODINGS: readonly Snippet[] = [
  values(
    {
      name: 'encoding',
      shows: items('k6/encoding', 'b64encode b64decode'),
      head: "import encoding, { b64encode, b64decode } from 'k6/encoding';",
    },
    [
      ['b64encode("hello?>")', 'aGVsbG8/Pg=='],
      ['b64encode("hello?>", "rawstd")', 'aGVsbG8/Pg'],
      ['b64encode("hello?>", "url")', 'aGVsbG8_Pg=='],
      ['b64encode("hello?>", "rawurl")', 'aGVsbG8_Pg'],
      ['b64encode(new Uint8Array([1, 2, 255]).buffer)', 'AQL/'],
      ['encoding.b64decode("aGVsbG8/Pg==", "std", "s")', 'hello?>'],
      ['new Uint8Array(b64decode("AQL/")).join()', '1,2,255'],
      ['b64decode("aGVsbG8_Pg", "rawurl", "s")', 'hello?>'],
    ],
  ),
  values(
    {
      name: 'crypto',
      shows: items(
        'k6/crypto',
        'createHash createHMAC hmac md5 sha1 sha256 sha384 sha512 sha512_224 sha512_256 ripemd160 randomBytes',
      ),
      head: "import crypto, { createHash, createHMAC, hmac, sha256 } from 'k6/crypto';",
    },
    [
      ["crypto.md5('hello', 'hex')", '5d41402abc4b2a76b9719d911017c592'],
      [
        "(({ md5, hmac: mac }) => md5('hello', 'hex').slice(0, 4) + typeof mac)(crypto)",
        '5d41function',
      ],
      ["crypto.sha1('hello', 'hex')", 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'],
      ["sha256('hello', 'base64')", 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ='],
      ["crypto.sha384('', 'hex').slice(0, 16)", '38b060a751ac9638'],
      ["crypto.sha512('', 'hex').slice(0, 16)", 'cf83e1357eefb8bd'],
      ["crypto.sha512_224('', 'hex').slice(0, 16)", '6ed0dd02806fa89e'],
      ["crypto.sha512_256('', 'hex').slice(0, 16)", 'c672b8d1ef56ed28'],
      ["crypto.ripemd160('hello', 'hex')", '108f07b8382412612c048d07d13f814118445acd'],
      [
        "hmac('sha256', 'Jefe', 'what do ya want for nothing?', 'hex').slice(0, 16)",
        '5bdcc146bf60754e',
      ],
      [
        "(() => { const h = createHash('sha256'); h.update('hel'); h.update('lo'); return h.digest('hex').slice(0, 8); })()",
        '2cf24dba',
      ],
      [
        "(() => { const h = createHMAC('sha256', 'Jefe'); h.update('what do ya want for nothing?'); return h.digest('hex').slice(0, 8); })()",
        '5bdcc146',
      ],
      ["sha256('hello', 'binary') instanceof ArrayBuffer", true],
      ['crypto.randomBytes(7).byteLength', 7],
    ],
  ),
  values(
    {
      name: 'crypto-md4',
      shows: ['k6/crypto md4'],
      head: `import crypto from 'k6/crypto';`,
    },
    [
      ["crypto.md4('abc', 'hex')", 'a448017aaf21d8525fc10ae87aa6729d'],
      [
        "crypto.hmac('md4', 'Jefe', 'what do ya want for nothing?', 'hex')",
        'be192c588a8e914d8a59b474a828128f',
      ],
    ],
  ),
  values(
    {
      name: 'webcrypto-and-text',
      shows: items('global', 'crypto TextEncoder TextDecoder'),
      head: '',
    },
    [
      ['new TextDecoder().decode(new TextEncoder().encode("grüße"))', 'grüße'],
      [
        '/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())',
        true,
      ],
      ['crypto.getRandomValues(new Uint8Array(4)).length', 4],
      ['typeof crypto.subtle.digest', 'function'],
    ],
  ),
  {
    name: 'webcrypto-digest-and-sign',
    shows: ['global crypto'],
    script: `${SEE}
      const hex = (buffer) => Array.from(new Uint8Array(buffer)).map((b) => b.toString(16).padStart(2, '0')).join('');
      export default async function () {
        see(hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('hello'))).slice(0, 8));
        const key = await crypto.subtle.importKey('raw', new TextEncoder().encode('Jefe'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
        see(hex(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode('what do ya want for nothing?'))).slice(0, 8));
      }`,
    expect: { sees: ['2cf24dba', '5bdcc146'] },
  },
];
