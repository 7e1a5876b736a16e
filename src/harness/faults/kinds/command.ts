/** What a target file says under `commands`: one command breaks something, another heals it. */
import type { CommandFaultKind } from '../fault.js';

export const command: CommandFaultKind = {
  kind: 'command',
  on: 'command',
  meaning: 'runs a command of the target file, and the one that heals it',
  create: ({ command, id }) => ({
    apply: () => command.hold(id),
    heal: () => command.release(id),
  }),
};
