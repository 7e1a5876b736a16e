/**
 * Red packets: money that is put aside for whoever is quick, in parts that nobody knows before. A person gets one part of a packet, all
 * parts together are no more than was put in, and what nobody took goes back.
 */
import { IS_ONCE_ID_SQL } from './once-id.js';
import { standsAtEveryVersion } from './own-laws.js';
import { defineProduct } from './product.js';

export const redPackets = defineProduct({
  name: 'red-packets',
  title: 'Red packets: put aside for whoever is quick, a part for each',
  accounts: {
    packets: { class: 88, of: 'user', mustNotOverdraw: true },
  },
  operations: {
    issue: {
      number: 88,
      noun: 'red packet',
      home: 'payer',
      judgedByRisk: true,
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.packets', amount: 'amount' },
      ],
    },
    claim: {
      number: 89,
      noun: 'part of a red packet',
      home: 'payer',
      counterparty: 'user',
      refersTo: ['red-packets.issue'],
      goesOn: 'part',
      oncePer: 'counterparty',
      legs: [
        { account: 'payer.packets', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
      ],
    },
    expire: {
      number: 90,
      noun: 'end of a red packet',
      home: 'payer',
      refersTo: ['red-packets.issue'],
      goesOn: 'part',
      legs: [
        { account: 'payer.packets', amount: '-amount' },
        { account: 'payer', amount: 'amount' },
      ],
    },
  },
  laws: {
    kept: standsAtEveryVersion({
      statement:
        'What is kept for packets is what was put in, less what was taken out of them and what went back.',
      accounts: ['red-packets.packets'],
      of: 'user',
      changes: {
        'red-packets.issue': 'o.amount',
        'red-packets.claim': '-o.amount',
        'red-packets.expire': '-o.amount',
      },
    }),
    once: `
      -- Nobody gets two parts of one packet.
      with taken as (
        select distinct id_hi, id_lo, reference_hi, reference_lo, counterparty from asked semi join effects using (id_hi, id_lo)
        where kind = 'red-packets.claim' and outcome <> 'declined')
      select id_hi, id_lo, 'is part ' || row_number() over packet || ' of one packet for ' || account_name(counterparty) as problem
      from taken
      window packet as (partition by reference_hi, reference_lo, counterparty order by id_hi, id_lo)
      qualify row_number() over packet > 1
      order by id_hi, id_lo`,
    own: `
      -- Every part that was taken was taken under the one id that its packet and its taker have.
      select id_hi, id_lo, 'was taken under an id that is not made of its packet and its taker' as problem
      from asked semi join effects using (id_hi, id_lo)
      where kind = 'red-packets.claim' and outcome <> 'declined' and not ${IS_ONCE_ID_SQL}
      order by id_hi, id_lo`,
  },
});
