/** k6/x/sql as scripts see it, against real databases. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptUnderTest } from '../harness/compile/testing/script-under-test.js';
import { HAS_MARIADB, type Mariadb, startMariadb } from './testing/mariadb.js';
import { POSTGRES_BIN, type Postgres, startPostgres } from './testing/postgres.js';

/** The same iterations on each. `$` stands for the n-th placeholder. */
interface Engine {
  readonly driver: 'postgres' | 'mysql';
  readonly address: () => string;
  readonly place: (n: number) => string;
}

async function ran(
  { driver, address }: Pick<Engine, 'driver' | 'address'>,
  body: string,
  more: { readonly iterations?: number; readonly params?: string; readonly vus?: number } = {},
): Promise<{
  readonly seen: unknown[];
  readonly errors: unknown[];
  readonly script: ScriptUnderTest;
}> {
  const script = await ScriptUnderTest.load(
    `import sql from 'k6/x/sql'; import driver from 'k6/x/sql/driver/${driver}'; import { group } from 'k6';
    const db = sql.open(driver, ${JSON.stringify(address())}, ${more.params ?? '{}'});
    const other = sql.open(driver, ${JSON.stringify(address())});
    const see = (value) => console.log(JSON.stringify(value === undefined ? 'undefined' : value));
    const facts = ({ name, code, phase, definite, conflict }) => ({ name, code, phase, definite, conflict });
    const caught = (body) => { try { body(); return 'nothing'; } catch (e) { return e instanceof sql.SqlError ? facts(e) : String(e); } };
    export default function () { ${body} }`,
  );
  const errors = await script.iterations(more.iterations);
  return { seen: script.seen, errors, script };
}

