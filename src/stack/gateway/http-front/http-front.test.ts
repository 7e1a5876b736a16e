/**
 * The front and the server behind it are one server to whoever connects: the same answers to the same bytes, whichever of
 * the two reads them, in the order of the requests.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RESULTS } from '../../../wire/results.js';
import { FrontStand } from './testing/front-stand.js';
import { others, taken } from './testing/heads.js';
import { get, payment, post, type RawClient } from './testing/requests.js';

let stand: FrontStand;

beforeAll(async () => {
  stand = await FrontStand.start();
});

afterAll(() => stand.close());

/** Ends the connection, also where so many bytes of it are taken for the rest of a body: Node skips empty lines between requests. */
const LAST = '\r\n'.repeat(8000) + get('/health', 'connection: close');

/** When the last entry was made, of a look-up that finds nothing: branches of earlier operations may end between one asking and the next. */
const LAST_ENTRY = /("code":"operation_not_found","timestampUs":)[0-9]+/;

/** Everything that is answered to these bytes until the connection ends. */
async function answersTo(client: RawClient, text: string): Promise<readonly string[]> {
  await client.write(text + LAST);
  return (await client.closed()).map((answer) => answer.text.replace(LAST_ENTRY, '$1'));
}

const isOfGarbage = (answer: string): boolean => answer.includes('"message":"Client Error"');

/** The answers of the front, which must be those that the server behind it gives where it reads everything itself. */
async function expectSame(text: string): Promise<readonly string[]> {
  const front = await answersTo(await stand.connect(), text);
  const behind = await answersTo(await stand.connectBehind(), text);
  // Bytes that are no request end the connection: behind a refusal of what was before them, or in its place.
  const told = front.filter((answer) => !isOfGarbage(answer));
  if (told.length === front.length) expect(front).toEqual(behind);
  else if (!behind.some(isOfGarbage)) expect(told).toEqual(behind);
  else expect(behind).toEqual(expect.arrayContaining(told));
  return front;
}

