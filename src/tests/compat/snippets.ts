/** All snippets, by topic. */
import type { Snippet } from './snippet.js';
import { COMMAND_LINES } from './snippets/command-lines.js';
import { CORE_MODULES } from './snippets/core-modules.js';
import { ENCODINGS } from './snippets/encodings.js';
import { EXPERIMENTAL_MODULES } from './snippets/experimental-modules.js';
import { GRPC } from './snippets/grpc.js';
import { HTTP_REQUESTS } from './snippets/http-requests.js';
import { HTTP_RESPONSES } from './snippets/http-responses.js';
import { LANGUAGES } from './snippets/languages.js';
import { LIFECYCLES } from './snippets/lifecycles.js';
import { MEASURES } from './snippets/measures.js';
import { MODULE_K6 } from './snippets/module-k6.js';
import { SCENARIOS } from './snippets/scenarios.js';
import { SECRETS } from './snippets/secrets.js';
import { SHOPS } from './snippets/shops.js';
import { SOCKETS } from './snippets/sockets.js';

export const SNIPPETS: readonly Snippet[] = [
  ...HTTP_REQUESTS,
  ...HTTP_RESPONSES,
  ...MODULE_K6,
  ...ENCODINGS,
  ...CORE_MODULES,
  ...EXPERIMENTAL_MODULES,
  ...GRPC,
  ...SOCKETS,
  ...LANGUAGES,
  ...LIFECYCLES,
  ...SCENARIOS,
  ...MEASURES,
  ...COMMAND_LINES,
  ...SECRETS,
  ...SHOPS,
];
