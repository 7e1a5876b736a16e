/**
 * Colour for terminals, sparingly: the verdict, what is broken, what is in doubt, and labels held back.
 * Without colour every painter returns its text.
 */
import { styleText } from 'node:util';

export interface Paint {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly doubt: (text: string) => string;
  readonly bad: (text: string) => string;
}

export const NO_PAINT: Paint = {
  strong: (text) => text,
  faint: (text) => text,
  good: (text) => text,
  doubt: (text) => text,
  bad: (text) => text,
};

export const COLOURS: Paint = {
  strong: (text) => styleText('bold', text),
  faint: (text) => styleText('dim', text),
  good: (text) => styleText(['bold', 'green'], text),
  doubt: (text) => styleText('yellow', text),
  bad: (text) => styleText(['bold', 'red'], text),
};

/** Colour only on a terminal, and never where NO_COLOR (no-color.org) is set to anything. */
export function paintFor(options: {
  readonly terminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}): Paint {
  const { NO_COLOR, TERM } = options.env;
  if (!options.terminal || (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb') {
    return NO_PAINT;
  }
  return COLOURS;
}
