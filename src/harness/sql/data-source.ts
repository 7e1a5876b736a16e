/** The address of a database as scripts write it, taken apart. */
import type { SqlDialect } from '../ports/sql.js';

export interface DataSource {
  /** An IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly tls: 'off' | 'unchecked' | 'checked';
}

const PORT = { postgres: 5432, mysql: 3306 } as const;
const USER = { postgres: 'postgres', mysql: 'root' } as const;
const SCHEMES: Readonly<Record<SqlDialect, readonly string[]>> = {
  postgres: ['postgres:', 'postgresql:'],
  mysql: ['mysql:', 'mariadb:'],
};
const SHAPE: Readonly<Record<SqlDialect, string>> = {
  postgres: 'postgres://user:password@host:5432/database',
  mysql: 'mysql://user:password@host:3306/database',
};
const TLS: Readonly<Record<string, DataSource['tls']>> = {
  disable: 'off',
  require: 'unchecked',
  'verify-ca': 'checked',
  'verify-full': 'checked',
};

/** Throws a TypeError for what is no address of that kind of database. */
export function parseDataSource(dialect: SqlDialect, address: string): DataSource {
  const text = dialect === 'mysql' ? asUrl(address) : address;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '' || !SCHEMES[dialect].includes(url.protocol))
    throw new TypeError(`a data source of ${dialect} is written ${SHAPE[dialect]}`);
  const user = decodeURIComponent(url.username) || USER[dialect];
  const database = decodeURIComponent(url.pathname.slice(1));
  return {
    hostname: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT[dialect] : Number(url.port),
    user,
    password: decodeURIComponent(url.password),
    database: database === '' && dialect === 'postgres' ? user : database,
    tls: tlsOf(url.searchParams),
  };
}

/** `user:password@tcp(host:3306)/database`, as Go's driver has it, which k6's extension takes. */
function asUrl(address: string): string {
  const parts = /^(?:([^:@/]*)(?::(.*))?@)?tcp\(([^)]+)\)\/([^?]*)(\?.*)?$/.exec(address);
  if (parts === null) return address;
  const [, user = '', password = '', host, database, query = ''] = parts;
  return `mysql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}/${database}${query}`;
}

function tlsOf(parameters: URLSearchParams): DataSource['tls'] {
  for (const [name, value] of parameters) {
    const tls = name === 'sslmode' ? TLS[value] : undefined;
    if (tls !== undefined) return tls;
    throw new TypeError(
      `a data source takes no ${name}=${value}; there is sslmode: ${Object.keys(TLS).join(', ')}`,
    );
  }
  return 'off';
}
