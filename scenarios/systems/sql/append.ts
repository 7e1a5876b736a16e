/**
 * Elle's list-append against a database: transactions of a few appends and reads over a few lists, each list a row. What came of each is
 * told to `k6/x/lists`, and the drill judges afterwards whether all of it can have happened at the isolation that is claimed: CLAIM, or
 * what ISOLATION should give.
 *
 *   paydrill run scenarios/systems/sql/append.ts -e DATABASE_URL=postgres://postgres@127.0.0.1:5432/postgres -e ISOLATION=serializable
 *
 * With `-e ISOLATION='read committed' -e CLAIM=serializable` the verdict is invalid, with the anomaly by its name and in words.
 */
import exec from 'k6/execution';
import type { Claim } from 'k6/x/lists';
import lists from 'k6/x/lists';
import type { Isolation, Statements } from 'k6/x/sql';
import sql from 'k6/x/sql';
import mysql from 'k6/x/sql/driver/mysql';
import postgres from 'k6/x/sql/driver/postgres';

/** Of one database, or of several with commas in between: then each virtual user asks one of them. */
const ADDRESSES = (__ENV.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres').split(',');
const ADDRESS = ADDRESSES[__VU % ADDRESSES.length] ?? '';
const ISOLATION = (__ENV.ISOLATION ?? 'serializable') as Isolation;
const IS_POSTGRES = ADDRESS.startsWith('postgres');
/** Lists in use at once, and iterations until the next ones are. */
const LISTS = 4;
const ITERATIONS = 100;

const db = sql.open(IS_POSTGRES ? postgres : mysql, ADDRESS);
let appended = 0;

lists.claim((__ENV.CLAIM ?? ISOLATION.replace(' ', '-')) as Claim);

export const options = {
  scenarios: {
    append: { executor: 'constant-vus', vus: Number(__ENV.VUS ?? 10), duration: '10s' },
  },
};

export function setup() {
  db.exec('DROP TABLE IF EXISTS lists');
  db.exec('CREATE TABLE lists (id INT PRIMARY KEY, elements TEXT NOT NULL)');
}

export default function () {
  const told = lists.transaction();
  // In the order of their numbers, so that no two transactions wait for each other.
  const ids = Array.from({ length: 2 + draw(3) }, drawList).sort((one, other) => one - other);
  try {
    db.transaction({ isolation: ISOLATION }, (tx) => {
      for (const id of ids)
        if (draw(2) === 0) told.read(id, elementsOf(tx, id));
        else {
          const value = __VU * 1_000_000 + ++appended;
          told.append(id, value); // before it is asked: it may have happened from then on
          append(tx, id, value);
        }
    });
    told.ok();
  } catch (error) {
    if (!(error instanceof sql.SqlError)) throw error;
    if (error.definite) told.fail();
    else told.unknown();
  }
}

/** What was appended last is read by somebody. */
export function teardown() {
  const told = lists.transaction();
  for (const { id, elements } of db.query('SELECT id, elements FROM lists ORDER BY id'))
    told.read(id, numbersOf(elements));
  told.ok();
  db.close();
}

function elementsOf(tx: Statements, id: number): number[] {
  const place = IS_POSTGRES ? '$1' : '?';
  return numbersOf(tx.queryRow(`SELECT elements FROM lists WHERE id = ${place}`, id)?.elements);
}

function append(tx: Statements, id: number, value: number): void {
  tx.exec(
    IS_POSTGRES
      ? `INSERT INTO lists VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET elements = lists.elements || ' ' || excluded.elements`
      : `INSERT INTO lists VALUES (?, ?)
         ON DUPLICATE KEY UPDATE elements = CONCAT(elements, ' ', VALUES(elements))`,
    id,
    String(value),
  );
}

function numbersOf(elements: string | undefined): number[] {
  return elements === undefined ? [] : elements.split(' ').map(Number);
}

function drawList(): number {
  return Math.floor(exec.scenario.iterationInTest / ITERATIONS) * LISTS + draw(LISTS);
}

function draw(below: number): number {
  return Math.floor(Math.random() * below);
}
