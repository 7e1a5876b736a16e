/**
 * The books of two targets that were asked for the same, account by account. Pure.
 *
 *   difference = what the one did and the other did not + what nobody asked for
 *
 * The first part is no fault by itself: where the order of things decides (who is out of money) two right systems may decide differently.
 */
import type { MirroredSide } from './mirrored-side.js';

export interface Mirror {
  readonly schema: 'paydrill.mirror/1';
  /** Paths of the target files. */
  readonly first: string;
  readonly second: string;
  /** Why books cannot be compared; null where they can. */
  readonly reason: string | null;
  readonly accounts: number;
  /** Largest first. */
  readonly differences: readonly MirrorDifference[];
  readonly operations: readonly MirrorOperations[];
}

/** In minor units; null: it has no such account. */
export interface MirrorDifference {
  readonly account: string;
  readonly first: number | null;
  readonly second: number | null;
  readonly difference: number;
  /** What of it comes of operations that only one of both has in its books. */
  readonly by_operations: number;
}

export interface MirrorOperations {
  readonly kind: string;
  readonly first_asked: number;
  readonly second_asked: number;
  readonly first_ok: number;
  readonly second_ok: number;
  /** The same accounts and amounts, in whatever order. */
  readonly same: boolean;
}

export interface NamedSide extends MirroredSide {
  readonly name: string;
}

export function compareSides(first: NamedSide, second: NamedSide): Mirror {
  const accounts = union(first.accounts, second.accounts);
  const why = [first, second].find(({ reason }) => reason !== undefined);
  const differences = accounts.flatMap((account): MirrorDifference[] => {
    const one = first.accounts.get(account);
    const other = second.accounts.get(account);
    const difference = (one?.balance ?? 0) - (other?.balance ?? 0);
    if (difference === 0 && one !== undefined && other !== undefined) return [];
    return [
      {
        account,
        first: one?.balance ?? null,
        second: other?.balance ?? null,
        difference,
        by_operations: (one?.asked ?? 0) - (other?.asked ?? 0),
      },
    ];
  });
  return {
    schema: 'paydrill.mirror/1',
    first: first.name,
    second: second.name,
    reason: why === undefined ? null : `${why.name}: ${why.reason}`,
    accounts: accounts.length,
    differences: why === undefined ? differences.sort(byUnasked) : [],
    operations: union(first.asked, second.asked).map((kind) => operationsOf(kind, first, second)),
  };
}

/** What nobody asked for comes first. */
function byUnasked(one: MirrorDifference, other: MirrorDifference): number {
  const unasked = ({ difference, by_operations: by }: MirrorDifference): number =>
    Math.abs(difference - by);
  return unasked(other) - unasked(one) || Math.abs(other.difference) - Math.abs(one.difference);
}

function operationsOf(kind: string, first: NamedSide, second: NamedSide): MirrorOperations {
  const one = first.asked.get(kind);
  const other = second.asked.get(kind);
  return {
    kind,
    first_asked: one?.asked ?? 0,
    second_asked: other?.asked ?? 0,
    first_ok: one?.ok ?? 0,
    second_ok: other?.ok ?? 0,
    same: one?.asked === other?.asked && one?.digest === other?.digest,
  };
}

function union(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort();
}
