/**
 * One number for the whole state of an engine, everything brought up to one time: two engines that were told the same events have the same,
 * whatever else they were asked. It reads every record: for a check after a drill, not for a payment.
 */
import { componentOf } from './components.js';
import type { FusedEngine } from './fused-engine.js';
import { hashTwo } from './hash.js';
import { PAIR, PAIR_WORDS } from './pairs.js';
import { PARTY, PARTY_WORDS } from './parties.js';
import { Now } from './windows.js';

export function digestOf(engine: FusedEngine, atS: number): number {
  const now = new Now();
  now.set(atS);
  const { parties, pairs } = engine;
  let digest = hashTwo(parties.count, pairs.used);
  for (let party = 1; party <= parties.count; party++) {
    const at = party * PARTY_WORDS;
    if (parties.words.u32[at + PARTY.seen] === 0) continue;
    parties.slide(party, now);
    digest = hashTwo(digest, party);
    for (let word = 0; word < PARTY_WORDS; word++) {
      // how far it was slid is only a matter of who asked
      if (word === PARTY.slidS) continue;
      // asking for a component shortens its paths: what counts is where they end
      const isParent = word === PARTY.parent;
      const value = isParent ? componentOf(parties, party) : parties.words.u32[at + word];
      digest = hashTwo(digest, value);
    }
  }
  for (let pair = 1; pair <= pairs.used; pair++) {
    pairs.slide(pair, now);
    const at = pair * PAIR_WORDS;
    for (let word = 0; word < PAIR_WORDS; word++) {
      if (word === PAIR.slidS) continue;
      digest = hashTwo(digest, pairs.words.u32[at + word]);
    }
  }
  for (const { words } of [engine.devices, engine.cards]) {
    for (let word = 0; word < words.length; word++) digest = hashTwo(digest, words[word]);
  }
  return digest;
}
