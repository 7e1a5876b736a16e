/** One connection: calls go out as bytes, and each ends once. */
import type { Client, ClientDuplexStream, Metadata, StatusObject } from '@grpc/grpc-js';
import { unixMsNow } from '../entropy/clock.js';
import type {
  GrpcAnswer,
  GrpcCall,
  GrpcConnection,
  GrpcEnd,
  GrpcStream,
  GrpcStreamEvents,
} from '../ports/grpc.js';
import type { Library } from './credentials.js';
import { fromMetadata, toMetadata } from './metadata.js';

const same = (bytes: Buffer): Buffer => bytes;

export class Connection implements GrpcConnection {
  readonly #library: Library;
  readonly #client: Client;
  readonly #underWay = new Set<{ cancel(): void }>();

  constructor(library: Library, client: Client) {
    this.#library = library;
    this.#client = client;
  }

  unary(call: GrpcCall, request: Uint8Array): Promise<GrpcAnswer> {
    return new Promise((resolve) => {
      let response: Buffer | undefined;
      let headers: Metadata | undefined;
      const sent = this.#client.makeUnaryRequest(
        call.path,
        same,
        same,
        Buffer.from(request.buffer, request.byteOffset, request.byteLength),
        toMetadata(this.#library, call.metadata),
        { deadline: deadlineOf(call) },
        (_error, value) => {
          response = value;
        },
      );
      this.#underWay.add(sent);
      sent.on('metadata', (metadata) => {
        headers = metadata;
      });
      sent.on('status', (status) => {
        this.#underWay.delete(sent);
        resolve({ ...endOf(status, headers), response });
      });
    });
  }

  stream(call: GrpcCall, events: GrpcStreamEvents): GrpcStream {
    const sent: ClientDuplexStream<Buffer, Buffer> = this.#client.makeBidiStreamRequest(
      call.path,
      same,
      same,
      toMetadata(this.#library, call.metadata),
      { deadline: deadlineOf(call) },
    );
    let headers: Metadata | undefined;
    this.#underWay.add(sent);
    sent.on('metadata', (metadata: Metadata) => {
      headers = metadata;
    });
    sent.on('data', (bytes: Buffer) => events.message(bytes));
    sent.on('error', () => undefined); // its status says the same
    sent.on('status', (status: StatusObject) => {
      this.#underWay.delete(sent);
      events.ended(endOf(status, headers));
    });
    return {
      write: (bytes) => void sent.write(Buffer.from(bytes)),
      end: () => void sent.end(),
      cancel: () => sent.cancel(),
    };
  }

  close(): void {
    for (const call of this.#underWay) call.cancel();
    this.#client.close();
  }
}

function deadlineOf({ timeoutMs }: GrpcCall): number {
  return timeoutMs === Number.POSITIVE_INFINITY ? timeoutMs : unixMsNow() + timeoutMs;
}

function endOf(status: StatusObject, headers: Metadata | undefined): GrpcEnd {
  const { code, details, metadata } = status;
  return {
    code,
    message: details.startsWith('Deadline exceeded after') ? 'context deadline exceeded' : details,
    headers: fromMetadata(headers),
    trailers: fromMetadata(metadata),
  };
}
