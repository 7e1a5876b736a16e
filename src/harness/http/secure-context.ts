/** How TLS is spoken by a script's options: versions, cipher suites, and who the client is. */
import { createSecureContext, type SecureContext } from 'node:tls';
import type { HttpOptions } from '../ports/http.js';

type SecureVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Of the client, in PEM. */
type Certificate = Record<'cert' | 'key' | 'password', string | undefined>;

/** `ca`: in place of those that Node trusts. Throws where a certificate or key cannot be read. */
export function secureContext(
  { tlsMin, tlsMax, tlsCiphers }: Pick<HttpOptions, 'tlsMin' | 'tlsMax' | 'tlsCiphers'>,
  auth: Partial<Certificate> | undefined,
  ca: readonly string[] = [],
): SecureContext {
  return createSecureContext({
    ...(isVersion(tlsMin) ? { minVersion: tlsMin } : {}),
    ...(isVersion(tlsMax) ? { maxVersion: tlsMax } : {}),
    ...(tlsCiphers === undefined ? {} : { ciphers: tlsCiphers }),
    ...(ca.length === 0 ? {} : { ca: [...ca] }),
    ...(auth === undefined ? {} : { cert: auth.cert, key: auth.key, passphrase: auth.password }),
  });
}

function isVersion(version: string | undefined): version is SecureVersion {
  return version !== undefined;
}
