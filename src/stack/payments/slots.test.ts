import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdIndex } from './id-index.js';
import { Slots, STEP, slotOfTag, stepOfTag } from './slots.js';

describe('slots', () => {
  it('an answer to an earlier use of the slot finds nobody', () => {
    const slots = new Slots(2);
    const slot = slots.take();
    const tag = slots.tag(slot, STEP.homeTry);
    expect(slotOfTag(tag)).toBe(slot);
    expect(stepOfTag(tag)).toBe(STEP.homeTry);
    expect(slots.isCurrent(tag)).toBe(true);
    slots.give(slot);
    expect(slots.isCurrent(tag)).toBe(false);
    expect(slots.take()).toBe(slot);
    expect(slots.isCurrent(tag)).toBe(false);
  });

  it('hands out as many as there are, and refuses to take one back twice', () => {
    const slots = new Slots(3);
    const taken = [slots.take(), slots.take(), slots.take()];
    expect(new Set(taken).size).toBe(3);
    expect(slots.take()).toBe(-1);
    slots.give(1);
    expect(slots.used).toBe(2);
    expect(() => slots.give(1)).toThrow(/twice/);
  });

  it('a tag no slot has is not current', () => {
    const slots = new Slots(4);
    fc.assert(
      fc.property(fc.nat(0xffffffff), (tag) => {
        expect(slots.isCurrent(tag)).toBe(false);
      }),
    );
  });
});

describe('the index of ids', () => {
  it('finds what a map would find, after any order of adding and removing', () => {
    const slotCount = 40;
    const ids = new DataView(new ArrayBuffer(slotCount * 16));
    const step = fc.record({
      slot: fc.nat(slotCount - 1),
      // few different words, so that probes collide
      word: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const index = new IdIndex(slotCount);
        const model = new Map<number, number>();
        const wordOf = new Map<number, number>();
        for (const { slot, word } of steps) {
          const had = wordOf.get(slot);
          if (had !== undefined) {
            index.remove(slot);
            model.delete(had);
            wordOf.delete(slot);
          } else if (!model.has(word)) {
            ids.setInt32(slot * 16 + 12, word, true);
            index.add(ids, slot * 16, slot);
            model.set(word, slot);
            wordOf.set(slot, word);
          }
          const probe = new DataView(new ArrayBuffer(16));
          for (let other = 0; other <= 60; other++) {
            probe.setInt32(12, other, true);
            expect(index.find(probe, 0)).toBe(model.get(other) ?? -1);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
