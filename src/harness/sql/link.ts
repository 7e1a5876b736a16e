/**
 * One connection, whatever protocol it speaks: each statement ends once, in time, and what went wrong is told with what it says of the
 * statement. After a statement that took too long the connection is cut off: nobody knows what it would still do.
 */
import type {
  SqlAnswer,
  SqlConnection,
  SqlDialect,
  SqlFailed,
  SqlStatement,
} from '../ports/sql.js';
import { classify, momentOf, type SqlMoment } from './classify.js';
import { type DriverFault, LOST, type SqlDriver } from './driver.js';

const TIMEOUT = 'timeout';

export class Link implements SqlConnection {
  readonly #driver: SqlDriver;
  readonly #timeoutMs: number;
  #isOpen = true;

  constructor(driver: SqlDriver, timeoutMs: number) {
    this.#driver = driver;
    this.#timeoutMs = timeoutMs;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async run(statement: SqlStatement): Promise<SqlAnswer> {
    const driver = this.#driver;
    const moment = momentOf(driver.dialect, statement);
    if (!this.#isOpen) return lostBefore(driver.dialect, moment);
    try {
      return await inTime(driver.run(statement), this.#timeoutMs);
    } catch (error) {
      const fault = error instanceof TooLate ? tooLate(this.#timeoutMs) : driver.faultOf(error);
      if (fault.isLost) this.close();
      return failed(driver.dialect, fault, moment);
    }
  }

  /** It ended by itself. */
  lost(): void {
    this.#isOpen = false;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#driver.destroy();
  }
}

export function failed(dialect: SqlDialect, fault: DriverFault, moment: SqlMoment): SqlFailed {
  const { message, code, errno, sqlState } = fault;
  return {
    isOk: false,
    failure: {
      message,
      code: code ?? errno,
      sqlState,
      ...classify({ ...fault, dialect }, moment),
    },
  };
}

/** Rejects with TooLate; what the promise comes to afterwards is nobody's business. */
export async function inTime<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate()), timeoutMs);
  });
  promise.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class TooLate extends Error {}

export function tooLate(timeoutMs: number): DriverFault {
  const message = `no answer within ${timeoutMs} ms; the connection is cut off`;
  return { message, code: undefined, errno: TIMEOUT, sqlState: '', isLost: true };
}

/** Nothing of the statement has left, so it has done nothing. */
function lostBefore(dialect: SqlDialect, moment: SqlMoment): SqlFailed {
  const message = 'the connection was lost before';
  const fault = { message, code: undefined, errno: LOST, sqlState: '', isLost: true };
  const { failure } = failed(dialect, fault, moment);
  return { isOk: false, failure: { ...failure, isDefinite: true } };
}
