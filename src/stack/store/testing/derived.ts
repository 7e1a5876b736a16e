/** For tests: what a closed store keeps beside its batches, changed behind its back. */
import { join } from 'node:path';
import { open } from 'lmdb';

/** `change` gets each key and value, checksum included, and says what becomes of the value; undefined: it goes. */
export async function changeDerived(
  folder: string,
  change: (key: Buffer, value: Buffer) => Buffer | undefined,
): Promise<void> {
  const raw = open({ path: join(folder, 'ledger.mdb'), overlappingSync: false });
  const derived = raw.openDB<Uint8Array, Buffer>({
    name: 'derived',
    encoding: 'binary',
    keyEncoding: 'binary',
  });
  const all = [...derived.getKeys()].map((key) => Buffer.from(key));
  for (const key of all) {
    const value = Buffer.from(derived.getBinary(key) ?? []);
    const changed = change(key, Buffer.from(value));
    if (changed === undefined) await derived.remove(key);
    else if (!changed.equals(value)) await derived.put(key, changed);
  }
  await raw.close();
}
