/** One statement at a node of seekdb, with a time limit of its own: a node without its partner may never answer. */
import { createConnection } from 'mysql2/promise';

const MS_MAX = 2_000;

/** Its rows. Rejects where there is no answer within two seconds. */
export async function ask(port, sql) {
  const options = { host: '127.0.0.1', port, user: 'root', connectTimeout: MS_MAX };
  const connection = await createConnection(options);
  connection.on('error', () => {});
  try {
    const [rows] = await connection.query({ sql, timeout: MS_MAX });
    return rows;
  } finally {
    connection.destroy();
  }
}
