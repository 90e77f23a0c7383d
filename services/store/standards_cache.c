/* SPDX-License-Identifier: Apache-2.0 */
#include "store/standards_cache.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/row.h"

/* What is handed out is its first member. The cache holds one reference itself. */
struct shared_standard {
	struct standard standard;
	atomic_int references;
};

void standard_release(const struct standard *standard)
{
	struct shared_standard *shared = (struct shared_standard *)(uintptr_t)standard;

	if (shared && atomic_fetch_sub(&shared->references, 1) == 1)
		free(shared);
}

void standards_forget(struct store *store)
{
	while (store->standards_n)
		standard_release(&store->standards[--store->standards_n]->standard);
}

static const struct standard *find(struct store *store, const char *id, int64_t version)
{
	const struct standard *found = NULL;

	pthread_mutex_lock(&store->standards_mutex);
	for (int i = 0; i < store->standards_n && !found; i++) {
		struct shared_standard *shared = store->standards[i];

		if (shared->standard.version != version || !str_equal(shared->standard.id, id))
			continue;
		atomic_fetch_add(&shared->references, 1);
		found = &shared->standard;
	}
	pthread_mutex_unlock(&store->standards_mutex);
	return found;
}

/* The oldest goes when there are too many; whoever holds it goes on holding it. A version that
 * another thread has kept meanwhile is there twice, until it goes. */
static void keep(struct store *store, struct shared_standard *shared)
{
	pthread_mutex_lock(&store->standards_mutex);
	if (store->standards_n == STANDARDS_CACHED) {
		standard_release(&store->standards[0]->standard);
		store->standards_n--;
		for (int i = 0; i < store->standards_n; i++)
			store->standards[i] = store->standards[i + 1];
	}
	atomic_fetch_add(&shared->references, 1);
	store->standards[store->standards_n++] = shared;
	pthread_mutex_unlock(&store->standards_mutex);
}

static enum err read_version(struct store *store, const PGresult *result,
			     const struct standard **ret_standard, struct err_info *info)
{
	struct row r = row_at(result, 0);
	struct shared_standard *auto_free shared = calloc(1, sizeof(*shared));
	char id[STANDARD_ID];
	const char *resolved;
	int64_t version;
	enum err err;

	if (!shared)
		return err_set(info, ERR_NOMEM, "no memory for a standard");
	row_text(&r, id, sizeof(id));
	version = row_int(&r);
	row_skip(&r, 6);
	resolved = row_borrow(&r);
	err = row_end(&r, info);
	if (!err)
		err = store->readers->standard(resolved, strlen(resolved), &shared->standard, info);
	if (err == ERR_MALFORMED)
		return err_set(info, ERR_DB, "the stored standard %s cannot be read", id);
	if (err)
		return err;
	str_copy(shared->standard.id, sizeof(shared->standard.id), id);
	shared->standard.version = version;
	atomic_init(&shared->references, 1);
	keep(store, shared);
	*ret_standard = &STEAL(shared)->standard;
	return ERR_OK;
}

enum err standard_load(struct store *store, struct conn *c, const char *id, int64_t version,
		       const struct standard **ret_standard, struct err_info *info)
{
	const struct standard *cached = version ? find(store, id, version) : NULL;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	if (cached) {
		*ret_standard = cached;
		return ERR_OK;
	}
	params_init(&p);
	params_text(&p, id);
	params_int(&p, version);
	err = store_query(c, &b, QUERY_STANDARD_VERSION, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return err_set(info, ERR_NOT_FOUND, "没有标准 %s / there is no standard %s", id,
			       id);
	return read_version(store, batch_result(&b, 0), ret_standard, info);
}

enum err standard_chosen(struct store *store, struct conn *c, const PGresult *choice,
			 const struct standard **ret_standard, struct err_info *info)
{
	struct row r = row_at(choice, 0);
	char id[STANDARD_ID];
	int64_t version;
	enum err err;

	*ret_standard = NULL;
	if (!PQntuples(choice))
		return ERR_OK;
	row_text(&r, id, sizeof(id));
	version = row_int(&r);
	err = row_end(&r, info);
	return err ? err : standard_load(store, c, id, version, ret_standard, info);
}
