-- Transactions. Every statement sees what was committed before it began: a row read
-- under a lock is its latest version.

-- name: txn_begin
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE

-- name: txn_commit
COMMIT

-- name: txn_rollback
ROLLBACK
