/**
 * What reads .proto files and turns messages into JSON and back. Loaded when a script first loads a definition, which k6 does
 * synchronously: hence not by import.
 */
import { createRequire } from 'node:module';

interface Libraries {
  readonly protobufjs: typeof import('protobufjs');
  readonly bufbuild: typeof import('@bufbuild/protobuf');
  readonly wkt: typeof import('@bufbuild/protobuf/wkt');
}

const require = createRequire(import.meta.url);
let loaded: Libraries | undefined;

export function libraries(): Libraries {
  loaded ??= {
    protobufjs: require('protobufjs'),
    bufbuild: require('@bufbuild/protobuf'),
    wkt: require('@bufbuild/protobuf/wkt'),
  };
  return loaded;
}
