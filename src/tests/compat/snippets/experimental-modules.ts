/** `k6/experimental/*` and `k6/crypto/x509`. */
import { CERTIFICATE } from '../../../harness/http/testing/certificate.js';
import { SEE, type Snippet, values } from '../snippet.js';
import { items } from '../surface.js';

export const EXPERIMENTAL_MODULES: readonly Snippet[] = [
  {
    name: 'experimental-fs',
    shows: items('k6/experimental/fs', 'open SeekMode'),
    script: `import { open, SeekMode } from 'k6/experimental/fs';
      ${SEE}
      const file = await open('ten.txt');
      export const options = { iterations: 2 };
      export default async function () {
        const into = new Uint8Array(4);
        see([await file.read(into), String.fromCharCode(...into), (await file.stat()).size]);
        if (__ITER === 1) { await file.seek(0, SeekMode.End); see(await file.read(into)); }
      }`,
    files: { 'ten.txt': '0123456789' },
    expect: { sees: [[4, '0123', 10], [4, '4567', 10], null] },
  },
  {
    name: 'experimental-csv',
    shows: items('k6/experimental/csv', 'parse Parser'),
    script: `import { open } from 'k6/experimental/fs'; import csv from 'k6/experimental/csv';
      ${SEE}
      const all = await csv.parse(await open('users.csv'), { skipFirstLine: true });
      const parser = new csv.Parser(await open('users.csv'), { asObjects: true });
      export const options = { iterations: 2 };
      export default async function () {
        see([all.length, all[__ITER]]);
        see(await parser.next());
      }`,
    files: { 'users.csv': 'name,age\nann,1\nbo,2\n' },
    expect: {
      sees: [
        [2, ['ann', '1']],
        { done: false, value: { name: 'ann', age: '1' } },
        [2, ['bo', '2']],
        { done: false, value: { name: 'bo', age: '2' } },
      ],
    },
  },
  {
    name: 'experimental-csv-after-init-code',
    shows: items('k6/experimental/csv', 'parse Parser'),
    script: `import { open } from 'k6/experimental/fs'; import csv from 'k6/experimental/csv';
      ${SEE}
      const file = await open('users.csv');
      const told = async (call) => { try { await call(); } catch (error) { see(error.message); } };
      export default async function () {
        await told(() => csv.parse(file));
        await told(() => new csv.Parser(file));
      }`,
    files: { 'users.csv': 'name,age\nann,1\n' },
    expect: {
      sees: [
        'csv.parse() must be called in init code: at the top level of the script',
        'csv.Parser must be called in init code: at the top level of the script',
      ],
    },
  },
  {
    name: 'experimental-streams',
    shows: items(
      'k6/experimental/streams',
      'ReadableStream ReadableStreamDefaultReader CountQueuingStrategy',
    ),
    script: `import { ReadableStream, CountQueuingStrategy, ReadableStreamDefaultReader } from 'k6/experimental/streams';
      ${SEE}
      export default async function () {
        let n = 0;
        const numbers = new ReadableStream({ pull(c) { if (n === 3) c.close(); else c.enqueue(n++); } }, new CountQueuingStrategy({ highWaterMark: 1 }));
        const reader = numbers.getReader();
        see(reader instanceof ReadableStreamDefaultReader);
        for (let one = await reader.read(); !one.done; one = await reader.read()) see(one.value);
      }`,
    expect: { sees: [true, 0, 1, 2] },
  },
  values(
    {
      name: 'crypto-x509',
      shows: items('k6/crypto/x509', 'parse getAltNames getIssuer getSubject'),
      head: `import x509 from 'k6/crypto/x509'; const PEM = ${JSON.stringify(CERTIFICATE)};`,
    },
    [
      ['x509.getAltNames(PEM)', ['localhost', '127.0.0.1']],
      ['x509.getIssuer(PEM).commonName', 'localhost'],
      ['x509.getSubject(PEM).names', [{ type: '2.5.4.3', value: 'localhost' }]],
      ['x509.parse(PEM).signatureAlgorithm', 'ECDSA-SHA256'],
      ['x509.parse(PEM).notBefore', '2026-11-30T02:43:37Z'],
    ],
  ),
];
