/**
 * The ledger's rules as tables: each row a situation a banker knows, what is asked, and the answer. Alice, Bob and
 * Carol begin with 1,000 each, the shop and the cafe with nothing.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COMMAND, COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { ENTRY_COMMAND } from '../../wire/ledger-log.js';
import { RESULTS } from '../../wire/results.js';
import { RECALLED } from './ids.js';
import {
  type Asked,
  alice,
  bank,
  bob,
  cafe,
  carol,
  clearing,
  encodeCommands,
  fee,
  idText,
  idWords,
  LedgerKit,
  platform,
  shop,
} from './testing/ledger-kit.js';

let kit: LedgerKit;

beforeEach(() => {
  kit = new LedgerKit();
});

afterEach(async () => {
  await kit.close();
});

/** Alice pays the shop 100: 98 to the shop, 1 fee, 1 commission. */
const PAY: Asked = {
  command: 'post',
  id: 1,
  legs: [
    [alice, -100],
    [shop, 98],
    [fee, 1],
    [platform, 1],
  ],
};
/** 300 of Alice's money are reserved for the shop for ten minutes. */
const HOLD: Asked = {
  command: 'hold',
  id: 2,
  kind: 'hold',
  timeoutS: 600,
  counterparty: shop,
  legs: [
    [alice, -300],
    [clearing(0), 300],
  ],
};
/** The shop takes 200 of the 300 held. */
const CAPTURE: Asked = {
  command: 'capture',
  id: 3,
  kind: 'capture',
  reference: 2,
  legs: [
    [alice, -200],
    [shop, 200],
  ],
};
const VOID: Asked = { command: 'void_', id: 4, kind: 'void', reference: 2, user: alice };
/** Alice pays 100 to a merchant on shard 1 (the cafe, say): her side of it. */
const TRY: Asked = {
  command: 'try_',
  id: 5,
  flags: COMMAND_FLAG.primary,
  peer: 1,
  counterparty: cafe,
  legs: [
    [alice, -100],
    [clearing(1), 100],
  ],
};
const DIFFERENT_AMOUNT = 'exists_with_different_amount';
const CONFIRM: Asked = { command: 'confirm', id: 5 };
const CANCEL: Asked = { command: 'cancel', id: 5, peer: 1 };
/** The shop gives Alice 60 of the 100 of PAY back. */
const REFUND: Asked = {
  command: 'post',
  id: 6,
  kind: 'refund',
  reference: 1,
  legs: [
    [shop, -60],
    [alice, 60],
  ],
};
const DECLINE: Asked = {
  command: 'record_decline',
  id: 1,
  code: RESULTS.risk_amount_limit.code,
  user: alice,
  counterparty: shop,
};

/** A user who lives on shard 1. */
const DAVE = 4;
/** Dave pays the shop 100: the shop's side of it. */
const TAKE: Asked = {
  command: 'try_',
  id: 7,
  flags: COMMAND_FLAG.secondary,
  peer: 1,
  user: DAVE,
  counterparty: shop,
  legs: [
    [clearing(1), -100],
    [shop, 98],
    [fee, 1],
    [platform, 1],
  ],
};
const TAKEN: Asked = { command: 'confirm', id: 7 };
/** Under Dave's id, Alice pays the shop. */
const PAY_HERE: Asked = { ...PAY, id: 7 };

function lookup(id: number, user: number = alice): Asked {
  return { command: 'lookup', id, user };
}

function leg(
  index: number,
  posting: readonly [number, number],
): readonly (readonly [number, number])[] {
  return (PAY.legs ?? []).map((known, i) => (i === index ? posting : known));
}

