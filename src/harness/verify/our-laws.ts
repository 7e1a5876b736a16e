/** Which of paydrill's laws a run is judged by: those of every run, and those of a risk engine where one was in line. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RISK_LINE_FILE } from '../records/decisions-file.js';
import type { Law } from './law.js';
import { LAWS, LINE_LAWS } from './laws/registry.js';

/** Of every run there is. */
export const OUR_LAWS: readonly Law[] = [...LAWS, ...LINE_LAWS];

export function ourLaws(folder: string): readonly Law[] {
  return existsSync(join(folder, RISK_LINE_FILE)) ? OUR_LAWS : LAWS;
}
