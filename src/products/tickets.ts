/**
 * Train tickets: a train is a merchant, and each segment of its way has as many seats as the train. Whoever wants to go from one station to
 * another takes a seat on every segment between them, or on none: held for whoever is about to pay, sold once that is done, free again
 * where it is not. Money and seats move in one operation, on two shards.
 *
 *   balance --hold--> escrow --pay----> train       seg1..seg4 --hold--> held --pay--> sold --refund--> seg1..seg4
 *           <-expire-        <-refund--                        <-expire-
 *           --wait--> waiting --grant-> train       seg1..seg4 --------grant--------> sold
 *           <-leave--
 *
 * The journey stands in the id of the operation that begins it, and its price follows from that. Who waits has paid already, for a journey by
 * whatever train has seats first.
 */
import { endsOnce, standsAtEveryVersion } from './own-laws.js';
import { defineProduct, type ProductLeg } from './product.js';

const SEGMENTS = [1, 2, 3, 4] as const;
const STATIONS = SEGMENTS.length + 1;
const SEATS = 200;
/** 50 yuan a segment. */
const FARE = 5_000;

/** Stations, from 1 on: `from` is where the journey begins, `to` where it ends. */
const journey = {
  details: { from: 3, to: 3 },
  where: '(1 <= from) * (from < to) * (to <= stations)',
  amountIs: '(to - from) * fare',
} as const;

/** A seat less on each segment of the journey. */
function taken(train: 'payer' | 'payee'): readonly ProductLeg[] {
  return SEGMENTS.map((segment) => ({
    account: `${train}.seg${segment}`,
    amount: `-within(${segment}, from, to)`,
  }));
}

/** A seat more on each segment of the journey that is referred to. */
function freed(train: 'payer' | 'payee'): readonly ProductLeg[] {
  return SEGMENTS.map((segment) => ({
    account: `${train}.seg${segment}`,
    amount: `within(${segment}, of.from, of.to)`,
  }));
}

function segment(number: 96 | 97 | 98 | 99) {
  return {
    class: number,
    of: 'merchant',
    asset: 'seat',
    opening: 'seats',
    mustNotOverdraw: true,
    mustNotPassOpening: true,
  } as const;
}

/** SQL: stations of the journey in an id. */
const FROM = (id: 'id' | 'reference'): string => `(${id}_hi & 7)::bigint`;
const TO = (id: 'id' | 'reference'): string => `((${id}_hi >> 3) & 7)::bigint`;
const SEGMENTS_OF = (id: 'id' | 'reference'): string => `(${TO(id)} - ${FROM(id)})`;
/** 1 where the segment that the account is of lies on that journey. */
const COVERS = (id: 'id' | 'reference'): string =>
  `(case when right(product_account(a.account), 1)::bigint >= ${FROM(id)}
      and right(product_account(a.account), 1)::bigint < ${TO(id)} then 1 else 0 end)`;

