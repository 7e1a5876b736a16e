/**
 * The HTTP edge before real shards: what people and k6 see.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE, kindsWhere, knownKind } from '../../products/kinds.js';
import { formatOperationId } from '../../wire/operation-id.js';
import { POSTABLE_KINDS } from './http-schemas.js';
import type { Gateway } from './run-gateway.js';
import { type BoltClient, freshId } from './testing/bolt-client.js';
import { TestStack } from './testing/stack.js';

let stack: TestStack;
let gateway: Gateway;
let client: BoltClient;

beforeAll(async () => {
  stack = await TestStack.start();
  gateway = await stack.gateway();
  client = await stack.client(gateway.bolt);
});

afterAll(() => stack.close());

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`http://${gateway.http}${path}`, init);
  const body: unknown = await response.json();
  if (typeof body !== 'object' || body === null) throw new Error('no object');
  return { status: response.status, body: { ...body } };
}

/** An object is posted under a fresh id where it has none. */
function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const named = isObject && !('idempotency-key' in headers) ? { id: id(), ...body } : body;
  const text = typeof body === 'string' ? body : JSON.stringify(named);
  return call('/v1/operations', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: text,
  });
}

const PAY = { kind: 'pay', payer: 'user:7', payee: 'merchant:8', amountMinor: 100 };
const id = (): string => formatOperationId(freshId());

