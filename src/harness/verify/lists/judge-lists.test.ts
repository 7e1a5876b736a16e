/** Stores of known isolation keep it; each anomaly is found by its name where it is planted, and nowhere else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIST_CLAIMS } from '../../../wire/list-claims.js';
import { ANOMALIES, type AnomalyName, forbids } from './claims.js';
import { judgeLists } from './judge-lists.js';
import type { ListOperation, ListTransaction } from './list-history.js';
import { simulated } from './testing/simulated-stores.js';

const SEEDS = fc.integer({ min: 0, max: 2 ** 31 });

/** `ax1 rx=1,2`: appends 1 to x, reads x as [1, 2]. Ends with `!` where it failed, with `?` where it is unknown. At the same time as all others. */
function transaction(text: string, times: readonly [number, number] = [0, 1000]): ListTransaction {
  const operations = text.split(' ').flatMap((word): ListOperation[] => {
    const [, does, key = '', rest = ''] =
      /^([ar])(\w)=?(.*)$/.exec(word.replace(/[!?]$/, '')) ?? [];
    if (does === 'a') return [{ does: 'append', key, value: Number(rest) }];
    const values = rest === '' ? [] : rest.split(',').map(Number);
    return does === 'r' ? [{ does: 'read', key, values }] : [];
  });
  const outcome = text.endsWith('!') ? 'failed' : text.endsWith('?') ? 'unknown' : 'ok';
  const [invokedUs, completedUs] = times;
  return {
    vu: 1,
    invokedUs,
    completedUs: outcome === 'unknown' ? Number.POSITIVE_INFINITY : completedUs,
    outcome,
    operations,
  };
}

const history = (...texts: readonly string[]): ListTransaction[] =>
  texts.map((text) => transaction(text));

function found(transactions: readonly ListTransaction[]): AnomalyName[] {
  const { forbidden, allowed } = judgeLists(transactions, 'serializable');
  return [...new Set([...forbidden, ...allowed].map(({ name }) => name))].sort(
    (one, other) => ANOMALIES.indexOf(one) - ANOMALIES.indexOf(other),
  );
}

/** Each with nothing else wrong in it. */
const PLANTED: readonly (readonly [AnomalyName, readonly ListTransaction[]])[] = [
  ['garbage-read', history('ax1', 'rx=1,7')],
  ['duplicate-elements', history('ax1', 'rx=1,1')],
  // Each writes over the other: x says 1 before 2, y the other way round.
  ['G0', history('ax1 ay1', 'ax2 ay2', 'rx=1,2', 'ry=2,1')],
  ['G1a', history('ax1!', 'rx=1')],
  // What the writer appended last is read by nobody: else it would be a cycle too.
  ['G1b', history('ax1 ax2?', 'rx=1')],
  // Each sees what the other did.
  ['G1c', history('ax1 ry=1', 'ay1 rx=1')],
  ['incompatible-order', history('ax1', 'ax2', 'rx=1,2', 'rx=2')],
  ['internal', history('ax1 rx=')],
  ['internal', history('ax1 rx=1 rx=')],
  // A read sees one of two that were made at once.
  ['G-single', history('ax1 ay1', 'rx=1 ry=', 'ry=1')],
  // A lost update: both append to what they have read empty.
  ['G-single', history('rx= ax1', 'rx= ax2', 'rx=1,2')],
  // Two readers see two writers in different orders.
  ['G-nonadjacent', history('ax1', 'ay1', 'rx=1 ry=', 'ry=1 rx=')],
  // Write skew: each reads what the other writes.
  ['G2-item', history('rx= ay1', 'ry= ax1', 'rx=1', 'ry=1')],
  [
    'G0-realtime',
    [transaction('ax1', [500, 600]), transaction('ax2', [0, 100]), transaction('rx=1,2')],
  ],
  ['G1c-realtime', [transaction('ax1', [500, 600]), transaction('rx=1', [0, 100])]],
  // A stale read: what was over before is not seen.
  [
    'G-single-realtime',
    [transaction('ax1', [0, 100]), transaction('rx=', [500, 600]), transaction('rx=1', [700, 800])],
  ],
  // What was acknowledged is gone, and nobody ever reads it.
  ['G-single-realtime', [transaction('ax1', [0, 100]), transaction('rx=', [500, 600])]],
  [
    'G-nonadjacent-realtime',
    [
      transaction('ax1', [0, 100]),
      transaction('ry=', [500, 600]),
      transaction('ay1', [0, 1000]),
      transaction('rx= ry=1', [0, 1000]),
    ],
  ],
  [
    'G2-item-realtime',
    [
      transaction('rx= ay1', [0, 1000]),
      transaction('ax1 rz=', [0, 100]),
      transaction('ry=', [500, 600]),
      transaction('rx=1 ry=1', [2000, 2100]),
    ],
  ],
];

