/**
 * gRPC for the virtual users of one worker thread, on @grpc/grpc-js. The library is loaded with the first connection: a script
 * without gRPC pays nothing for it. Refuses to know what a message means.
 */
import type { Network } from '../http/network.js';
import type { GrpcConnection, GrpcPort } from '../ports/grpc.js';
import type { HttpOptions } from '../ports/http.js';
import { credentialsFor } from './credentials.js';
import { openConnection } from './open-connection.js';
import { parseTarget } from './target.js';

export function grpcPort(
  options: HttpOptions,
  { addresses }: Pick<Network, 'addresses'>,
): GrpcPort {
  return {
    async connect(address, asked): Promise<GrpcConnection> {
      const target = parseTarget(address, asked.tls !== undefined);
      const [library, { host, port }] = await Promise.all([
        import('@grpc/grpc-js'),
        addresses.find(target),
      ]);
      const authority = asked.authority ?? target.authority;
      return openConnection(library, {
        target: `${host.includes(':') ? 'ipv6' : 'ipv4'}:${host.includes(':') ? `[${host}]` : host}:${port}`,
        credentials: credentialsFor(library, asked.tls, {
          hostname: target.hostname,
          ...options,
        }),
        channel: {
          'grpc.default_authority': authority,
          'grpc.primary_user_agent': options.userAgent,
          // A VU's connections are its own.
          'grpc.use_local_subchannel_pool': 1,
          'grpc.enable_http_proxy': 0,
          'grpc.service_config_disable_resolution': 1,
          ...(asked.tls && { 'grpc.ssl_target_name_override': hostOf(authority) }),
          ...(asked.maxReceiveSize !== undefined && {
            'grpc.max_receive_message_length': asked.maxReceiveSize,
          }),
          ...(asked.maxSendSize !== undefined && {
            'grpc.max_send_message_length': asked.maxSendSize,
          }),
        },
        timeoutMs: asked.timeoutMs,
      });
    },
  };
}

/** Without its port. */
function hostOf(authority: string): string {
  return authority.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