describe('what clients send', () => {
  it.each(Object.entries(taken))('%s is answered by the front', async (_name, text) => {
    const client = await stand.connect();
    stand.seen();
    // as the head says, where it is without a body
    const length = Number(/^content-length: *([0-9]+)/im.exec(text)?.[1] ?? 0);
    const body = JSON.stringify(payment()).padEnd(length, ' ');
    await client.write(text.endsWith('\r\n\r\n') && length > 0 ? text + body : text);
    await client.answered(1);
    expect(stand.seen()).toEqual([]);
    client.close();
  });

  it('is paid, declined, found or not found as it is behind', async () => {
    const paid = payment();
    const large = payment({ amountMinor: 5_000_001 });
    const table: readonly (readonly [string, number])[] = [
      [post(paid), 200],
      [post({ ...paid, amountMinor: 2 }), 409],
      [post({ ...paid, id: String(paid.id).toUpperCase() }), 200],
      [post({ ...paid, id: undefined }, `idempotency-key: ${paid.id}`), 200],
      [post(payment({ amountMinor: 900_000 })), 402],
      [post(large), 402],
      [post(payment({ payer: 'user:999' })), 422],
      [post(payment({ kind: 'transfer', payee: 'user:7' })), 422],
      [get(`/v1/operations/${paid.id}?account=user:7`), 200],
      [get(`/v1/operations/${paid.id}?account=user:9`), 422],
      [get(`/v1/operations/${large.id}?account=user:7`), 200],
      [get(`/v1/operations/${payment().id}?account=user:7`), 404],
      [get('/v1/accounts/user:7'), 200],
      [get('/v1/accounts/merchant:2'), 200],
      [get('/v1/accounts/fee@1'), 200],
      [get('/v1/accounts/user:999'), 404],
    ];
    for (const [text, status] of table) {
      const [answer] = await expectSame(text);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
  });

  it('is answered in words whose length is that of their bytes', () => {
    for (const { meaning } of Object.values(RESULTS)) expect(meaning).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('what nobody should send', () => {
  it.each([
    '/v1/accounts/user%3',
    '/v1/accounts/user%3A',
    '/v1/accounts/user%253A7',
    '/v1/accounts/%75ser:7',
    '/v1/accounts/user:%37',
    '/v1/accounts%2Fuser:7',
    '/v1/accounts/user:7?account=user:8',
    '/v1/accounts/',
    '/v1/accounts',
    '/v1/accounts/user:7/',
    '/v1//accounts/user:7',
    '/v1/ACCOUNTS/user:7',
    '/v1/operations/x?account=user:7',
    `/v1/operations/${payment().id}`,
    `/v1/operations/${payment().id}?account=`,
    `/v1/operations/${payment().id}?account=merchant:7`,
    `/v1/operations/${payment().id}?account=user:7?account=user:8`,
    `/v1/operations/${payment().id}?account=user%3A7%26account=user:8`,
    `/v1/operations/${payment().id}?account=user:7&account=user:8`,
    `/v1/operations/${payment().id}?Account=user:7`,
  ])('a question as %s is answered as it is behind', async (path) => {
    await expectSame(get(path));
  });

  it.each(Object.entries(others))('%s is answered as it is behind', async (_name, [text]) => {
    await expectSame(text);
  });

  it.each(Object.entries(others))(
    '%s behind a payment charges that alone',
    async (_name, [text]) => {
      const first = payment();
      const hidden = payment();
      const client = await stand.connect();
      await client.write(post(first));
      await client.answered(1);
      await answersTo(client, text + post(hidden));
      const after = await stand.connect();
      await after.write(get(`/v1/operations/${first.id}?account=user:7`));
      expect((await after.answered(1))[0]?.status).toBe(200);
      after.close();
    },
  );
});

const PIECES = [
  '',
  ' ',
  '\t',
  '\r\n',
  '\n',
  ':',
  ',',
  '"',
  '{',
  '}',
  '0',
  '9',
  '-',
  '.',
  'e',
  'a',
  'R',
  '\\',
  '\xe9',
  '@',
  '%',
];
const WORDS = [
  '"retry":true,',
  '"channel":"other",',
  '"timeoutS":5,',
  'user:7',
  'merchant:2',
  'hold',
  'void',
  'refund',
  'null',
];
const edit = fc.record({
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  cut: fc.constantFrom(0, 0, 1, 1, 2, 7),
  put: fc.constantFrom(...PIECES, ...WORDS),
});

function edited(text: string, edits: readonly { at: number; cut: number; put: string }[]): string {
  let now = text;
  for (const { at, cut, put } of edits) {
    const where = Math.floor(at * now.length);
    now = now.slice(0, where) + put + now.slice(where + cut);
  }
  return now;
}

const party = fc.oneof(
  fc.integer({ min: 1, max: 22 }).map((number) => `user:${number}`),
  fc.integer({ min: 1, max: 12 }).map((number) => `merchant:${number}`),
);
const member = fc.record(
  {
    kind: fc.constantFrom(
      'pay',
      'transfer',
      'topUp',
      'hold',
      'void',
      'capture',
      'refund',
      'lookup',
    ),
    payer: party,
    payee: party,
    amountMinor: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(0, -1, 1.5, 6_000_000)),
    channel: fc.constantFrom('balance', 'huabei', 'cash'),
    timeoutS: fc.constantFrom(0, 60, 2 ** 31, 2 ** 32),
    reference: fc.constantFrom(...[1, 2, 3].map(() => String(payment().id))),
    retry: fc.boolean(),
  },
  { requiredKeys: [] },
);
const asked = fc.oneof(
  { weight: 5, arbitrary: member.map((members) => post(payment(members))) },
  { weight: 1, arbitrary: party.map((name) => get(`/v1/accounts/${name}`)) },
  {
    weight: 1,
    arbitrary: party.map((name) => get(`/v1/operations/${payment().id}?account=${name}`)),
  },
);

describe('whatever is sent', () => {
  it('is answered as it is behind: any members of an operation, and any question', async () => {
    await fc.assert(
      fc.asyncProperty(asked, async (text) => {
        await expectSame(text);
      }),
      { numRuns: 300 },
    );
  });

  it('is answered as it is behind: bytes put in and taken out anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        asked,
        fc.array(edit, { minLength: 1, maxLength: 2 }),
        async (text, edits) => {
          await expectSame(edited(text, edits));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is answered as it is behind: bodies in which something was put in or taken out', async () => {
    await fc.assert(
      fc.asyncProperty(
        member,
        fc.array(edit, { minLength: 1, maxLength: 2 }),
        async (members, edits) => {
          await expectSame(post(edited(JSON.stringify(payment(members)), edits)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
