/**
 * A snippet is a script as somebody would write it for k6, what k6's documentation says comes of it, and which lines of
 * docs/k6-compatibility.md it proves. Data: run-snippets.ts runs them, compat.test.ts compares.
 */

export interface Snippet {
  /** Its name on the page, and that of its test. */
  readonly name: string;
  /** Items of surface.ts that it shows to be as in k6. */
  readonly shows?: readonly string[];
  /** Items that are there and not as in k6, and how. */
  readonly differs?: Readonly<Record<string, string>>;
  /** Items that a script is refused for, by name. */
  readonly refuses?: readonly string[];
  /** The whole script. `__ENV.URL` is where the test server listens, `__ENV.OUT` a folder to write to. */
  readonly script: string;
  /** Of the script's file; default `test.js`. */
  readonly scriptName?: string;
  /** Beside the script, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** More of `__ENV`. */
  readonly env?: Readonly<Record<string, string>>;
  /** `__ENV.TLS_URL` is the test server over TLS. */
  readonly tls?: true;
  /** `__ENV.GRPC` is where the gRPC test server listens. */
  readonly grpc?: true;
  /** `__ENV.WS` is where the test server of WebSockets listens. */
  readonly sockets?: true;
  /** More words of `paydrill run`: the program is started as its users start it. Without them the library runs the drill. */
  readonly args?: readonly string[];
  /** Of the process that is started, by name; only beside `args`. */
  readonly processEnv?: Readonly<Record<string, string>>;
  /** SIGINT is sent as soon as this is told; only beside `args`. */
  readonly interruptedAt?: RegExp;
  readonly expect: Expected;
}

/** What is left out is not asked for. */
export interface Expected {
  /** Default 0. */
  readonly exit?: number;
  /** `GET /path`, all of them, in order. Of several VUs the order is nobody's to say: see `askedInAnyOrder`. */
  readonly asked?: readonly string[];
  readonly askedInAnyOrder?: readonly string[];
  /** The first requests that came, as far as is said here. Texts or patterns. */
  readonly requests?: readonly ExpectedRequest[];
  /** What the script gave to `see()`, in order. */
  readonly sees?: readonly unknown[];
  readonly seesInAnyOrder?: readonly unknown[];
  /** Passes and fails by the check's name, `::group::name` inside of groups: all checks there are. */
  readonly checks?: Readonly<Record<string, readonly [passes: number, fails: number]>>;
  /** By the metric's name or `name{tag:value}`: those values that are said here. `undefined`: the metric is not there. */
  readonly metrics?: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
  /** By `metric expression`: all thresholds there are. Null: not evaluated. */
  readonly thresholds?: Readonly<Record<string, boolean | null>>;
  /** Each is found in a line that was told while it ran. */
  readonly says?: readonly RegExp[];
  /** None is found in any. */
  readonly saysNot?: readonly RegExp[];
  /** The line it is refused with, before anything runs. */
  readonly refusal?: RegExp;
  /** Each is found in the text of the summary. */
  readonly text?: readonly (string | RegExp)[];
  readonly textWithout?: readonly (string | RegExp)[];
  /** Files that were written below `__ENV.OUT`, as JSON: what is said here is in them. */
  readonly written?: Readonly<Record<string, unknown>>;
}

export interface ExpectedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | RegExp | undefined>>;
  readonly body?: string | RegExp;
}

/** At the head of most scripts: `see` tells a value. */
export const SEE = "const see = (value) => console.log('= ' + JSON.stringify(value) + '');\n";

/** A script that tells what each expression is, in order; `head` is its init code. */
export function valuesScript(head: string, expressions: readonly string[], body = ''): string {
  const lines = expressions.map((expression) => `  see(${expression});`);
  return `${head}\n${SEE}export default function () {\n${body}\n${lines.join('\n')}\n}\n`;
}

/** A snippet of expressions and what each is, as JSON has it: `undefined` is null. */
export function values(
  about: Omit<Snippet, 'script' | 'expect'> & { readonly head: string; readonly body?: string },
  pairs: readonly (readonly [expression: string, value: unknown])[],
): Snippet {
  const { head, body, ...snippet } = about;
  return {
    ...snippet,
    script: valuesScript(
      head,
      pairs.map(([expression]) => `(${expression}) ?? null`),
      body,
    ),
    expect: { sees: pairs.map(([, value]) => value) },
  };
}
