/**
 * The module `k6/net/grpc`.
 */
import type { Vu } from '../../vu/virtual-user.js';
import type { ModuleApi } from '../module-api.js';
import { Client } from './grpc/client.js';
import { Connections } from './grpc/connections.js';
import { HEALTH, STATUS } from './grpc/status.js';
import { Stream } from './grpc/stream.js';

export const grpcApi: ModuleApi = {
  exports: {
    Client: 'plain',
    Stream: 'plain',
    ...Object.fromEntries(
      Object.keys({ ...STATUS, ...HEALTH }).map((name) => [name, 'plain' as const]),
    ),
  },
  callsLater: true,
  methods: { connect: 'blocking', invoke: 'blocking', healthCheck: 'blocking' },
  create: (vu) => grpcOf(vu),
};

/** Classes that know their VU: they are made where the script makes something of them. */
function grpcOf(vu: Vu): object {
  const connections = new Connections(vu);
  const module = {
    ...STATUS,
    ...HEALTH,
    Client: class extends Client {
      constructor() {
        super(vu, connections);
      }
    },
    Stream: class extends Stream {
      constructor(client: unknown, url: unknown, params?: unknown) {
        if (!(client instanceof Client))
          throw new TypeError('grpc.Stream: the first argument is a client that is connected');
        super(client.callable(url), params);
      }
    },
    get default(): object {
      return module;
    },
  };
  return module;
}
