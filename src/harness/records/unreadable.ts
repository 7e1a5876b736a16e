/** A Parquet file that is not as column-file.ts writes them: still a Parquet file, for readers that know them all. */
export class UnreadableColumnsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'UnreadableColumnsError';
  }
}

/** Raised for a binary file that does not hold whole records, or other ones than it should; `message` names it. */
export class RecordsError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RecordsError';
  }
}
