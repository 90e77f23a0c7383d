-- Transactions. Every statement sees what was committed before it began: a row read
-- under a lock is its latest version.

-- name: txn_begin
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE

-- What follows it sees one snapshot, so that the numbers agree with one another.
-- name: snapshot_begin
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

-- The same for what writes. The snapshot is that of the first statement that reads or writes rows.
-- name: snapshot_begin_write
BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE

-- What people set, by when or since when, is held against this clock, as all that comes due is.
-- name: clock_now
SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint

-- Before the COMMIT of what can be lost in a crash because it is found undone and done again:
-- it does not wait for the disk. What commits later, and waits, makes it durable as well.
-- name: txn_lazy
SET LOCAL synchronous_commit = off

-- name: txn_commit
COMMIT

-- name: txn_rollback
ROLLBACK
