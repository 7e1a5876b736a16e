/**
 * What came of one script under two programs, and where they differ: requests that reached the server, checks, exit code. Pure. Of a
 * program it takes what it leaves: its exit code, and the file of `--summary-export`, which both write in one shape.
 */
import type { Snippet } from './snippet.js';

export interface Outcome {
  readonly exit: number | null;
  /** `GET /path`, in any order. */
  readonly asked: readonly string[];
  /** Passes and fails by `::group::name`. */
  readonly checks: Readonly<Record<string, string>>;
}

interface Group {
  readonly groups: unknown;
  readonly checks: unknown;
}

/** `exported`: undefined where there is no such file: the script did not run. Throws where it is not of that shape. */
export function outcomeOf(
  exit: number | null,
  asked: readonly { readonly method: string; readonly url: string }[],
  exported: string | undefined,
): Outcome {
  const root: unknown = exported === undefined ? undefined : JSON.parse(exported).root_group;
  return {
    exit,
    asked: asked.map(({ method, url }) => `${method} ${url}`).sort(),
    checks: Object.fromEntries(exported === undefined ? [] : checksIn(root, '')),
  };
}

/** A line each; what a snippet says of itself that it differs from k6 in is none. */
export function differences(
  { name, differs }: Pick<Snippet, 'name' | 'differs'>,
  ours: Outcome,
  theirs: Outcome,
): readonly string[] {
  if (differs !== undefined) return [];
  const line = (what: string, mine: unknown, other: unknown): string[] => {
    const [a, b] = [JSON.stringify(mine), JSON.stringify(other)];
    return a === b ? [] : [`${name}: ${what}: ${a}, under k6 ${b}`];
  };
  const names = [...new Set([...Object.keys(ours.checks), ...Object.keys(theirs.checks)])].sort();
  return [
    ...line('exit code', ours.exit, theirs.exit),
    ...line('requests', ours.asked, theirs.asked),
    ...names.flatMap((check) => line(`check ${check}`, ours.checks[check], theirs.checks[check])),
  ];
}

/** Lists or objects by name: k6 has had both. */
function checksIn(group: unknown, path: string): (readonly [name: string, counts: string])[] {
  if (!isGroup(group)) throw new Error('the summary has no root_group with groups and checks');
  const own = valuesOf(group.checks).map((check) => {
    const { name, passes, fails } = Object(check);
    return [`${path}::${name}`, `${passes} passed, ${fails} failed`] as const;
  });
  const inner = valuesOf(group.groups).flatMap((one) =>
    checksIn(one, `${path}::${Object(one).name}`),
  );
  return [...own, ...inner];
}

function valuesOf(listOrObject: unknown): readonly unknown[] {
  return Object.values(Object(listOrObject));
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && 'groups' in value && 'checks' in value;
}
