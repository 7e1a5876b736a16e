/** Which kind of target a name stands for. One kind a file. */
import { type AddressOptions, openAddress } from './address.js';
import type { LoadedTargetFile } from './file/load-target-file.js';
import { noTarget } from './none.js';
import { type ReferenceOptions, startReference } from './reference.js';
import type { Target } from './target.js';

export interface TargetOptions extends ReferenceOptions, Omit<AddressOptions, 'address'> {
  /** `reference`, `none`, `host:port` or `http://host:port`. */
  readonly name: string;
  /** Where the name is that of a target file. */
  readonly file: LoadedTargetFile | undefined;
}

/** Throws UserError where nothing can be started or nobody answers. */
export async function openTarget(options: TargetOptions): Promise<Target> {
  if (options.file !== undefined) {
    // Only such a target needs databases and their drivers here.
    const { openFileTarget } = await import('./file/file-target.js');
    return openFileTarget({ ...options, loaded: options.file });
  }
  if (options.name === 'none') return noTarget();
  return options.name === 'reference'
    ? startReference(options)
    : openAddress({ ...options, address: options.name });
}
