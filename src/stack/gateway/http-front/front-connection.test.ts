/**
 * One connection from its first byte to its end: how its bytes come, in which order its answers leave, and when it goes to
 * the server behind, with which everything is as if it had been there from the beginning.
 */
import type { Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FrontStand, until } from './testing/front-stand.js';
import { get, payment, post, type RawClient } from './testing/requests.js';

let stand: FrontStand;
let server: Server;

beforeAll(async () => {
  stand = await FrontStand.start();
  server = await stand.server();
});

afterAll(() => stand.close());

beforeEach(() => {
  stand.seen();
});

const HEALTH = 'GET /health';
const BALANCE = get('/v1/accounts/user:20');
const ok = (id: unknown): unknown =>
  expect.objectContaining({ status: 200, body: expect.stringContaining(`{"id":"${id}"`) });

describe('a payment', () => {
  it('that comes in two pieces, wherever it is cut, is paid once and by the front', async () => {
    const client = await stand.connect();
    const far = await stand.farSide(client);
    stand.seen();
    const { length } = post(payment());
    for (let cut = 1; cut < length; cut++) {
      const paid = payment();
      const text = post(paid);
      const readBefore = far.bytesRead;
      await client.write(text.slice(0, cut));
      await until(() => far.bytesRead === readBefore + cut);
      expect(client.text).toBe('');
      await client.write(text.slice(cut));
      expect(await client.answered(1)).toEqual([ok(paid.id)]);
      client.text = '';
    }
    expect(stand.seen()).toEqual([]);
    client.close();
  });

  it('that comes byte by byte is paid by the front', async () => {
    const client = await stand.connect();
    const far = await stand.farSide(client);
    const paid = payment();
    for (const byte of post(paid)) {
      const { bytesRead } = far;
      await client.write(byte);
      await until(() => far.bytesRead > bytesRead);
    }
    expect(await client.answered(1)).toEqual([ok(paid.id)]);
    expect(stand.seen()).toEqual([]);
    client.close();
  });

  it('and others in one piece are answered in their order, on whichever shard they are', async () => {
    const client = await stand.connect();
    const paid = Array.from({ length: 200 }, (_, i) => payment({ payer: `user:${1 + (i % 20)}` }));
    const text = paid.map((one) => post(one)).join('');
    const cut = Math.floor(text.length / 3);
    await client.write(text.slice(0, cut));
    await client.write(text.slice(cut));
    const answers = await client.answered(paid.length);
    expect(answers).toEqual(
      paid.map(({ id }) => expect.objectContaining({ body: expect.stringContaining(`"${id}"`) })),
    );
    expect(stand.seen()).toEqual([]);
    client.close();
  });
});

describe('a connection that asks for something else', () => {
  it('goes to the server behind with all that follows, after the answers that it is owed', async () => {
    const client = await stand.connect();
    const paid = [1, 2, 3, 4].map((n) => payment({ payer: `user:${n}` }));
    const [first, second, third, fourth] = paid.map((one) => post(one));
    await client.write(`${first}${BALANCE}${second}${get('/health')}${third}${BALANCE}`);
    await client.write(fourth ?? '');
    const answers = await client.answered(7);
    const bodies = ['{"id"', '{"account"', '{"id"', '{"status"', '{"id"', '{"account"', '{"id"'];
    expect(answers.map(({ body }) => body.slice(0, body.indexOf(':')))).toEqual(bodies);
    const ids = [0, 2, 4, 6].map((at) => JSON.parse(answers[at]?.body ?? '').id);
    expect(ids).toEqual(paid.map(({ id }) => id));
    const post1 = 'POST /v1/operations';
    expect(stand.seen()).toEqual([HEALTH, post1, 'GET /v1/accounts/user:20', post1]);
    client.close();
  });

  it('loses no byte, however many come with it and after it', async () => {
    const client = await stand.connect();
    const many = 2000;
    await client.write(post(payment()) + get('/health').repeat(many));
    for (let i = 0; i < 10; i++) await client.write(BALANCE.repeat(10));
    const answers = await client.answered(1 + many + 100);
    expect(answers).toHaveLength(1 + many + 100);
    expect(new Set(answers.slice(1, many + 1).map(({ text }) => text)).size).toBe(1);
    expect(stand.seen()).toHaveLength(many + 100);
    client.close();
  });

  it('is closed by the server where it says so', async () => {
    const client = await stand.connect();
    await client.write(post(payment()) + post(payment(), 'connection: close'));
    const [first, last] = await client.closed();
    expect([first?.status, last?.status]).toEqual([200, 200]);
    expect(last?.text).toMatch(/\r\nconnection: close\r\n/i);
  });

  it('has a body in chunks read there', async () => {
    const client = await stand.connect();
    const paid = payment();
    const body = JSON.stringify(paid);
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const head = post('').replace('content-length: 0', 'transfer-encoding: chunked');
    await client.write(head + chunk + BALANCE);
    expect((await client.answered(2))[0]).toEqual(ok(paid.id));
    client.close();
  });

  it('is told to go on where it asks for that', async () => {
    const client = await stand.connect();
    const paid = payment();
    const text = post(paid, 'expect: 100-continue');
    const bodyAt = text.indexOf('{');
    await client.write(text.slice(0, bodyAt));
    expect((await client.answered(1))[0]?.status).toBe(100);
    await client.write(text.slice(bodyAt));
    expect((await client.answered(2))[1]).toEqual(ok(paid.id));
    client.close();
  });
});

