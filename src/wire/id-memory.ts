/** For how long a shard has ids in memory, and how that is said: in time, at the rate at which ids are made at present. */

/** Which ids a shard has in memory, and for how long it will have a new one. Those that left are answered from its store. */
export interface IdMemory {
  readonly ids: number;
  readonly idsMax: number;
  /** That left, since the process began. */
  readonly left: number;
  /** How long ago the oldest of them was made. */
  readonly oldestAgeS: number;
  /** Ids that are made a second at present. */
  readonly perSecond: number;
  /** How long an id stays at this rate; absent where none are made. */
  readonly retentionS?: number;
}

/** `16.7 M ids: 84 s at 200,000/s`; without a rate the bound alone. */
export function idMemoryWords({ idsMax, perSecond, retentionS }: IdMemory): string {
  const bound = `${(Math.floor(idsMax / 1e5) / 10).toFixed(1)} M ids`;
  if (retentionS === undefined) return bound;
  const seconds = Math.round(retentionS).toLocaleString('en');
  return `${bound}: ${seconds} s at ${Math.round(perSecond).toLocaleString('en')}/s`;
}

/** What a shard says of it, or undefined where it says nothing of the kind. */
export function readIdMemory(told: unknown): IdMemory | undefined {
  if (typeof told !== 'object' || told === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(told));
  const number = (name: string): number => Number(fields.get(name));
  const retention = fields.get('retentionS');
  const memory = {
    ids: number('ids'),
    idsMax: number('idsMax'),
    left: number('left'),
    oldestAgeS: number('oldestAgeS'),
    perSecond: number('perSecond'),
    ...(retention === undefined ? {} : { retentionS: Number(retention) }),
  };
  return Object.values(memory).every(Number.isFinite) ? memory : undefined;
}
