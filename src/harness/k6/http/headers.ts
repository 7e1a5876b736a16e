/** Header fields as k6's users see them: names in Go's canonical form, repeated ones joined. */

const CANONICAL = new Map<string, string>();
const CANONICAL_MAX = 1000;

/** `content-type` -> `Content-Type`. */
export function canonicalName(name: string): string {
  let canonical = CANONICAL.get(name);
  if (canonical === undefined) {
    canonical = name
      .split('-')
      .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
      .join('-');
    if (CANONICAL.size < CANONICAL_MAX) CANONICAL.set(name, canonical);
  }
  return canonical;
}

/** `fields`: name, value, name, value. */
export function joinedHeaders(fields: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let i = 0; i < fields.length; i += 2) {
    const name = canonicalName(fields[i]);
    const value = fields[i + 1];
    headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

/** The value of the first field of that name; `lowerName` in lower case. */
export function headerOf(fields: readonly string[], lowerName: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2)
    if (fields[i].length === lowerName.length && fields[i].toLowerCase() === lowerName)
      return fields[i + 1];
  return undefined;
}

export function headersOf(fields: readonly string[], lowerName: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < fields.length; i += 2)
    if (fields[i].length === lowerName.length && fields[i].toLowerCase() === lowerName)
      values.push(fields[i + 1]);
  return values;
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const NOT_A_VALUE = /[\0\r\n]/;

/** Throws where a header line made of it would be another one, or none. */
export function checkHeader(name: string, value: string): void {
  if (!NAME.test(name)) throw new Error(`invalid header field name ${JSON.stringify(name)}`);
  if (NOT_A_VALUE.test(value))
    throw new Error(`invalid header field value for ${JSON.stringify(name)}`);
}