describe('a serial store', () => {
  it('has nothing that any claim forbids', () => {
    fc.assert(
      fc.property(SEEDS, (seed) => {
        const { forbidden, allowed, undecided } = judgeLists(
          simulated('serial', seed, 60),
          'strict-serializable',
        );
        expect({ forbidden, allowed, undecided }).toEqual({
          forbidden: [],
          allowed: [],
          undecided: undefined,
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('a store of snapshots', () => {
  it('keeps snapshot isolation, and its write skews are found', () => {
    let skews = 0;
    fc.assert(
      fc.property(SEEDS, (seed) => {
        const transactions = simulated('snapshot', seed, 60);
        expect(judgeLists(transactions, 'snapshot').forbidden).toEqual([]);
        const { forbidden } = judgeLists(transactions, 'serializable');
        skews += forbidden.length;
        expect(forbidden.every(({ name }) => name === 'G2-item')).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(skews).toBeGreaterThan(0);
  });
});

describe('an anomaly', () => {
  it.each(PLANTED)('%s is found, alone (%#)', (name, transactions) => {
    expect(found(transactions)).toEqual([name]);
  });

  it('has a planted history of each name', () => {
    const planted = new Set(PLANTED.map(([name]) => name));
    expect(ANOMALIES.filter((name) => !planted.has(name))).toEqual([]);
  });

  it('is found among any others that are sound', () => {
    fc.assert(
      fc.property(SEEDS, fc.nat(PLANTED.length - 1), fc.nat(40), (seed, which, at) => {
        const [name, planted] = PLANTED[which] ?? ['G0', []];
        const sound = simulated('serial', seed, 40);
        // On lists and with values of its own.
        const own = planted.map((one) => ({
          ...one,
          operations: one.operations.map((it) => ({ ...it, key: `planted ${it.key}` })),
        }));
        expect(found([...sound.slice(0, at), ...own, ...sound.slice(at)])).toEqual([name]);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['garbage-read', 'read-uncommitted'],
    ['duplicate-elements', 'read-uncommitted'],
    ['G0', 'read-uncommitted'],
    ['G1a', 'read-committed'],
    ['G1b', 'read-committed'],
    ['G1c', 'read-committed'],
    ['incompatible-order', 'read-committed'],
    ['internal', 'repeatable-read'],
    ['G-single', 'repeatable-read'],
    ['G-nonadjacent', 'repeatable-read'],
    ['G2-item', 'serializable'],
    ['G0-realtime', 'strict-serializable'],
    ['G2-item-realtime', 'strict-serializable'],
  ] as const)('%s is forbidden from %s on', (name, from) => {
    const first = LIST_CLAIMS.find((claim) => forbids(claim, name));
    expect(first).toBe(from);
    for (const [, transactions] of PLANTED.filter(([planted]) => planted === name))
      for (const claim of LIST_CLAIMS)
        expect(judgeLists(transactions, claim).forbidden.length > 0).toBe(
          LIST_CLAIMS.indexOf(claim) >= LIST_CLAIMS.indexOf(from),
        );
  });

  it('says in words what happened', () => {
    const witness = (transactions: readonly ListTransaction[]): string | undefined =>
      judgeLists(transactions, 'strict-serializable').forbidden[0]?.witness;
    expect(witness(history('rx= ay1', 'ry= ax1', 'rx=1', 'ry=1'))).toBe(
      'T0 of VU 1 is before itself: T0 of VU 1 read x empty before T1 of VU 1 appended to it; ' +
        'T1 of VU 1 read y empty before T0 of VU 1 appended to it',
    );
    expect(witness(history('ax1!', 'rx=1'))).toBe(
      'T1 of VU 1 reads 1 of x, which T0 of VU 1 appended, and that failed',
    );
    expect(witness([transaction('ax1', [0, 100]), transaction('rx=', [500, 600])])).toMatch(
      /T0 of VU 1 was over at 00:00\.000100 before T1 of VU 1 began at 00:00\.000500/,
    );
  });
});

describe('what is no anomaly', () => {
  it.each([
    ['an unknown append that is read', history('ax1?', 'rx=1')],
    ['an unknown append that nobody reads', history('ax1?', 'rx=')],
    ['an append that nobody could have read yet', history('ax1', 'rx=')],
    ['what an unknown one says it read', history('ax1', 'rx=7?')],
    ['own appends, read', history('ax1 rx=1 ax2 rx=1,2', 'rx=1,2')],
    ['own appends behind those of others', history('ax1', 'rx=1 ax2 rx=1,2', 'rx=1,2')],
    ['a failed one that read nonsense', history('ax1', 'rx=9!')],
  ])('%s', (_what, transactions) => {
    expect(found(transactions)).toEqual([]);
  });

  it('or cannot be told: a value that is appended twice', () => {
    expect(judgeLists(history('ax1', 'ax1', 'rx=1'), 'serializable').undecided).toMatch(
      /T1 of VU 1 appends 1 to x, which was appended before/,
    );
  });
});

describe('a long history', () => {
  it('of fifty thousand transactions is judged without a search of each', () => {
    // A list is used for a while, as scripts do.
    const transactions = Array.from({ length: 250 }, (_, part) =>
      simulated('serial', part, 200).map((one) => ({
        ...one,
        invokedUs: one.invokedUs + part * 1e5,
        completedUs: one.completedUs + part * 1e5,
        operations: one.operations.map((it) => ({ ...it, key: `${it.key}${part}` })),
      })),
    ).flat();
    const { forbidden, allowed, checked } = judgeLists(transactions, 'strict-serializable');
    expect([forbidden, allowed]).toEqual([[], []]);
    expect(checked).toBeGreaterThan(50_000);
  });
});
