/**
 * Messages as scripts see them: protobuf's JSON mapping, by the library. Of what comes every field is there, as k6 gives it: also
 * those that were not set.
 */
import type { DescField, DescMessage, JsonValue, Registry } from '@bufbuild/protobuf';
import { messageOf } from '../../../message-of.js';
import { libraries } from './libraries.js';

/** Throws where `given` does not fit the message, in k6's words. */
export function encodeMessage(type: DescMessage, given: unknown, registry: Registry): Uint8Array {
  const { fromJson, toBinary } = libraries().bufbuild;
  try {
    const json: JsonValue = JSON.parse(JSON.stringify(given));
    return toBinary(type, fromJson(type, json, { registry }));
  } catch (cause) {
    throw new Error(
      `unable to serialise request object to protocol buffer: proto: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** Throws where the bytes are no such message. */
export function decodeMessage(type: DescMessage, bytes: Uint8Array, registry: Registry): unknown {
  const { fromBinary, toJson } = libraries().bufbuild;
  const json = toJson(type, fromBinary(type, bytes), { registry, alwaysEmitImplicit: true });
  return withUnset(type, json);
}

/** Puts null where a message, or a value of proto2, was not set; in the order of the definition. */
function withUnset(type: DescMessage, json: JsonValue): JsonValue {
  if (!isObject(json) || type.typeName.startsWith('google.protobuf.')) return json;
  const all: Record<string, JsonValue> = {};
  for (const field of type.fields) {
    const value = json[field.jsonName];
    if (value !== undefined) all[field.jsonName] = inside(field, value);
    else if (isShownUnset(field)) all[field.jsonName] = null;
  }
  return all;
}

function inside(field: DescField, value: JsonValue): JsonValue {
  const { message } = field;
  if (message === undefined) return value;
  if (field.fieldKind === 'list' && Array.isArray(value))
    return value.map((one) => withUnset(message, one));
  if (field.fieldKind === 'map' && isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, withUnset(message, one)]),
    );
  return withUnset(message, value);
}

/** What is in a oneof, or `optional` in proto3, is left out. */
function isShownUnset(field: DescField): boolean {
  return field.oneof === undefined && field.proto.proto3Optional !== true;
}

function isObject(json: JsonValue): json is { [name: string]: JsonValue } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
