-- What service.js keeps. One sequence numbers payments and postings alike, drawn while the accounts are locked: by it everything
-- that happened has one order.
CREATE SEQUENCE happened;

CREATE TABLE accounts (
  name text PRIMARY KEY,
  balance_minor bigint NOT NULL,
  held_minor bigint NOT NULL DEFAULT 0,
  may_overdraw boolean NOT NULL DEFAULT false,
  version bigint NOT NULL DEFAULT 0
);

-- What was asked under an id, and what was answered.
CREATE TABLE requests (
  id text PRIMARY KEY,
  body jsonb NOT NULL,
  status integer,
  answer jsonb
);

-- kind: payment, hold, capture, void, refund. state: of a hold: held, captured, voided.
CREATE TABLE payments (
  seq bigint PRIMARY KEY DEFAULT nextval('happened'),
  id text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  payer text NOT NULL REFERENCES accounts,
  payee text NOT NULL REFERENCES accounts,
  amount_minor bigint NOT NULL,
  refers_to text,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX payments_by_id ON payments (id);
CREATE INDEX payments_by_reference ON payments (refers_to);

CREATE TABLE postings (
  seq bigint PRIMARY KEY DEFAULT nextval('happened'),
  payment bigint NOT NULL REFERENCES payments,
  account text NOT NULL REFERENCES accounts,
  amount_minor bigint NOT NULL,
  balance_after bigint NOT NULL,
  version bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
