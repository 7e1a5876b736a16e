/** A Parquet file that is not as column-file.ts writes them: still a Parquet file, for readers that know them all. */
export class UnreadableColumnsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableColumnsError';
  }
}