describe('an operation that takes effect', () => {
  test('a payment moves every leg at once and the receipt says how each account stands', () => {
    expect(kit.ask(PAY)).toMatchObject({
      outcome: 'ok',
      code: 'created',
      legs: [
        { account: alice, balance: 900, version: 1 },
        { account: shop, balance: 98, version: 1 },
        { account: fee, balance: 1, version: 1 },
        { account: platform, balance: 1, version: 1 },
      ],
    });
  });

  test('a top-up overdraws the bank account and nothing else', () => {
    const topUp: Asked = {
      command: 'post',
      id: 9,
      kind: 'topUp',
      legs: [
        [bank, -50],
        [bob, 50],
      ],
    };
    expect(kit.code(topUp)).toBe('created');
    expect(kit.balance(bank)).toBe(-3050);
    expect(kit.balance(bob)).toBe(1050);
  });

  test('a hold reserves without moving the balance, and takes a version', () => {
    expect(kit.ask(HOLD).legs).toEqual([
      { account: alice, balance: 1000, version: 1 },
      { account: clearing(0), balance: 0, version: 1 },
    ]);
    expect(
      kit.code({
        ...PAY,
        legs: [
          [alice, -701],
          [shop, 701],
        ],
      }),
    ).toBe('exceeds_credits');
    expect(
      kit.code({
        ...PAY,
        id: 8,
        legs: [
          [alice, -700],
          [shop, 700],
        ],
      }),
    ).toBe('created');
  });

  test('a capture releases the hold and takes its part, in two entries of one batch', async () => {
    kit.run(HOLD, CAPTURE);
    expect(kit.balance(alice)).toBe(800);
    expect(kit.balance(shop)).toBe(200);
    const [, release, capture] = await kit.entries();
    expect(release).toMatchObject({
      id: idText(3),
      reference: idText(2),
      command: ENTRY_COMMAND.release,
      legs: [
        { account: alice, posting: -300, balance: 1000, version: 2, pending: 3 },
        { account: clearing(0), posting: 300, balance: 0, version: 2, pending: 3 },
      ],
    });
    expect(capture).toMatchObject({
      id: idText(3),
      command: COMMAND.capture,
      legs: [
        { account: alice, posting: -200, balance: 800, version: 3, pending: 0 },
        { account: shop, posting: 200, balance: 200, version: 1, pending: 0 },
      ],
    });
    expect(
      kit.code({
        ...PAY,
        id: 8,
        legs: [
          [alice, -800],
          [shop, 800],
        ],
      }),
    ).toBe('created');
  });

  test('a void gives the reserved money free', () => {
    expect(kit.run(HOLD, VOID).map((ack) => ack.code)).toEqual(['created', 'created']);
    expect(
      kit.code({
        ...PAY,
        legs: [
          [alice, -1000],
          [shop, 1000],
        ],
      }),
    ).toBe('created');
  });

  test('a tried branch moves nothing until it is confirmed', () => {
    expect(kit.ask(TRY).legs[0]).toEqual({ account: alice, balance: 1000, version: 1 });
    expect(kit.ask(CONFIRM)).toMatchObject({
      outcome: 'ok',
      legs: [
        { account: alice, balance: 900, version: 2 },
        { account: clearing(1), balance: 100, version: 2 },
      ],
    });
  });

  test('a cancelled branch gives everything back', () => {
    expect(kit.run(TRY, CANCEL)[1]).toMatchObject({ outcome: 'declined', code: 'cancelled' });
    expect(
      kit.code({
        ...PAY,
        legs: [
          [alice, -1000],
          [shop, 1000],
        ],
      }),
    ).toBe('created');
    expect(kit.balance(clearing(1))).toBe(0);
  });

  const reasons: [string, number, string][] = [
    ['the code of the shard that refused', RESULTS.exceeds_credits.code, 'exceeds_credits'],
    ['by the field that differs', RESULTS.exists_with_different_amount.code, DIFFERENT_AMOUNT],
    ['no code', 0, 'cancelled'],
    ['the code of what took effect', RESULTS.created.code, 'cancelled'],
    ['a code of one attempt', RESULTS.not_admitted.code, 'cancelled'],
    ['a code that leaves it open', RESULTS.tried.code, 'cancelled'],
    ['a number that is no code', 9999, 'cancelled'],
  ];
  const situations: [string, Asked[], Asked][] = [
    ['a tried branch', [TRY], CANCEL],
    ['an id nobody tried', [], { ...CANCEL, user: alice }],
  ];
  describe.each(situations)('Cancel of %s', (_what, before, cancel) => {
    test.each(reasons)('with %s declines the id for good', async (_why, given, code) => {
      kit.run(...before);
      const declined = { outcome: 'declined', code, legs: [] };
      expect(kit.ask({ ...cancel, code: given })).toMatchObject(declined);
      const later = RESULTS.risk_amount_limit.code;
      const lookUp: Asked = { command: 'lookup', id: 5, user: alice };
      const comers = [TRY, CONFIRM, { ...CANCEL, code: later }, { ...PAY, id: 5 }, lookUp];
      expect(kit.run(...comers)).toMatchObject(comers.map(() => declined));
      await kit.restart();
      expect(kit.run(...comers)).toMatchObject(comers.map(() => declined));
      expect((await kit.entries()).at(-1)).toMatchObject({ command: COMMAND.cancel, code });
      expect([kit.balance(alice), kit.balance(clearing(1))]).toEqual([1000, 0]);
    });
  });

  test('timestamps rise strictly even while the clock stands still', async () => {
    kit.run(PAY, HOLD, CAPTURE, REFUND, TRY, CANCEL);
    const times = (await kit.entries()).map((entry) => entry.timestamp);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  });
});

