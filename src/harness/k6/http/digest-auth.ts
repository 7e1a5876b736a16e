/** The answer to a Digest challenge (RFC 7616; MD5 and SHA-256, with and without qop=auth). */
import { createHash } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Value of the Authorization header; undefined where the challenge is no Digest that can be answered. */
export function digestAuthorization(
  challenge: string,
  credentials: Credentials,
  request: { readonly method: string; readonly path: string; readonly cnonce: string },
): string | undefined {
  if (!/^digest\s/i.test(challenge)) return undefined;
  const given = fieldsOf(challenge.slice('digest '.length));
  const { realm = '', nonce = '', opaque, algorithm = 'MD5' } = given;
  const hash = HASHES[algorithm.toUpperCase().replace(/-SESS$/, '')];
  const qop = given.qop?.split(',').map((one) => one.trim());
  if (hash === undefined || (qop !== undefined && !qop.includes('auth'))) return undefined;
  const { method, path, cnonce } = request;
  const { username, password } = credentials;
  const nc = '00000001';
  const digest = (text: string): string => createHash(hash).update(text).digest('hex');
  const plain = digest(`${username}:${realm}:${password}`);
  const a1 = /-sess$/i.test(algorithm) ? digest(`${plain}:${nonce}:${cnonce}`) : plain;
  const a2 = digest(`${method}:${path}`);
  const response = digest(
    qop === undefined ? `${a1}:${nonce}:${a2}` : `${a1}:${nonce}:${nc}:${cnonce}:auth:${a2}`,
  );
  const parts = [
    `username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${path}"`,
    `response="${response}"`,
    ...(given.algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(qop === undefined ? [] : ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`]),
  ];
  return `Digest ${parts.join(', ')}`;
}

const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

function fieldsOf(text: string): Readonly<Record<string, string | undefined>> {
  const fields: Record<string, string> = {};
  for (const [, name = '', quoted, bare] of text.matchAll(
    /([a-z0-9_-]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi,
  ))
    fields[name.toLowerCase()] = quoted ?? bare ?? '';
  return fields;
}
