import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  merchantAccount,
  merchantSubAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from '../../wire/accounts.js';
import { OP, OPERATION_BYTES } from '../../wire/operations.js';
import { AMOUNT_MINOR_MAX, resultName } from '../../wire/results.js';
import { checkOperation } from './check-operation.js';
import { freshId, type Operation, writeOperation } from './testing/bolt-client.js';

const SHARDS = 2;
const user = userAccount;
const merchant = merchantAccount;
const HOLD = freshId();

function checked(operation: Operation, change: (record: DataView) => void = () => {}): string {
  const bytes = Buffer.alloc(OPERATION_BYTES);
  writeOperation(bytes, 0, operation, 1);
  const record = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  change(record);
  return (
    resultName(checkOperation(record, 0, { shards: SHARDS, offers: new Uint8Array(256) })) ?? '?'
  );
}

const PAY: Operation = { kind: 'pay', account: user(7), counterparty: merchant(3), amount: 100 };

describe('the check at the edge', () => {
  const good: [string, Operation][] = [
    ['a payment', PAY],
    ['a transfer', { kind: 'transfer', account: user(7), counterparty: user(8), amount: 1 }],
    ['the largest amount', { ...PAY, amount: AMOUNT_MINOR_MAX }],
    ['a top-up', { kind: 'topUp', account: user(7), amount: 1 }],
    ['a refund', { ...PAY, kind: 'refund', reference: HOLD }],
    ['a hold for a merchant', { ...PAY, kind: 'hold', timeoutS: 10 }],
    ['a hold for a user', { ...PAY, kind: 'hold', counterparty: user(8), timeoutS: 10 }],
    ['a capture', { ...PAY, kind: 'capture', reference: HOLD }],
    ['a void', { kind: 'void', account: user(7), reference: HOLD }],
    ['a balance of a user', { kind: 'balance', account: user(7) }],
    ['a balance of a sub-account', { kind: 'balance', account: merchantSubAccount(1, 1) }],
    ['a balance of the fees', { kind: 'balance', account: systemAccount(SYSTEM_ACCOUNT.fee, 0) }],
    ['a look-up', { kind: 'lookup', account: user(7) }],
  ];
  it.each(good)('lets %s through', (_name, operation) => {
    expect(checked(operation)).toBe('created');
  });

  const bad: [string, Operation, string][] = [
    ['an amount of nothing', { ...PAY, amount: 0 }, 'amount_out_of_range'],
    ['an amount over 2^48', { ...PAY, amount: AMOUNT_MINOR_MAX + 1 }, 'amount_out_of_range'],
    ['an amount of 2^53 - 1', { ...PAY, amount: 2 ** 53 - 1 }, 'amount_out_of_range'],
    ['an id of zero', { ...PAY, id: [0, 0, 0, 0] }, 'id_must_not_be_zero'],
    [
      'a transfer to oneself',
      { kind: 'transfer', account: user(7), counterparty: user(7), amount: 1 },
      'accounts_must_be_different',
    ],
    ['a payer who is a merchant', { ...PAY, account: merchant(3) }, 'malformed_operation'],
    ['a payer of number 0', { ...PAY, account: 0 }, 'malformed_operation'],
    ['a payment to a user', { ...PAY, counterparty: user(8) }, 'malformed_operation'],
    [
      'a payment to a sub-account by name',
      { ...PAY, counterparty: merchantSubAccount(1, 0) },
      'malformed_operation',
    ],
    ['a transfer to a merchant', { ...PAY, kind: 'transfer' }, 'malformed_operation'],
    [
      'a payment into a system account',
      { ...PAY, counterparty: systemAccount(SYSTEM_ACCOUNT.bank, 0) },
      'malformed_operation',
    ],
    ['a refund of nothing', { ...PAY, kind: 'refund' }, 'malformed_operation'],
    ['a capture of nothing', { ...PAY, kind: 'capture' }, 'malformed_operation'],
    ['a hold without end', { ...PAY, kind: 'hold' }, 'malformed_operation'],
    ['an unknown channel', { ...PAY, channel: 9 }, 'malformed_operation'],
    [
      'a balance on a shard that is not',
      { kind: 'balance', account: merchantSubAccount(1, 2) },
      'debit_account_not_found',
    ],
    ['a payee of ten digits', { ...PAY, counterparty: merchant(10 ** 9) }, 'malformed_operation'],
    ['a payer of ten digits', { ...PAY, account: user(10 ** 9) }, 'malformed_operation'],
  ];
  it.each(bad)('names %s', (_name, operation, code) => {
    expect(checked(operation)).toBe(code);
  });

  it('names an unknown kind, another currency, and an account of 2^64 - 1', () => {
    expect(checked(PAY, (record) => record.setUint8(OP.kind, 77))).toBe('unknown_kind');
    expect(checked(PAY, (record) => record.setUint16(OP.currency, 840, true))).toBe(
      'malformed_operation',
    );
    const huge = (record: DataView): void => {
      record.setBigUint64(OP.account, 2n ** 64n - 1n, true);
    };
    expect(checked(PAY, huge)).toBe('malformed_operation');
    expect(checked({ kind: 'balance', account: 1 }, huge)).toBe('malformed_operation');
    const amount = (record: DataView): void => {
      record.setBigUint64(OP.amount, 2n ** 64n - 1n, true);
    };
    expect(checked(PAY, amount)).toBe('amount_out_of_range');
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: OPERATION_BYTES, maxLength: OPERATION_BYTES }),
        (bytes) => {
          const record = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          expect(
            resultName(checkOperation(record, 0, { shards: SHARDS, offers: new Uint8Array(256) })),
          ).toBeDefined();
        },
      ),
    );
  });
});
