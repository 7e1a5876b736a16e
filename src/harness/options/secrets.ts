/**
 * What a script may know and a run must not tell: values by key, of one or more sources. They travel beside the plan, never in it.
 * Types only.
 */

/** Plain data: posted to the workers, written nowhere. */
export interface Secrets {
  readonly sources: readonly SecretSource[];
  /** Name of the source that is asked where none is named; undefined: there is none of that kind. */
  readonly byDefault: string | undefined;
}

export interface SecretSource {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}
