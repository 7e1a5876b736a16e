/**
 * For how long ids stay in memory: told in time, since a bound in ids says nothing to whoever runs a shard. An id that left
 * memory is answered from the store, some 10 us slower (checkpoint/archive.ts). Pure.
 */
import type { IdMemory } from '../../wire/id-memory.js';
import type { IdTable } from './ids.js';

/** Whole seconds of id time that the present rate is taken from. */
const RATE_SECONDS = 8;
const SECOND_MS = 1024;

export function idMemory(ids: IdTable, nowMs: number): IdMemory {
  const second = Math.floor(nowMs / SECOND_MS);
  let oldest = second;
  let recent = 0;
  for (const [made, count] of ids.seconds()) {
    oldest = Math.min(oldest, made);
    if (made < second && made >= second - RATE_SECONDS) recent += count;
  }
  const perSecond = (recent * 1000) / (RATE_SECONDS * SECOND_MS);
  return {
    ids: ids.count,
    idsMax: ids.recordsMax,
    left: ids.left,
    oldestAgeS: Math.max(0, (nowMs - oldest * SECOND_MS) / 1000),
    perSecond,
    ...(perSecond > 0 ? { retentionS: ids.recordsMax / perSecond } : {}),
  };
}
