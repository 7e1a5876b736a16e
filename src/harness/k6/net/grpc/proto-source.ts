/** One .proto file, parsed: what it declares, with the names of types as they are written. */
import type { NamespaceBase, ReflectionObject } from 'protobufjs';
import { libraries } from './libraries.js';

export interface ProtoSource {
  /** As it is imported. */
  readonly name: string;
  readonly package: string;
  readonly imports: readonly string[];
  /** Of the package. */
  readonly declared: readonly ReflectionObject[];
}

/** Throws with the line where the text is no .proto file. */
export function parseProto(name: string, text: string): ProtoSource {
  const { parse, Root } = libraries().protobufjs;
  const {
    root,
    package: packageName = '',
    imports = [],
    weakImports = [],
  } = parse(text, new Root(), { keepCase: true });
  const found = packageName === '' ? root : root.lookup(packageName);
  return {
    name,
    package: packageName,
    imports: [...imports, ...weakImports],
    declared: isNamespace(found) ? found.nestedArray : [],
  };
}

export type SymbolKind = 'message' | 'enum' | 'group';

/** Full names of the types that a file declares. */
export function* symbolsOf(source: ProtoSource): Generator<[string, SymbolKind]> {
  yield* symbolsIn(source.declared, source.package);
}

function* symbolsIn(
  declared: readonly ReflectionObject[],
  scope: string,
): Generator<[string, SymbolKind]> {
  const { Enum, Type } = libraries().protobufjs;
  for (const one of declared) {
    const name = scope === '' ? one.name : `${scope}.${one.name}`;
    if (one instanceof Enum) yield [name, 'enum'];
    if (!(one instanceof Type)) continue;
    yield [name, Reflect.get(one, 'group') === true ? 'group' : 'message'];
    yield* symbolsIn(one.nestedArray, name);
  }
}

function isNamespace(value: ReflectionObject | null): value is NamespaceBase {
  return value instanceof libraries().protobufjs.Namespace;
}
