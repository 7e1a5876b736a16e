/** What all connections of a worker thread need, whatever they carry: where a name leads, and how TLS is spoken there. */
import type { ConnectionOptions, SecureContext } from 'node:tls';
import type { HttpOptions } from '../ports/http.js';
import { Addresses } from './addresses.js';
import { secureContext } from './secure-context.js';

export interface Network {
  readonly addresses: Addresses;
  /** Without the protocols to choose from (ALPN): who connects names them. */
  readonly tlsOf: (hostname: string) => ConnectionOptions;
}

/** Throws where an option names what is none: a network, a certificate. */
export function networkOf(
  options: HttpOptions,
  parts: { readonly nowUs: () => number; readonly random: () => number },
): Network {
  return { addresses: new Addresses(options, parts), tlsOf: tlsOptions(options) };
}

function tlsOptions(options: HttpOptions): (hostname: string) => ConnectionOptions {
  const { insecureSkipTLSVerify, tlsAuth } = options;
  let plain: SecureContext | undefined;
  const withAuth = tlsAuth.map((auth) => ({ auth, context: secureContext(options, auth) }));
  return (hostname) => {
    const found = withAuth.find(
      ({ auth }) => auth.domains?.some((one) => covers(one, hostname)) ?? true,
    );
    plain ??= secureContext(options, undefined);
    return {
      secureContext: found?.context ?? plain,
      rejectUnauthorized: !insecureSkipTLSVerify,
      ...(/^[0-9.]+$|:/.test(hostname) ? {} : { servername: hostname }),
    };
  };
}

function covers(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*') ? hostname.endsWith(pattern.slice(1)) : pattern === hostname;
}
