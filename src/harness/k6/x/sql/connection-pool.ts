/**
 * The connections of one virtual user to one database: made when they are needed, bounded, ended with it. A transaction that its
 * iteration has left open holds one until the next iteration asks: then it is cut off, and the database rolls it back.
 */
import type { SqlConnection, SqlSource } from '../../../ports/sql.js';
import { neverReturns } from '../../../vu/interrupted-error.js';
import type { Vu } from '../../../vu/virtual-user.js';
import { failedWith } from './run-statement.js';

export class ConnectionPool {
  readonly #vu: Vu;
  readonly #source: SqlSource;
  readonly #most: number;
  readonly #idle: SqlConnection[] = [];
  /** With the iteration that took it. */
  readonly #taken = new Map<SqlConnection, number>();
  #isWatched = false;

  constructor(vu: Vu, source: SqlSource, most: number) {
    this.#vu = vu;
    this.#source = source;
    this.#most = most;
  }

  /** To be given back. Throws SqlError where none comes about, Error where all are taken. */
  async take(): Promise<SqlConnection> {
    const vu = this.#vu;
    this.#cutOffLeftOpen();
    let connection = this.#idle.pop();
    while (connection !== undefined && !connection.isOpen) connection = this.#idle.pop();
    connection ??= await this.#connect();
    this.#taken.set(connection, vu.iterationOfVu);
    return connection;
  }

  give(connection: SqlConnection): void {
    if (this.#taken.delete(connection) && connection.isOpen) this.#idle.push(connection);
  }

  closeAll(): void {
    for (const one of [...this.#idle, ...this.#taken.keys()]) one.close();
    this.#idle.length = 0;
    this.#taken.clear();
  }

  async #connect(): Promise<SqlConnection> {
    const vu = this.#vu;
    if (this.#taken.size >= this.#most)
      throw new Error(
        `transactions hold all ${this.#most} connections of this virtual user: use the transaction, or sql.open(driver, address, { connections: ${this.#most + 1} })`,
      );
    if (!this.#isWatched) vu.background.keep(() => this.closeAll());
    this.#isWatched = true;
    const connected = await vu.thread.host.sql.connect(this.#source);
    if (vu.interrupted) {
      if (connected.isOk) connected.connection.close();
      return neverReturns();
    }
    if (connected.isOk) return connected.connection;
    throw failedWith(vu, connected.failure);
  }

  #cutOffLeftOpen(): void {
    for (const [connection, iteration] of this.#taken)
      if (iteration !== this.#vu.iterationOfVu) {
        connection.close();
        this.#taken.delete(connection);
      }
  }
}
