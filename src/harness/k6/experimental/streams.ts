/** The module `k6/experimental/streams`: the web's streams, which Node has. */
import { CountQueuingStrategy, ReadableStream, ReadableStreamDefaultReader } from 'node:stream/web';
import type { ModuleApi } from '../module-api.js';

export const streamsApi: ModuleApi = {
  exports: {
    ReadableStream: 'plain',
    ReadableStreamDefaultReader: 'plain',
    CountQueuingStrategy: 'plain',
  },
  callsLater: true,
  create: () => MODULE,
};

const MODULE = {
  ReadableStream,
  ReadableStreamDefaultReader,
  CountQueuingStrategy,
  get default(): object {
    return MODULE;
  },
};
