/**
 * `response.json(selector)`: the selectors of k6 are paths in the syntax of gjson: keys and indices joined by dots, `#` for the
 * length of a list or each of its entries, `#(field=value)` for the first entry that fits and `#(...)#` for all of them,
 * `*` and `?` in keys, `\` before a character that means itself.
 */

/** Undefined where the path leads nowhere. */
export function jsonPath(value: unknown, path: string): unknown {
  return follow(value, steps(path));
}

function follow(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined) return value;
  if (Array.isArray(value)) return followList(value, step, rest);
  if (typeof value !== 'object' || value === null) return undefined;
  const key = keyOf(value, step);
  return key === undefined ? undefined : follow(Reflect.get(value, key), rest);
}

function followList(list: readonly unknown[], step: string, rest: readonly string[]): unknown {
  if (step === '#') return rest.length === 0 ? list.length : each(list, rest);
  const query = QUERY.exec(step);
  if (query === null) return /^\d+$/.test(step) ? follow(list[Number(step)], rest) : undefined;
  const fits = condition(query[1] ?? '');
  if (query[2] === '#') {
    const found = list.filter(fits);
    return rest.length === 0 ? found : each(found, rest[0] === '#' ? rest.slice(1) : rest);
  }
  const first = list.find(fits);
  return first === undefined ? undefined : follow(first, rest);
}

const QUERY = /^#\((.*)\)(#?)$/s;

function each(list: readonly unknown[], rest: readonly string[]): unknown[] {
  return list.map((entry) => follow(entry, rest)).filter((found) => found !== undefined);
}

function keyOf(value: object, step: string): string | undefined {
  const plain = step.replaceAll(/\\(.)/gs, '$1');
  if (!/(?<!\\)[*?]/.test(step)) return Object.hasOwn(value, plain) ? plain : undefined;
  const pattern = wildcard(step);
  return Object.keys(value).find((key) => pattern.test(key));
}

function wildcard(text: string): RegExp {
  const parts = text.replaceAll(
    /\\(.)|[*?]|[.+^${}()|[\]]/gs,
    (found, escaped: string | undefined) => {
      if (escaped !== undefined) return `\\u{${escaped.codePointAt(0)?.toString(16)}}`;
      if (found === '*') return '.*';
      return found === '?' ? '.' : `\\${found}`;
    },
  );
  return new RegExp(`^${parts}$`, 'su');
}

/** At dots and bars that stand outside of queries. */
function steps(path: string): string[] {
  const found: string[] = [];
  let step = '';
  let depth = 0;
  let quote = false;
  for (let i = 0; i < path.length; i++) {
    const char = path[i];
    if (char === '\\') {
      step += char + (path[++i] ?? '');
      continue;
    }
    if (depth > 0 && char === '"') quote = !quote;
    if (!quote && char === '(') depth++;
    if (!quote && char === ')') depth--;
    if (depth === 0 && (char === '.' || char === '|')) {
      found.push(step);
      step = '';
    } else step += char;
  }
  found.push(step);
  return found;
}

const COMPARISON = /^(.*?)\s*(==|!=|<=|>=|!%|=|<|>|%)\s*(.*)$/s;

function condition(text: string): (entry: unknown) => boolean {
  const match = COMPARISON.exec(text);
  if (match === null) return (entry) => jsonPath(entry, text) !== undefined;
  const [, path = '', operator = '', operand = ''] = match;
  const wanted = literal(operand.trim());
  return (entry) =>
    compare(path.trim() === '' ? entry : jsonPath(entry, path.trim()), operator, wanted);
}

function literal(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function compare(value: unknown, operator: string, wanted: unknown): boolean {
  if (value === undefined) return false;
  if (operator === '%' || operator === '!%')
    return (
      (typeof value === 'string' && wildcard(String(wanted)).test(value)) === (operator === '%')
    );
  if (operator === '!=') return value !== wanted;
  if (operator === '=' || operator === '==') return value === wanted;
  if (typeof value !== typeof wanted) return false;
  const [a, b] = [value, wanted] as [number, number];
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
