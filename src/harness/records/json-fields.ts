/** The small JSON files of a run folder, field by field. What is not as it must be throws an Error that says so in a line. */
import { readFileSync } from 'node:fs';

export type Fields = ReadonlyMap<string, unknown>;

/** Undefined where the file is not there. Throws the file system's error for anything else that is the matter with it. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** `name` is the value's own, in what is thrown. */
export function fieldsOf(value: unknown, name = 'it'): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${name} is no JSON object`);
  return new Map<string, unknown>(Object.entries(value));
}

/** 0 or more. */
export function whole(fields: Fields, name: string): number {
  const value = fields.get(name);
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`${name} is no whole number`);
}
