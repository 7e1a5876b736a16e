/**
 * What a value of a drill's options must be, for the command line that reads it from text and for programs that hand it over.
 * Pure; imports nothing that takes time to load.
 */

export interface WholeRange {
  readonly min: number;
  readonly max: number;
}

export const SEEDS: WholeRange = { min: 0, max: 2 ** 32 - 1 };
export const WORKERS: WholeRange = { min: 1, max: 256 };
export const SHARDS: WholeRange = { min: 1, max: 64 };

export function isWholeIn({ min, max }: WholeRange, value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

export function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

/** A variable of `__ENV`. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
