/** The option consoleOutput: what a script tells `console` goes to a file, a line each, and nowhere else. */
import { createWriteStream } from 'node:fs';
import { messageOf } from '../message-of.js';
import type { DrillClock } from './drill-clock.js';
import type { DrillLog } from './drill-log.js';

export type ConsoleFile = (level: string, line: string) => void;

/** What cannot be written is told once. `atEnd` is given what closes the file. */
export function consoleFile(
  path: string,
  {
    clock,
    log,
    atEnd,
  }: {
    readonly clock: DrillClock;
    readonly log: DrillLog;
    atEnd(release: () => Promise<void>): void;
  },
): ConsoleFile {
  const stream = createWriteStream(path, { flags: 'a' });
  stream.on('error', (error) =>
    log.notice(`what console is told cannot be written: ${messageOf(error)}`, 'warn'),
  );
  atEnd(() => new Promise((resolve) => stream.end(() => resolve())));
  return (level, line) =>
    void stream.write(
      `time="${clock.isoNow()}" level=${level} msg=${JSON.stringify(line)} source=console\n`,
    );
}
