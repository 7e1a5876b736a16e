/**
 * A parsed .proto file becomes the descriptor that a compiler would make of it: names of types in full, maps as entries, `optional` of
 * proto3 as a oneof of its own. Options that change no message are left out.
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import type {
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  FieldDescriptorProtoSchema,
  FileDescriptorProto,
  ServiceDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type { Enum, Field, MapField, ReflectionObject, Service, Type } from 'protobufjs';
import { libraries } from './libraries.js';
import type { ProtoSource, SymbolKind } from './proto-source.js';
import { jsonName, resolvedName } from './qualified-names.js';

type MessageInit = MessageInitShape<typeof DescriptorProtoSchema>;
type FieldInit = MessageInitShape<typeof FieldDescriptorProtoSchema>;
type EnumInit = MessageInitShape<typeof EnumDescriptorProtoSchema>;
type ServiceInit = MessageInitShape<typeof ServiceDescriptorProtoSchema>;
type Symbols = ReadonlyMap<string, SymbolKind>;

/** Numbers of google.protobuf.FieldDescriptorProto.Type. */
const SCALARS: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const TYPES = { group: 10, message: 11, enum: 14 } as const;
const LABEL = { optional: 1, required: 2, repeated: 3 } as const;

/** `symbols`: full names of all types that it can refer to. Throws where it refers to another. */
export function fileDescriptor(source: ProtoSource, symbols: Symbols): FileDescriptorProto {
  const { bufbuild, wkt } = libraries();
  const parts = partsOf(source.declared, { scope: source.package, symbols });
  const edition = editionOf(source);
  return bufbuild.create(wkt.FileDescriptorProtoSchema, {
    name: source.name,
    package: source.package,
    dependency: [...source.imports],
    messageType: parts.messages,
    enumType: parts.enums,
    service: parts.services,
    extension: parts.extensions,
    ...(edition === 'proto2' || edition === 'proto3'
      ? { syntax: edition }
      : { syntax: 'editions', edition: Number(edition) === 2023 ? 1000 : 1001 }),
  });
}

interface Place {
  readonly scope: string;
  readonly symbols: Symbols;
}

function partsOf(
  declared: readonly ReflectionObject[],
  place: Place,
): {
  readonly messages: MessageInit[];
  readonly enums: EnumInit[];
  readonly services: ServiceInit[];
  readonly extensions: FieldInit[];
} {
  const { Enum, Field, Service, Type } = libraries().protobufjs;
  return {
    messages: declared.filter((one) => one instanceof Type).map((one) => message(one, place)),
    enums: declared.filter((one) => one instanceof Enum).map(enumeration),
    services: declared.filter((one) => one instanceof Service).map((one) => service(one, place)),
    extensions: declared
      .filter((one) => one instanceof Field)
      .map((one) => ({
        ...field(one, place),
        extendee: `.${resolved(String(one.extend), place).name}`,
      })),
  };
}

function message(type: Type, { scope, symbols }: Place): MessageInit {
  const name = scope === '' ? type.name : `${scope}.${type.name}`;
  const inside = { scope: name, symbols };
  const { messages, enums, extensions } = partsOf(type.nestedArray, inside);
  const fields: readonly (Field | MapField)[] = type.fieldsArray.filter(
    (one) => !one.declaringField,
  );
  const maps = fields.filter(isMap);
  // Those of `optional` come last.
  const oneofs = type.oneofsArray
    .filter(({ oneof }) => oneof.length > 0)
    .sort((a, b) => Number(isOptional(a.fieldsArray[0])) - Number(isOptional(b.fieldsArray[0])));
  return {
    name: type.name,
    field: fields.map((one) => {
      const oneofIndex = oneofs.findIndex(({ oneof }) => oneof.includes(one.name));
      return {
        ...(isMap(one) ? mapField(one, name) : field(one, inside)),
        ...(oneofIndex >= 0 && { oneofIndex }),
        ...(isOptional(one) && { proto3Optional: true }),
      };
    }),
    nestedType: [...messages, ...maps.map((one) => mapEntry(one, inside))],
    enumType: enums,
    extension: extensions,
    oneofDecl: oneofs.map((one) => ({ name: one.name })),
    extensionRange: type.extensions?.map(([start = 0, end = 0]) => ({ start, end: end + 1 })) ?? [],
  };
}

function field(of: Field, place: Place): FieldInit {
  const { json_name: given, packed, default: defaultValue } = { ...of.options };
  return {
    name: of.name,
    number: of.id,
    label: of.repeated ? LABEL.repeated : of.required ? LABEL.required : LABEL.optional,
    jsonName: typeof given === 'string' ? given : jsonName(of.name),
    ...typeOf(of.type, place),
    ...(typeof packed === 'boolean' && { options: { packed } }),
    ...(defaultValue !== undefined && { defaultValue: String(defaultValue) }),
  };
}

function mapField(of: MapField, message: string): FieldInit {
  return {
    name: of.name,
    number: of.id,
    label: LABEL.repeated,
    jsonName: jsonName(of.name),
    type: TYPES.message,
    typeName: `.${message}.${entryName(of)}`,
  };
}

function mapEntry(of: MapField, place: Place): MessageInit {
  const label = LABEL.optional;
  return {
    name: entryName(of),
    options: { mapEntry: true },
    field: [
      { name: 'key', jsonName: 'key', number: 1, label, ...typeOf(of.keyType, place) },
      { name: 'value', jsonName: 'value', number: 2, label, ...typeOf(of.type, place) },
    ],
  };
}

function entryName({ name }: MapField): string {
  const camel = jsonName(name);
  return `${camel.slice(0, 1).toUpperCase()}${camel.slice(1)}Entry`;
}

function enumeration(of: Enum): EnumInit {
  const isAlias = of.options?.allow_alias === true;
  return {
    name: of.name,
    value: Object.entries(of.values).map(([name, number]) => ({ name, number })),
    ...(isAlias && { options: { allowAlias: true } }),
  };
}

function service(of: Service, place: Place): ServiceInit {
  return {
    name: of.name,
    method: of.methodsArray.map((method) => ({
      name: method.name,
      inputType: `.${resolved(method.requestType, place).name}`,
      outputType: `.${resolved(method.responseType, place).name}`,
      clientStreaming: method.requestStream === true,
      serverStreaming: method.responseStream === true,
    })),
  };
}

function typeOf(written: string, place: Place): Pick<FieldInit, 'type' | 'typeName'> {
  const scalar = SCALARS[written];
  if (scalar !== undefined) return { type: scalar };
  const { name, kind } = resolved(written, place);
  return { type: TYPES[kind], typeName: `.${name}` };
}

function resolved(
  written: string,
  { scope, symbols }: Place,
): { readonly name: string; readonly kind: SymbolKind } {
  const name = resolvedName(written, scope, (one) => symbols.has(one));
  const kind = name === undefined ? undefined : symbols.get(name);
  if (name === undefined || kind === undefined) throw new Error(`${scope}: no type ${written}`);
  return { name, kind };
}

function isMap(of: Field | MapField): of is MapField {
  return of instanceof libraries().protobufjs.MapField;
}

function isOptional(of: Field | MapField | undefined): boolean {
  return of?.options?.proto3_optional === true;
}

/** `proto2` unless the file says otherwise; a year. */
function editionOf({ declared }: ProtoSource): string {
  const [first] = declared;
  return first === undefined ? 'proto2' : String(Reflect.get(first, '_edition') ?? 'proto2');
}
