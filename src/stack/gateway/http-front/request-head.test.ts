/**
 * Which heads the front takes. What it takes, Node's own parser must read as the same request; whatever is odd it must leave
 * alone, and say so at the first byte that is.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MORE, OTHER, RequestHead } from './request-head.js';
import { ID, others, taken } from './testing/heads.js';
import { RawClient } from './testing/requests.js';

const head = new RequestHead();
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const read = (text: string): number => head.read(bytes(text), 0, text.length);
const headOf = (text: string): string => text.slice(0, text.indexOf('\r\n\r\n') + 4);

describe.each(Object.entries(taken))('%s', (_name, text) => {
  const whole = headOf(text);

  it('is taken, and ends where its empty line does', () => {
    expect(read(whole)).toBe(whole.length);
    expect(read(text)).toBe(whole.length);
    expect(read(`${whole}GET`)).toBe(whole.length);
  });

  it('wants more bytes as long as one is missing', () => {
    for (let length = 1; length < whole.length; length++) {
      expect([length, read(whole.slice(0, length))]).toEqual([length, MORE]);
    }
  });

  it('is read where it lies', () => {
    const among = bytes(`....${text}....`);
    expect(head.read(among, 4, among.length)).toBe(4 + whole.length);
    if (head.isPost) return;
    expect(among.toString('latin1', head.targetAt, head.targetEnd)).toBe(text.split(' ')[1]);
  });
});

describe.each(Object.entries(others))('%s', (_name, [text, sound]) => {
  it('is not for the front, and is known for that as soon as it is', () => {
    expect(read(text)).toBe(OTHER);
    if (sound === undefined) return;
    expect(text.startsWith(sound)).toBe(true);
    if (sound !== '') expect(read(sound)).toBe(MORE);
    expect(read(text.slice(0, sound.length + 1))).toBe(OTHER);
  });
});

describe('beside the parser of Node', () => {
  let server: Server;
  let address = '';

  beforeAll(async () => {
    server = createServer((asked, answer) => {
      void bodyOf(asked).then((body) => {
        const { method, url, headers } = asked;
        const key = headers['idempotency-key'];
        const told = { method, url, body, key, type: headers['content-type'] };
        answer.setHeader('connection', 'close');
        answer.end(JSON.stringify(told));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    if (typeof bound === 'object') address = `127.0.0.1:${bound?.port}`;
  });

  afterAll(() => server.close());

  const SIGNS = [
    '',
    ' ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    ':',
    ',',
    '"',
    '0',
    '9',
    'a',
    'A',
    '\0',
    '\x7f',
    '\xe9',
  ];
  const LINES = [
    'content-length: 3',
    'transfer-encoding: chunked',
    'host: b',
    ' x',
    'te: trailers',
  ];
  const edit = fc.record({
    at: fc.nat(400),
    cut: fc.nat(2),
    put: fc.constantFrom(...SIGNS, ...LINES.map((line) => `\r\n${line}`)),
  });

  it('what it takes is the same request to both, whatever was done to it', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(taken)),
        fc.array(edit, { maxLength: 2 }),
        async (sound, edits) => {
          let text = sound;
          for (const { at, cut, put } of edits) {
            const where = at % text.length;
            text = text.slice(0, where) + put + text.slice(where + cut);
          }
          const end = read(text);
          if (end <= 0) return;
          const { isPost, keyAt, bodyBytes, targetAt, targetEnd } = head;
          const body = text.slice(end, end + bodyBytes).padEnd(bodyBytes, ' ');
          const client = await RawClient.connect(address);
          await client.write(text.slice(0, end) + body);
          const [answer] = await client.closed();
          const told: Record<string, unknown> = JSON.parse(answer?.body ?? '{}');
          expect(told).toMatchObject({
            method: isPost ? 'POST' : 'GET',
            url: isPost ? '/v1/operations' : text.slice(targetAt, targetEnd),
            body: Buffer.from(body, 'latin1').toString('hex'),
          });
          if (isPost) expect(told.type).toMatch(/^application\/json(; charset=utf-8)?$/i);
          if (keyAt < 0) expect(told.key).toBeUndefined();
          else expect(told.key).toContain(text.slice(keyAt, keyAt + ID.length));
          compared++;
        },
      ),
      { numRuns: 1500 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});

/** In hexadecimal. */
async function bodyOf(asked: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of asked) body += Buffer.from(chunk).toString('hex');
  return body;
}
