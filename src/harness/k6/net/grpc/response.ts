/** What a script gets back from a call. */
import type { DescMessage, Registry } from '@bufbuild/protobuf';
import type { GrpcAnswer, GrpcEnd, GrpcMetadata } from '../../../ports/grpc.js';
import { libraries } from './libraries.js';
import { decodeMessage } from './message-json.js';
import { protocols } from './protocols.js';

export interface GrpcError {
  readonly code: number;
  readonly message: string;
  /** Each in JSON; of a type that nobody defined, its bytes in base64 under `value`. */
  readonly details: readonly unknown[];
}

export interface Response {
  readonly status: number;
  /** null unless the status is OK, or where it was not to be kept. */
  readonly message: unknown;
  readonly headers: Readonly<Record<string, string[]>>;
  readonly trailers: Readonly<Record<string, string[]>>;
  readonly error: GrpcError | null;
}

export function responseOf(
  answer: GrpcAnswer,
  {
    type,
    registry,
    discard,
  }: { readonly type: DescMessage; readonly registry: Registry; readonly discard: boolean },
): Response {
  const { code, headers, trailers, response } = answer;
  return {
    status: code,
    message: response === undefined || discard ? null : decodeMessage(type, response, registry),
    headers: valuesByName(headers),
    trailers: valuesByName(trailers),
    error: code === 0 ? null : errorOf(answer, registry),
  };
}

export function errorOf({ code, message, trailers }: GrpcEnd, registry: Registry): GrpcError {
  const [, details] = trailers.find(([name]) => name === 'grpc-status-details-bin') ?? [];
  return {
    code,
    message,
    details: details instanceof Uint8Array ? detailsOf(details, registry) : [],
  };
}

function detailsOf(status: Uint8Array, registry: Registry): unknown[] {
  const { bufbuild, wkt } = libraries();
  const own = protocols().registry;
  const type = own.getMessage('google.rpc.Status');
  if (type === undefined) throw new Error('google.rpc.Status is not defined');
  const known = bufbuild.createRegistry(own, registry);
  const details = Reflect.get(bufbuild.fromBinary(type, status), 'details');
  if (!Array.isArray(details)) return [];
  return details.map((detail) => {
    const { typeUrl, value } = detail;
    return known.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1)) === undefined
      ? { '@type': typeUrl, value: Buffer.from(value).toString('base64') }
      : bufbuild.toJson(wkt.AnySchema, detail, { registry: known });
  });
}

function valuesByName(metadata: GrpcMetadata): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const [name, value] of metadata) {
    all[name] ??= [];
    all[name].push(typeof value === 'string' ? value : Buffer.from(value).toString('latin1'));
  }
  return all;
}
