/**
 * A script's gRPC client: definitions are loaded in init code, once a thread for all its VUs; the connection is the VU's own.
 */
import type { DescMethod } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { GrpcConnection } from '../../../ports/grpc.js';
import { neverReturns } from '../../../vu/interrupted-error.js';
import type { Vu } from '../../../vu/virtual-user.js';
import type { Connections } from './connections.js';
import { libraries } from './libraries.js';
import { encodeMessage } from './message-json.js';
import { CallMeter } from './meter.js';
import { callParams, connectParams } from './params.js';
import { protoDescriptors } from './proto-files.js';
import { protocols } from './protocols.js';
import { reflectedFiles } from './reflection.js';
import { type Response, responseOf } from './response.js';
import { Schema } from './schema.js';

/** A method that can be called now. */
export interface Callable {
  readonly vu: Vu;
  readonly connection: GrpcConnection;
  readonly address: string;
  readonly path: string;
  readonly method: DescMethod;
  readonly schema: Schema;
}

export class Client {
  readonly #vu: Vu;
  readonly #connections: Connections;
  /** What was loaded, in order; the key of the schema that it makes. */
  readonly #loaded: string[] = [];
  #schema: Schema | undefined;
  #connection: GrpcConnection | undefined;
  #address = '';

  constructor(vu: Vu, connections: Connections) {
    this.#vu = vu;
    this.#connections = connections;
  }

  /** `importPaths`: folders, relative to the script's; none: that one. */
  load(importPaths?: unknown, ...protoFiles: unknown[]): void {
    this.#initOnly('load()');
    const folders = Array.isArray(importPaths) && importPaths.length > 0 ? importPaths : ['.'];
    const names = protoFiles.map(String);
    this.#add(`protos ${JSON.stringify([folders, names])}`, () =>
      protoDescriptors(names, (name) => this.#readProto(folders.map(String), name)),
    );
  }

  /** A FileDescriptorSet, as `protoc --descriptor_set_out --include_imports` writes it. */
  loadProtoset(path: unknown): void {
    this.#initOnly('loadProtoset()');
    this.#add(`protoset ${String(path)}`, () => {
      const { bufbuild, wkt } = libraries();
      const bytes = this.#vu.thread.files.open('', path, 'b');
      if (typeof bytes === 'string') throw new TypeError('a protoset is read as bytes');
      return bufbuild.fromBinary(wkt.FileDescriptorSetSchema, new Uint8Array(bytes)).file;
    });
  }

  connect(address: unknown, params?: unknown): Promise<boolean> {
    if (this.#vu.initialising)
      throw new Error('connecting to a gRPC server in the init context is not supported');
    return this.#vu.background.block(() => this.#connect(String(address), params));
  }

  invoke(url: unknown, request: unknown, params?: unknown): Promise<Response> {
    const callable = this.callable(url);
    return this.#vu.background.block(() => this.#unary(callable, request, params));
  }

  /** The script goes on; the iteration lasts until there is an answer. */
  asyncInvoke(url: unknown, request: unknown, params?: unknown): Promise<Response> {
    const answered = (async () => this.#unary(this.callable(url), request, params))();
    return this.#vu.background.settledInTurn(answered);
  }

  healthCheck(service: unknown = ''): Promise<Response> {
    const own = protocols();
    const path = '/grpc.health.v1.Health/Check';
    const callable = this.#callable(path, own.method(path), own);
    return this.#vu.background.block(() =>
      this.#unary(callable, { service: String(service) }, undefined),
    );
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) this.#connections.close(connection);
  }

  /** Throws where the client is not connected, or knows no such method. */
  callable(url: unknown): Callable {
    if (this.#vu.initialising)
      throw new Error('invoking RPC methods in the init context is not supported');
    const text = String(url ?? '');
    const path = text.startsWith('/') ? text : `/${text}`;
    return this.#callable(path, this.#schema?.method(path), this.#schema);
  }

  #callable(path: string, method: DescMethod | undefined, schema: Schema | undefined): Callable {
    const connection = this.#connection;
    if (connection === undefined)
      throw new Error('no gRPC connection, you must call connect first');
    if (method === undefined || schema === undefined)
      throw new Error(
        `method ${JSON.stringify(path)} not found in file descriptors: load() its .proto file, or connect with { reflect: true }`,
      );
    return { vu: this.#vu, connection, address: this.#address, path, method, schema };
  }

  async #connect(address: string, params: unknown): Promise<boolean> {
    const vu = this.#vu;
    if (vu.interrupted) return neverReturns();
    const { reflect, reflectMetadata, ...options } = connectParams(params);
    this.close();
    const connection = await this.#connections.open(address, options);
    if (vu.interrupted) return neverReturns();
    this.#connection = connection;
    this.#address = address;
    if (!reflect) return true;
    const { timeoutMs } = options;
    const files = await reflectedFiles(connection, { metadata: reflectMetadata, timeoutMs });
    if (vu.interrupted) return neverReturns();
    this.#schema = new Schema([...(this.#schema?.files.values() ?? []), ...files]);
    return true;
  }

  async #unary(callable: Callable, request: unknown, params: unknown): Promise<Response> {
    const { vu, connection, path, method, schema } = callable;
    const { registry } = schema;
    if (method.methodKind !== 'unary')
      throw new Error(`method ${JSON.stringify(path)} streams: call it with new grpc.Stream()`);
    if (request === undefined || request === null) throw new Error('request cannot be nil');
    const { metadata, timeoutMs, tags, discardResponseMessage } = callParams(params);
    const bytes = encodeMessage(method.input, request, registry);
    if (vu.interrupted) return neverReturns();
    const meter = new CallMeter(vu, { ...callable, tags });
    const answer = await connection.unary({ path, metadata, timeoutMs }, bytes);
    if (vu.interrupted) return neverReturns();
    meter.sent(bytes);
    if (answer.response !== undefined) meter.received(answer.response);
    meter.ended(answer.code);
    return responseOf(answer, { type: method.output, registry, discard: discardResponseMessage });
  }

  #initOnly(what: string): void {
    if (!this.#vu.initialising)
      throw new Error(`${what} must be called in the init context: at the top level of the script`);
  }

  /** Each set of definitions is made once a thread. */
  #add(what: string, read: () => readonly FileDescriptorProto[]): void {
    const { shared } = this.#vu.thread;
    this.#loaded.push(what);
    const key = `grpc schema ${this.#loaded.join(' ')}`;
    const known = shared.get(key);
    const schema =
      known instanceof Schema
        ? known
        : new Schema([...(this.#schema?.files.values() ?? []), ...read()]);
    shared.set(key, schema);
    this.#schema = schema;
  }

  #readProto(folders: readonly string[], name: string): string | undefined {
    const { files } = this.#vu.thread;
    const found = folders
      .map((folder) => `${folder}/${name}`)
      .find((path) => files.exists('', path));
    const text = found === undefined ? undefined : files.open('', found, undefined);
    return typeof text === 'string' ? text : undefined;
  }
}
