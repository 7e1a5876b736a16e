/** HTTP for the virtual users of one worker thread: what they share is names and certificates, connections are each VU's own. */
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { HttpClient, HttpOptions, HttpPort, TlsAuth } from '../ports/http.js';
import { Addresses } from './addresses.js';
import { VuHttpClient } from './client.js';

export function httpPort(
  options: HttpOptions,
  parts: { readonly nowUs: () => number; readonly random: () => number },
): HttpPort {
  const addresses = new Addresses(options, parts);
  const tlsOf = tlsOptions(options);
  return {
    options,
    newClient: (): HttpClient =>
      new VuHttpClient({ options, addresses, tlsOf, nowUs: parts.nowUs }),
  };
}

function tlsOptions(options: HttpOptions): (hostname: string) => ConnectionOptions {
  const { insecureSkipTLSVerify, tlsMin, tlsMax, tlsAuth } = options;
  const context = (auth: TlsAuth | undefined) =>
    createSecureContext({
      ...(isVersion(tlsMin) ? { minVersion: tlsMin } : {}),
      ...(isVersion(tlsMax) ? { maxVersion: tlsMax } : {}),
      ...(auth === undefined
        ? {}
        : {
            cert: auth.cert,
            key: auth.key,
            ...(auth.password === undefined ? {} : { passphrase: auth.password }),
          }),
    });
  let plain: ReturnType<typeof createSecureContext> | undefined;
  const withAuth = tlsAuth.map((auth) => ({ auth, context: context(auth) }));
  return (hostname) => {
    const found = withAuth.find(
      ({ auth }) => auth.domains?.some((one) => covers(one, hostname)) ?? true,
    );
    plain ??= context(undefined);
    return {
      secureContext: found?.context ?? plain,
      rejectUnauthorized: !insecureSkipTLSVerify,
      ...(/^[0-9.]+$|:/.test(hostname) ? {} : { servername: hostname }),
      ALPNProtocols: ['h2', 'http/1.1'],
    };
  };
}

function covers(pattern: string, hostname: string): boolean {
  return pattern.startsWith('*') ? hostname.endsWith(pattern.slice(1)) : pattern === hostname;
}

type SecureVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

function isVersion(version: string | undefined): version is SecureVersion {
  return version !== undefined;
}
