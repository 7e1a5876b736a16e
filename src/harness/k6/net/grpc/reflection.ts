/**
 * Asks a server for its definitions: server reflection, its first version or the one before. Every service, the file that each is in,
 * and what those import.
 */
import type { DescMessage } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { GrpcConnection, GrpcEnd, GrpcMetadata, GrpcStream } from '../../../ports/grpc.js';
import { libraries } from './libraries.js';
import { protocols } from './protocols.js';
import { STATUS } from './status.js';
import { wellKnownFile } from './well-known-files.js';

const VERSIONS = ['v1', 'v1alpha'] as const;

/** Rejects where the server does not tell. */
export async function reflectedFiles(
  connection: GrpcConnection,
  options: { readonly metadata: GrpcMetadata; readonly timeoutMs: number },
): Promise<FileDescriptorProto[]> {
  let ended: GrpcEnd | undefined;
  for (const version of VERSIONS) {
    const dialogue = new Dialogue(connection, version, options);
    try {
      return await allFiles(dialogue);
    } catch (error) {
      if (!(error instanceof ReflectionEnded) || error.end.code !== STATUS.StatusUnimplemented)
        throw error;
      ended = error.end;
    } finally {
      dialogue.close();
    }
  }
  throw new Error(`the server has no reflection: ${ended?.message ?? ''}`);
}

async function allFiles(dialogue: Dialogue): Promise<FileDescriptorProto[]> {
  const files = new Map<string, FileDescriptorProto>();
  const keep = (found: readonly FileDescriptorProto[]): void => {
    for (const file of found) files.set(file.name, file);
  };
  for (const service of await dialogue.services()) keep(await dialogue.filesOf(service));
  for (let missing = missingOf(files); missing !== undefined; missing = missingOf(files))
    keep(await dialogue.file(missing));
  return [...files.values()];
}

function missingOf(files: ReadonlyMap<string, FileDescriptorProto>): string | undefined {
  return [...files.values()]
    .flatMap(({ dependency }) => dependency)
    .find((name) => !files.has(name) && wellKnownFile(name) === undefined);
}

/** The stream ended before there was an answer. */
class ReflectionEnded extends Error {
  readonly end: GrpcEnd;

  constructor(end: GrpcEnd) {
    super(`error getting reflection information: ${end.message}`);
    this.name = 'ReflectionEnded';
    this.end = end;
  }
}

interface Answer {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly string[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorMessage: string };
}

/** One question at a time. */
class Dialogue {
  readonly #request: DescMessage;
  readonly #response: DescMessage;
  readonly #stream: GrpcStream;
  #end: GrpcEnd | undefined;
  #answered: ((answer: Answer) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  constructor(
    connection: GrpcConnection,
    version: (typeof VERSIONS)[number],
    options: { readonly metadata: GrpcMetadata; readonly timeoutMs: number },
  ) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const method = protocols().method(path);
    if (method === undefined) throw new Error(`${path} is not defined`);
    this.#request = method.input;
    this.#response = method.output;
    this.#stream = connection.stream(
      { path, ...options },
      {
        message: (bytes) => this.#answered?.(this.#read(bytes)),
        ended: (end) => {
          this.#end = end;
          this.#failed?.(new ReflectionEnded(end));
        },
      },
    );
  }

  async services(): Promise<readonly string[]> {
    const { listServicesResponse } = await this.#ask({ listServices: '*' });
    return (listServicesResponse?.service ?? []).map(({ name }) => name);
  }

  filesOf(symbol: string): Promise<FileDescriptorProto[]> {
    return this.#files({ fileContainingSymbol: symbol });
  }

  file(name: string): Promise<FileDescriptorProto[]> {
    return this.#files({ fileByFilename: name });
  }

  close(): void {
    this.#stream.end();
  }

  async #files(question: Readonly<Record<string, string>>): Promise<FileDescriptorProto[]> {
    const { bufbuild, wkt } = libraries();
    const { fileDescriptorResponse } = await this.#ask(question);
    const found = fileDescriptorResponse?.fileDescriptorProto ?? [];
    if (found.length === 0)
      throw new Error(`reflection gave no file for ${Object.values(question).join()}`);
    return found.map((base64) =>
      bufbuild.fromBinary(wkt.FileDescriptorProtoSchema, Buffer.from(base64, 'base64')),
    );
  }

  async #ask(question: Readonly<Record<string, string>>): Promise<Answer> {
    if (this.#end !== undefined) throw new ReflectionEnded(this.#end);
    const { fromJson, toBinary } = libraries().bufbuild;
    const answer = await new Promise<Answer>((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#stream.write(toBinary(this.#request, fromJson(this.#request, question)));
    });
    if (answer.errorResponse !== undefined)
      throw new Error(`error getting reflection information: ${answer.errorResponse.errorMessage}`);
    return answer;
  }

  #read(bytes: Uint8Array): Answer {
    const { fromBinary, toJsonString } = libraries().bufbuild;
    return JSON.parse(toJsonString(this.#response, fromBinary(this.#response, bytes)));
  }
}
