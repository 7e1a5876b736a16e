/**
 * What scripts give as a body becomes bytes: text and binary as they are, objects as a form, and as multipart/form-data where a
 * field is a file. Keys of a form are sorted, as Go's `url.Values.Encode` does: signatures over the body count on it.
 */
import type { DrawToken } from './token.js';

/** What `http.file` gives. */
export class FileData {
  readonly data: string | ArrayBuffer | ArrayBufferView;
  readonly filename: string;
  readonly content_type: string;

  constructor(data: string | ArrayBuffer | ArrayBufferView, filename: string, contentType: string) {
    this.data = data;
    this.filename = filename;
    this.content_type = contentType;
  }
}

export interface RequestBody {
  readonly bytes: Uint8Array | undefined;
  /** As `response.request.body` shows it. */
  readonly text: string;
  /** What kind it is, where the script does not say so itself. */
  readonly contentType: string | undefined;
}

const NONE: RequestBody = { bytes: undefined, text: '', contentType: undefined };

/** Throws for what cannot be a body. `warn` is told of what is left out. */
export function requestBody(
  body: unknown,
  { warn, token }: { readonly warn: (line: string) => void; readonly token: DrawToken },
): RequestBody {
  if (body === undefined || body === null) return NONE;
  if (typeof body === 'string')
    return body === ''
      ? NONE
      : { bytes: Buffer.from(body, 'utf8'), text: body, contentType: undefined };
  const bytes = bytesOf(body);
  if (bytes !== undefined)
    return { bytes, text: Buffer.from(bytes).toString('utf8'), contentType: undefined };
  if (typeof body !== 'object') throw new Error(`unknown request body type ${typeof body}`);
  const fields = Object.entries(body);
  return fields.some(([, value]) => value instanceof FileData)
    ? multipart(fields, token())
    : form(fields, warn);
}

export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

function form(
  fields: readonly (readonly [string, unknown])[],
  warn: (line: string) => void,
): RequestBody {
  const sorted = [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const pairs = new URLSearchParams();
  for (const [name, value] of sorted) {
    for (const one of Array.isArray(value) ? value : [value])
      pairs.append(name, formValue(name, one, warn));
  }
  const text = pairs.toString();
  return {
    bytes: Buffer.from(text, 'latin1'),
    text,
    contentType: 'application/x-www-form-urlencoded',
  };
}

function formValue(name: string, value: unknown, warn: (line: string) => void): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  warn(
    `field ${JSON.stringify(name)} of a form is an object: sent empty; give it as JSON.stringify(...)`,
  );
  return '';
}

function multipart(fields: readonly (readonly [string, unknown])[], boundary: string): RequestBody {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) {
    const isFile = value instanceof FileData;
    const file = isFile ? `; filename="${quoted(value.filename)}"` : '';
    const kind = isFile ? `Content-Type: ${value.content_type}\r\n` : '';
    const content = isFile ? value.data : String(value ?? '');
    const bytes = typeof content === 'string' ? undefined : bytesOf(content);
    parts.push(
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}\r\n${kind}\r\n`,
      ),
      Buffer.from(bytes ?? String(content)),
      Buffer.from('\r\n'),
    );
  }
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  const bytes = Buffer.concat(parts);
  return {
    bytes,
    text: bytes.toString('utf8'),
    contentType: `multipart/form-data; boundary=${boundary}`,
  };
}

function quoted(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/[\r\n]/g, ' ');
}
