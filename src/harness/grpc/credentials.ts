/** How a connection is secured: what the call of connect() gives, then the script's options. */
import type { ChannelCredentials } from '@grpc/grpc-js';
import { secureContext } from '../http/secure-context.js';
import type { GrpcTls } from '../ports/grpc.js';
import type { HttpOptions } from '../ports/http.js';

export type Library = typeof import('@grpc/grpc-js');

/** Throws where a certificate or key cannot be read. */
export function credentialsFor(
  { credentials }: Library,
  tls: GrpcTls | undefined,
  options: { readonly hostname: string } & HttpOptions,
): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  const { hostname, insecureSkipTLSVerify, tlsAuth } = options;
  const auth =
    tls.cert === undefined
      ? tlsAuth.find(({ domains }) => domains?.includes(hostname) ?? true)
      : tls;
  const context = secureContext(options, auth, tls.cacerts);
  return credentials.createFromSecureContext(context, {
    rejectUnauthorized: !insecureSkipTLSVerify,
  });
}
