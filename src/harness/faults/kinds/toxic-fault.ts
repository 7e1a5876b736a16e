/** A fault that is nothing but toxics: they are added in order and all removed, whatever became of the adding. */
import type { Fault, NumberRule, ToxicSpec, Toxics } from '../fault.js';

/** Which share of the connections a toxic concerns; every toxic fault takes it. */
export const TOXICITY: NumberRule = { minimum: 0, maximum: 1, absent: 1 };

export function toxicFault(link: Toxics, toxics: readonly ToxicSpec[]): Fault {
  return {
    apply: async () => {
      for (const toxic of toxics) await link.addToxic(toxic);
    },
    heal: async () => {
      for (const toxic of toxics) await link.removeToxic(toxic.name);
    },
  };
}
