/** The table of outcomes of the HTTP API: what each answer says about the operation that was asked. */
import { describe, expect, it } from 'vitest';
import { merchantSubAccount, userAccount } from '../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { readInt64, readUint64 } from '../../wire/bytes.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { resultName } from '../../wire/results.js';
import { writeAnswer } from './http-answer.js';

const ID = '018bcfe5-6800-7003-8000-000700000000';
const LEGS = [
  { account: 'user:7', balanceMinor: -1, version: 3 },
  { account: 'merchant:3@1', balanceMinor: 2 ** 40 + 1, version: 4 },
];
const OK = { id: ID, outcome: 'ok', code: 'created', timestampUs: 1.7e15, receipt: LEGS };
const refused = (code: string): object => ({ error: 'no', code });

function answered(kind: keyof typeof OPERATION_KIND, status: number, body: unknown): DataView {
  const ack = new DataView(new ArrayBuffer(ACK_BYTES));
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const asked = { tag: 77, kind: OPERATION_KIND[kind], id: ID };
  writeAnswer(ack, 0, asked, { status, body: Buffer.from(text) });
  return ack;
}

function told(...given: Parameters<typeof answered>): string {
  const ack = answered(...given);
  expect(ack.getUint32(ACK.tag, true)).toBe(77);
  const outcome = Object.keys(OUTCOME)[ack.getUint8(ACK.outcome)];
  return `${outcome} ${resultName(ack.getUint16(ACK.code, true))}`;
}

const MALFORMED = 'unknown answer_malformed';

describe('an effect that was asked for', () => {
  it.each([
    // the contract's own words
    [200, OK, 'ok created'],
    [
      402,
      { ...OK, outcome: 'declined', code: 'exceeds_credits', receipt: [] },
      'declined exceeds_credits',
    ],
    [400, refused('malformed_operation'), 'declined malformed_operation'],
    [409, refused('exists_with_different_amount'), 'declined exists_with_different_amount'],
    [422, refused('amount_out_of_range'), 'declined amount_out_of_range'],
    [503, refused('not_admitted'), 'declined not_admitted'],
    [503, refused('shard_unavailable'), 'declined shard_unavailable'],
    [504, refused('shard_connection_lost'), 'unknown shard_connection_lost'],
    // a proxy's words, or nobody's: nothing is known
    [503, '<html>Service Unavailable</html>', MALFORMED],
    [503, refused('exceeds_credits'), MALFORMED],
    [500, refused('malformed_operation'), MALFORMED],
    [502, '', MALFORMED],
    [504, 'upstream timed out', MALFORMED],
    [429, refused('not_admitted'), MALFORMED],
    [413, refused('malformed_operation'), MALFORMED],
    [404, refused('no_route'), MALFORMED],
    [422, refused('tried'), MALFORMED],
    [402, refused('a_code_of_tomorrow'), MALFORMED],
    [302, OK, MALFORMED],
    // an ok that is not whole
    [200, JSON.stringify(OK).slice(0, -2), MALFORMED],
    [200, '[]', MALFORMED],
    [200, { ...OK, outcome: 'declined' }, MALFORMED],
    [200, { ...OK, id: ID.replace('7', '8') }, MALFORMED],
    [200, { ...OK, receipt: undefined }, MALFORMED],
    [200, { ...OK, receipt: [{ ...LEGS[0], version: undefined }] }, MALFORMED],
    [200, { ...OK, receipt: [{ ...LEGS[0], balanceMinor: 0.5 }] }, MALFORMED],
    [200, { ...OK, receipt: [{ ...LEGS[0], account: 'me' }] }, MALFORMED],
    [200, { ...OK, receipt: Array(5).fill(LEGS[0]) }, MALFORMED],
    [200, { ...OK, timestampUs: 'now' }, MALFORMED],
  ])('%i %j is %s', (status, body, expected) => {
    expect(told('pay', status, body)).toBe(expected);
  });

  it('comes with its receipt', () => {
    const ack = answered('pay', 200, OK);
    expect(ack.getUint8(ACK.legs)).toBe(2);
    expect(readUint64(ack, ACK.timestamp)).toBe(1.7e15);
    expect(readUint64(ack, ACK.accounts)).toBe(userAccount(7));
    expect(readUint64(ack, ACK.accounts + 8)).toBe(merchantSubAccount(3, 1));
    expect([readInt64(ack, ACK.balances), readInt64(ack, ACK.balances + 8)]).toEqual([
      -1,
      2 ** 40 + 1,
    ]);
    expect([ack.getUint32(ACK.versions, true), ack.getUint32(ACK.versions + 4, true)]).toEqual([
      3, 4,
    ]);
  });
});

describe('a look-up', () => {
  it.each([
    [200, OK, 'ok created'],
    [
      200,
      { ...OK, outcome: 'declined', code: 'exceeds_credits', receipt: [] },
      'declined exceeds_credits',
    ],
    [200, { ...OK, outcome: 'unknown', code: 'tried', receipt: [] }, 'unknown tried'],
    [404, refused('operation_not_found'), 'declined operation_not_found'],
    [503, refused('shard_unavailable'), 'declined shard_unavailable'],
    [422, refused('reference_has_different_accounts'), 'unknown reference_has_different_accounts'],
    [404, refused('no_route'), MALFORMED],
    [500, refused('operation_not_found'), MALFORMED],
  ])('answered %i %j says %s', (status, body, expected) => {
    expect(told('lookup', status, body)).toBe(expected);
  });
});

describe('a look-up that finds nothing', () => {
  it.each([
    [1.7e15, 1.7e15],
    [undefined, 0],
  ])('says as of which ledger time: %s', (timestampUs, expected) => {
    const ack = answered('lookup', 404, { ...refused('operation_not_found'), timestampUs });
    expect(ack.getUint8(ACK.outcome)).toBe(OUTCOME.declined);
    expect(readUint64(ack, ACK.timestamp)).toBe(expected);
  });
});

describe('a balance', () => {
  it.each([
    [200, { account: 'user:7', balanceMinor: -1, parts: [LEGS[0]] }, 'ok created'],
    [200, { account: 'user:7', balanceMinor: -1 }, MALFORMED],
    [404, refused('debit_account_not_found'), 'declined debit_account_not_found'],
  ])('answered %i %j says %s', (status, body, expected) => {
    expect(told('balance', status, body)).toBe(expected);
  });
});
