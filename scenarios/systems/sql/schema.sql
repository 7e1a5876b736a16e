-- What transfers.ts asks for. PostgreSQL and MySQL read it alike.
CREATE TABLE accounts (
  name varchar(32) PRIMARY KEY,
  balance_minor bigint NOT NULL CHECK (balance_minor >= 0),
  version bigint NOT NULL DEFAULT 0
);
CREATE TABLE payments (id varchar(36) PRIMARY KEY);
CREATE TABLE postings (
  payment varchar(36) NOT NULL,
  account varchar(32) NOT NULL,
  amount_minor bigint NOT NULL,
  version bigint NOT NULL,
  balance_after bigint NOT NULL,
  PRIMARY KEY (account, version)
);
