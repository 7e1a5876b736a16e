/** k6/experimental/fs, csv and streams, and k6/crypto/x509, as scripts see them. */
import { describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { CERTIFICATE } from '../harness/http/testing/certificate.js';

const FILES = {
  'data.csv': 'name,amount\nann,1\n\n"bo, b",2\ncem,3\n',
  'tabs.csv': 'a\tb\nc\td\n',
  'ten.txt': '0123456789',
};

/** What `body` gives to `see` as an async iteration. */
async function ran(
  body: string,
  { init = '', iterations = 1 }: { readonly init?: string; readonly iterations?: number } = {},
): Promise<{ readonly seen: unknown[]; readonly errors: unknown[] }> {
  const script = await ScriptUnderTest.load(
    `import fs, { open, SeekMode } from 'k6/experimental/fs'; import csv from 'k6/experimental/csv';
    import { ReadableStream } from 'k6/experimental/streams'; import x509 from 'k6/crypto/x509';
    const see = (value) => console.log(JSON.stringify(value)); ${init}
    export default async function () { ${body} }`,
    { files: FILES },
  );
  const vu = script.users.create(1);
  await new Promise((resolve) => setImmediate(resolve)); // what init code has begun goes on
  const errors: unknown[] = [];
  for (let i = 0; i < iterations; i++) {
    const ended = await script.iterate(vu, i);
    if (ended?.end !== 'completed') errors.push(ended?.error);
  }
  return { seen: script.seen, errors };
}

describe('a file', () => {
  it('is read piece by piece, to its end', async () => {
    const { seen, errors } = await ran(
      `const into = new Uint8Array(4);
      for (let n = await file.read(into); n !== null; n = await file.read(into)) see([n, String.fromCharCode(...into.subarray(0, n))]);`,
      { init: `const file = await open('ten.txt');` },
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([
      [4, '0123'],
      [4, '4567'],
      [2, '89'],
    ]);
  });

  it('goes on in the next iteration where it was, and back where it is told', async () => {
    const { seen, errors } = await ran(
      `const into = new Uint8Array(2); await file.read(into); see(String.fromCharCode(...into));
      if (into[0] === 50) { see(await file.seek(-1, SeekMode.End)); see(await file.seek(-4, fs.SeekMode.Current)); }`,
      { init: `let file; (async () => { file = await open('ten.txt'); })();`, iterations: 3 },
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual(['01', '23', 9, 5, '56']);
  });

  it('says its name and size', async () => {
    const { seen } = await ran(`see([await file.stat(), file.path.endsWith('/ten.txt')]);`, {
      init: `const file = await open('ten.txt');`,
    });
    expect(seen).toEqual([[{ name: 'ten.txt', size: 10 }, true]]);
  });

  it.each([
    ['of nothing', `await open('no.txt')`, /cannot read no.txt/],
    ['into no bytes', `const f = await open('ten.txt'); await f.read([])`, /Uint8Array/],
    ['sought before its start', `const f = await open('ten.txt'); await f.seek(-1, 0)`, /10 bytes/],
    ['sought from nowhere', `const f = await open('ten.txt'); await f.seek(0, 7)`, /SeekMode/],
  ])('is refused %s', async (_what, init, expected) => {
    await expect(ran('', { init: `${init};` })).rejects.toThrow(expected);
  });
});

describe('csv', () => {
  it.each([
    [
      'everything',
      '{}',
      [
        ['name', 'amount'],
        ['ann', '1'],
        ['bo, b', '2'],
        ['cem', '3'],
      ],
    ],
    [
      'without the first line',
      '{ skipFirstLine: true }',
      [
        ['ann', '1'],
        ['bo, b', '2'],
        ['cem', '3'],
      ],
    ],
    ['from line 1 to line 1', '{ fromLine: 1, toLine: 1 }', [['ann', '1']]],
    [
      'as objects',
      '{ asObjects: true }',
      [
        { name: 'ann', amount: '1' },
        { name: 'bo, b', amount: '2' },
        { name: 'cem', amount: '3' },
      ],
    ],
  ])('gives %s, at once or record by record', async (_what, options, expected) => {
    const { seen, errors } = await ran(
      `see([all.length, [...all]]);
      const records = []; for (let one = await parser.next(); !one.done; one = await parser.next()) records.push(one.value);
      see(records);`,
      {
        init: `const all = await csv.parse(await open('data.csv'), ${options}); const parser = new csv.Parser(await open('data.csv'), ${options});`,
      },
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([[expected.length, expected], expected]);
  });

  it('has other delimiters', async () => {
    const { seen } = await ran('see(all);', {
      init: `const all = await csv.parse(await open('tabs.csv'), { delimiter: '\\t' });`,
    });
    expect(seen).toEqual([
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ]);
  });

  it('that is shared cannot be changed', async () => {
    const { errors } = await ran(`all[0] = 1;`, {
      init: `const all = await csv.parse(await open('data.csv'));`,
    });
    expect(String(errors[0])).toMatch(/cannot be changed/);
  });

  it.each([
    [`csv.parse('data.csv')`, /k6\/experimental\/fs/],
    [`csv.parse(await open('data.csv'), { delimiter: ';;' })`, /one character/],
    [`csv.parse(await open('data.csv'), { asObjects: true, skipFirstLine: true })`, /cannot both/],
    [`csv.parse(await open('data.csv'), { asObjects: true, fromLine: 2 })`, /cannot both/],
    [`csv.parse(await open('data.csv'), { fromLine: 3, toLine: 1 })`, /before/],
  ])('%s is refused', async (call, expected) => {
    await expect(ran('', { init: `await ${call};` })).rejects.toThrow(expected);
  });
});

it('a stream of the web is read to its end', async () => {
  const { seen, errors } = await ran(
    `const numbers = new ReadableStream({ start(controller) { controller.enqueue(1); controller.enqueue(2); controller.close(); } });
    const reader = numbers.getReader();
    for (let one = await reader.read(); !one.done; one = await reader.read()) see(one.value);`,
  );
  expect(errors).toEqual([]);
  expect(seen).toEqual([1, 2]);
});

describe('a certificate', () => {
  it('says whose it is, until when and how it was signed', async () => {
    const { seen, errors } = await ran(
      `const c = x509.parse(PEM); see({ ...c, fingerPrint: c.fingerPrint.length, publicKey: [c.publicKey.algorithm, c.publicKey.key.x.length] });
      see([x509.getAltNames(PEM), x509.getIssuer(PEM).commonName, x509.getSubject(PEM).commonName]);`,
      { init: `const PEM = ${JSON.stringify(CERTIFICATE)};` },
    );
    expect(errors).toEqual([]);
    const names = [{ type: '2.5.4.3', value: 'localhost' }];
    expect(seen[0]).toMatchObject({
      subject: { commonName: 'localhost', country: '', organizationalUnitName: [], names },
      issuer: { commonName: 'localhost', names },
      notBefore: '2026-11-30T02:43:37Z',
      notAfter: '2126-11-06T02:43:37Z',
      altNames: ['localhost', '127.0.0.1'],
      signatureAlgorithm: 'ECDSA-SHA256',
      fingerPrint: 20,
      publicKey: ['ECDSA', 32],
    });
    expect(seen[1]).toEqual([['localhost', '127.0.0.1'], 'localhost', 'localhost']);
  });

  it('that is none is refused', async () => {
    const { errors } = await ran(`x509.parse('nothing');`);
    expect(String(errors[0])).toMatch(/failed to decode certificate/);
  });
});

describe('a module that is not there', () => {
  it.each([
    ['k6/experimental/redis', /nothing stands in its place/],
    ['k6/experimental/grpc', /import k6\/net\/grpc/],
    ['k6/experimental/timers', /import k6\/timers/],
    ['k6/experimental/tracing', /set the headers/],
    ['k6/experimental/webcrypto', /the global crypto/],
    ['k6/experimental/browser', /k6\/browser/],
    ['k6/browser', /no browser here/],
    ['k6/x/redis', /extensions of k6 are written in Go/],
    ['k6/nothing', /supported are k6,/],
  ])('%s is refused by name, with the way out', async (name, expected) => {
    const loading = ScriptUnderTest.load(
      `import * as it from '${name}'; export default () => { it.x(); };`,
    );
    await expect(loading).rejects.toThrow(new RegExp(`no module "${name}"`));
    await expect(loading).rejects.toThrow(expected);
  });
});
