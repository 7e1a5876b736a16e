/** A path in a JSON value: names and list indexes with dots between, `data.items.0.id`. A name may have dots where it stands in brackets: `data['a.b']`. */

/** Undefined where nothing is there. */
export function valueAt(value: unknown, path: string): unknown {
  let found: unknown = value;
  for (const step of stepsOf(path)) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Array.isArray(found) ? found[Number(step)] : new Map(Object.entries(found)).get(step);
  }
  return found;
}

function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\['([^']*)'\]|\[(\d+)\]|[^.[\]]+/g)].map(
    ([all, quoted, index]) => quoted ?? index ?? all,
  );
}