export const tickets = defineProduct({
  name: 'tickets',
  title: 'Train tickets: a seat on every segment of a journey, held, paid for, or free again',
  rates: { seats: SEATS, stations: STATIONS, fare: FARE, refundFeePer10k: 500 },
  accounts: {
    seg1: segment(96),
    seg2: segment(97),
    seg3: segment(98),
    seg4: segment(99),
    held: { class: 100, of: 'merchant', asset: 'seat', mustNotOverdraw: true },
    sold: { class: 101, of: 'merchant', asset: 'seat', mustNotOverdraw: true },
    escrow: { class: 102, of: 'user', mustNotOverdraw: true },
    waiting: { class: 103, of: 'user', mustNotOverdraw: true },
  },
  operations: {
    hold: {
      number: 96,
      noun: 'ticket that is held',
      home: 'payer',
      counterparty: 'merchant',
      judgedByRisk: true,
      ...journey,
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.escrow', amount: 'amount' },
        ...taken('payee'),
        { account: 'payee.held', amount: 'to - from' },
      ],
    },
    pay: {
      number: 97,
      noun: 'payment of a ticket',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['tickets.hold'],
      goesOn: 'whole',
      details: 'same',
      legs: [
        { account: 'payer.escrow', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
        { account: 'payee.held', amount: '-(to - from)' },
        { account: 'payee.sold', amount: 'to - from' },
      ],
    },
    expire: {
      number: 98,
      noun: 'end of a ticket that was held',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['tickets.hold'],
      goesOn: 'whole',
      legs: [
        { account: 'payee', amount: 'amount' },
        { account: 'payee.escrow', amount: '-amount' },
        { account: 'payer.held', amount: '-(of.to - of.from)' },
        ...freed('payer'),
      ],
    },
    wait: {
      number: 99,
      noun: 'place on the waiting list',
      home: 'payer',
      judgedByRisk: true,
      ...journey,
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.waiting', amount: 'amount' },
      ],
    },
    grant: {
      number: 100,
      noun: 'ticket for somebody who waited',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['tickets.wait'],
      goesOn: 'whole',
      details: 'same',
      legs: [
        { account: 'payer.waiting', amount: '-amount' },
        { account: 'payee', amount: 'amount' },
        ...taken('payee'),
        { account: 'payee.sold', amount: 'to - from' },
      ],
    },
    leave: {
      number: 101,
      noun: 'end of waiting',
      home: 'payer',
      refersTo: ['tickets.wait'],
      goesOn: 'whole',
      legs: [
        { account: 'payer.waiting', amount: '-amount' },
        { account: 'payer', amount: 'amount' },
      ],
    },
    refund: {
      number: 102,
      noun: 'ticket that is given back',
      home: 'payee',
      counterparty: 'merchant',
      refersTo: ['tickets.pay', 'tickets.grant'],
      goesOn: 'whole',
      amounts: { fee: 'ceil(amount * refundFeePer10k / 10000)' },
      legs: [
        { account: 'payee', amount: 'amount - fee' },
        { account: 'payer', amount: '-(amount - fee)' },
        { account: 'payer.sold', amount: '-(of.to - of.from)' },
        ...freed('payer'),
      ],
    },
  },
  laws: {
    free: standsAtEveryVersion({
      statement:
        'Free on a segment are the seats of the train, less those of journeys over it that are held or sold, at every version.',
      accounts: SEGMENTS.map((one) => `tickets.seg${one}`),
      of: 'counterparty',
      changes: {
        'tickets.hold': `-${COVERS('id')}`,
        'tickets.grant': `-${COVERS('id')}`,
        'tickets.expire': COVERS('reference'),
        'tickets.refund': COVERS('reference'),
      },
    }),
    held: standsAtEveryVersion({
      statement:
        'Held are the seats of journeys that were neither paid for nor given up yet, at every version.',
      accounts: ['tickets.held'],
      of: 'counterparty',
      changes: {
        'tickets.hold': SEGMENTS_OF('id'),
        'tickets.pay': `-${SEGMENTS_OF('id')}`,
        'tickets.expire': `-${SEGMENTS_OF('reference')}`,
      },
    }),
    sold: standsAtEveryVersion({
      statement:
        'Sold are the seats of journeys that were paid for and not given back, at every version.',
      accounts: ['tickets.sold'],
      of: 'counterparty',
      changes: {
        'tickets.pay': SEGMENTS_OF('id'),
        'tickets.grant': SEGMENTS_OF('id'),
        'tickets.refund': `-${SEGMENTS_OF('reference')}`,
      },
    }),
    escrow: standsAtEveryVersion({
      statement: 'In escrow is what was put down for seats that are held, at every version.',
      accounts: ['tickets.escrow'],
      of: 'user',
      changes: {
        'tickets.hold': 'o.amount',
        'tickets.pay': '-o.amount',
        'tickets.expire': '-o.amount',
      },
    }),
    waiting: standsAtEveryVersion({
      statement: 'Put down is what those paid who still wait, at every version.',
      accounts: ['tickets.waiting'],
      of: 'user',
      changes: {
        'tickets.wait': 'o.amount',
        'tickets.grant': '-o.amount',
        'tickets.leave': '-o.amount',
      },
    }),
    once: endsOnce({
      statement: 'A ticket that is held is paid for or given up, once and whole.',
      begins: 'tickets.hold',
      ends: ['tickets.pay', 'tickets.expire'],
    }),
    queue: endsOnce({
      statement: 'Whoever waits gets a ticket or goes, once.',
      begins: 'tickets.wait',
      ends: ['tickets.grant', 'tickets.leave'],
    }),
    oversold: `
      -- No segment is sold more often than it has seats, at any version: journeys that were begun on it and not ended yet, one by one.
      with moves as (
        select l.id_hi, l.id_lo, l.shard, l.lsn, l.account, l.version,
          -sum(l.posted) over (partition by l.account order by l.version) as taken
        from legs l where product_account(l.account) like 'tickets.seg%' and l.pending in ('posted', 'confirmed'))
      select id_hi, id_lo, 'takes ' || taken || ' seats of ' || account_name(account) || ' at version ' || version || ', which has ${SEATS}' as problem
      from moves where taken > ${SEATS} or taken < 0 order by shard, lsn`,
    fare: `
      -- A journey costs what its segments cost together, goes from a station to one behind it, and is paid for as it was held.
      with begun as (
        select distinct a.id_hi, a.id_lo, a.kind, a.amount, a.reference_hi from asked a
          join effects e on e.id_hi = a.id_hi and e.id_lo = a.id_lo and e.amount = a.amount
        where a.kind in ('tickets.hold', 'tickets.wait', 'tickets.pay', 'tickets.grant'))
      select id_hi, id_lo, 'goes from station ' || ${FROM('id')} || ' to station ' || ${TO('id')} || ' for ' || money(amount)
        || case when kind in ('tickets.pay', 'tickets.grant')
          then ', which was held from station ' || ${FROM('reference')} || ' to station ' || ${TO('reference')} else '' end as problem
      from begun
      where amount <> ${SEGMENTS_OF('id')} * ${FARE} or ${FROM('id')} not between 1 and ${TO('id')} - 1 or ${TO('id')} > ${STATIONS}
        or (kind in ('tickets.pay', 'tickets.grant') and (${FROM('id')} <> ${FROM('reference')} or ${TO('id')} <> ${TO('reference')}))
      order by id_hi, id_lo`,
    together: `
      -- A ticket that is given up frees its seats and gives the money back, the one with the other.
      with given as (
        select e.id_hi, e.id_lo, e.shard, e.lsn, e.amount, ${SEGMENTS_OF('reference')} as segments
        from effects e where e.kind = 'tickets.expire'),
      moved as (
        select g.id_hi, g.id_lo, coalesce(sum(l.posted) filter (l.account < 1099511627776), 0)::bigint as back,
          coalesce(sum(l.posted) filter (product_account(l.account) like 'tickets.seg%'), 0)::bigint as seats
        from given g left join legs l on l.id_hi = g.id_hi and l.id_lo = g.id_lo and l.pending in ('posted', 'confirmed') group by all)
      select id_hi, id_lo, 'frees ' || seats || ' of ' || segments || ' seats and gives ' || money(back) || ' of ' || money(amount) || ' back' as problem
      from given join moved using (id_hi, id_lo) where back <> amount or seats <> segments order by shard, lsn`,
  },
});
