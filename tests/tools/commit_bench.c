/* SPDX-License-Identifier: Apache-2.0 */
/* What one durable commit costs here: the unit that the other measures are told in.
 *
 * usage: JUNHENG_DATABASE_URL=… commit_bench N
 * Inserts N rows one by one, each its own transaction, prepared, over one connection, and
 * prints the time of each. */
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "tools/samples.h"

static struct samples samples;

static int fail(PGconn *conn)
{
	fprintf(stderr, "commit_bench: %s\n", PQerrorMessage(conn));
	PQfinish(conn);
	return EXIT_FAILURE;
}

static bool done(PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);

	PQclear(result);
	return status == PGRES_COMMAND_OK;
}

static bool measure(PGconn *conn, int64_t n)
{
	static const char *const values[] = { "340207",
					      "0123456789012345678901234567890123456789" };

	for (int64_t i = 0; i < n; i++) {
		const int64_t start = time_monotonic_us();

		if (!done(PQexecPrepared(conn, "put", 2, values, NULL, NULL, 0)))
			return false;
		samples_add(&samples, time_monotonic_us() - start);
	}
	return true;
}

int main(int argc, char **argv)
{
	const char *url = getenv("JUNHENG_DATABASE_URL");
	int64_t n = 0;
	PGconn *conn;

	if (argc != 2 || !url || !samples_argument(argv[1], SAMPLES_MAX, &n)) {
		fprintf(stderr, "usage: JUNHENG_DATABASE_URL=... commit_bench N\n");
		return 2;
	}
	conn = PQconnectdb(url);
	if (PQstatus(conn) != CONNECTION_OK)
		return fail(conn);
	if (!done(PQexec(conn, "SET client_min_messages = error")) ||
	    !done(PQexec(conn, "CREATE TABLE IF NOT EXISTS bench_commit (id bigint GENERATED "
			       "ALWAYS AS IDENTITY PRIMARY KEY, county text, content text)")) ||
	    !done(PQprepare(conn, "put",
			    "INSERT INTO bench_commit (county, content) VALUES ($1, $2)", 2,
			    NULL)) ||
	    !measure(conn, n))
		return fail(conn);
	PQfinish(conn);
	samples_print(&samples);
	return EXIT_SUCCESS;
}
