/** What a column of a run's Parquet files is: known to the writer and to the reader, which know nothing of each other. */

export interface ColumnSpec {
  readonly name: string;
  /** `uint64`, `int64`: two words a row, low first. `uint32`: one word. `text`, `small`: one byte, an index in `values`. */
  readonly type: 'uint64' | 'int64' | 'uint32' | 'text' | 'small';
  readonly values?: readonly (string | number)[];
  /** Columns with the same name here are null in the same rows; see `Presence`. Absent: never null. */
  readonly presence?: string;
}

export const BYTES_PER_ROW = { uint64: 8, int64: 8, uint32: 4, text: 1, small: 1 } as const;

/** A dictionary's page as Parquet has it: integers of 4 bytes, texts behind their length. */
export function dictionaryBytes(values: readonly (string | number)[]): Uint8Array {
  if (values.length > 256) throw new Error('a dictionary column has at most 256 values');
  return Buffer.concat(
    values.flatMap((value) => {
      if (typeof value === 'number') return [word(value)];
      const text = Buffer.from(value);
      return [word(text.length), text];
    }),
  );
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
