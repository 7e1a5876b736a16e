-- Whom script.ts makes pay. alice: well off; bob: everybody's friend, so that his accounts are always busy; carol: has little.
INSERT INTO accounts (name, balance_minor)
SELECT 'alice-' || n, 500000 FROM generate_series(1, 200) AS n
UNION ALL SELECT 'bob-' || n, 2000000 FROM generate_series(1, 4) AS n
UNION ALL SELECT 'carol-' || n, 3000 FROM generate_series(1, 20) AS n
UNION ALL SELECT 'shop-' || n, 0 FROM generate_series(1, 30) AS n;

INSERT INTO accounts (name, balance_minor, may_overdraw) VALUES ('bank', 0, true);
