/** The life of an operation as one list of numbered moments, each in its lane: what the picture shows and the table beside it tells. Pure. */
import type { Asked, Entry, Figure, OperationLife } from '../verify/explain/operation-life.js';
import { balanceWords, signed } from './life-words.js';

export interface LifeEvent {
  /** From 1, in the order of time. */
  readonly number: number;
  /** On the drill's clock; null where nothing ties it to that. */
  readonly atUs: number | null;
  /** `client`, `shard 0`. */
  readonly lane: string;
  readonly isEntry: boolean;
  /** Nothing took effect: a decline, an operation that was given up. */
  readonly isRefusal: boolean;
  readonly what: string;
  /** One line each: receipt, or legs. */
  readonly details: readonly string[];
}

type Unnumbered = Omit<LifeEvent, 'number'>;

export const CLIENT_LANE = 'client';

export function lifeEvents(life: OperationLife): readonly LifeEvent[] {
  const events = [
    ...life.asked.flatMap(askedEvents),
    ...life.entries.map((entry) => entryEvent(entry, life.id)),
  ];
  // Of one moment, what was asked comes before what came of it: sorting keeps the order above.
  return events.sort(byTime).map((event, index) => ({ ...event, number: index + 1 }));
}

/** What has no time goes to the end. */
function byTime({ atUs: a }: Unnumbered, { atUs: b }: Unnumbered): number {
  return (a ?? Number.MAX_SAFE_INTEGER) - (b ?? Number.MAX_SAFE_INTEGER);
}

function askedEvents(asked: Asked): Unnumbered[] {
  const { attempts, completed_us: completed, outcome, resolution, result, sent_us: sent } = asked;
  const client = { lane: CLIENT_LANE, isEntry: false, isRefusal: false, details: [] };
  const events: Unnumbered[] = [
    {
      ...client,
      atUs: exact(asked.invoked_us),
      what: `asked: ${asked.kind}, channel ${asked.channel}`,
    },
  ];
  if (attempts !== null && attempts > 1 && resolution === 'answered')
    events.push({
      ...client,
      atUs: exact(sent),
      what: `the last of ${attempts} attempts was sent`,
    });
  if (completed === null) return events;
  const how = resolution === 'look_up' ? ', found by look-up' : '';
  events.push({
    ...client,
    atUs: exact(completed),
    isRefusal: outcome !== 'ok',
    what: `answered ${outcome}: ${result}${how}`,
    details: asked.receipt.map(balanceWords),
  });
  return events;
}

function entryEvent(entry: Entry, id: string): Unnumbered {
  const { at_us: at, command, legs, lsn, peer, result, role, shard } = entry;
  const half = role === 'local' ? '' : `, ${role} with shard ${peer}`;
  const of = entry.id === id ? '' : ` of ${entry.id}`;
  return {
    atUs: exact(at),
    lane: `shard ${shard}`,
    isEntry: true,
    isRefusal: result !== 'created',
    what: `${command}${of} ${result}${half} (entry ${lsn})`,
    details: legs.map((leg) => `${signed(leg.posting)} ${leg.pending}: ${balanceWords(leg)}`),
  };
}

/** A time that is no exact number is no place in a picture. */
function exact(us: Figure | null): number | null {
  return typeof us === 'number' ? us : null;
}
