/**
 * Reading what a control request says, the way Go's decoder does: keys match in any case, unknown ones are
 * ignored, null leaves the default. Throws `bad request body: ...` for anything that has the wrong type.
 */
import type { IncomingMessage } from 'node:http';
import { API_ERRORS } from './errors.js';

/** Keys in lower case. */
export type Fields = ReadonlyMap<string, unknown>;

const BODY_BYTES_MAX = 1024 * 1024;

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw API_ERRORS.badRequestBody.with('longer than 1 MiB');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  if (text.trim() === '') throw API_ERRORS.badRequestBody.with('EOF');
  try {
    return JSON.parse(firstDocument(text));
  } catch (error) {
    throw API_ERRORS.badRequestBody.with(error instanceof Error ? error.message : 'not JSON');
  }
}

/**
 * The first JSON value of the text: like Go's decoder, what comes after it is not looked at. A text that is no JSON is
 * returned up to where that shows; the parser says what is wrong with it.
 */
export function firstDocument(text: string): string {
  const start = text.search(/\S/);
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const mark = text.charAt(at);
    if (mark === '"') at = endOfString(text, at);
    else if (mark === '{' || mark === '[') depth++;
    else if (mark === '}' || mark === ']') depth--;
    else if (depth === 0 && /[\w.+-]/.test(mark)) at = endOfWord(text, at);
    else continue;
    if (depth <= 0) return text.slice(start, at + 1);
  }
  return text;
}

/** The index of the closing quote, or of the text's end. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const mark = text.charAt(at);
    if (mark === '\\') at++;
    else if (mark === '"') return at;
  }
  return text.length;
}

/** The index of the last character of a number, true, false or null. */
function endOfWord(text: string, from: number): number {
  let at = from;
  while (at + 1 < text.length && /[\w.+-]/.test(text.charAt(at + 1))) at++;
  return at;
}

export function asFields(value: unknown, what: string): Fields {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw API_ERRORS.badRequestBody.with(`${what} must be an object`);
  }
  return new Map(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry]));
}

export function textField(fields: Fields, key: string, absent: string): string {
  const value = fields.get(key) ?? absent;
  if (typeof value !== 'string') throw API_ERRORS.badRequestBody.with(`${key} must be a string`);
  return value;
}

export function booleanField(fields: Fields, key: string, absent: boolean): boolean {
  const value = fields.get(key) ?? absent;
  if (typeof value !== 'boolean') throw API_ERRORS.badRequestBody.with(`${key} must be a boolean`);
  return value;
}

/** Undefined when the key is absent or null. */
export function numberField(fields: Fields, key: string): number | undefined {
  const value = fields.get(key) ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number') throw API_ERRORS.badRequestBody.with(`${key} must be a number`);
  return value;
}