function everyEngine(name: string, engine: Engine): void {
  const { place } = engine;
  const fresh = `db.exec('DROP TABLE IF EXISTS accounts');
    db.exec('CREATE TABLE accounts (id INT PRIMARY KEY, balance BIGINT NOT NULL)');
    db.exec('INSERT INTO accounts VALUES (1, 100), (2, 50)');`;
  const balances = "db.query('SELECT balance FROM accounts ORDER BY id').map((row) => row.balance)";

  describe(`statements of ${name}`, () => {
    it('give rows, numbers of rows, and values of their types', async () => {
      const { seen, errors } = await ran(
        engine,
        `${fresh}
        see(db.query('SELECT * FROM accounts WHERE balance > ${place(1)} ORDER BY id', 10));
        see(db.queryRow('SELECT balance FROM accounts WHERE id = ${place(1)}', 2));
        see(db.queryRow('SELECT balance FROM accounts WHERE id = ${place(1)}', 3));
        see(db.exec('UPDATE accounts SET balance = balance + ${place(1)}', 1).rowsAffected());
        db.exec('UPDATE accounts SET balance = ${place(1)} WHERE id = 2', '9007199254740993');
        see(${balances});
        see(db.queryRow('SELECT CAST(12.50 AS DECIMAL(30,2)) AS a, CAST(${place(1)} AS DECIMAL(30,2)) AS b', '1234567890123456.78'));`,
      );
      expect(errors).toEqual([]);
      expect(seen).toEqual([
        [
          { id: 1, balance: 100 },
          { id: 2, balance: 50 },
        ],
        { balance: 50 },
        null,
        2,
        [101, '9007199254740993'],
        { a: 12.5, b: '1234567890123456.78' },
      ]);
    });

    it('throw what the database says, and what it means', async () => {
      const { seen, errors } = await ran(
        engine,
        `${fresh}
        see(caught(() => db.exec('INSERT INTO accounts VALUES (1, 1)')));
        see(caught(() => db.query('SELEC 1')));
        see(db.query('SELECT 1 AS one'));`,
      );
      expect(errors).toEqual([]);
      const definite = { name: 'SqlError', phase: 'statement', definite: true, conflict: false };
      expect(seen).toEqual([
        expect.objectContaining(definite),
        expect.objectContaining(definite),
        [{ one: 1 }],
      ]);
    });

    it('that take too long are cut off, unknown where they stand alone, and the next has a connection', async () => {
      const sleep = engine.driver === 'postgres' ? 'SELECT pg_sleep(30)' : 'SELECT SLEEP(30)';
      const { seen, errors } = await ran(
        engine,
        `see(caught(() => db.query('${sleep}')));
        see(caught(() => db.transaction((tx) => { tx.query('${sleep}'); })));
        see(db.query('SELECT 1 AS one'));`,
        { params: '{ timeout: 200 }' },
      );
      expect(errors).toEqual([]);
      const late = { name: 'SqlError', code: 'timeout', phase: 'statement', conflict: false };
      expect(seen).toEqual([
        { ...late, definite: false },
        { ...late, definite: true },
        [{ one: 1 }],
      ]);
    });

    it('are measured by their first word, in their group, and what failed by how', async () => {
      const { script } = await ran(
        engine,
        "group('till', () => { db.query('SELECT 1'); caught(() => db.query('SELEC 1')); });",
      );
      const { samples } = script.recorded;
      const of = (metric: string) => samples.filter(([name]) => name === metric);
      expect(of('sql_statements').map(([, value, group, tags]) => [value, group, tags])).toEqual([
        [1, '::till', { statement: 'select' }],
        [1, '::till', { statement: 'selec' }],
      ]);
      expect(of('sql_statement_duration')).toHaveLength(2);
      expect(of('sql_errors')).toEqual([
        [
          'sql_errors',
          1,
          '::till',
          expect.objectContaining({ statement: 'selec', phase: 'statement', definite: 'true' }),
        ],
      ]);
    });
  });

  describe(`a transaction of ${name}`, () => {
    it('commits what its function did, and gives what it returned', async () => {
      const { seen, errors } = await ran(
        engine,
        `${fresh}
        see(db.transaction({ isolation: 'repeatable read' }, (tx) => {
          tx.exec('UPDATE accounts SET balance = balance - 30 WHERE id = 1');
          tx.exec('UPDATE accounts SET balance = balance + 30 WHERE id = 2');
          return tx.queryRow('SELECT SUM(balance) AS sum FROM accounts').sum;
        }));
        see(${balances});`,
      );
      expect(errors).toEqual([]);
      expect(seen).toEqual([150, [70, 80]]);
    });

    it('is rolled back when its function throws, which is thrown on', async () => {
      const { seen, errors } = await ran(
        engine,
        `${fresh}
        see(caught(() => db.transaction((tx) => {
          tx.exec('UPDATE accounts SET balance = 0');
          throw new Error('no');
        })));
        see(${balances});`,
      );
      expect(errors).toEqual([]);
      expect(seen).toEqual(['Error: no', [100, 50]]);
    });

    it('is ended by hand too, and nothing is asked in it afterwards', async () => {
      const { seen, errors } = await ran(
        engine,
        `${fresh}
        const first = db.begin({ isolation: 'serializable' });
        first.exec('UPDATE accounts SET balance = 1 WHERE id = 1');
        first.rollback();
        first.rollback();
        const second = db.begin();
        second.exec('UPDATE accounts SET balance = 2 WHERE id = 2');
        second.commit();
        see(${balances});
        see(caught(() => second.query('SELECT 1')));
        see(caught(() => second.commit()));`,
      );
      expect(errors).toEqual([]);
      expect(seen).toEqual([
        [100, 2],
        'Error: the transaction is over',
        'Error: the transaction is over',
      ]);
    });

    it('holds its connection: what is asked beside it needs another', async () => {
      const beside = `${fresh} const tx = db.begin(); see(caught(() => db.query('SELECT 1'))); tx.rollback();`;
      const one = await ran(engine, beside);
      expect(one.seen[0]).toMatch(/hold all 1 connections of this virtual user/);
      const two = await ran(engine, beside, { params: '{ connections: 2 }' });
      expect([...two.errors, ...two.seen]).toEqual(['nothing']);
    });

    it('that an iteration leaves open is cut off by the next', async () => {
      const { seen, errors } = await ran(
        engine,
        `if (__ITER === 0) {
          ${fresh}
          db.begin().exec('UPDATE accounts SET balance = 0');
        } else see(${balances});`,
        { iterations: 2 },
      );
      expect(errors).toEqual([]);
      expect(seen).toEqual([[100, 50]]);
    });

    it('that lost a race is run again, if that is asked for, and else thrown as a conflict', async () => {
      const race = (retries: number): string => `${fresh}
        let attempts = 0;
        const end = caught(() => db.transaction({ isolation: 'repeatable read', retries: ${retries} }, (tx) => {
          attempts++;
          tx.query('SELECT balance FROM accounts WHERE id = 1');
          // The other commits first: a snapshot of before cannot write over it.
          if (attempts === 1) other.exec('UPDATE accounts SET balance = balance + 10 WHERE id = 1');
          tx.exec('UPDATE accounts SET balance = balance + 1 WHERE id = 1');
        }));
        see([attempts, end.conflict, end.definite, end]);
        see(${balances});`;
      const again = await ran(engine, race(3));
      expect(again.errors).toEqual([]);
      expect(again.seen[0]).toEqual([2, null, null, 'nothing']);
      const once = await ran(engine, race(0));
      expect(once.seen[0]).toMatchObject([1, true, true, { name: 'SqlError' }]);
    });

    it('whose connection is lost before COMMIT has certainly not happened', async () => {
      const kill =
        engine.driver === 'postgres'
          ? "SELECT pg_terminate_backend(' + pid + ')"
          : "KILL CONNECTION ' + pid + '";
      const pid = engine.driver === 'postgres' ? 'pg_backend_pid()' : 'CONNECTION_ID()';
      const { seen, errors } = await ran(
        engine,
        `${fresh}
        see(caught(() => db.transaction((tx) => {
          tx.exec('UPDATE accounts SET balance = 0');
          const { pid } = tx.queryRow('SELECT ${pid} AS pid');
          other.query('${kill}');
          tx.exec('UPDATE accounts SET balance = 0');
        })));
        see(${balances});`,
      );
      expect(errors).toEqual([]);
      expect(seen).toEqual([
        expect.objectContaining({ phase: 'statement', definite: true, conflict: false }),
        [100, 50],
      ]);
    });
  });
}

