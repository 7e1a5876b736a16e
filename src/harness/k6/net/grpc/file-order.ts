/**
 * Descriptors in an order in which each can be read: after those whose types it uses. That is asked of the types themselves: what some
 * servers tell of their definitions names no imports.
 */
import type {
  DescriptorProto,
  EnumDescriptorProto,
  FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { withQualifiedNames } from './qualified-names.js';
import { wellKnownFiles } from './well-known-files.js';

/** Google's own files are added where types of theirs are used and nobody brought them. Throws where a file is missing. */
export function inOrder(given: readonly FileDescriptorProto[]): readonly FileDescriptorProto[] {
  const names = given.map(({ name }) => name);
  const own = wellKnownFiles()
    .map(({ proto }) => proto)
    .filter(({ name }) => !names.includes(name));
  const types = new Set([...own, ...given].flatMap(typesOf));
  const files = given.map((file) => withQualifiedNames(file, (name) => types.has(`.${name}`)));
  const all = [...own, ...files];
  const byName = new Map(all.map((file) => [file.name, file]));
  const byType = new Map(all.flatMap((file) => typesOf(file).map((type) => [type, file])));
  const ordered = new Set<FileDescriptorProto>();
  const add = (file: FileDescriptorProto, below: readonly string[]): void => {
    if (ordered.has(file)) return;
    const path = [...below, file.name];
    if (below.includes(file.name))
      throw new Error(`${path.join(' uses ')}: files cannot use each other in a circle`);
    for (const name of file.dependency) {
      const imported = byName.get(name);
      if (imported === undefined) throw new Error(`${file.name} imports ${name}, which is missing`);
      add(imported, path);
    }
    for (const type of usedTypes(file)) {
      const used = byType.get(type);
      if (used !== undefined && used !== file) add(used, path);
    }
    ordered.add(file);
  };
  for (const file of files) add(file, []);
  return [...ordered];
}

/** Full names, with the leading dot that references have. */
function typesOf(file: FileDescriptorProto): string[] {
  const scope = file.package === '' ? '' : `.${file.package}`;
  return [...named(file.enumType, scope), ...file.messageType.flatMap((one) => within(one, scope))];
}

function within(message: DescriptorProto, scope: string): string[] {
  const name = `${scope}.${message.name}`;
  return [
    name,
    ...named(message.enumType, name),
    ...message.nestedType.flatMap((one) => within(one, name)),
  ];
}

function named(enums: readonly EnumDescriptorProto[], scope: string): string[] {
  return enums.map(({ name }) => `${scope}.${name}`);
}

function usedTypes(file: FileDescriptorProto): readonly string[] {
  const messages = allMessages(file.messageType);
  const fields = [
    ...messages.flatMap((message) => [...message.field, ...message.extension]),
    ...file.extension,
  ];
  const methods = file.service.flatMap(({ method }) => method);
  return [
    ...fields.flatMap(({ typeName, extendee }) => [typeName, extendee]),
    ...methods.flatMap(({ inputType, outputType }) => [inputType, outputType]),
  ].filter((name) => name !== '');
}

function allMessages(messages: readonly DescriptorProto[]): readonly DescriptorProto[] {
  return messages.flatMap((message) => [message, ...allMessages(message.nestedType)]);
}
