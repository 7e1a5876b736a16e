/**
 * For the tests of this room: the shard as a process of its own, built from the sources as they are, to be killed at any
 * moment.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ShardOptions, StartOptions } from '../shard.js';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

export type ProcessOptions = ShardOptions & Pick<StartOptions, 'idsMax' | 'checkpointEvery'>;

/** One bundle of the shard for one test file. */
export class ShardBuild {
  readonly #folder = join(ROOT, 'node_modules', '.cache', `paydrill-shard-${process.pid}`);
  readonly #main = join(this.#folder, 'main.mjs');

  constructor() {
    mkdirSync(this.#folder, { recursive: true });
    const entry = join(this.#folder, 'entry.ts');
    const shard = join(ROOT, 'src/stack/ledger/shard.ts');
    writeFileSync(
      entry,
      `import { runShard } from ${JSON.stringify(shard)};
runShard(JSON.parse(process.argv[2])).catch((error) => {
  process.stderr.write(\`\${error.message}\\n\`);
  process.exit(1);
});`,
    );
    const esbuild = join(ROOT, 'node_modules/esbuild/bin/esbuild');
    const options = ['--bundle', '--platform=node', '--format=esm', '--packages=external'];
    execFileSync(esbuild, [entry, ...options, '--log-level=error', `--outfile=${this.#main}`]);
  }

  start(options: ProcessOptions): ShardProcess {
    return new ShardProcess(this.#main, options);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ShardProcess {
  /** Resolves with the address it printed; rejects when it ends before. */
  readonly address: Promise<string>;
  readonly exited: Promise<Exit>;
  stderr = '';
  readonly #child: ChildProcess;

  constructor(main: string, options: ProcessOptions) {
    const child = spawn(process.execPath, [main, JSON.stringify(options)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.on('data', (text: Buffer) => {
      this.stderr += text.toString();
    });
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
    this.address = new Promise((resolve, reject) => {
      let line = '';
      child.stdout.on('data', (text: Buffer) => {
        line += text.toString();
        if (line.includes('\n')) resolve(JSON.parse(line).address);
      });
      child.once('close', () => reject(new Error(`the shard ended: ${this.stderr}`)));
    });
    this.address.catch(() => undefined);
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }

  closeStdin(): void {
    this.#child.stdin?.end();
  }
}