describe('a client that is slow', () => {
  /** Node's server listens for a time-out of every connection that it has. */
  const isBehind = async (client: RawClient): Promise<boolean> =>
    (await stand.farSide(client)).listenerCount('timeout') > 0;

  it.each([
    ['head', 40],
    ['body', 150],
  ])('in mid-%s is the server’s before long, which goes on where it is', async (_part, cut) => {
    const client = await stand.connect();
    const paid = payment();
    const text = post(paid);
    await client.write(text.slice(0, cut));
    while (!(await isBehind(client))) await new Promise((resolve) => setImmediate(resolve));
    await client.write(text.slice(cut));
    expect(await client.answered(1)).toEqual([ok(paid.id)]);
    expect(stand.seen()).toEqual(['POST /v1/operations']);
    client.close();
  });

  it('and never asks is told so in the server’s words when its time is over', async () => {
    const { headersTimeout } = server;
    server.headersTimeout = 1;
    const client = await stand.connect();
    const [answer] = await client.closed();
    server.headersTimeout = headersTimeout;
    expect(answer?.status).toBe(408);
    expect(answer?.body).toBe(
      '{"error":"Request Timeout","message":"Client Timeout","statusCode":408}',
    );
  });

  it('and asks no more is closed when its time is over, and not before', async () => {
    const client = await stand.connect();
    await client.write(BALANCE);
    await client.answered(1);
    expect(client.ended).toBe(false);
    const { keepAliveTimeout } = server;
    server.keepAliveTimeout = 1;
    expect(await client.closed()).toHaveLength(1);
    server.keepAliveTimeout = keepAliveTimeout;
    expect(stand.seen()).toEqual([]);
  });

  it('to read is not read from until it does, and then has every answer', async () => {
    const client = await stand.connect();
    const far = await stand.farSide(client);
    client.socket.pause();
    const batch = 500;
    let asked = 0;
    while (!far.isPaused()) {
      const { bytesRead } = far;
      client.socket.write(BALANCE.repeat(batch));
      asked += batch;
      await until(() => far.isPaused() || far.bytesRead >= bytesRead + BALANCE.length * batch);
      await until(() => far.isPaused() || stand.gateway.stats().inFlight === 0);
    }
    client.socket.resume();
    const answers = await client.answered(asked);
    expect(answers).toHaveLength(asked);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(stand.seen()).toEqual([]);
    client.close();
  });
});

describe('a client that leaves', () => {
  it.each([
    ['in mid-head', 40],
    ['in mid-body', 150],
  ])('%s is told what it is told behind', async (_where, cut) => {
    const texts: string[] = [];
    for (const client of [await stand.connect(), await stand.connectBehind()]) {
      client.socket.end(post(payment()).slice(0, cut));
      texts.push(...(await client.closed()).map(({ text }) => text));
    }
    expect(texts).toEqual([expect.stringMatching(/^HTTP\/1.1 400 Bad Request\r\n/), texts[0]]);
  });

  it('after its answer has its connection closed', async () => {
    const client = await stand.connect();
    await client.write(BALANCE);
    await client.answered(1);
    client.socket.end();
    expect(await client.closed()).toHaveLength(1);
  });

  it('without a word has its connection closed', async () => {
    const client = await stand.connect();
    client.socket.end();
    expect(await client.closed()).toEqual([]);
  });

  it('before its answers does not hold up others, and what it asked for happened', async () => {
    const paid = payment();
    const client = await stand.connect();
    const far = await stand.farSide(client);
    await client.write(post(paid));
    await until(() => far.bytesRead > 0);
    client.socket.resetAndDestroy();
    const other = await stand.connect();
    await other.write(get(`/v1/operations/${paid.id}?account=user:7`));
    expect(await other.answered(1)).toEqual([ok(paid.id)]);
    other.close();
  });
});

it('a gateway that closes ends the connections of both', async () => {
  const own = await FrontStand.start();
  const front = await own.connect();
  await front.write(BALANCE);
  await front.answered(1);
  const clients = [front, await own.connect(), await own.connectBehind()];
  await own.close();
  for (const client of clients) await client.closed();
  expect(clients.map(({ ended }) => ended)).toEqual([true, true, true]);
});
