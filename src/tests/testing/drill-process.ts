/** For tests: a drill as its users start it, with every temporary file of it below one folder. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, startProgramIn, writeScript } from './program.js';

export interface DrillProcess extends Running {
  readonly pid: number;
  readonly runFolder: string;
  /** Names left where it puts temporary folders. */
  temporaryLeft(): readonly string[];
}

/** `script` is the text of a module; `folder` must be there; the run folder is `run` in it. */
export function startDrillProcess(options: {
  readonly folder: string;
  readonly script: string;
  readonly args: readonly string[];
  /** Where its temporary folders go; default a folder of its own. */
  readonly temporary?: string;
}): DrillProcess {
  const { folder, script, args } = options;
  const temporary = options.temporary ?? join(folder, 'temporary');
  mkdirSync(temporary, { recursive: true });
  const path = writeScript(folder, script);
  const runFolder = join(folder, 'run');
  const env = { ...process.env, TMPDIR: temporary };
  const running = startProgramIn({ env }, 'run', path, '--out', runFolder, ...args);
  return {
    ...running,
    pid: running.process.pid ?? 0,
    runFolder,
    temporaryLeft: () => readdirSync(temporary),
  };
}
