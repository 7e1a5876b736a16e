/**
 * A JSON body as its client wrote it. JSON.parse makes doubles: 281474976710655.99 becomes the integer ...656, of a name
 * given twice only the last value stays. Money is not to be judged after that, so the text itself is looked at: a number
 * must be an integer, written as one (no fraction, no exponent), and a name comes once. Pure; refuses with one line.
 */
import { OperationRefused } from './operation-refused.js';

/** The value of the text, which is not checked beyond what is said above. */
export function parseJsonBody(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new OperationRefused('malformed_operation', `body: not JSON: ${reason}`);
  }
  const names = new Set<string>();
  for (const { name, number } of membersOf(text)) {
    const field = JSON.stringify(name).slice(1, -1).slice(0, 80);
    if (names.has(name)) {
      throw new OperationRefused('malformed_operation', `${field}: given twice`);
    }
    names.add(name);
    if (number === undefined || INTEGER.test(number)) continue;
    const code = name === 'amountMinor' ? 'amount_out_of_range' : 'malformed_operation';
    const shown = number.slice(0, 40);
    throw new OperationRefused(code, `${field}: ${shown} is not an integer written in digits`);
  }
  return value;
}

/** Minus zero is none. */
const INTEGER = /^(0|-?[1-9][0-9]*)$/;

interface Member {
  readonly name: string;
  /** The text of its value, where that is a number. */
  readonly number: string | undefined;
}

/** Strings, numbers and signs, one a match; `true`, `false`, `null` and space are passed over. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[{}[\],:]/g;

const SIGNS = new Set(['{', '}', '[', ']', ',']);

/** The members of the outermost object of a text that is JSON; none where it is no object. */
function membersOf(text: string): readonly Member[] {
  const members: Member[] = [];
  if (!text.trimStart().startsWith('{')) return members;
  let depth = 0;
  let name: string | undefined;
  let inValue = false;
  let number: string | undefined;
  const end = (): void => {
    if (name !== undefined) members.push({ name, number });
    name = undefined;
    number = undefined;
    inValue = false;
  };
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth === 0 || (depth === 1 && token === ',')) end();
    if (depth !== 1 || SIGNS.has(token)) continue;
    if (token === ':') inValue = true;
    else if (!inValue) name = String(JSON.parse(token));
    else if (!token.startsWith('"')) number = token;
  }
  return members;
}
