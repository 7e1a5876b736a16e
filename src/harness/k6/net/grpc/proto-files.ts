/**
 * .proto files and what they import become descriptors, one for each file. An import is looked for in each import path in turn;
 * Google's well-known types are there by themselves.
 */
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { messageOf } from '../../../message-of.js';
import { fileDescriptor } from './file-descriptor.js';
import { libraries } from './libraries.js';
import { type ProtoSource, parseProto, type SymbolKind, symbolsOf } from './proto-source.js';
import { wellKnownFile, wellKnownFiles } from './well-known-files.js';

/** Gives the text of a file, or undefined where there is none of that name. */
export type ReadProto = (name: string) => string | undefined;

/** Throws where a file is missing, or cannot be understood. */
export function protoDescriptors(names: readonly string[], read: ReadProto): FileDescriptorProto[] {
  const sources = new Map<string, ProtoSource>();
  for (const name of names) collect(name, { read, sources, importedBy: undefined });
  const symbols = new Map<string, SymbolKind>();
  for (const source of sources.values())
    for (const [name, kind] of symbolsOf(source)) symbols.set(name, kind);
  for (const [name, kind] of wellKnownSymbols()) symbols.set(name, kind);
  return [...sources.values()].map((source) =>
    about(source.name, () => fileDescriptor(source, symbols)),
  );
}

function collect(
  name: string,
  parts: {
    readonly read: ReadProto;
    readonly sources: Map<string, ProtoSource>;
    readonly importedBy: string | undefined;
  },
): void {
  const { read, sources, importedBy } = parts;
  if (sources.has(name)) return;
  if (importedBy !== undefined && wellKnownFile(name) !== undefined) return;
  const text = read(name);
  if (text === undefined)
    throw new Error(
      `${importedBy === undefined ? '' : `${importedBy}: `}cannot find ${name} in any of the import paths`,
    );
  const source = about(name, () => parseProto(name, text));
  sources.set(name, source);
  for (const imported of source.imports) collect(imported, { ...parts, importedBy: name });
}

function about<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new Error(`${name}: ${messageOf(cause)}`, { cause });
  }
}

/** Names of the types in Google's own files. */
function* wellKnownSymbols(): Generator<[string, SymbolKind]> {
  const { createRegistry } = libraries().bufbuild;
  for (const type of createRegistry(...wellKnownFiles()))
    if (type.kind === 'message' || type.kind === 'enum') yield [type.typeName, type.kind];
}
