/** One way in which journal and books can lie. */
import type { SeededRandom } from './random.js';
import type { Recorded } from './run-folder.js';

export interface Corruption {
  readonly name: string;
  /** Returns false where the history has nothing to do it to. */
  readonly apply: (recorded: Recorded, random: SeededRandom) => boolean;
}
