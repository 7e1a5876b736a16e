/**
 * Where this machine has PostgreSQL: the folder POSTGRES_BIN names, PATH, the newest that Debian keeps, the Python package
 * embedded_postgres. And as whom it runs where we are root, since it refuses to run as root.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
const PYTHON = 'import embedded_postgres as e, os; print(os.path.dirname(e.__file__))';

/** The folder of `initdb` and `postgres`. */
export function postgresBin() {
  const named = process.env.POSTGRES_BIN;
  const folders = named ? [named] : [...(process.env.PATH ?? '').split(delimiter), ...debian()];
  const found = folders.find(isPostgres) ?? (named ? undefined : ofPython());
  if (found) return found;
  throw new Error(
    `no initdb and postgres in ${named ?? 'PATH'}: install PostgreSQL, or name its folder in POSTGRES_BIN`,
  );
}

/** A user without privileges. */
export function postgresUser() {
  const users = readFileSync('/etc/passwd', 'utf8');
  return /^postgres:/m.test(users) ? 'postgres' : 'nobody';
}

function isPostgres(folder) {
  return ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)));
}

function debian() {
  if (!existsSync(DEBIAN)) return [];
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(DEBIAN, version, 'bin'));
}

function ofPython() {
  const { status, stdout } = spawnSync('python3', ['-c', PYTHON], { encoding: 'utf8' });
  const folder = join(stdout?.trim() ?? '', 'pginstall', 'bin');
  return status === 0 && isPostgres(folder) ? folder : undefined;
}
