import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HttpReader } from './http-reader.js';

/** Responses read from `bytes`, handed over in pieces that end at `cuts`. */
function read(bytes: Buffer, cuts: readonly number[] = []): string[] {
  const seen: string[] = [];
  const reader = new HttpReader((status, body, last) =>
    seen.push(`${status} ${body.toString('latin1')}${last ? ' last' : ''}`),
  );
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((a, b) => a - b);
  let at = 0;
  for (const end of ends) {
    reader.push(bytes.subarray(at, end));
    at = end;
  }
  return seen;
}

const text = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1');

const MIXED = Buffer.concat([
  text('HTTP/1.1 200 OK', 'Content-Length: 5', '', '{"a"}'),
  text('HTTP/1.1 100 Continue', '', ''),
  text('HTTP/1.1 404 Not Found', 'content-length:0', '', ''),
  text(
    'HTTP/1.1 503 ',
    'Transfer-Encoding: chunked',
    '',
    '3',
    'abc',
    'A;x=1',
    '0123456789',
    '0',
    'T: 1',
    '',
    '',
  ),
  text('HTTP/1.1 204 No Content', 'X: y', '', ''),
  text('HTTP/1.1 200 OK', 'connection: keep-alive, close', 'content-length: 2', '', '{}'),
]);

it('responses are the same however the bytes are cut', () => {
  const whole = ['200 {"a"}', '404 ', '503 abc0123456789', '204 ', '200 {} last'];
  expect(read(MIXED)).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(MIXED.length), { maxLength: 12 }), (cuts) => {
      expect(read(MIXED, cuts)).toEqual(whole);
    }),
  );
  expect(read(MIXED, Array.from(MIXED.keys()))).toEqual(whole);
});

it('a response that is cut short is no response', () => {
  expect(read(text('HTTP/1.1 200 OK', 'content-length: 5', '', '{"a"'))).toEqual([]);
  expect(read(text('HTTP/1.1 200 OK', 'transfer-encoding: chunked', '', '5', '{"a"'))).toEqual([]);
});

it.each([
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n', /no HTTP\/1 status line/],
  ['a body that ends with the connection', 'HTTP/1.1 200 OK\r\n\r\n{}', /without a length/],
  ['a chunk of no size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n', /chunk/],
  ['a body without end', 'HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n', /too long/],
  ['a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}`, /too long/],
])('%s is refused', (_what, bytes, reason) => {
  expect(() => read(Buffer.from(bytes, 'latin1'))).toThrow(reason);
});