describe('POST /v1/operations', () => {
  it('pays, with a receipt leg for everyone whose balance changed', async () => {
    const { status, body } = await post({ ...PAY, amountMinor: 10_000 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ outcome: 'ok', code: 'created' });
    const accounts = [];
    if (Array.isArray(body.receipt)) for (const leg of body.receipt) accounts.push(leg.account);
    expect(accounts).toEqual(['user:7', 'merchant:8', 'fee@0', 'platform@0']);
    expect(body.timestampUs).toBeGreaterThan(1e15);
  });

  it('tells Prometheus what /v1/stats tells', async () => {
    const { admitted } = (await call('/v1/stats')).body;
    const response = await fetch(`http://${gateway.http}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await response.text()).split('\n');
    expect(lines).toContain('# TYPE paydrill_gateway_admitted_total counter');
    expect(lines).toContain(`paydrill_gateway_admitted_total ${admitted}`);
    expect(lines).toContainEqual(expect.stringMatching(/^process_cpu_seconds_total [\d.e-]+$/));
    for (const shard of [0, 1]) {
      for (const name of ['entries_total', 'ids_in_memory', 'oldest_id_age_seconds']) {
        const line = new RegExp(`^paydrill_shard_${name}\\{shard="${shard}"\\} \\d+(\\.\\d+)?$`);
        expect(lines).toContainEqual(expect.stringMatching(line));
      }
      expect(lines).toContain(`paydrill_shard_ids_in_memory_max{shard="${shard}"} ${2 ** 24}`);
    }
  });

  it('serves every kind by the names people use', async () => {
    const hold = id();
    const other = id();
    const paid = id();
    const users = { payer: 'user:9', payee: 'user:10', amountMinor: 10 };
    const table = [
      { kind: 'topUp', payee: 'user:9', amountMinor: 100 },
      { kind: 'transfer', ...users },
      { kind: 'hold', id: hold, ...users, timeoutS: 60 },
      { kind: 'capture', ...users, reference: hold },
      { kind: 'hold', id: other, ...users },
      { kind: 'void', payer: 'user:9', reference: other },
      { kind: 'pay', id: paid, payer: 'user:9', payee: 'merchant:1', amountMinor: 10 },
      { kind: 'refund', payer: 'merchant:1', payee: 'user:9', amountMinor: 10, reference: paid },
    ];
    for (const body of table)
      expect([body.kind, (await post(body)).status]).toEqual([body.kind, 200]);
  });

  it('takes Idempotency-Key as the id: a repeat is answered with the first receipt', async () => {
    const headers = { 'idempotency-key': id() };
    const first = await post(PAY, headers);
    const again = await post(PAY, headers);
    expect(again).toEqual(first);
    const quoted = { 'idempotency-key': `"${headers['idempotency-key']}"` };
    expect(await post(PAY, quoted)).toEqual(first);
    const other = await post({ ...PAY, amountMinor: 101 }, headers);
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ code: 'exists_with_different_amount' });
    const both = await post({ ...PAY, id: id() }, headers);
    expect(both).toMatchObject({ status: 400, body: { code: 'malformed_operation' } });
  });

  const payees = ['merchant:9', 'merchant:8', 'merchant:1'];
  it.each(payees)(
    'counts a retry once, and a new payment that calls itself a retry as a payment: to %s',
    async (payee) => {
      const payer = `user:${15 + 2 * payees.indexOf(payee)}`;
      const large = { ...PAY, payer, payee, amountMinor: 5_000_000 };
      const codes = async (body: object): Promise<unknown> =>
        (await post({ ...large, ...body })).body.code;
      const known = id();
      expect(await codes({ id: known })).toBe('exceeds_credits');
      for (let i = 0; i < 5; i++) {
        expect(await codes({ id: known, retry: true })).toBe('exceeds_credits');
      }
      for (let i = 0; i < 9; i++) {
        expect(await codes({ id: id(), retry: i % 2 === 0 })).toBe('exceeds_credits');
      }
      expect(await codes({ id: id(), retry: true })).toBe('risk_velocity_amount');
      expect(await codes({ id: id() })).toBe('risk_velocity_amount');
      expect(await codes({ id: known, retry: true })).toBe('exceeds_credits');
    },
  );

  it('a new hold or transfer that calls itself a retry is judged too', async () => {
    const large = { payer: 'user:13', amountMinor: 5_000_001, retry: true };
    const hold = { ...large, id: id(), kind: 'hold', payee: 'merchant:9' };
    const transfer = { ...large, id: id(), kind: 'transfer', payee: 'user:8' };
    for (const body of [hold, transfer]) {
      expect((await post(body)).body.code).toBe('risk_amount_limit');
    }
  });

  const declines: [string, unknown, number, string][] = [
    ['too little money', { ...PAY, amountMinor: 900_000 }, 402, 'exceeds_credits'],
    ['an amount over the risk limit', { ...PAY, amountMinor: 5_000_001 }, 402, 'risk_amount_limit'],
    ['an unknown payer', { ...PAY, payer: 'user:4000' }, 422, 'debit_account_not_found'],
    ['an unknown merchant', { ...PAY, payee: 'merchant:4000' }, 422, 'credit_account_not_found'],
    [
      'a payment to oneself',
      { ...PAY, kind: 'transfer', payee: 'user:7' },
      422,
      'accounts_must_be_different',
    ],
    ['a payment to a user', { ...PAY, payee: 'user:9' }, 400, 'malformed_operation'],
    ['a transfer to a merchant', { ...PAY, kind: 'transfer' }, 400, 'malformed_operation'],
    ['a payee of ten digits', { ...PAY, payee: 'merchant:1000000000' }, 400, 'malformed_operation'],
    ['an amount of zero', { ...PAY, amountMinor: 0 }, 422, 'amount_out_of_range'],
    ['a negative amount', { ...PAY, amountMinor: -1 }, 422, 'amount_out_of_range'],
    ['a fractional amount', { ...PAY, amountMinor: 1.5 }, 422, 'amount_out_of_range'],
    ['an amount in quotes', { ...PAY, amountMinor: '100' }, 422, 'amount_out_of_range'],
    [
      'no amount',
      { kind: 'pay', payer: 'user:7', payee: 'merchant:8' },
      400,
      'malformed_operation',
    ],
    ['no payer', { kind: 'pay', payee: 'merchant:8', amountMinor: 1 }, 400, 'malformed_operation'],
    ['an account that is no account', { ...PAY, payer: 'me' }, 400, 'malformed_operation'],
    ['a system account', { ...PAY, payer: 'bank@0' }, 400, 'malformed_operation'],
    ['an unknown kind', { ...PAY, kind: 'gamble' }, 400, 'malformed_operation'],
    ['a field nobody knows', { ...PAY, ammount: 1 }, 400, 'malformed_operation'],
    ['an id that is no UUID', { ...PAY, id: 'abc' }, 400, 'malformed_operation'],
    [
      'an id of version 4',
      { ...PAY, id: '6f1c2a34-9d5b-4e0f-8a76-1b2c3d4e5f60' },
      400,
      'malformed_operation',
    ],
    ['an end of a payment', { ...PAY, timeoutS: 60 }, 400, 'malformed_operation'],
    [
      'an end that is no integer',
      { ...PAY, kind: 'hold', timeoutS: 1.5 },
      400,
      'malformed_operation',
    ],
    [
      'an end in 90 years',
      { ...PAY, kind: 'hold', timeoutS: 2 ** 31 + 1 },
      400,
      'malformed_operation',
    ],
    [
      'a void that names a payee',
      { kind: 'void', payer: 'user:7', payee: 'merchant:8', reference: id() },
      400,
      'malformed_operation',
    ],
    [
      'a refund of nothing',
      { ...PAY, kind: 'refund', payer: 'merchant:8', payee: 'user:7' },
      400,
      'malformed_operation',
    ],
    ['no JSON', 'pay 5 yuan', 400, 'malformed_operation'],
    ['JSON that is no object', '[1,2,3]', 400, 'malformed_operation'],
    ['nothing', '', 400, 'malformed_operation'],
  ];
  it.each(declines)('%s is named in one line', async (_name, body, status, code) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
    expect(answer.body.error).toMatch(/^[^\n]+$/);
  });

  it.each(POSTABLE_KINDS)('refuses a %s without an id: it could not be repeated', async (kind) => {
    const { row } = knownKind(kind);
    const body = JSON.stringify({
      kind,
      payer: 'user:7',
      payee: row.home === 'payee' ? 'user:7' : 'merchant:8',
      amountMinor: 1,
    });
    const before = (await call('/v1/stats')).body.admitted;
    expect(await post(body)).toMatchObject({
      status: 400,
      body: { error: 'id: is missing', code: 'malformed_operation' },
    });
    expect((await call('/v1/stats')).body.admitted).toBe(before);
  });

  it('refuses what only scripts tell of as a kind that there is not', async () => {
    const told = kindsWhere((row) => row.toldOnly === true);
    expect(told).not.toEqual([]);
    for (const kind of told) {
      const body = JSON.stringify({ id: id(), kind, payer: 'user:7', amountMinor: 1 });
      const answer = await post(body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatch(/^kind: give one of /);
    }
  });

  const amounts: [string, string][] = [
    ['a fraction that a double loses', '281474976710655.99'],
    ['a small fraction', '100.00000000000000000001'],
    ['a fraction of nothing', '100.0'],
    ['an exponent', '1e2'],
    ['an exponent that makes it whole', '1.5e1'],
    ['an exponent to the negative', '1000E-1'],
    ['minus zero', '-0'],
    ['one more than 2^48', '281474976710657'],
    ['2^64', '18446744073709551616'],
    ['more than a double holds', '1e999'],
    ['three hundred digits', '9'.repeat(300)],
    ['a text', '"100"'],
    ['true', 'true'],
    ['null', 'null'],
    ['a list', '[100]'],
    ['an object', '{"minor":100}'],
  ];
  it.each(amounts)(
    'an amount that is %s is out of range, and nothing moves',
    async (_name, text) => {
      const balance = async (): Promise<unknown> => (await call('/v1/accounts/user:7')).body;
      const before = await balance();
      const body = JSON.stringify({ id: id(), ...PAY, amountMinor: 0 }).replace(':0}', `:${text}}`);
      expect(await post(body)).toMatchObject({
        status: 422,
        body: {
          code: 'amount_out_of_range',
          error: expect.stringMatching(/^amountMinor: [^\n]+$/),
        },
      });
      expect(await balance()).toEqual(before);
    },
  );

  it('takes the whole range of an amount, written in digits', async () => {
    for (const [amountMinor, code] of [
      [1, 'created'],
      [2 ** 48, 'risk_amount_limit'],
    ] as const) {
      expect((await post({ ...PAY, amountMinor })).body.code).toBe(code);
    }
  });

  it.each([
    ['an amount', '"amountMinor":1', 'amountMinor'],
    ['an amount, its name written otherwise', '"amount\\u004dinor":1', 'amountMinor'],
    ['a payee', '"payee":"merchant:9"', 'payee'],
    ['an id', `"id":"${id()}"`, 'id'],
  ])('refuses a body that gives %s twice', async (_name, member, field) => {
    const text = JSON.stringify({ id: id(), ...PAY });
    expect(await post(`${text.slice(0, -1)},${member}}`)).toMatchObject({
      status: 400,
      body: { error: `${field}: given twice`, code: 'malformed_operation' },
    });
  });

  it('names the field that is wrong, in the body and in the query', async () => {
    const errorOf = async (body: unknown): Promise<unknown> => (await post(body)).body.error;
    expect(await errorOf({ ...PAY, payer: undefined })).toBe('payer: is missing');
    expect(await errorOf({ ...PAY, ammount: 1 })).toBe('ammount: is no field of this');
    expect(await errorOf({ ...PAY, kind: 'gamble' })).toMatch(/^kind: give one of pay, /);
    expect(await errorOf({ ...PAY, channel: 'cash' })).toMatch(/^channel: give one of balance, /);
    expect(await errorOf('[]')).toMatch(/^body: /);
    const { body } = await call(`/v1/operations/${id()}`);
    expect(body.error).toBe('query account: is missing');
    const wrong = await call(`/v1/operations/${id()}?account=merchant:1`);
    expect(wrong.body.error).toMatch(/^query account: /);
  });

  it('says which methods a path has, whatever comes with another', async () => {
    const headers = { 'content-type': 'text/csv' };
    for (const [path, method, allow] of [
      ['/v1/operations', 'GET', 'POST'],
      ['/v1/operations', 'PUT', 'POST'],
      ['/v1/stats', 'POST', 'GET, HEAD'],
      ['/v1/operations/x', 'DELETE', 'GET, HEAD'],
      ['/openapi.json', 'PATCH', 'GET, HEAD'],
    ] as const) {
      const init = method === 'GET' ? { method } : { method, headers, body: 'a' };
      const response = await fetch(`http://${gateway.http}${path}`, init);
      expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow]);
      expect(await response.json()).toMatchObject({ code: 'method_not_allowed' });
    }
  });

  it('refuses a body that is too long, another content type, and a route that is not there', async () => {
    expect((await post({ ...PAY, payer: 'x'.repeat(20_000) })).status).toBe(413);
    expect((await post('pay', { 'content-type': 'text/csv' })).status).toBe(415);
    expect(await call('/v1/money')).toMatchObject({ status: 404, body: { code: 'no_route' } });
  });

  it('never answers 500, and charges only what it says, whatever the JSON', async () => {
    const value = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom('user:7', 'merchant:8', 'pay', 'refund', 'hold', 'topUp'),
      fc.array(fc.integer(), { maxLength: 3 }),
    );
    const fields = [
      'id',
      'kind',
      'payer',
      'payee',
      'amountMinor',
      'channel',
      'reference',
      'timeoutS',
      'retry',
    ];
    const body = fc.dictionary(fc.constantFrom(...fields, '__proto__', 'x'), value, { maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(body, fc.json()), async (given) => {
        const answer = await post(given);
        expect([200, 400, 402, 409, 422]).toContain(answer.status);
        expect(typeof answer.body.code).toBe('string');
      }),
      { numRuns: 150 },
    );
    expect((await post(PAY)).status).toBe(200);
  });
});

