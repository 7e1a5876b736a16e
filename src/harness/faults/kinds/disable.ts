/** The link is down: its listener is closed and so is every connection; new ones are refused until it heals. */
import type { LinkFaultKind } from '../fault.js';

export const disable: LinkFaultKind<never> = {
  kind: 'disable',
  on: 'link',
  meaning: 'closes the link: connections break, new ones are refused',
  numbers: {},
  takesStream: false,
  create: ({ link, id }) => ({
    apply: () => link.close(id),
    heal: () => link.open(id),
  }),
};
