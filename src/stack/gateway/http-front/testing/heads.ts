/** For tests: heads that the front takes and heads that it does not, by what they are. */
import { get, payment, post, request } from './requests.js';

export const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const PAY = payment({ id: ID });
const LINE = 'POST /v1/operations HTTP/1.1';
const TYPE = 'content-type: application/json';
const LENGTH = 'content-length: 9';

/** Requests that the front takes. */
export const taken: Readonly<Record<string, string>> = {
  'a payment': post(PAY),
  'a payment with whatever else clients say': post(
    PAY,
    'User-Agent: Grafana k6/1.0',
    'Accept: */*',
    'X-Empty:',
    'X-Signs: !#$%&\'*+-.^_`|~ "quoted" {}',
    'accept-version: 9',
    'Connection: keep-alive',
    'x-http-method-override: DELETE',
  ),
  'names and values in other cases, blanks around values': request([
    LINE,
    'HOST: \t a  ',
    'Content-TYPE:APPLICATION/json; Charset=UTF-8',
    'CONTENT-LENGTH:   120  ',
    'Connection: Keep-Alive',
  ]),
  'a payment whose id is beside it': post(PAY, `Idempotency-Key: ${ID}`),
  'a payment whose id is beside it in quotes': post(PAY, `idempotency-key: "${ID}"`),
  'a look-up': get(`/v1/operations/${ID}?account=user:7`),
  'a look-up whose account is escaped': get(`/v1/operations/${ID}?account=user%3a7`),
  'a balance whose account is escaped': get('/v1/accounts/merchant%3A3%401'),
  'a balance': get('/v1/accounts/merchant:3@1', 'content-type: text/plain'),
};

const withLines = (...lines: readonly string[]): string =>
  request([LINE, 'host: a', TYPE, ...lines]);

/** Beginnings of requests that it does not take. Each with the bytes up to which nothing is odd, where the next one says it. */
export const others: Readonly<Record<string, readonly [text: string, oddAfter?: string]>> = {
  'two lengths': [withLines(LENGTH, LENGTH)],
  'two lengths that differ': [withLines(LENGTH, 'content-length: 10')],
  'two lengths in one line': [withLines('content-length: 9, 9')],
  'a length with a sign': [withLines('content-length: +9')],
  'a length in hexadecimal': [withLines('content-length: 0x9')],
  'a length with a blank in it': [withLines('content-length: 1 0')],
  'a tab behind a key that is no id': [withLines(`idempotency-key: ${ID.slice(1)}\t`, LENGTH)],
  'a tab behind a length': [withLines(`${LENGTH}\t`)],
  'an empty length': [withLines('content-length:')],
  'a length of nothing': [withLines('content-length: 0')],
  'a length of more digits than there are bytes': [withLines('content-length: 000000000000009999')],
  'a long body': [withLines('content-length: 2049')],
  'a length beside Transfer-Encoding': [withLines(LENGTH, 'transfer-encoding: chunked')],
  'Transfer-Encoding beside a length': [withLines('Transfer-Encoding: chunked', LENGTH)],
  'Transfer-Encoding that is none': [withLines(LENGTH, 'transfer-encoding: identity')],
  'a body in chunks': [withLines('transfer-encoding: chunked')],
  'no length': [withLines('accept: */*')],
  'no type': [request([LINE, 'host: a', LENGTH])],
  'another type': [request([LINE, 'host: a', 'content-type: text/csv', LENGTH])],
  'JSON in another charset': [request([LINE, 'host: a', `${TYPE}; charset=utf-16`, LENGTH])],
  'two types': [withLines(TYPE, LENGTH)],
  'no host': [request([LINE, TYPE, LENGTH])],
  'two hosts': [withLines('host: b', LENGTH)],
  'a wish to be told to go on': [withLines('expect: 100-continue', LENGTH)],
  'an upgrade': [withLines('connection: upgrade', 'upgrade: h2c', LENGTH)],
  'an upgrade alone': [withLines('upgrade: websocket', LENGTH)],
  'a connection to be closed': [withLines('connection: close', LENGTH)],
  'two words about the connection': [withLines('connection: keep-alive, x-token', LENGTH)],
  'a word about the connection twice': [
    withLines('connection: keep-alive', 'connection: close', LENGTH),
  ],
  'a word about the connection to a proxy': [withLines('proxy-connection: close', LENGTH)],
  'a key that is no id': [withLines('idempotency-key: 7', LENGTH)],
  'an empty key': [withLines('idempotency-key:', LENGTH)],
  'half a quote': [withLines(`idempotency-key: "${ID}`, LENGTH)],
  'two keys': [withLines(`idempotency-key: ${ID}`, `idempotency-key: ${ID}`, LENGTH)],
  'a bare LF behind the first line': [`${LINE}\nhost: a\r\n\r\n`, LINE],
  'a bare LF behind a field': [`${LINE}\r\nhost: a\n${TYPE}\r\n\r\n`, `${LINE}\r\nhost: a`],
  'a bare CR': [`${LINE}\r\nhost: a\r${TYPE}\r\n\r\n`, `${LINE}\r\nhost: a\r`],
  'a bare LF at the end': [`${withLines(LENGTH).slice(0, -2)}\n`, withLines(LENGTH).slice(0, -2)],
  'a folded line': [withLines('x: a', ' b', LENGTH), withLines('x: a').slice(0, -2)],
  'a space before a colon': [withLines('content-length : 9')],
  'a space before a name': [`${LINE}\r\n host: a\r\n\r\n`, `${LINE}\r\n`],
  'a line without a colon': [withLines('host', LENGTH)],
  'a line without a name': [withLines(': a', LENGTH)],
  'a zero byte in a value': [withLines('x: a\0b', LENGTH)],
  'a byte beyond ASCII in a value': [withLines('x: \xe9', LENGTH)],
  'a byte beyond ASCII in a name': [withLines('\xe9: x', LENGTH)],
  'a control sign that is a dash in another case': [withLines('content\rlength: 9', LENGTH)],
  'an empty line before it': [`\r\n${post(PAY)}`, ''],
  'another method': ['PUT /v1/operations HTTP/1.1\r\n', 'P'],
  'a method in lower case': ['post /v1/operations HTTP/1.1\r\n', ''],
  'another path': ['POST /v1/operation HTTP/1.1\r\n', 'POST /v1/operation'],
  'a path with a query': ['POST /v1/operations?a=b HTTP/1.1\r\n', 'POST /v1/operations'],
  'a whole address in the first line': ['POST http://a/v1/operations HTTP/1.1\r\n', 'POST '],
  'HTTP/1.0': ['POST /v1/operations HTTP/1.0\r\n', 'POST /v1/operations HTTP/1.'],
  'two spaces': ['POST  /v1/operations HTTP/1.1\r\n', 'POST '],
  'another route': ['GET /metrics HTTP/1.1\r\n', 'GET /'],
  'a GET with a length': [get('/v1/accounts/user:7', 'content-length: 1')],
  'HTTP/2': ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'P'],
  TLS: ['\x16\x03\x01\x02\x00\x01', ''],
  'a head that is too long': [withLines(`x: ${'a'.repeat(4096)}`)],
};
