/** The parser of HTTP answers: the same however the bytes are cut; strict in what it takes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerParser } from './answer-parser.js';
import { HttpMessageError } from './message-error.js';

interface Parsed {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  readonly keepsAlive: boolean;
  readonly isComplete: boolean;
}

/** `cuts`: where the bytes are cut; `ends`: the connection ends after them. */
function parsed(
  text: string,
  {
    cuts = [],
    isHead = false,
    ends = false,
  }: { readonly cuts?: readonly number[]; readonly isHead?: boolean; readonly ends?: boolean } = {},
): Parsed {
  const parser = new AnswerParser();
  parser.begin({ isHead, keepsBody: true });
  const bytes = Buffer.from(text, 'latin1');
  let from = 0;
  for (const cut of [
    ...cuts.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ]) {
    if (cut > from) parser.push(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
  if (ends) parser.end();
  const { status, headers, keepsAlive, isComplete } = parser;
  return { status, headers, keepsAlive, isComplete, body: parser.body().toString('latin1') };
}

const OK = 'HTTP/1.1 200 OK\r\n';

describe('an answer', () => {
  const whole: [string, string, Partial<Parsed>, Parameters<typeof parsed>[1]?][] = [
    ['by length', `${OK}Content-Length: 5\r\n\r\nhello`, { body: 'hello', keepsAlive: true }],
    ['of length 0', `${OK}content-length:0\r\n\r\n`, { body: '' }],
    [
      'in chunks',
      `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, worldly \r\n0\r\n\r\n`,
      { body: 'hello, worldly ' },
    ],
    [
      'in chunks, with a trailer',
      `${OK}Transfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\nMD5: a\r\n\r\n`,
      { body: 'x' },
    ],
    ['until the end', `${OK}\r\nhello`, { body: 'hello', keepsAlive: false }, { ends: true }],
    ['to HEAD', `${OK}Content-Length: 5\r\n\r\n`, { body: '' }, { isHead: true }],
    ['204', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', { status: 204, body: '' }],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', { status: 304 }],
    [
      'after 100 and 103',
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${OK}Content-Length: 1\r\n\r\ny`,
      { status: 200, body: 'y', headers: ['Content-Length', '1'] },
    ],
    ['without a reason', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n', { status: 200 }],
    [
      'with a folded field',
      `${OK}X: a\r\n  b\r\nContent-Length: 0\r\n\r\n`,
      { headers: ['X', 'a b', 'Content-Length', '0'] },
    ],
    [
      'that closes',
      `${OK}Connection: foo, Close\r\nContent-Length: 0\r\n\r\n`,
      { keepsAlive: false },
    ],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', { keepsAlive: false }],
    [
      'of HTTP/1.0 that stays',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n',
      { keepsAlive: true },
    ],
    [
      'with one length twice',
      `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
      { body: 'x' },
    ],
    [
      'in chunks that also has a length',
      `${OK}Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n`,
      { body: 'x' },
    ],
  ];
  it.each(whole)('%s', (_what, text, expected, how) => {
    expect(parsed(text, how)).toMatchObject({ status: 200, isComplete: true, ...expected });
  });

  it.each(whole)('%s is the same however it is cut', (_what, text, _expected, how) => {
    const uncut = parsed(text, how);
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
        expect(parsed(text, { ...how, cuts })).toEqual(uncut);
      }),
      { numRuns: 60 },
    );
    const everywhere = Array.from({ length: text.length }, (_, i) => i);
    expect(parsed(text, { ...how, cuts: everywhere })).toEqual(uncut);
  });

  it.each(whole)('%s is not complete before its last byte', (_what, text, _expected, how) => {
    if (how?.ends !== true) expect(parsed(text.slice(0, -1), how).isComplete).toBe(false);
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n'],
    ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`],
    ['a length that is none', `${OK}Content-Length: -1\r\n\r\n`],
    ['a length with more behind it', `${OK}Content-Length: 1x\r\n\r\n`],
    ['a field without a colon', `${OK}Content-Length\r\n\r\n`],
    ['a blank before the colon', `${OK}Content-Length : 0\r\n\r\n`],
    ['a field without a name', `${OK}: 0\r\n\r\n`],
    ['a NUL in a value', `${OK}X: a\0b\r\n\r\n`],
    ['an unknown transfer coding', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`],
    ['a size that is no number', `${OK}Transfer-Encoding: chunked\r\n\r\nxyz\r\n`],
    [
      'a size of a thousand digits',
      `${OK}Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(1000)}1\r\n`,
    ],
    ['a chunk that is longer than it says', `${OK}Transfer-Encoding: chunked\r\n\r\n1\r\nxx\r\n`],
    ['a line that ends without CR', `${OK}Transfer-Encoding: chunked\r\n\r\n1\n`],
    ['bytes behind it', `${OK}Content-Length: 1\r\n\r\nxy`],
    ['a head without end', `${OK}X: ${'x'.repeat(2 ** 20 + 10)}`],
  ])('with %s is refused', (_what, text) => {
    expect(() => parsed(text)).toThrow(HttpMessageError);
  });

  it('whatever comes, is taken or refused, and nothing else', () => {
    const piece = fc.constantFrom(
      OK,
      'Content-Length: 3\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      'abc',
      '3\r\n',
      '0\r\n',
      '\0',
      ': ',
      'HTTP/1.1 100 C\r\n\r\n',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 10 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        (pieces, cuts) => {
          const text = pieces.join('');
          const outcome = (all: readonly number[]): unknown => {
            try {
              return parsed(text, { cuts: all });
            } catch (error) {
              expect(error).toBeInstanceOf(HttpMessageError);
              return 'refused';
            }
          };
          expect(outcome(cuts)).toEqual(outcome([]));
        },
      ),
      { numRuns: 500 },
    );
  });
});
