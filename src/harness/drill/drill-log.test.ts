import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDrillClock } from './drill-clock.js';
import { DrillLog } from './drill-log.js';
import { RunFolder } from './run-folder.js';

/** A colour, a window title, a bell, a NUL, a line of its own, the C1 form of an escape, a turn of direction. */
const ACTING = [
  '\u001b[31mred',
  '\u001b]0;title\u0007',
  '\u0000',
  '\nforged line',
  '\u009b2J',
  '\u202egpj',
];

it('log.txt acts on no terminal, whatever a script or a target named', () => {
  const parent = mkdtempSync(join(tmpdir(), 'paydrill-log-'));
  try {
    const folder = new RunFolder({
      outFolder: join(parent, 'run'),
      script: 'night.ts',
      startedUnixMs: 0,
      isScratch: true,
    });
    const log = new DrillLog({
      clock: startDrillClock(),
      tell: () => {},
      onBroken: (reason) => expect.fail(reason),
    });
    for (const text of ACTING) log.notice(`check "${text}" failed`);
    log.writeTo(folder);
    for (const text of ACTING) log.log(`script: ${text}`);
    const lines = readFileSync(folder.file('log.txt'), 'utf8').split('\n');
    expect(lines.length).toBe(2 * ACTING.length + 1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(lines.filter((line) => /[\u0000-\u001f\u007f-\u009f\u202e]/.test(line))).toEqual([]);
    expect(lines[0]).toMatch(/ check "\\x1b\[31mred" failed$/);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
