/**
 * Tries each part of a target file, without a load: it is opened, what it says of rest is asked, a few operations are asked of it, what faults
 * may break is broken and healed, its books are read. What it shows decides which laws a drill of it can be judged by.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawSeed, Random } from '../../entropy/random.js';
import { messageOf } from '../../message-of.js';
import { REFERENCE_RECORD } from '../../records/plan-record.js';
import type { TargetFacts } from '../../records/target-facts.js';
import { openFileTarget } from '../../targets/file/file-target.js';
import { type LoadedTargetFile, loadTargetFile } from '../../targets/file/load-target-file.js';
import type { Target } from '../../targets/target.js';
import { notAsked } from '../../verify/asked-of.js';
import { LAWS } from '../../verify/laws/registry.js';
import type { TriedPart } from './tried-part.js';
import { type ProbeDrill, tryOperations } from './try-operations.js';

export interface CheckedTarget {
  readonly parts: readonly TriedPart[];
  /** Undefined where it could not be opened. */
  readonly facts: TargetFacts | undefined;
  readonly laws: readonly CheckedLaw[];
}

/** Whether a drill can be judged by it, and why not. */
export interface CheckedLaw {
  readonly name: string;
  readonly because: string | undefined;
}

export interface CheckTargetOptions {
  readonly workingDirectory: string;
  readonly toxiproxy: string | undefined;
  readonly allowTargets: readonly string[];
  /** Processes are killed and started again. */
  readonly kills: boolean;
  readonly signal: AbortSignal;
  /** Runs what asks for operations. */
  readonly drill: ProbeDrill;
  /** Told of each part when it was tried. */
  readonly onPart: (part: TriedPart) => void;
}

const NO_PROBE = "not tried: name a script that asks for some in 'probe', the drill's own, say";
const SETTLE_MS_MAX = 30_000;
const PROGRAM = fileURLToPath(new URL('../../../../bin/paydrill.js', import.meta.url));

/** Rejects with UserError where the file cannot be read; what its parts do wrong is among what was tried. */
export async function checkTarget(
  path: string,
  options: CheckTargetOptions,
): Promise<CheckedTarget> {
  const { onPart, signal } = options;
  const parts: TriedPart[] = [];
  const tell = (part: TriedPart): void => {
    parts.push(part);
    onPart(part);
  };
  const tried = async (part: string, attempt: () => Promise<string>): Promise<void> => {
    try {
      tell({ part, isWell: true, words: await attempt() });
    } catch (cause) {
      signal.throwIfAborted();
      tell({ part, isWell: false, words: messageOf(cause).split('\n')[0] ?? '' });
    }
  };
  const random = new Random(drawSeed());
  const loaded = await loadTargetFile(path, {
    folder: resolve(options.workingDirectory),
    random: () => random.nextFloat(),
  });
  let target: Target | undefined;
  try {
    await tried('open', async () => {
      target = await opened(loaded, options, random);
      return openedWords(loaded);
    });
    if (target !== undefined) await tryParts(target, loaded, { ...options, tried, tell });
    return { parts, facts: target?.facts, laws: lawsFor(target?.facts) };
  } finally {
    await target?.close();
  }
}

function opened(
  loaded: LoadedTargetFile,
  { toxiproxy, allowTargets, signal }: CheckTargetOptions,
  random: Random,
): Promise<Target> {
  const silent = (): void => {};
  return openFileTarget({
    loaded,
    program: [process.execPath, PROGRAM],
    toxiproxy,
    allowTargets,
    random: () => random.nextFloat(),
    ...{ onEnded: silent, onNotice: silent, onLog: silent, signal },
  });
}

function openedWords({ file }: LoadedTargetFile): string {
  const list = (of: object | undefined, what: string): readonly string[] => {
    const names = Object.keys(of ?? {});
    return names.length === 0 ? [] : [`${what} ${names.join(', ')}`];
  };
  const steps = file.open?.length ?? 0;
  const words = [
    ...list(file.processes, 'processes'),
    ...list(file.links, 'links'),
    ...(steps > 0 ? [`${steps} step${steps === 1 ? '' : 's'} before the load`] : []),
  ];
  return words.length === 0 ? 'nothing to start' : words.join('; ');
}

async function tryParts(
  target: Target,
  loaded: LoadedTargetFile,
  options: CheckTargetOptions & {
    readonly tried: (part: string, attempt: () => Promise<string>) => Promise<void>;
    readonly tell: (part: TriedPart) => void;
  },
): Promise<void> {
  const { file } = loaded;
  const { kills, allowTargets, drill, signal, tried, tell } = options;
  const settle = async (): Promise<string> => {
    const rest = await target.settled(
      AbortSignal.any([signal, AbortSignal.timeout(SETTLE_MS_MAX)]),
    );
    if (!rest.atRest) throw new Error(`it is not at rest: ${rest.missing.join('; ')}`);
    return 'it is at rest';
  };
  if (file.settled !== undefined) await tried('settled', settle);
  let asked = 0;
  const { probe } = file;
  if (probe === undefined)
    tell({ part: 'operations', isWell: true, isTried: false, words: NO_PROBE });
  else
    try {
      const { parts, entries } = await tryOperations({
        ...{ loaded, target, probe, allowTargets, drill, signal },
      });
      asked = entries;
      for (const part of parts) tell(part);
    } catch (cause) {
      signal.throwIfAborted();
      tell({ part: 'operations', isWell: false, words: messageOf(cause).split('\n')[0] ?? '' });
    }
  for (const name of kills ? target.breakable.processes : []) {
    await tried(`kill ${name}`, async () => {
      const handle = target.breakable.process(name);
      await handle.kill();
      await handle.restart();
      return 'killed, started, ready again';
    });
  }
  if (kills && target.breakable.processes.length > 0 && file.settled !== undefined)
    await tried('settled after that', settle);
  const { books } = target;
  if (books === undefined) return;
  await tried('books', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'paydrill-check-'));
    try {
      const found = await books.fetch({ folder, runId: 'check', signal });
      if (!found.complete) throw new Error(found.reason ?? 'they are not complete');
      const [entries = 0] = found.entries;
      const [accounts = 0] = found.accounts;
      if (entries < asked)
        throw new Error(`of ${asked} entries since it was opened ${entries} are left`);
      return `read: ${accounts} accounts, ${entries} entries since it was opened`;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function lawsFor(facts: TargetFacts | undefined): readonly CheckedLaw[] {
  if (facts === undefined || !facts.hasBooks) return [];
  const { evidence, promises, money, neutral, hasBooks } = facts;
  const plan = { ...REFERENCE_RECORD, evidence, promises, money, neutral, hasBooks };
  const drill = { atRest: true, notAtRest: [], failures: [] };
  return LAWS.map((law) => ({
    name: law.name,
    because: notAsked(law, { plan, drill, journal: undefined, isDrill: true })?.because,
  }));
}