describe.skipIf(POSTGRES_BIN === undefined)('needs PostgreSQL:', () => {
  let server: Postgres;
  const engine: Engine = {
    driver: 'postgres',
    address: () => server.url(),
    place: (n) => `$${n}`,
  };

  beforeAll(async () => {
    server = await startPostgres();
  });

  afterAll(() => server.stop());

  everyEngine('PostgreSQL', engine);

  it('COMMIT of a transaction in which a statement failed is no commit', async () => {
    const { seen } = await ran(
      engine,
      `see(caught(() => db.transaction((tx) => { caught(() => tx.query('SELEC 1')); })));`,
    );
    expect(seen).toEqual([
      { name: 'SqlError', code: '25P02', phase: 'commit', definite: true, conflict: false },
    ]);
  });

  it('there is no lastInsertId, and it says what to do', async () => {
    const { errors } = await ran(engine, "db.exec('SELECT 1').lastInsertId();");
    expect(String(errors[0])).toMatch(/INSERT \.\.\. RETURNING/);
  });

  it('a crash while COMMIT is under way leaves it unknown, and the next statement reconnects', async () => {
    const script = await ScriptUnderTest.load(
      `import sql from 'k6/x/sql'; import driver from 'k6/x/sql/driver/postgres';
      const db = sql.open(driver, ${JSON.stringify(server.url())});
      export default function () {
        if (__ITER > 0) { console.log(JSON.stringify(db.query('SELECT 1 AS one'))); return; }
        db.exec('CREATE TABLE slow (id int)');
        // A trigger that is deferred makes COMMIT last.
        db.exec("CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$");
        db.exec('CREATE CONSTRAINT TRIGGER late AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rest()');
        try {
          db.transaction((tx) => { tx.exec('INSERT INTO slow VALUES (1)'); });
        } catch ({ phase, definite }) { console.log(JSON.stringify({ phase, definite })); }
      }`,
    );
    const vu = script.users.create(1);
    const ended = script.iterate(vu);
    const watcher = new pg.Client({ connectionString: server.url() });
    watcher.on('error', () => undefined); // it crashes under it
    await watcher.connect();
    const commits = `SELECT pid FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'`;
    while ((await watcher.query(commits)).rowCount === 0);
    await server.crash();
    await ended;
    await server.restart();
    await script.iterate(vu, 1);
    vu.interrupt();
    expect(script.seen).toEqual([{ phase: 'commit', definite: false }, [{ one: 1 }]]);
  });
});

