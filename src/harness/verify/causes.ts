/** Which broken law is the root, and which follow from others: laws state from which a breach of theirs can follow. */
import type { Law } from './law.js';
import type { LawResult } from './verdict.js';

export interface Ranked {
  readonly laws: readonly LawResult[];
  readonly rootCause: string | null;
}

/** `results` in the order of `laws`, in which causes come before consequences: the first that is broken is the root. */
export function rankCauses(laws: readonly Law[], results: readonly LawResult[]): Ranked {
  const broken = new Set(
    results.filter(({ status }) => status === 'broken').map(({ name }) => name),
  );
  const ranked = results.map((result, index) => {
    const causes = laws[index]?.consequenceOf.filter((name) => broken.has(name)) ?? [];
    return broken.has(result.name) && causes.length > 0
      ? { ...result, follows_from: causes }
      : result;
  });
  return { laws: ranked, rootCause: [...broken][0] ?? null };
}
