/** A made-up life for the tests of the pages: a payment across shards of which one half is lost. Not part of a drill. */
import { LIFE_SCHEMA, type OperationLife } from '../../verify/explain/operation-life.js';

export const ID = '0198c2f1-5e00-7a31-8000-00000001f3a2';
const REFUND = '0198c2f1-5e00-7a31-8000-00000001f400';

export const LOST_PAYMENT: OperationLife = {
  schema: LIFE_SCHEMA,
  id: ID,
  asked: [
    {
      title: `payment ${ID} of 12.50 from user:4711 to merchant:3`,
      kind: 'pay',
      channel: 'huabei',
      account: 'user:4711',
      counterparty: 'merchant:3',
      amount: 1250,
      reference: null,
      timeout_s: null,
      worker: 1,
      scenario: 2,
      intended_us: 31_200_100,
      invoked_us: 31_201_000,
      outcome: 'ok',
      result: 'created',
      completed_us: 33_402_000,
      attempts: 3,
      sent_us: 33_390_000,
      resolution: 'answered',
      effect_us: 31_240_000,
      receipt: [
        { account: 'user:4711', balance: 48_750, version: 17 },
        { account: 'merchant:3@1', balance: 901_244, version: 230 },
      ],
    },
  ],
  entries: [
    entry(0, 812, 'try_', 31_210_000, [
      leg('user:4711', -1250, 'made', 50_000, 16),
      leg('clearing:1@0', 1250, 'made', -20_000, 90),
    ]),
    entry(1, 790, 'try_', 31_220_000, [
      leg('clearing:0@1', -1250, 'made', 20_000, 91),
      leg('merchant:3@1', 1243, 'made', 900_001, 229),
      leg('fee@1', 6, 'made', 41_000, 300),
      leg('platform@1', 1, 'made', 6_000, 301),
    ]),
    entry(0, 830, 'confirm', 31_240_000, [
      leg('user:4711', -1250, 'confirmed', 48_750, 17),
      leg('clearing:1@0', 1250, 'confirmed', -18_750, 92),
    ]),
  ],
  entries_left_out: 0,
  related: [
    {
      id: REFUND,
      how: 'refers to it',
      text: `refund ${REFUND} of 4.00 from merchant:3 to user:4711, which was declined with shard_unavailable at 00:34.000`,
    },
  ],
  faults: [
    { fault: 4, kind: 'kill', target: 'shard-1', applied_us: 31_230_000, healed_us: 32_910_000 },
    { fault: 5, kind: 'kill', target: 'gateway', applied_us: 33_300_000, healed_us: null },
  ],
  broken: [
    {
      name: 'no-lost-ack',
      statement: 'Every acknowledged operation is in the books, on every shard it touches.',
      file: null,
      problems: ['is in the books of shard 0 and its other half is not in those of shard 1'],
      sql: '\n    select id_hi, id_lo\n      from asked\n    ',
    },
  ],
  notes: [],
  load_started_us: 2_056_000,
};

type Entry = OperationLife['entries'][number];

function entry(
  shard: number,
  lsn: number,
  command: string,
  atUs: number,
  legs: Entry['legs'],
): Entry {
  return {
    at_us: atUs,
    timestamp_us: 1_762_819_200_000_000 + atUs,
    shard,
    lsn,
    id: ID,
    command,
    kind: 'pay',
    role: shard === 0 ? 'primary' : 'secondary',
    peer: 1 - shard,
    result: 'created',
    amount: 1250,
    reference: null,
    legs,
  };
}

function leg(
  account: string,
  posting: number,
  pending: string,
  balance: number,
  version: number,
): Entry['legs'][number] {
  return { account, posting, pending, balance, version };
}
