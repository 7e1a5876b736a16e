/** `paydrill run -`: a script on standard input, as `k6 run - < script.js`. It stands in a file of its own while it runs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Calls `use` with the path of the script: where the words name none but `-`, of one that is taken away afterwards. */
export async function withPipedScript(
  script: string | undefined,
  use: (script: string | undefined) => Promise<void>,
): Promise<void> {
  if (script !== '-') return use(script);
  const folder = await mkdtemp(join(tmpdir(), 'paydrill-stdin-'));
  try {
    const path = join(folder, 'stdin.js');
    await writeFile(path, await text(process.stdin));
    await use(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
