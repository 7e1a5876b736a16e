/**
 * What a drill tells: lines for log.txt, and those of them that the person who watches is told. Lines from before there is a
 * run folder are kept until there is one. What a script or a target named is written as it is shown on a terminal: log.txt is
 * read with `cat` and `tail -f`.
 */

import { messageOf } from '../message-of.js';
import { printable } from '../report/printable.js';
import type { DrillHooks, NoticeLevel, NoticeSource } from '../report/progress.js';
import type { DrillClock } from './drill-clock.js';
import type { RunFolder } from './run-folder.js';

export class DrillLog {
  readonly #clock: DrillClock;
  readonly #tell: DrillHooks['onNotice'];
  readonly #onBroken: (reason: string) => void;
  #early: string[] = [];
  #folder: RunFolder | undefined;
  #broken = false;

  /** `onBroken`: told once where log.txt cannot be written; the log is given up then. */
  constructor(options: {
    readonly clock: DrillClock;
    readonly tell: DrillHooks['onNotice'];
    readonly onBroken: (reason: string) => void;
  }) {
    this.#clock = options.clock;
    this.#tell = options.tell;
    this.#onBroken = options.onBroken;
  }

  writeTo(folder: RunFolder): void {
    this.#folder = folder;
    const early = this.#early;
    this.#early = [];
    for (const text of early) this.#write(text);
  }

  log(line: string): void {
    this.#write(`${this.#clock.isoNow()} ${printable(line)}\n`);
  }

  notice(line: string, level: NoticeLevel = 'info', from: NoticeSource = 'drill'): void {
    this.log(line);
    this.#tell(line, level, from);
  }

  #write(text: string): void {
    if (this.#broken) return;
    if (this.#folder === undefined) {
      this.#early.push(text);
      return;
    }
    try {
      this.#folder.append('log.txt', text);
    } catch (error) {
      this.#broken = true;
      this.#onBroken(messageOf(error));
    }
  }
}