describe('what is refused', () => {
  const pay = (changes: Partial<Asked>): Asked => ({ ...PAY, ...changes });
  const rows: [string, Asked[], Asked, string][] = [
    [
      'more than the payer has',
      [],
      pay({ legs: leg(0, [alice, -1001]).map(([a, p], i) => [a, i === 1 ? 999 : p] as const) }),
      'exceeds_credits',
    ],
    [
      'money a hold has reserved',
      [HOLD],
      pay({
        legs: [
          [alice, -701],
          [bob, 701],
        ],
      }),
      'exceeds_credits',
    ],
    ['a payer nobody knows', [], pay({ legs: leg(0, [77, -100]) }), 'debit_account_not_found'],
    ['a payee nobody knows', [], pay({ legs: leg(1, [77, 98]) }), 'credit_account_not_found'],
    [
      'both unknown: the payer is named',
      [],
      pay({
        legs: [
          [88, 5],
          [77, -5],
        ],
      }),
      'debit_account_not_found',
    ],
    [
      'to oneself',
      [],
      pay({
        legs: [
          [alice, -5],
          [alice, 5],
        ],
      }),
      'accounts_must_be_different',
    ],
    ['legs that do not sum to zero', [], pay({ legs: leg(1, [shop, 99]) }), 'malformed_operation'],
    ['a payment of no legs', [], pay({ legs: [] }), 'malformed_operation'],
    [
      'a leg of nothing',
      [],
      pay({
        legs: [
          [alice, -5],
          [shop, 5],
          [fee, 0],
        ],
      }),
      'malformed_operation',
    ],
    ['the id zero', [], pay({ id: -1 }), 'id_must_not_be_zero'],
    ['an id from six minutes ahead', [], pay({ id: 60_000 + 6 * 60_000 }), 'id_not_time_ordered'],
    ['a capture of no hold', [], CAPTURE, 'pending_transfer_not_found'],
    ['a capture of a payment', [PAY], { ...CAPTURE, reference: 1 }, 'pending_transfer_not_pending'],
    [
      'a capture of more than was held',
      [HOLD],
      {
        ...CAPTURE,
        legs: [
          [alice, -301],
          [shop, 301],
        ],
      },
      'exceeds_pending_transfer_amount',
    ],
    [
      'a capture from another payer',
      [HOLD],
      {
        ...CAPTURE,
        legs: [
          [bob, -200],
          [shop, 200],
        ],
      },
      'reference_has_different_accounts',
    ],
    [
      'a capture for another payee',
      [HOLD],
      {
        ...CAPTURE,
        legs: [
          [alice, -200],
          [cafe, 200],
        ],
      },
      'reference_has_different_accounts',
    ],
    [
      'a capture for another payee of a hold that is over: the accounts are named',
      [HOLD, VOID],
      { ...CAPTURE, counterparty: cafe },
      'reference_has_different_accounts',
    ],
    [
      'a capture for a user whose number is that of the merchant',
      [HOLD],
      { ...CAPTURE, counterparty: 1 },
      'reference_has_different_accounts',
    ],
    ['a void by another payer', [HOLD], { ...VOID, user: bob }, 'reference_has_different_accounts'],
    [
      'a second capture',
      [HOLD, CAPTURE],
      { ...CAPTURE, id: 10 },
      'pending_transfer_already_posted',
    ],
    ['a capture after a void', [HOLD, VOID], CAPTURE, 'pending_transfer_already_voided'],
    ['a void after a capture', [HOLD, CAPTURE], VOID, 'pending_transfer_already_posted'],
    ['a second void', [HOLD, VOID], { ...VOID, id: 10 }, 'pending_transfer_already_voided'],
    ['a void of no hold', [], VOID, 'pending_transfer_not_found'],
    [
      'a capture of a hold that was declined',
      [
        {
          ...HOLD,
          legs: [
            [alice, -1001],
            [clearing(0), 1001],
          ],
        },
      ],
      CAPTURE,
      'pending_transfer_not_found',
    ],
    ['a void of a payment', [PAY], { ...VOID, reference: 1 }, 'pending_transfer_not_pending'],
    ['a refund of no payment', [], REFUND, 'refunded_operation_not_found'],
    ['a refund of a hold', [HOLD], { ...REFUND, reference: 2 }, 'refunded_operation_not_found'],
    [
      'a refund of more than was paid',
      [PAY],
      {
        ...REFUND,
        legs: [
          [shop, -101],
          [alice, 101],
        ],
      },
      'refund_exceeds_payment',
    ],
    [
      'refunds that pass what was paid together',
      [
        PAY,
        {
          ...REFUND,
          legs: [
            [shop, -41],
            [alice, 41],
          ],
        },
      ],
      { ...REFUND, id: 10 },
      'refund_exceeds_payment',
    ],
    [
      'a refund to somebody else',
      [PAY],
      {
        ...REFUND,
        legs: [
          [shop, -60],
          [bob, 60],
        ],
      },
      'reference_has_different_accounts',
    ],
    [
      'a refund from another merchant',
      [PAY],
      {
        ...REFUND,
        legs: [
          [cafe, -60],
          [alice, 60],
        ],
      },
      'reference_has_different_accounts',
    ],
    [
      'a refund the merchant cannot pay',
      [
        PAY,
        {
          command: 'post',
          id: 10,
          kind: 'transfer',
          legs: [
            [shop, -98],
            [carol, 98],
          ],
        },
      ],
      REFUND,
      'exceeds_credits',
    ],
    ['Confirm without Try', [], CONFIRM, 'confirm_without_try'],
    ['Cancel without Try', [], CANCEL, 'cancelled'],
    ['a late Try after Cancel', [CANCEL], TRY, 'cancelled'],
    ['Confirm after Cancel', [TRY, CANCEL], CONFIRM, 'cancelled'],
    ['a payment whose id was cancelled', [{ ...CANCEL, id: 1 }], PAY, 'cancelled'],
    ['a payment risk control has declined', [DECLINE], PAY, 'risk_amount_limit'],
    [
      'a payment declined with a code that says nothing of it',
      [{ ...DECLINE, code: RESULTS.not_admitted.code }],
      PAY,
      'cancelled',
    ],
    [
      'the balance of an account nobody knows',
      [],
      { command: 'balance', id: 1, legs: [[77, 0]] },
      'debit_account_not_found',
    ],
    ['a look-up of nothing', [], { command: 'lookup', id: 1 }, 'operation_not_found'],
  ];
  test.each(rows)('%s', (_situation, before, asked, code) => {
    kit.run(...before);
    const money = kit.accountRecords();
    expect(kit.ask(asked)).toMatchObject({ outcome: 'declined', code, legs: [] });
    expect(kit.accountRecords()).toEqual(money);
  });

  test('an id that is not a UUID of version 7', () => {
    const bytes = encodeCommands([PAY]);
    bytes.writeUInt16LE(0x4007, 4);
    expect(kit.apply(bytes)[0].code).toBe('id_not_time_ordered');
  });

  test('credits past 2^53 - 1, by name, before the payer is looked at', async () => {
    const rich = new LedgerKit({
      opening: [
        { firstAccount: alice, count: 1, stride: 1, openingMinor: 2 ** 48, mustNotOverdraw: true },
        { firstAccount: bob, count: 1, stride: 1, openingMinor: 0, mustNotOverdraw: false },
      ],
    });
    const around = (id: number): Asked[] => [
      {
        command: 'post',
        id,
        legs: [
          [bob, -(2 ** 48)],
          [alice, 2 ** 48],
        ],
      },
    ];
    for (let id = 0; id < 30; id++) expect(rich.run(...around(id))[0].code).toBe('created');
    expect(rich.run(...around(30))[0].code).toBe('overflows_credits_posted');
    await rich.close();
  });
});

