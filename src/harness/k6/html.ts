/**
 * The module `k6/html`: parseHTML.
 */
import { parseHTML } from './html/selection.js';
import type { ModuleApi } from './module-api.js';

export const htmlApi: ModuleApi = {
  exports: { parseHTML: 'plain' },
  create: () => MODULE,
};

const MODULE = {
  parseHTML,
  get default(): object {
    return MODULE;
  },
};
