/** Google's own .proto files, which everybody may import and nobody has to bring along. */
import type { DescFile } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { libraries } from './libraries.js';

let files: readonly DescFile[] | undefined;

export function wellKnownFiles(): readonly DescFile[] {
  files ??= Object.values(libraries().wkt).filter(isFile);
  return files;
}

/** By its name, `google/protobuf/timestamp.proto`. */
export function wellKnownFile(name: string): FileDescriptorProto | undefined {
  return wellKnownFiles().find(({ proto }) => proto.name === name)?.proto;
}

function isFile(value: unknown): value is DescFile {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'file';
}