describe('an id that comes again', () => {
  const same: [string, Asked[], Asked][] = [
    ['a payment', [PAY], PAY],
    ['a refund', [PAY, REFUND], REFUND],
    ['a hold', [HOLD], HOLD],
    ['a hold after its capture', [HOLD, CAPTURE], HOLD],
    ['a hold after its void', [HOLD, VOID], HOLD],
    ['a capture', [HOLD, CAPTURE], CAPTURE],
    ['a void', [HOLD, VOID], VOID],
    ['a Try', [TRY], TRY],
    ['a Try after Confirm: the Confirm', [TRY, CONFIRM], TRY],
    ['a Confirm', [TRY, CONFIRM], CONFIRM],
    ['a Cancel after Confirm: the Confirm', [TRY, CONFIRM], CANCEL],
    ['a Cancel after a capture: the capture', [HOLD, CAPTURE], { ...CANCEL, id: 3 }],
    ['a look-up of a payment', [PAY], lookup(1)],
    ['a look-up of a refund', [PAY, REFUND], lookup(6)],
    ['a look-up of a void', [HOLD, VOID], lookup(4)],
    ['a look-up of a Confirm', [TRY, CONFIRM], lookup(5)],
    ['a look-up of a hold', [HOLD], lookup(2)],
    ['a Confirm at the other shard', [TAKE, TAKEN], TAKEN],
    ['a Try at the other shard after Confirm: the Confirm', [TAKE, TAKEN], TAKE],
    [
      'a payment whose fee is another by now',
      [PAY],
      {
        ...PAY,
        legs: [
          [alice, -100],
          [shop, 97],
          [fee, 2],
          [platform, 1],
        ],
      },
    ],
    ['risk control declining what has happened', [PAY], { ...DECLINE, amount: 100 }],
  ];
  test.each(same)('gets the first receipt: %s', async (_what, before, again) => {
    const first = kit.run(...before).at(-1);
    const original = again.command === 'hold' ? kit.run(HOLD)[0] : first;
    const money = kit.accountRecords();
    const wanted = { outcome: 'ok', timestamp: original?.timestamp, legs: original?.legs };
    expect(kit.ask(again)).toMatchObject(wanted);
    await kit.restart();
    expect(kit.ask(again)).toMatchObject(wanted);
    expect(kit.accountRecords()).toEqual(money);
  });

  const other: [string, Asked, Asked, string][] = [
    ['another kind', PAY, { ...PAY, kind: 'transfer' }, 'flags'],
    ['a Try of what was posted', PAY, { ...PAY, command: 'try_' }, 'flags'],
    ['the other role', TRY, { ...TRY, flags: COMMAND_FLAG.secondary }, 'flags'],
    ['another reference', PAY, { ...PAY, reference: 9 }, 'pending_id'],
    ['another timeout', HOLD, { ...HOLD, timeoutS: 601 }, 'timeout'],
    ['another payer', PAY, { ...PAY, legs: leg(0, [bob, -100]) }, 'debit_account_id'],
    ['another payee', PAY, { ...PAY, legs: leg(1, [cafe, 98]) }, 'credit_account_id'],
    [
      'another amount',
      PAY,
      {
        ...PAY,
        legs: [
          [alice, -99],
          [shop, 97],
          [fee, 1],
          [platform, 1],
        ],
      },
      'amount',
    ],
    [
      'another amount, payer and payee: the payer is named',
      PAY,
      {
        ...PAY,
        legs: [
          [bob, -1],
          [cafe, 1],
        ],
      },
      'debit_account_id',
    ],
    ['another channel', PAY, { ...PAY, channel: 1 }, 'channel'],
    ['another payee, on another shard', TRY, { ...TRY, counterparty: shop }, 'credit_account_id'],
    ['another payee, by now on this shard', TRY, { ...PAY, id: 5 }, 'credit_account_id'],
    ['another payee, by now on another shard', PAY, { ...TRY, id: 1 }, 'credit_account_id'],
    ['another payer, seen at the payee', TAKE, { ...TAKE, user: bob }, 'debit_account_id'],
    [
      'another payee, seen at the payee',
      TAKE,
      { ...TAKE, counterparty: cafe },
      'credit_account_id',
    ],
    ['another payer, who is at home where the first payee was', TAKE, PAY_HERE, 'debit_account_id'],
    ['another payee of a hold', HOLD, { ...HOLD, counterparty: cafe }, 'credit_account_id'],
    ['another amount, refused by risk control', PAY, { ...DECLINE, amount: 99 }, 'amount'],
    [
      'another channel, refused by risk control',
      PAY,
      { ...DECLINE, amount: 100, channel: 1 },
      'channel',
    ],
  ];
  test.each(other)('with %s is refused and changes nothing', async (_what, first, again, field) => {
    kit.run(first);
    const money = kit.accountRecords();
    const code = `exists_with_different_${field}`;
    expect(kit.ask(again)).toMatchObject({ outcome: 'declined', code });
    await kit.restart();
    expect(kit.ask(again)).toMatchObject({ outcome: 'declined', code });
    expect(kit.accountRecords()).toEqual(money);
  });

  const ends: [string, Asked[], Asked, string][] = [
    ['a void by another payer', [HOLD, VOID], { ...VOID, user: bob }, 'debit_account_id'],
    [
      'a refund by another merchant',
      [PAY, REFUND],
      { ...REFUND, counterparty: cafe },
      'debit_account_id',
    ],
    ['a refund to another user', [PAY, REFUND], { ...REFUND, user: bob }, 'credit_account_id'],
    ['a refund of another payment', [PAY, REFUND], { ...REFUND, reference: 9 }, 'pending_id'],
    [
      'a capture for another payee',
      [HOLD, CAPTURE],
      { ...CAPTURE, counterparty: cafe },
      'credit_account_id',
    ],
  ];
  test.each(ends)('%s is refused by the field', async (_what, before, again, field) => {
    expect(kit.run(...before).every((ack) => ack.outcome === 'ok')).toBe(true);
    const code = `exists_with_different_${field}`;
    expect(kit.ask(again)).toMatchObject({ outcome: 'declined', code });
    await kit.restart();
    expect(kit.ask(again)).toMatchObject({ outcome: 'declined', code });
  });

  const strangers: [string, Asked[], number][] = [
    ['a payment', [PAY], 1],
    ['a refund', [PAY, REFUND], 6],
    ['a hold', [HOLD], 2],
    ['a tried branch', [TRY], 5],
    ['a cancelled branch', [TRY, CANCEL], 5],
    ['a payment that was declined', [DECLINE], 1],
    ['a payment seen at its payee', [TAKE, TAKEN], 7],
  ];
  test.each(strangers)('is not told to anybody else: %s', async (_what, before, id) => {
    kit.run(...before);
    const code = 'reference_has_different_accounts';
    expect(kit.ask(lookup(id, carol))).toMatchObject({ outcome: 'unknown', code, legs: [] });
    await kit.restart();
    expect(kit.ask(lookup(id, carol))).toMatchObject({ outcome: 'unknown', code, legs: [] });
    const mine = kit.ask(lookup(id, id === 7 ? DAVE : alice));
    expect(mine.code).not.toBe(code);
  });

  test('a refusal sticks: the same answer although the payer has money by now', async () => {
    const big: Asked = {
      ...PAY,
      legs: [
        [alice, -1500],
        [shop, 1500],
      ],
    };
    const gift: Asked = {
      command: 'post',
      id: 9,
      kind: 'transfer',
      legs: [
        [bob, -900],
        [alice, 900],
      ],
    };
    expect(kit.run(big, gift, big).map((ack) => ack.code)).toEqual([
      'exceeds_credits',
      'created',
      'exceeds_credits',
    ]);
    await kit.restart();
    expect(kit.code(big)).toBe('exceeds_credits');
    expect(kit.code(lookup(1))).toBe('exceeds_credits');
  });

  test('a look-up that finds nothing says as of which entry, after a restart too', async () => {
    const paid = kit.ask(PAY);
    const none = { outcome: 'declined', code: 'operation_not_found' };
    expect(kit.ask(lookup(99))).toMatchObject({ ...none, timestamp: paid.timestamp });
    await kit.restart();
    expect(kit.ask(lookup(99))).toMatchObject({ ...none, timestamp: paid.timestamp });
  });

  test('a look-up of a tried branch knows nothing definite', async () => {
    kit.run(TRY);
    const unknown = { outcome: 'unknown', code: 'tried', legs: [] };
    expect(kit.ask(lookup(5))).toMatchObject(unknown);
    await kit.restart();
    expect(kit.ask(lookup(5))).toMatchObject(unknown);
    expect(kit.ask(CONFIRM).outcome).toBe('ok');
  });
});

