/** Names of types in a descriptor, in full: a server may tell them as they were written, by protobuf's rules of scope. */
import type { DescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { libraries } from './libraries.js';

/** The innermost scope that has it. `has`: full names without a dot in front. */
export function resolvedName(
  written: string,
  scope: string,
  has: (name: string) => boolean,
): string | undefined {
  if (written.startsWith('.')) return has(written.slice(1)) ? written.slice(1) : undefined;
  const scopes = scope.split('.').filter((part) => part !== '');
  for (let depth = scopes.length; depth >= 0; depth--) {
    const name = [...scopes.slice(0, depth), written].join('.');
    if (has(name)) return name;
  }
  return undefined;
}

/** A copy. A name that nothing declares stays as it is; a field without a name for JSON gets the one that it would have. */
export function withQualifiedNames(
  file: FileDescriptorProto,
  has: (name: string) => boolean,
): FileDescriptorProto {
  const { bufbuild, wkt } = libraries();
  const copy = bufbuild.clone(wkt.FileDescriptorProtoSchema, file);
  const full = (written: string, scope: string): string => {
    const name = written === '' ? undefined : resolvedName(written, scope, has);
    return name === undefined ? written : `.${name}`;
  };
  const qualifyFields = (fields: DescriptorProto['field'], scope: string): void => {
    for (const field of fields) {
      if (field.typeName !== '') field.typeName = full(field.typeName, scope);
      if (field.extendee !== '') field.extendee = full(field.extendee, scope);
      if (field.jsonName === '') field.jsonName = jsonName(field.name);
    }
  };
  const qualifyMessage = (message: DescriptorProto, scope: string): void => {
    const name = scope === '' ? message.name : `${scope}.${message.name}`;
    qualifyFields(message.field, name);
    qualifyFields(message.extension, name);
    for (const nested of message.nestedType) qualifyMessage(nested, name);
  };
  for (const message of copy.messageType) qualifyMessage(message, copy.package);
  qualifyFields(copy.extension, copy.package);
  for (const method of copy.service.flatMap((service) => service.method)) {
    method.inputType = full(method.inputType, copy.package);
    method.outputType = full(method.outputType, copy.package);
  }
  return copy;
}

/** `some_name` -> `someName`, as protoc does it. */
export function jsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_, next: string) => next.toUpperCase());
}
