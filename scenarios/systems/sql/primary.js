/** Who is the primary, as everybody but the nodes themselves is told: one small file, written as a whole. */
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NOBODY = 'nobody';

/** Undefined while one is being chosen, or nobody was yet. */
export function readPrimary(folder) {
  const name = readFileSync(join(folder, 'primary'), 'utf8').trim();
  return name === NOBODY ? undefined : name;
}

export function writePrimary(folder, name = NOBODY) {
  const file = join(folder, 'primary');
  writeFileSync(`${file}.new`, `${name}\n`);
  chmodSync(`${file}.new`, 0o644);
  renameSync(`${file}.new`, file);
}

/** `s1=5001,s2=5002` as a map. */
export function readMembers(text) {
  return new Map(
    text.split(',').map((member) => {
      const [name = '', port = ''] = member.split('=');
      return [name, Number(port)];
    }),
  );
}
