/**
 * Reading what a control request says, the way Go's decoder does: keys match in any case, unknown ones are
 * ignored, null leaves the default. Throws `bad request body: ...` for anything that has the wrong type, in Go's words.
 */
import type { IncomingMessage } from 'node:http';
import { API_ERRORS, type ApiError } from './errors.js';
import { firstValue } from './go-json.js';

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
  try {
    return firstValue(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw API_ERRORS.badRequestBody.with(error instanceof Error ? error.message : 'not JSON');
  }
}

/** `into`: where Go would put it, as it names that: `Go value of type toxiproxy.Proxy`. */
export function asFields(value: unknown, into: string): Fields {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object' || Array.isArray(value)) throw misfit(value, into);
  return new Map(Object.entries(value).map(([key, entry]) => [key.toLowerCase(), entry]));
}

/** A value of another type than Go has room for. */
export function misfit(value: unknown, into: string, what = ''): ApiError {
  return API_ERRORS.badRequestBody.with(
    `json: cannot unmarshal ${typeOf(value)}${what} into ${into}`,
  );
}

/** Go's words. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** `of`: the type of Go that has the field. */
export function textField(fields: Fields, key: string, { absent, of }: Absent<string>): string {
  const value = fields.get(key) ?? absent;
  if (typeof value !== 'string') throw misfit(value, `Go struct field ${of}.${key} of type string`);
  return value;
}

export function booleanField(
  fields: Fields,
  key: string,
  { absent, of }: Absent<boolean>,
): boolean {
  const value = fields.get(key) ?? absent;
  if (typeof value !== 'boolean') throw misfit(value, `Go struct field ${of}.${key} of type bool`);
  return value;
}

interface Absent<Value> {
  readonly absent: Value;
  readonly of: string;
}

/** Undefined when the key is absent or null. */
export function numberField(fields: Fields, key: string, of: string): number | undefined {
  const value = fields.get(key) ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value !== 'number')
    throw misfit(value, `Go struct field ${of}.${key} of type float32`);
  return value;
}
