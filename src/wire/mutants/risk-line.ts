/** Planted bugs of the risk engine in line: what it decided, what it was told of, what it remembers. */
import type { MutantRow } from './row.js';

export const RISK_LINE_MUTANTS = {
  'let-denied-go': {
    bug: 'what the risk engine denies goes all the same',
    room: 'gateway',
    scenario: 'fraud.ts',
    exposedBy: 'a payment that the engine denies',
    law: 'denied-moves-nothing',
  },
  'engine-skips-transfers': {
    bug: 'the risk engine is not told of transfers',
    room: 'gateway',
    scenario: 'fraud.ts',
    exposedBy: 'transfers',
    law: 'every-move-decided',
  },
  'log-denied-as-allowed': {
    bug: 'the log of decisions says of what was denied that it was let go',
    room: 'gateway',
    scenario: 'fraud.ts',
    exposedBy: 'a payment that the engine denies',
    law: 'denied-moves-nothing',
    orLaws: ['decided-again'],
  },
  'forget-on-restart': {
    bug: 'a gateway that starts again passes by one decision in four when it rebuilds its windows',
    room: 'gateway',
    scenario: 'fraud.ts',
    exposedBy: 'a kill of the gateway',
    needsFault: true,
    law: 'decided-again',
  },
} as const satisfies Record<string, MutantRow>;
