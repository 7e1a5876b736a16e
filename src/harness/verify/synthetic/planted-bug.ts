/** A bug planted in a made-up history: the law that must be broken by it, and what its witness must say. */
import type { Recorded } from './run-folder.js';

export interface PlantedBug {
  readonly bug: string;
  readonly law: string;
  readonly witness: RegExp;
  readonly plant: (recorded: Recorded) => void;
}
