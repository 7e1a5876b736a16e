/** A file that lines are added to, second by second; gzip where its name ends in .gz. */
import { createWriteStream, openSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';
import type { Output } from './output.js';
import type { OutputSecond } from './samples.js';

/** `head`: what the file begins with. Throws UserError where there can be no such file. */
export function fileOutput(options: {
  readonly file: string;
  readonly head: string;
  readonly text: (second: OutputSecond) => string;
  readonly warn: (line: string) => void;
}): Output {
  const { file, head, text, warn } = options;
  const stream = createWriteStream(file, { fd: openFile(file) });
  const zipped = file.endsWith('.gz') ? createGzip() : undefined;
  zipped?.pipe(stream);
  const into = zipped ?? stream;
  let isBroken = false;
  stream.on('error', (error) => {
    isBroken = true;
    warn(`${file} is not written any more: ${messageOf(error)}`);
  });
  into.write(head);
  return {
    onSecond(second) {
      if (!isBroken) into.write(text(second));
    },
    async close() {
      if (isBroken) return;
      into.end();
      // Why it failed, if it did, is told above.
      await finished(stream).catch(() => undefined);
    },
  };
}

function openFile(file: string): number {
  try {
    return openSync(file, 'w');
  } catch (cause) {
    throw new UserError(`--out: cannot write ${file}: ${messageOf(cause)}`, { cause });
  }
}
