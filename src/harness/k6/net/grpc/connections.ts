/** The open connections of one virtual user: ended with it. */
import type { GrpcConnection, GrpcConnectOptions } from '../../../ports/grpc.js';
import type { Vu } from '../../../vu/virtual-user.js';

export class Connections {
  readonly #vu: Vu;
  readonly #open = new Set<GrpcConnection>();
  #isWatched = false;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  /** Rejects where none comes about. */
  async open(address: string, options: GrpcConnectOptions): Promise<GrpcConnection> {
    if (!this.#isWatched)
      this.#vu.background.keep(() => {
        for (const one of this.#open) one.close();
        this.#open.clear();
      });
    this.#isWatched = true;
    const connection = await this.#vu.thread.host.grpc.connect(address, options);
    if (this.#vu.interrupted) connection.close();
    else this.#open.add(connection);
    return connection;
  }

  close(connection: GrpcConnection): void {
    this.#open.delete(connection);
    connection.close();
  }
}
