/**
 * The way from a script's gRPC call to a server, in bytes: what a message means is the script module's. Types only.
 *
 *   script --invoke()--> k6/net/grpc --unary(path, bytes)--> GrpcConnection --> server
 *          <-- Response ---'          <-- GrpcAnswer ---------'
 */

/** Certificates and keys are PEM. */
export interface GrpcTls {
  /** Authorities that are trusted; empty: Node's. */
  readonly cacerts: readonly string[];
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Of the key. */
  readonly password: string | undefined;
}

export interface GrpcConnectOptions {
  /** Undefined: without TLS. */
  readonly tls: GrpcTls | undefined;
  /** In place of the host that is asked for, in `:authority` and in the server's certificate. */
  readonly authority: string | undefined;
  readonly timeoutMs: number;
  /** Bytes of one message. Undefined: 4 MiB to receive, any to send. */
  readonly maxReceiveSize: number | undefined;
  readonly maxSendSize: number | undefined;
}

/** Names in lower case; of a name that ends with `-bin` the value is bytes. */
export type GrpcMetadata = readonly (readonly [name: string, value: string | Uint8Array])[];

export interface GrpcCall {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly metadata: GrpcMetadata;
  /** Infinity for none. */
  readonly timeoutMs: number;
}

/** How a call ended. */
export interface GrpcEnd {
  /** gRPC's: 0 is OK. */
  readonly code: number;
  /** Empty where it is OK. */
  readonly message: string;
  readonly headers: GrpcMetadata;
  readonly trailers: GrpcMetadata;
}

export interface GrpcAnswer extends GrpcEnd {
  /** Undefined unless it is OK. */
  readonly response: Uint8Array | undefined;
}

export interface GrpcStreamEvents {
  message(bytes: Uint8Array): void;
  /** Once, after the last message. */
  ended(end: GrpcEnd): void;
}

export interface GrpcStream {
  write(bytes: Uint8Array): void;
  /** No more is sent. */
  end(): void;
  /** Ends it as canceled. */
  cancel(): void;
}

/** One connection of one virtual user. */
export interface GrpcConnection {
  /** Never rejects: what went wrong is the answer's code. */
  unary(call: GrpcCall, request: Uint8Array): Promise<GrpcAnswer>;
  /** Of any kind that streams. Throws nothing: what goes wrong is told as its end. */
  stream(call: GrpcCall, events: GrpcStreamEvents): GrpcStream;
  /** Calls that are under way end as canceled. */
  close(): void;
}

/** Makes the connections of one worker thread. */
export interface GrpcPort {
  /** `address`: host and port. Rejects where no connection comes about, in k6's words. */
  connect(address: string, options: GrpcConnectOptions): Promise<GrpcConnection>;
}
