/**
 * Where this machine has LNbits: the Python that LNBITS_PYTHON names, or python3, with the package lnbits. Run by itself it prints
 * where, or in one line what to do, and ends 1.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

const WHERE = 'import importlib.util as u; print(u.find_spec("lnbits").origin)';

/** `python` runs it, in `folder`: its static files are looked for there. */
export function lnbitsPython() {
  const python = process.env.LNBITS_PYTHON || 'python3';
  const { status, stdout } = spawnSync(python, ['-c', WHERE], { encoding: 'utf8' });
  if (status === 0) return { python, folder: dirname(dirname(stdout.trim())) };
  throw new Error(
    `${python} has no lnbits: pip install lnbits 'bitstring<5', or name another Python in LNBITS_PYTHON`,
  );
}

if (import.meta.filename === process.argv[1])
  try {
    console.log(lnbitsPython().folder);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
