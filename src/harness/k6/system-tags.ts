/** Tags that a module makes of a call, as far as the option `systemTags` lets samples carry them. */
import type { Tags } from '../ports/metrics.js';
import type { Vu } from '../vu/virtual-user.js';

export function carried({ thread }: Vu, made: Tags): Tags {
  const { systemTags } = thread;
  if (systemTags === undefined) return made;
  return Object.fromEntries(Object.entries(made).filter(([name]) => systemTags.includes(name)));
}

/** Of those that are made only where the option names them. */
export function isAsked({ thread }: Vu, name: string): boolean {
  return thread.systemTags?.includes(name) === true;
}
