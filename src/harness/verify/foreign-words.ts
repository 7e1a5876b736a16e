/**
 * What is wrong in the books of somebody else's system, in words that mean something there: shards and the numbers of entries are this
 * program's own. Pure.
 */
const OURS: readonly (readonly [RegExp, string])[] = [
  [/ \(entry \d+ of shard \d+\)/g, ''],
  [/, and is entry \d+ of shard \d+/g, ', and is in the books'],
  [/: entry \d+(?: of shard \d+)?(?:, entry \d+ of shard \d+)*(?=$|, )/g, ''],
  [/entry \d+ of shard \d+/g, 'a booking'],
  [/^shard \d+ has/, 'the books have'],
  [/ (?:of|on) shard \d+/g, ''],
];

export function foreignWords(problem: string): string {
  return OURS.reduce((text, [ours, theirs]) => text.replace(ours, theirs), problem);
}