describe('holds and time', () => {
  const later = (seconds: number): void => {
    kit.nowMs += seconds * 1000;
  };

  test('a hold expires when its time is over, not before, and frees the money', async () => {
    kit.run(HOLD);
    later(599.999);
    expect(kit.ledger.expireDue()).toBe(0);
    later(0.001);
    expect(kit.ledger.expireDue()).toBe(1);
    expect(
      kit.code({
        ...PAY,
        legs: [
          [alice, -1000],
          [shop, 1000],
        ],
      }),
    ).toBe('created');
    expect(kit.run(CAPTURE, VOID).map((ack) => ack.code)).toEqual([
      'pending_transfer_expired',
      'pending_transfer_expired',
    ]);
    const expire = (await kit.entries())[1];
    expect(expire).toMatchObject({ command: ENTRY_COMMAND.expire, reference: idText(2) });
  });

  test('a capture in the very moment of expiry loses, and the hold is gone', () => {
    kit.run(HOLD);
    later(600);
    expect(kit.code(CAPTURE)).toBe('pending_transfer_expired');
    expect(kit.ledger.expireDue()).toBe(0);
    expect(kit.balance(alice)).toBe(1000);
    expect(
      kit.code({
        ...PAY,
        legs: [
          [alice, -1000],
          [shop, 1000],
        ],
      }),
    ).toBe('created');
  });

  test('a hold that ran out while the shard was down expires after the restart', async () => {
    kit.run(HOLD);
    await kit.restart();
    later(601);
    expect(kit.ledger.expireDue()).toBe(1);
    expect(kit.ask(HOLD).outcome).toBe('ok');
  });

  test('a captured hold never expires', async () => {
    kit.run(HOLD, CAPTURE);
    later(10_000);
    expect(kit.ledger.expireDue()).toBe(0);
    await kit.restart();
    expect(kit.ledger.expireDue()).toBe(0);
  });

  test('a hold without a timeout waits for ever', () => {
    kit.run({ ...HOLD, timeoutS: 0 });
    later(10 ** 9);
    expect(kit.ledger.expireDue()).toBe(0);
    expect(kit.code(VOID)).toBe('created');
  });

  test('many holds without a timeout wait for ever, the last of them too', () => {
    const last = 1000 + 200;
    for (let id = 1000; id <= last; id++) {
      const legs = [
        [alice, -1],
        [clearing(0), 1],
      ] as const;
      kit.run({ ...HOLD, id, timeoutS: 0, legs });
    }
    expect(kit.code({ ...VOID, reference: last })).toBe('created');
  });
});

