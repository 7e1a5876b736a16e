/**
 * What a client knows of a server: methods by their names, and how their messages look in JSON. Made of descriptors, wherever they
 * come from: .proto files, a protoset, the server itself.
 */
import type { DescMethod, FileRegistry } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { inOrder } from './file-order.js';
import { libraries } from './libraries.js';

export class Schema {
  /** One for each file, by its name. */
  readonly files: ReadonlyMap<string, FileDescriptorProto>;
  readonly registry: FileRegistry;

  /** Throws where descriptors refer to what is not there. */
  constructor(files: readonly FileDescriptorProto[]) {
    const { bufbuild, wkt } = libraries();
    this.files = new Map(files.map((file) => [file.name, file]));
    this.registry = bufbuild.createFileRegistry(
      bufbuild.create(wkt.FileDescriptorSetSchema, { file: [...inOrder(files)] }),
    );
  }

  /** `path`: `/package.Service/Method`. */
  method(path: string): DescMethod | undefined {
    const [, service = '', name = ''] = path.split('/');
    return this.registry.getService(service)?.methods.find((method) => method.name === name);
  }
}
