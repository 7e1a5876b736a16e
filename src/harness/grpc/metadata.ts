/** Metadata as the library holds them, and as the port does. */
import type { Metadata } from '@grpc/grpc-js';
import type { GrpcMetadata } from '../ports/grpc.js';
import type { Library } from './credentials.js';

/** Throws for a name or a value that cannot travel. */
export function toMetadata({ Metadata }: Library, pairs: GrpcMetadata): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of pairs)
    metadata.add(name, typeof value === 'string' ? value : Buffer.from(value));
  return metadata;
}

export function fromMetadata(metadata: Metadata | undefined): GrpcMetadata {
  if (metadata === undefined) return [];
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value) => [name, value] as const),
  );
}