describe('refunds', () => {
  const part = (id: number, minor: number): Asked => ({
    ...REFUND,
    id,
    legs: [
      [shop, -minor],
      [alice, minor],
    ],
  });
  const tried = (id: number, minor: number): Asked => ({
    ...part(id, minor),
    command: 'try_',
    flags: COMMAND_FLAG.primary,
  });

  test('parts may add up to what was paid, across a restart', async () => {
    kit.run(PAY, { ...PAY, id: 20 }, part(10, 60));
    await kit.restart();
    expect(kit.run(part(11, 41), part(12, 40), part(13, 1)).map((ack) => ack.code)).toEqual([
      'refund_exceeds_payment',
      'created',
      'refund_exceeds_payment',
    ]);
  });

  test('a tried refund reserves its part and a cancelled one gives it back', async () => {
    kit.run(PAY, { ...PAY, id: 20 }, tried(10, 60));
    await kit.restart();
    expect(kit.code(part(11, 41))).toBe('refund_exceeds_payment');
    kit.run({ command: 'cancel', id: 10 });
    await kit.restart();
    expect(kit.code(part(12, 41))).toBe('created');
  });

  test('the secondary branch of a refund leaves the counting to the home shard', () => {
    kit.run(PAY, { ...PAY, id: 20 }, { ...tried(10, 60), flags: COMMAND_FLAG.secondary });
    expect(kit.code(part(11, 100))).toBe('created');
  });
});

