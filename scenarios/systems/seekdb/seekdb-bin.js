/**
 * Where this machine has OceanBase seekdb: the program that SEEKDB_BIN names, or the one inside the Python package pylibseekdb. Run by
 * itself it prints where, or in one line what to do, and ends 1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PYTHON = 'import importlib.util as u; print(u.find_spec("pylibseekdb").origin)';

export function seekdbBin() {
  const named = process.env.SEEKDB_BIN || undefined;
  const found = named ?? ofPython();
  if (found !== undefined && existsSync(found)) return found;
  throw new Error(
    `no seekdb in ${named ?? "python3's packages"}: pip install pylibseekdb, or name the program in SEEKDB_BIN`,
  );
}

function ofPython() {
  const { status, stdout } = spawnSync('python3', ['-c', PYTHON], { encoding: 'utf8' });
  return status === 0 ? join(dirname(stdout.trim()), 'seekdb') : undefined;
}

if (import.meta.filename === process.argv[1])
  try {
    console.log(seekdbBin());
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
