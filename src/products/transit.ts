/**
 * A metro: whoever enters and leaves shows a signed token that a telephone makes without a network, and gates check it without one. What
 * gates saw is uploaded when they have a network again, hours later, twice, or the exit before the entry.
 *
 *   balance --enter--> riding --exit----> operator   the fare; what is left goes back to the balance
 *                             --lapse---> operator   all of it, where no exit came in time
 *
 * The windows are made so that no honest upload is lost: a ride takes two hours at most, an exit may be uploaded two hours late, an entry four;
 * it lapses after four hours, when no exit of it can come any more.
 */
import { isCodeSql, lateS } from './code.js';
import { endsOnce, standsAtEveryVersion } from './own-laws.js';
import { defineProduct, type ProductCode } from './product.js';

const HOUR_S = 3600;
const RIDE_S = 2 * HOUR_S;
const LAPSE_S = 4 * HOUR_S;

/** In the id of a tap: at which station, of which there are so many, one after the other. */
const STATION = { station: 6 } as const;
const STATIONS = 40;
const [BASE_MINOR, PER_STOP_MINOR, DEPOSIT_MINOR] = [200, 50, 1_500];

const entry = {
  stepS: 1,
  windowS: 120,
  lateS: LAPSE_S,
  shownS: 120,
  secret: 'transit-enter',
} as const satisfies ProductCode;
const exit = {
  stepS: 1,
  windowS: 120,
  lateS: LAPSE_S - RIDE_S,
  followsS: RIDE_S,
  shownS: 120,
  secret: 'transit-exit',
} as const satisfies ProductCode;
const CODES: Readonly<Record<string, ProductCode>> = {
  'transit.enter': entry,
  'transit.exit': exit,
};

/** SQL: of the code of each kind. */
function byKind(sql: (code: ProductCode) => string | number): string {
  const cases = Object.entries(CODES).map(([kind, code]) => `when '${kind}' then ${sql(code)}`);
  return `case kind ${cases.join(' ')} end`;
}

/** When the id in this column was made, microseconds since the Unix epoch. */
const madeUs = (column: string): string => `((${column} >> 16) * 1000)::bigint`;