describe('what is remembered', () => {
  const pay = (n: number): Asked => ({
    ...PAY,
    id: n * 8,
    legs: [
      [fee, -10],
      [shop, 10],
    ],
  });
  const refund = (id: number, n: number, amount: number): Asked => ({
    command: 'post',
    id,
    kind: 'refund',
    reference: n * 8,
    counterparty: shop,
    user: fee,
    legs: [
      [shop, -amount],
      [fee, amount],
    ],
  });

  /** The record in memory. */
  function find({ ledger }: LedgerKit, n: number): number {
    const [word0, word1, word2, word3] = idWords(n * 8).map((word) => word | 0);
    return ledger.books.ids.find(word0, word1, word2, word3);
  }

  /** 40,000 payments where memory has room for 16,384. */
  async function crowded(): Promise<LedgerKit> {
    const small = new LedgerKit({ idsMax: 64 * 256 });
    small.nowMs += 1_000_000;
    for (let n = 0; n < 40_000; n += 1000) {
      small.run(...Array.from({ length: 1000 }, (_, i) => pay(n + i)));
      await small.commit();
    }
    return small;
  }

  test('an id that left memory gets its first answer, and one nobody knows is too old', async () => {
    const small = await crowded();
    const unknown = { ...pay(0), id: 1 };
    for (let starts = 0; starts < 2; starts++) {
      const money = small.accountRecords();
      expect(small.ledger.books.ids.count).toBeLessThan(20_000);
      for (const n of [0, 17, 20_000, 39_999]) {
        const { outcome, legs } = small.ask(pay(n));
        expect([outcome, legs[1].version]).toEqual(['ok', n + 1]);
        expect(small.code({ ...pay(n), amount: 9 })).toBe('exists_with_different_amount');
        expect(small.ask({ command: 'lookup', id: n * 8, user: fee }).outcome).toBe('ok');
      }
      for (const command of ['post', 'lookup', 'confirm'] as const) {
        expect(small.code({ ...unknown, command })).toBe('id_too_old');
      }
      expect(small.accountRecords()).toEqual(money);
      await small.restart();
    }
    await small.close();
  });

  test('refunds of a payment that left memory stay within what was paid, over restarts', async () => {
    const small = await crowded();
    const next = 400_000;
    expect(small.code(refund(next, 5, 6))).toBe('created');
    expect(small.code(refund(next + 1, 5, 5))).toBe('refund_exceeds_payment');
    await small.restart();
    expect(small.code(refund(next + 2, 5, 5))).toBe('refund_exceeds_payment');
    expect(small.code(refund(next + 3, 5, 3))).toBe('created');
    await small.crash();
    expect(small.code(refund(next + 4, 5, 4))).toBe('created');
    expect(small.code(refund(next + 5, 5, 1))).toBe('refund_exceeds_payment');
    expect(small.code({ ...refund(next + 6, 5, 1), user: bob })).toBe(
      'reference_has_different_accounts',
    );
    await small.close();
  });

  test('what was refunded is known before it is on disk, whatever was looked up meanwhile', async () => {
    const small = await crowded();
    expect(small.code(refund(400_000, 5, 6))).toBe('created');
    for (let n = 100; n < 100 + RECALLED; n++)
      small.ask({ command: 'lookup', id: n * 8, user: fee });
    expect(find(small, 5)).toBe(-1);
    expect(small.code(refund(400_001, 5, 5))).toBe('refund_exceeds_payment');
    await small.close();
  });

  test('opening the same accounts again changes nothing; overlapping ones are refused', async () => {
    kit.run(PAY);
    const money = kit.accountRecords();
    const again = {
      firstAccount: alice,
      count: 3,
      stride: 1,
      openingMinor: 1000,
      mustNotOverdraw: true,
    };
    kit.ledger.open([again]);
    await kit.restart();
    kit.ledger.open([again]);
    expect(kit.accountRecords()).toEqual(money);
    expect(() => kit.ledger.open([{ ...again, firstAccount: 3 }])).toThrow(/3 is open in another/);
  });

  test('after a crash everything committed is there and nothing else', async () => {
    kit.run(PAY, HOLD, TRY);
    await kit.commit();
    const money = kit.accountRecords();
    kit.run({ ...PAY, id: 30 }, CAPTURE, CONFIRM);
    await kit.crash();
    expect(kit.accountRecords()).toEqual(money);
    expect(kit.run({ ...PAY, id: 30 }, CAPTURE, CONFIRM).map((ack) => ack.outcome)).toEqual([
      'ok',
      'ok',
      'ok',
    ]);
  });

  test('receipts are found again wherever they are: in memory, overwritten there, or on disk', async () => {
    const gift = (id: number): Asked => ({
      command: 'post',
      id,
      legs: [
        [bank, -1],
        [fee, 1],
      ],
    });
    const small = new LedgerKit({ arenaBytes: 4 * 2 ** 20 });
    const total = 50_000; // 6.4 MB of entries: once round the arena and on
    small.nowMs += total;
    for (let id = 0; id < total; id += 5000) {
      small.run(...Array.from({ length: 5000 }, (_, i) => gift(id + i)));
      await small.commit();
    }
    small.run(gift(total));
    for (let id = 0; id <= total; id += 509) {
      const { legs } = small.ask(gift(id));
      if (legs[1]?.version !== id + 1) expect({ id, legs }).toBe('the receipt of the first time');
    }
    await small.close();
  });
});
