/** How the tables of schema.sql are read as books, whichever database they stand in. */
export const books = {
  entries: {
    database: 'books',
    sql: 'SELECT payment AS operation_id, account, amount_minor, version, balance_after FROM postings',
  },
  accounts: {
    database: 'books',
    sql: 'SELECT name AS account, balance_minor, version FROM accounts',
  },
};
