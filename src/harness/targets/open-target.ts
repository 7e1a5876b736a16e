/** Which kind of target a name stands for. One kind a file. */
import { type AddressOptions, openAddress } from './address.js';
import { type ReferenceOptions, startReference } from './reference.js';
import type { Target } from './target.js';

export interface TargetOptions extends ReferenceOptions, Omit<AddressOptions, 'address'> {
  /** `reference`, `host:port` or `http://host:port`. */
  readonly name: string;
}

/** Throws UserError where nothing can be started or nobody answers. */
export function openTarget(options: TargetOptions): Promise<Target> {
  return options.name === 'reference'
    ? startReference(options)
    : openAddress({ ...options, address: options.name });
}
