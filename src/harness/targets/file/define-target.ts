/** What `import { defineTarget } from 'paydrill'` gives a target file. */
import type { TargetFile } from './target-file.js';

/** Gives the file its type, and changes nothing. */
export function defineTarget(target: TargetFile): TargetFile {
  return target;
}
