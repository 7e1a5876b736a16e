/**
 * What harness and supervisor say to each other: one JSON object a line, requests in, answers and events out.
 * Parsed here on both sides; nothing else trusts the other's bytes.
 */

export type SupervisorCommand =
  /** `argv[0]` is the executable; `env` is added to the supervisor's own. */
  | {
      readonly op: 'start';
      readonly name: string;
      readonly argv: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
      /** It is the first of a process group, and whatever is done to it is done to all that come from it. */
      readonly leads?: boolean;
      /** Default: a minute. */
      readonly readyWithinMs?: number;
    }
  | { readonly op: 'kill' | 'pause' | 'resume'; readonly name: string }
  /** Without `argv` as it was started last. */
  | { readonly op: 'restart'; readonly name: string; readonly argv?: readonly string[] }
  | { readonly op: 'stopAll' }
  /** A new temporary folder whose name begins so; removed, with all that is in it, when the supervisor ends. */
  | { readonly op: 'makeFolder'; readonly prefix: string }
  /** Gets a DELETE when the supervisor ends: a link on a Toxiproxy that is not one of its children. */
  | { readonly op: 'deleteAtEnd'; readonly url: string }
  /** Run when the supervisor ends, unless it was forgotten by then: it heals what a fault broke. */
  | {
      readonly op: 'runAtEnd';
      readonly key: string;
      readonly argv: readonly string[];
      readonly folder: string;
    }
  | { readonly op: 'forget'; readonly key: string };

export interface SupervisorRequest {
  readonly id: number;
  readonly command: SupervisorCommand;
}

/** A child's ready line: `{"ready":true, ...}`. */
export type ReadyLine = Readonly<Record<string, unknown>>;

export interface ChildExit {
  readonly name: string;
  readonly pid: number;
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
}

export type SupervisorMessage =
  | {
      readonly id: number;
      readonly ok: true;
      readonly pid?: number;
      readonly ready?: ReadyLine;
      /** Of the folder that was made. */
      readonly path?: string;
    }
  | { readonly id: number; readonly ok: false; readonly error: string }
  /** A child has ended that nobody asked to end. */
  | { readonly event: 'exit'; readonly exit: ChildExit }
  /** A line of a child's standard error, or of its standard output after the ready line. */
  | { readonly event: 'log'; readonly name: string; readonly line: string };

/** Undefined for a line that is not a JSON object. */
export function parseObject(line: string): ReadyLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return undefined; // not JSON: for the caller to report
  }
}

/** Undefined for what is not a request. */
export function parseRequest(line: string): SupervisorRequest | undefined {
  const fields = parseObject(line);
  const command = parseObject(JSON.stringify(fields?.command ?? null));
  if (fields === undefined || command === undefined) return undefined;
  const parsed = parseCommand(command);
  if (parsed === undefined || typeof fields.id !== 'number') return undefined;
  return { id: fields.id, command: parsed };
}

function parseCommand(fields: ReadyLine): SupervisorCommand | undefined {
  const { op, name, prefix, url } = fields;
  const argv = textList(fields.argv);
  if (op === 'stopAll') return { op };
  if (op === 'makeFolder') return typeof prefix === 'string' ? { op, prefix } : undefined;
  if (op === 'deleteAtEnd') return typeof url === 'string' ? { op, url } : undefined;
  if (op === 'runAtEnd' || op === 'forget') return parseAtEnd(op, fields, argv);
  if (typeof name !== 'string') return undefined;
  if (op === 'kill' || op === 'pause' || op === 'resume') return { op, name };
  if (op === 'restart') return argv === undefined ? { op, name } : { op, name, argv };
  if (op === 'start') {
    if (argv === undefined) return undefined;
    const env = textRecord(fields.env);
    const { leads, readyWithinMs } = fields;
    return {
      ...{ op, name, argv },
      ...(env === undefined ? {} : { env }),
      ...(leads === true ? { leads } : {}),
      ...(typeof readyWithinMs === 'number' ? { readyWithinMs } : {}),
    };
  }
  return undefined;
}

function parseAtEnd(
  op: 'runAtEnd' | 'forget',
  { key, folder }: ReadyLine,
  argv: readonly string[] | undefined,
): SupervisorCommand | undefined {
  if (typeof key !== 'string') return undefined;
  if (op === 'forget') return { op, key };
  if (argv === undefined || typeof folder !== 'string') return undefined;
  return { op, key, argv, folder };
}

/** Undefined for a line that is neither an answer nor an event. */
export function parseMessage(line: string): SupervisorMessage | undefined {
  const fields = parseObject(line);
  if (fields === undefined) return undefined;
  const { id, ok, error, event, name, pid, path } = fields;
  if (event === 'log' && typeof name === 'string') {
    return { event, name, line: String(fields.line) };
  }
  if (event === 'exit') {
    const exit = parseExit(fields.exit);
    return exit === undefined ? undefined : { event, exit };
  }
  if (typeof id !== 'number') return undefined;
  if (ok !== true) return { id, ok: false, error: String(error) };
  const ready = parseObject(JSON.stringify(fields.ready ?? null));
  return {
    id,
    ok: true,
    ...(typeof pid === 'number' ? { pid } : {}),
    ...(typeof path === 'string' ? { path } : {}),
    ...(ready === undefined ? {} : { ready }),
  };
}

function parseExit(value: unknown): ChildExit | undefined {
  const { name, pid, code, signal } = parseObject(JSON.stringify(value ?? null)) ?? {};
  if (typeof name !== 'string' || typeof pid !== 'number') return undefined;
  return {
    name,
    pid,
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
  };
}

function textList(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((entry): entry is string => typeof entry === 'string');
  return texts.length === value.length && texts.length > 0 ? texts : undefined;
}

function textRecord(value: unknown): Readonly<Record<string, string>> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
}
