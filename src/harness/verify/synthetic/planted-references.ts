/** The lies about holds, refunds, reads and declines as planted bugs, and a hold that only time shows to be stuck. */
import { COMMAND } from '../../../wire/ledger-commands.js';
import type { Lie } from './lies-of-references.js';
import type { PlantedBug } from './planted-bug.js';
import { REFERENCE_LIES } from './reference-lies.js';
import type { Recorded } from './run-folder.js';
import { keyOf, settle } from './settle.js';

/** In the middle of the history. */
function planted(lie: Lie): (recorded: Recorded) => void {
  return (recorded) => {
    const isDone = lie(recorded, (things) => things[Math.floor(things.length / 2)]);
    if (!isDone) throw new Error(`the history has nothing for ${lie.name}`);
    settle(recorded);
  };
}

const IDLE: readonly PlantedBug[] = [
  {
    bug: 'a hold ran out of time on a shard that has been idle since',
    law: 'no-stuck-hold',
    witness: /^hold .* and is a hold that ran out of time and is still pending/,
    plant: (recorded) => {
      const ended = new Set(
        recorded.entries.flat().map(({ reference }) => (reference ? keyOf(reference) : '')),
      );
      const open = recorded.entries
        .flat()
        .find(
          ({ command, id, timeoutS }) =>
            command === COMMAND.hold && timeoutS > 60 && !ended.has(keyOf(id)),
        );
      if (open === undefined) throw new Error('no open hold');
      recorded.readAtUs[open.shard] = open.timestampUs + (open.timeoutS + 1) * 1_000_000;
    },
  },
];

export const PLANTED_REFERENCES: readonly PlantedBug[] = [
  ...REFERENCE_LIES.map(({ lie, ...told }) => ({ ...told, plant: planted(lie) })),
  ...IDLE,
];
