/** What a gateway stops doing while too much is in flight, the least important first: agreed before the load. */

/** The law that every run has whose gateway was given steps. */
export const BROWN_OUT_LAW = 'brown-out-as-agreed';

/** A step that is on ends when fewer than this share of what began it are in flight. */
export const BROWN_OUT_RELAXED = 0.8;

export interface BrownOutStep {
  /** Names of kinds that are refused in this step and in those after it. */
  readonly kinds: readonly string[];
  /** From so many operations in flight on; more in each step than in the one before. */
  readonly inFlight: number;
}

/** `where` names it in messages. Throws an Error of one line for anything that is no list of steps. */
export function readBrownOut(value: unknown, where: string): readonly BrownOutStep[] {
  if (!Array.isArray(value)) throw new Error(`${where} must be a list of steps`);
  let least = 1;
  return value.map((step: unknown, at) => {
    const read = stepOf(step);
    if (read === undefined || read.inFlight < least)
      throw new Error(
        `${where}[${at}] must be { kinds: [names], inFlight: a whole number from ${least} }, and nothing else`,
      );
    least = read.inFlight + 1;
    return read;
  });
}

function stepOf(step: unknown): BrownOutStep | undefined {
  if (typeof step !== 'object' || step === null) return undefined;
  if (!('kinds' in step && 'inFlight' in step) || Object.keys(step).length > 2) return undefined;
  const { inFlight, kinds } = step;
  const isNames = Array.isArray(kinds) && kinds.every((name) => typeof name === 'string');
  if (!isNames || kinds.length === 0) return undefined;
  return typeof inFlight === 'number' && Number.isSafeInteger(inFlight)
    ? { kinds, inFlight }
    : undefined;
}
