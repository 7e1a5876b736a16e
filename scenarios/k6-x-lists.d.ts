/**
 * Types of `k6/x/lists`: a script says which transactions on lists it carries out, by whatever request, and what came of each. After the drill
 * it is judged whether all of it can have happened at the isolation that the script claims (Elle's list-append). What contradicts the claim
 * makes the verdict invalid; what the claim allows is told.
 *
 *     lists.claim('serializable');
 *     export default function () {
 *       const t = lists.transaction();
 *       t.append('x', 17);       // before it is asked
 *       t.read('y', [3, 5]);     // what was answered
 *       t.ok();
 *     }
 */
declare module 'k6/x/lists' {
  /** Weakest first. `repeatable-read` and `snapshot` are snapshot isolation. */
  export type Claim =
    | 'read-uncommitted'
    | 'read-committed'
    | 'repeatable-read'
    | 'snapshot'
    | 'serializable'
    | 'strict-serializable';

  /** One that is told nothing of until the load is over is unknown. */
  export interface ListTransaction {
    readonly outcome: 'ok' | 'failed' | 'unknown' | undefined;
    /** A value is appended to a list once in all. Tell it before it is asked: from then on it may have happened. */
    append(list: string | number, value: string | number): void;
    /** The whole list, as it was answered. */
    read(list: string | number, values: readonly (string | number)[]): void;
    /** It is committed. */
    ok(): void;
    /** It has certainly not happened. */
    fail(): void;
    /** It may have happened. */
    unknown(): void;
  }

  /** In init code, one for the script. Without it what is found is told, and nothing is judged. */
  export function claim(level: Claim): void;
  /** Begins now. */
  export function transaction(): ListTransaction;

  const lists: { claim: typeof claim; transaction: typeof transaction };
  export default lists;
}