export const transit = defineProduct({
  name: 'transit',
  title:
    'A metro with signed tokens that gates check without a network, uploaded when they have one',
  rates: {
    stations: STATIONS,
    /** Of a ride: it grows with every stop, up to the deposit that is taken at the entry. */
    base: BASE_MINOR,
    perStop: PER_STOP_MINOR,
    deposit: DEPOSIT_MINOR,
    feePer10k: 50,
  },
  accounts: {
    riding: { class: 112, of: 'user', mustNotOverdraw: true },
  },
  operations: {
    enter: {
      number: 112,
      noun: 'entry',
      home: 'payer',
      details: STATION,
      where: 'station < stations',
      amountIs: 'deposit',
      code: entry,
      legs: [
        { account: 'payer', amount: '-amount' },
        { account: 'payer.riding', amount: 'amount' },
      ],
    },
    exit: {
      number: 113,
      noun: 'exit',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['transit.enter'],
      goesOn: 'whole',
      awaits: true,
      details: STATION,
      where: 'station < stations',
      amountIs: 'deposit',
      code: exit,
      amounts: {
        fare: 'min(deposit, base + abs(station - of.station) * perStop)',
        fee: 'floor(fare * feePer10k / 10000)',
      },
      legs: [
        { account: 'payer.riding', amount: '-amount' },
        { account: 'payer', amount: 'amount - fare' },
        { account: 'payee', amount: 'fare - fee' },
        { account: 'fee@payee', amount: 'fee' },
      ],
    },
    lapse: {
      number: 114,
      noun: 'entry without an exit',
      home: 'payer',
      counterparty: 'merchant',
      refersTo: ['transit.enter'],
      goesOn: 'whole',
      afterS: LAPSE_S,
      amountIs: 'deposit',
      amounts: { fee: 'floor(amount * feePer10k / 10000)' },
      legs: [
        { account: 'payer.riding', amount: '-amount' },
        { account: 'payee', amount: 'amount - fee' },
        { account: 'fee@payee', amount: 'fee' },
      ],
    },
  },
  laws: {
    genuine: `
      -- Whoever was let in or out showed a code that the telephone of that rider made for it.
      select id_hi, id_lo, 'took effect, and its code is not one of user:' || account as problem
      from asked semi join effects using (id_hi, id_lo)
      where kind in ('transit.enter', 'transit.exit') and outcome <> 'declined'
        and not ${byKind((code) => isCodeSql(code, { hi: 'id_hi', lo: 'id_lo', user: 'account', hasDetails: true }))}
      order by id_hi, id_lo`,
    window: `
      -- An entry is taken to four hours late and an exit to two, and refused for its age outside of that alone, by the clock of the ledger.
      with shown as (
        select id_hi, id_lo, kind, shard, lsn, result, legs, timestamp_us - ${madeUs('id_hi')} as age_us,
          ${byKind((code) => lateS(code) * 1_000_000)} as late_us, ${byKind((code) => -code.windowS * 1_000_000)} as ahead_us
        from entries
        where kind in ('transit.enter', 'transit.exit') and command in ('post', 'try_') and role <> 'secondary')
      select id_hi, id_lo, case when legs > 0 then 'took' else 'refused' end || ' a code of ' || round(age_us / 1e6, 1)
        || ' s for ' || result || ', which is good for ' || late_us // 1000000 || ' s (entry ' || lsn || ' of shard ' || shard || ')' as problem
      from shown
      where (legs > 0 and (age_us > late_us or age_us < ahead_us))
        or (result = 'code_out_of_window' and age_us between ahead_us and late_us)
      order by shard, lsn`,
    pair: `
      -- Who leaves is who entered, and left later, on a ride of two hours at most.
      with rides as (
        select e.id_hi, e.id_lo, e.shard, e.lsn, o.account as leaves, i.account as entered,
          ${madeUs('e.id_hi')} - ${madeUs('e.reference_hi')} as ride_us
        from effects e join asked_as_booked o using (id_hi, id_lo)
          left join (select t.* from asked_as_booked t semi join (from effects where kind = 'transit.enter') using (id_hi, id_lo)) i
            on i.id_hi = e.reference_hi and i.id_lo = e.reference_lo
        where e.kind = 'transit.exit')
      select id_hi, id_lo, case
          when entered is null then 'leaves, and nobody had entered'
          when entered <> leaves then 'leaves as user:' || leaves || ' where user:' || entered || ' entered'
          when ride_us <= 0 then 'was made ' || -ride_us // 1000000 || ' s before the entry'
          else 'was made ' || ride_us // 1000000 || ' s after the entry' end as problem
      from rides where entered is null or entered <> leaves or ride_us <= 0 or ride_us > ${RIDE_S * 1_000_000}
      order by shard, lsn`,
    once: endsOnce({
      statement: 'An entry ends once and whole: with one exit, or it lapses.',
      begins: 'transit.enter',
      ends: ['transit.exit', 'transit.lapse'],
    }),
    fare: `
      -- A ride costs the base and every stop, to the deposit and no further, whichever way it went; the rest is back at once.
      with rides as (
        select e.id_hi, e.id_lo, e.shard, e.lsn, (e.id_hi & 63)::bigint as last, (e.reference_hi & 63)::bigint as first,
          coalesce(sum(l.posted) filter (l.account = o.account), 0)::bigint as back
        from effects e join asked_as_booked o using (id_hi, id_lo) join legs l on l.shard = e.shard and l.lsn = e.lsn
        where e.kind = 'transit.exit' group by all)
      select id_hi, id_lo, 'costs ' || money(${DEPOSIT_MINOR} - back) || ' from station ' || first || ' to ' || last as problem
      from rides
      where ${DEPOSIT_MINOR} - back <> least(${DEPOSIT_MINOR}, ${BASE_MINOR} + ${PER_STOP_MINOR} * abs(last - first))
      order by shard, lsn`,
    lapse: `
      -- No entry lapses while an exit of it may still come, and none is refused as too young that is not, by the clock of the ledger.
      with ended as (
        select id_hi, id_lo, shard, lsn, result, legs, timestamp_us - ${madeUs('reference_hi')} as age_us from entries
        where kind = 'transit.lapse' and command in ('post', 'try_') and role <> 'secondary')
      select id_hi, id_lo, case when legs > 0 then 'ends' else 'was refused to end' end || ' an entry of ' || age_us // 1000000
        || ' s (entry ' || lsn || ' of shard ' || shard || ')' as problem
      from ended where (legs > 0 and age_us < ${LAPSE_S * 1_000_000}) or (result = 'too_early' and age_us >= ${LAPSE_S * 1_000_000})
      order by shard, lsn`,
    riding: standsAtEveryVersion({
      statement: 'Riding is what was taken at entries that have not ended, at every version.',
      accounts: ['transit.riding'],
      of: 'user',
      changes: {
        'transit.enter': 'o.amount',
        'transit.exit': '-o.amount',
        'transit.lapse': '-o.amount',
      },
    }),
    awaited: `
      -- Whose own entry is said not to be known yet asked before it was taken: no exit that was uploaded late is lost.
      -- Somebody else's may be known on another shard alone.
      select o.id_hi, o.id_lo, 'is told that its entry is not known, which was taken ' || (o.invoked_us - min(e.completed_us)) // 1000
        || ' ms before it asked' as problem
      from asked o join asked e on e.id_hi = o.reference_hi and e.id_lo = o.reference_lo and e.account = o.account
      where o.kind = 'transit.exit' and o.result = 'reference_not_here_yet' and e.kind = 'transit.enter' and e.outcome = 'ok'
        and e.completed_us < o.invoked_us
      group by o.id_hi, o.id_lo, o.invoked_us order by o.invoked_us, o.id_hi, o.id_lo`,
  },
});