describe.skipIf(!HAS_MARIADB)('needs MariaDB:', () => {
  let server: Mariadb;
  const engine: Engine = { driver: 'mysql', address: () => server.url(), place: () => '?' };

  beforeAll(async () => {
    // Who has read what another overwrote is told so, as by PostgreSQL.
    server = await startMariadb(['--innodb-snapshot-isolation=ON']);
  });

  afterAll(() => server.stop());

  everyEngine('MariaDB', engine);

  it('the id that a column counted up is told', async () => {
    const { seen, errors } = await ran(
      engine,
      `db.exec('CREATE TABLE counted (id INT AUTO_INCREMENT PRIMARY KEY, what TEXT)');
      db.exec('INSERT INTO counted (what) VALUES (?)', "it's");
      see(db.exec('INSERT INTO counted (what) VALUES (?)', 'two').lastInsertId());
      see(db.query('SELECT what FROM counted'));`,
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([2, [{ what: "it's" }, { what: 'two' }]]);
  });
});

describe('a database', () => {
  const nowhere = { driver: 'postgres', address: () => 'postgres://127.0.0.1:1/x' } as const;

  it('that is not there fails in the connect phase, with nothing done', async () => {
    const { seen, script } = await ran(nowhere, "see(caught(() => db.query('SELECT 1')));");
    expect(seen).toEqual([
      { name: 'SqlError', code: 'ECONNREFUSED', phase: 'connect', definite: true, conflict: false },
    ]);
    expect(script.recorded.samples.map(([name]) => name)).toEqual(['sql_errors']);
  });

  it('on another machine is not asked', async () => {
    const { errors } = await ran(
      { driver: 'postgres', address: () => 'postgres://10.255.255.1/x' },
      "db.query('SELECT 1');",
    );
    expect(String(errors[0])).toMatch(/not on this machine.*--allow-target 10\.255\.255\.1/);
  });

  it('leaves methods of the same names to whom they belong, where nothing can wait too', async () => {
    const { seen, errors } = await ran(
      nowhere,
      `see(['b2', 'a1'].sort((a, b) => Number(/\\d/.exec(a)[0]) - Number(/\\d/.exec(b)[0])));
      const own = { query: (n) => n + 1, transaction: (body) => body(5), begin: () => 'begun' };
      see([own.query(1), own.transaction((n) => n * 2), own.begin()]);`,
    );
    expect(errors).toEqual([]);
    expect(seen).toEqual([
      ['a1', 'b2'],
      [2, 10, 'begun'],
    ]);
  });

  it('is not asked in init code', async () => {
    const load = ScriptUnderTest.load(
      `import sql from 'k6/x/sql'; import driver from 'k6/x/sql/driver/postgres';
      const db = sql.open(driver, 'postgres://127.0.0.1:1/x'); db.query('SELECT 1'); export default function () {}`,
    );
    await expect(load).rejects.toThrow(/init code/);
  });

  it.each([
    ["sql.open('postgres', 'x')", /first argument is a driver/],
    ['sql.open(driver)', /second argument is the address/],
    ["sql.open(driver, 'x', { pool: 3 })", /no option pool; there are connections/],
    ["sql.open(driver, 'x', { connections: 0 })", /connections must be a whole number from 1/],
    ["sql.open(driver, 'x', { timeout: 'soon' })", /timeout must be milliseconds or a duration/],
    ["db.begin({ isolation: 'strong' })", /isolation must be one of read uncommitted/],
    ['db.transaction({})', /takes options where they are wanted, and a function/],
  ])('refuses %s', async (call, message) => {
    const { errors } = await ran(nowhere, `${call};`);
    expect(String(errors[0])).toMatch(message);
  });
});
