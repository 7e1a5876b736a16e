/**
 * The k6 modules that scripts can import: the one list of them.
 */
import { x509Api } from './crypto/x509.js';
import { cryptoApi } from './crypto.js';
import { dataApi } from './data.js';
import { encodingApi } from './encoding.js';
import { executionApi } from './execution.js';
import { csvApi } from './experimental/csv.js';
import { fsApi } from './experimental/fs.js';
import { streamsApi } from './experimental/streams.js';
import { htmlApi } from './html.js';
import { httpApi } from './http.js';
import { k6Api } from './k6.js';
import { metricsApi } from './metrics.js';
import type { ModuleApi } from './module-api.js';
import { grpcApi } from './net/grpc.js';
import { secretsApi } from './secrets.js';
import { timersApi } from './timers.js';
import { experimentalWebSocketsApi, webSocketsApi } from './websockets.js';
import { wsApi } from './ws.js';
import { listsApi } from './x/lists.js';
import { payApi } from './x/pay.js';
import { mysqlDriverApi, postgresDriverApi, sqlApi } from './x/sql.js';

const MODULES: Readonly<Record<string, ModuleApi>> = {
  k6: k6Api,
  'k6/crypto': cryptoApi,
  'k6/crypto/x509': x509Api,
  'k6/data': dataApi,
  'k6/encoding': encodingApi,
  'k6/execution': executionApi,
  'k6/experimental/csv': csvApi,
  'k6/experimental/fs': fsApi,
  'k6/experimental/streams': streamsApi,
  'k6/experimental/websockets': experimentalWebSocketsApi,
  'k6/html': htmlApi,
  'k6/http': httpApi,
  'k6/metrics': metricsApi,
  'k6/net/grpc': grpcApi,
  'k6/secrets': secretsApi,
  'k6/timers': timersApi,
  'k6/websockets': webSocketsApi,
  'k6/ws': wsApi,
  'k6/x/lists': listsApi,
  'k6/x/pay': payApi,
  'k6/x/sql': sqlApi,
  'k6/x/sql/driver/mysql': mysqlDriverApi,
  'k6/x/sql/driver/postgres': postgresDriverApi,
};

export function k6Module(name: string): ModuleApi | undefined {
  return Object.hasOwn(MODULES, name) ? MODULES[name] : undefined;
}

export function k6ModuleNames(): readonly string[] {
  return Object.keys(MODULES);
}
