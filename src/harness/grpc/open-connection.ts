/** Waits until a channel is ready, or says why it is not: k6 connects before it calls. */
import type { ChannelCredentials, ChannelOptions, Client } from '@grpc/grpc-js';
import { unixMsNow } from '../entropy/clock.js';
import { Connection } from './connection.js';
import type { Library } from './credentials.js';

export async function openConnection(
  library: Library,
  options: {
    /** `ipv4:127.0.0.1:50051` */
    readonly target: string;
    readonly credentials: ChannelCredentials;
    readonly channel: ChannelOptions;
    readonly timeoutMs: number;
  },
): Promise<Connection> {
  const { target, credentials, channel, timeoutMs } = options;
  const client = new library.Client(target, credentials, channel);
  try {
    await ready(library, client, unixMsNow() + timeoutMs);
  } catch (error) {
    client.close();
    throw error;
  }
  return new Connection(library, client);
}

async function ready(library: Library, client: Client, deadlineMs: number): Promise<void> {
  const { connectivityState } = library;
  const channel = client.getChannel();
  for (;;) {
    const state = channel.getConnectivityState(true);
    if (state === connectivityState.READY) return;
    if (state === connectivityState.TRANSIENT_FAILURE)
      throw new Error(
        `connection error: desc = "transport: ${await lastFailure(client, deadlineMs)}"`,
      );
    await new Promise<void>((resolve, reject) => {
      channel.watchConnectivityState(state, deadlineMs, (error) =>
        error === undefined || error === null
          ? resolve()
          : reject(new Error('context deadline exceeded')),
      );
    });
  }
}

/** A channel does not tell why it failed; a call over it does. */
function lastFailure(client: Client, deadlineMs: number): Promise<string> {
  return new Promise((resolve) => {
    const same = (bytes: Buffer): Buffer => bytes;
    client.makeUnaryRequest('/', same, same, Buffer.alloc(0), { deadline: deadlineMs }, (error) =>
      resolve((error?.details ?? '').replace(/^.*Last error: (Error: )?/, '')),
    );
  });
}
