/**
 * Payments by a code that the payer's telephone shows: it is made without a network, out of a secret and the time, is good for a short
 * while and pays once, however many terminals scan it.
 */
import { isCodeSql } from './code.js';
import { defineProduct, type ProductCode } from './product.js';

const code = {
  stepS: 30,
  windowS: 45,
  secret: 'qr',
} as const satisfies ProductCode;
const WINDOW_US = code.windowS * 1_000_000;
/** When the code in an id was made, microseconds since the Unix epoch. */
const MADE_US = '((id_hi >> 16) * 1000)::bigint';

export const qr = defineProduct({
  name: 'qr',
  title: 'Payments by a code that a telephone shows, made without a network and good once',
  rates: { feePer10k: 38, commissionPer10k: 10 },
  operations: {
    pay: {
      number: 80,
      noun: 'payment by code',
      home: 'payer',
      counterparty: 'merchant',
      judgedByRisk: true,
      code,
      amounts: {
        fee: 'floor(amount * feePer10k / 10000)',
        commission: 'floor(amount * commissionPer10k / 10000)',
      },
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee', amount: 'amount - fee - commission' },
        { account: 'fee@payee', amount: 'fee' },
        { account: 'platform@payee', amount: 'commission' },
      ],
    },
    refund: {
      number: 81,
      noun: 'refund of a payment by code',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['qr.pay'],
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
  },
  laws: {
    genuine: `
      -- Whatever was paid by code was paid by a code that its payer's telephone made.
      select id_hi, id_lo, 'was paid, and its code is not one of user:' || account as problem
      from asked semi join effects using (id_hi, id_lo)
      where kind = 'qr.pay' and outcome <> 'declined'
        and not ${isCodeSql(code, { hi: 'id_hi', lo: 'id_lo', user: 'account' })}
      order by id_hi, id_lo`,
    window: `
      -- A code is taken within its window, and refused for its age outside of it alone, by the clock of the ledger that took it.
      with shown as (
        select id_hi, id_lo, shard, lsn, result, legs, timestamp_us - ${MADE_US} as age_us from entries
        where kind = 'qr.pay' and command in ('post', 'try_') and role <> 'secondary')
      select id_hi, id_lo, case when legs > 0 then 'took a code of ' else 'refused a code of ' end
        || round(age_us / 1e6, 1) || ' s for ' || result || ', which is good for ${code.windowS} s (entry ' || lsn || ' of shard ' || shard || ')' as problem
      from shown where (legs > 0 and abs(age_us) > ${WINDOW_US}) or (result = 'code_out_of_window' and abs(age_us) <= ${WINDOW_US})
      order by shard, lsn`,
    once: `
      -- One code pays once: whoever else showed it was told so.
      select id_hi, id_lo, 'paid ' || count(*) || ' times' as problem
      from asked where kind = 'qr.pay' and outcome = 'ok'
      group by id_hi, id_lo having count(distinct counterparty) > 1 or count(distinct amount) > 1`,
  },
});
