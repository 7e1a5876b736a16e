/** What `{{...}}` stands for in the texts of a target file. */
import { UserError } from '../../user-error.js';

export interface Filling {
  /** `host:port` where each link listens. */
  readonly links: ReadonlyMap<string, string>;
  /** By the name that stands after `port.`. */
  readonly ports: ReadonlyMap<string, string>;
  /** The folder of the target file. */
  readonly here: string;
  /** The temporary folder of the drill; undefined before there is one. */
  readonly folder: string | undefined;
}

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
const PORT = 'port.';

/** The names of all ports that are asked for. */
export function portsIn(value: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of textsIn(value))
    for (const [, name = ''] of text.matchAll(PLACE))
      if (name.startsWith(PORT)) names.add(name.slice(PORT.length));
  return names;
}

/** Throws UserError where it stands for nothing; `where` names the text. */
export function fillIn(text: string, filling: Filling, where: string): string {
  return text.replace(PLACE, (_, name: string) => {
    const found = standsFor(name, filling);
    if (found !== undefined) return found;
    const known = [...filling.links.keys(), `${PORT}<name>`, 'folder', 'here'];
    const isEarly = name === 'folder' && filling.folder === undefined;
    const why = isEarly
      ? '{{folder}} is not known before the drill begins'
      : `{{${name}}} stands for nothing; there are: ${known.join(', ')}`;
    throw new UserError(`${where}: ${why}`);
  });
}

/** The same of every text in a value. */
export function fillAll<Value>(value: Value, filling: Filling, where: string): Value;
export function fillAll(value: unknown, filling: Filling, where: string): unknown {
  if (typeof value === 'string') return fillIn(value, filling, where);
  if (Array.isArray(value)) return value.map((one) => fillAll(one, filling, where));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      fillAll(one, filling, where.includes(': ') ? `${where}.${name}` : `${where}: ${name}`),
    ]),
  );
}

function standsFor(name: string, { links, ports, here, folder }: Filling): string | undefined {
  if (name.startsWith(PORT)) return ports.get(name.slice(PORT.length));
  if (name === 'here') return here;
  return name === 'folder' ? folder : links.get(name);
}

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null)
    for (const one of Object.values(value)) yield* textsIn(one);
}