describe('the other routes', () => {
  it('looks an operation up, and says when there is none', async () => {
    const key = id();
    const paid = await post({ ...PAY, id: key });
    const found = await call(`/v1/operations/${key}?account=user:7`);
    expect(found).toMatchObject({ status: 200, body: { receipt: paid.body.receipt } });
    const none = await call(`/v1/operations/${id()}?account=user:7`);
    expect(none).toMatchObject({
      status: 404,
      // As of the last entry of the shard, which is that payment's.
      body: { code: 'operation_not_found', timestampUs: paid.body.timestampUs },
    });
    const declined = id();
    await post({ ...PAY, id: declined, amountMinor: 5_000_001 });
    const told = await call(`/v1/operations/${declined}?account=user:7`);
    expect(told).toMatchObject({
      status: 200,
      body: { outcome: 'declined', code: 'risk_amount_limit' },
    });
    const paidNobody = id();
    await post({ ...PAY, id: paidNobody, payee: 'merchant:4000' });
    expect(await call(`/v1/operations/${paidNobody}?account=user:7`)).toMatchObject({
      status: 200,
      body: { outcome: 'declined', code: 'credit_account_not_found' },
    });
    const stranger = await call(`/v1/operations/${key}?account=user:9`);
    expect(stranger).toMatchObject({
      status: 422,
      body: { code: 'reference_has_different_accounts' },
    });
    expect((await call(`/v1/operations/${key}`)).status).toBe(400);
    expect((await call(`/v1/operations/x?account=user:7`)).status).toBe(400);
  });

  it('tells balances; a split merchant’s is the sum of its parts', async () => {
    await post({ ...PAY, payee: 'merchant:2', payer: 'user:7' });
    await post({ ...PAY, payee: 'merchant:2', payer: 'user:8' });
    const { body } = await call('/v1/accounts/merchant:2');
    expect(body).toMatchObject({
      account: 'merchant:2',
      balanceMinor: 200,
      parts: [{ account: 'merchant:2@0' }, { account: 'merchant:2@1' }],
    });
    expect((await call('/v1/accounts/fee@0')).status).toBe(200);
    expect(await call('/v1/accounts/user:4000')).toMatchObject({ status: 404 });
    expect((await call('/v1/accounts/nobody')).status).toBe(400);
  });

  it('tells balances of what products have, for each user and on each shard, where it offers them', async () => {
    const offering = await stack.gateway({ products: ['insurance'] });
    const balanceOf = async (account: string) => {
      const response = await fetch(`http://${offering.http}/v1/accounts/${account}`);
      return { status: response.status, body: await response.json() };
    };
    expect(await balanceOf('insurance.claimed:7')).toMatchObject({
      status: 200,
      body: { account: 'insurance.claimed:7', balanceMinor: 0 },
    });
    expect((await balanceOf('insurance.reserve@1')).status).toBe(200);
    expect((await balanceOf('loan.limit:7')).status).toBe(404);
    expect((await balanceOf('insurance.claimed@1')).status).toBe(400);
    expect((await balanceOf('insurancexclaimed:7')).status).toBe(400);
    await offering.close();
  });

  it('shows topology, stats and health', async () => {
    const { body } = await call('/v1/topology');
    expect(body).toMatchObject({ placement: { shards: 2 }, users: 20 });
    expect(body.shardAddresses).toHaveLength(2);
    const before = (await call('/v1/stats')).body;
    await post(PAY);
    const after = (await call('/v1/stats')).body;
    expect([after.inFlight, Number(after.admitted) - Number(before.admitted)]).toEqual([0, 1]);
    expect((await call('/health')).body).toEqual({ status: 'ok', shardsUp: 2, shards: 2 });
  });

  it('describes itself in OpenAPI, with the schemas that are checked', async () => {
    const { body } = await call('/openapi.json');
    expect(body.openapi).toMatch(/^3\./);
    const text = JSON.stringify(body);
    expect(text).toContain('"/v1/operations"');
    expect(text).toContain('"maximum":281474976710656');
    expect(text).toContain('"409"');
    expect(body.servers).toEqual([{ url: `http://${gateway.http}` }]);
    const { schemas } = Object(body.components);
    expect(Object.keys(schemas)).toEqual([
      'pay',
      'transfer',
      'topUp',
      'refund',
      'hold',
      'capture',
      'void',
      ...CATALOGUE.kinds.map(({ name }) => name),
    ]);
    expect(schemas['huabei.refund'].required).toEqual([
      'id',
      'kind',
      'payee',
      'payer',
      'amountMinor',
      'reference',
    ]);
    expect(schemas.void.required).toEqual(['id', 'kind', 'payer', 'reference']);
    expect(schemas.refund.required).toEqual([
      'id',
      'kind',
      'payee',
      'payer',
      'amountMinor',
      'reference',
    ]);
    expect(schemas.hold.properties.timeoutS.default).toBe(900);
  });
});

describe('HTTP and Bolt', () => {
  it('are two edges of one system: what one paid the other finds', async () => {
    const key = freshId();
    const ack = await client.ask({
      kind: 'transfer',
      id: key,
      account: 7,
      counterparty: 8,
      amount: 5,
    });
    expect(ack.outcome).toBe('ok');
    const found = await call(`/v1/operations/${formatOperationId(key)}?account=user:7`);
    expect(found.body).toMatchObject({ outcome: 'ok' });
  });
});
