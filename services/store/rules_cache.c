/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rules_cache.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "store/row.h"

/* What is handed out is its first member. The cache holds one reference itself. */
struct shared_rules {
	struct rule_set set;
	atomic_int references;
};

void rules_release(const struct rule_set *set)
{
	struct shared_rules *shared = (struct shared_rules *)(uintptr_t)set;

	if (!shared || atomic_fetch_sub(&shared->references, 1) != 1)
		return;
	free(shared->set.items);
	free(shared->set.calendars);
	free(shared);
}

void rules_forget(struct store *store)
{
	if (store->rules)
		rules_release(&store->rules->set);
	store->rules = NULL;
}

static const struct rule_set *find(struct store *store, int64_t epoch)
{
	const struct rule_set *found = NULL;

	pthread_mutex_lock(&store->rules_mutex);
	if (store->rules && store->rules->set.epoch == epoch) {
		atomic_fetch_add(&store->rules->references, 1);
		found = &store->rules->set;
	}
	pthread_mutex_unlock(&store->rules_mutex);
	return found;
}

/* The latest is kept. */
static void keep(struct store *store, struct shared_rules *shared)
{
	struct shared_rules *former = shared;

	pthread_mutex_lock(&store->rules_mutex);
	if (!store->rules || store->rules->set.epoch < shared->set.epoch) {
		former = store->rules;
		store->rules = shared;
		atomic_fetch_add(&shared->references, 1);
	}
	pthread_mutex_unlock(&store->rules_mutex);
	if (former && former != shared)
		rules_release(&former->set);
}

static enum err read_rule(struct store *store, const PGresult *result, int row,
			  struct alert_rule *out, struct err_info *info)
{
	struct row r = row_at(result, row);
	char region[COUNTY_CODE];
	const char *document;
	enum err err;

	row_text(&r, region, sizeof(region));
	row_text(&r, out->id, sizeof(out->id));
	out->version = row_int(&r);
	document = row_borrow(&r);
	err = row_end(&r, info);
	if (!err)
		err = store->readers->rule(document, strlen(document), out, info);
	if (err == ERR_MALFORMED)
		return err_set(info, ERR_DB, "the stored rule %s of '%s' cannot be read", out->id,
			       region);
	str_copy(out->region, sizeof(out->region), region);
	return err;
}

/* --- calendars ---------------------------------------------------------------------------- */

const struct calendar *rules_calendar(const struct rule_set *set, const char *county)
{
	for (size_t i = 1; i < set->calendars_n; i++) {
		if (str_starts(county, set->calendars[i].region))
			return &set->calendars[i].calendar;
	}
	return &set->calendars[0].calendar;
}

/* The calendar of a region, that begins as the country's is by now: its rows come first. */
static struct region_calendar *find_calendar(struct rule_set *set, const char *region)
{
	struct region_calendar *more;

	for (size_t i = 0; i < set->calendars_n; i++) {
		if (str_equal(set->calendars[i].region, region))
			return &set->calendars[i];
	}
	more = realloc(set->calendars, (set->calendars_n + 1) * sizeof(*more));
	if (!more)
		return NULL;
	set->calendars = more;
	more += set->calendars_n++;
	if (set->calendars_n == 1)
		memset(more, 0, sizeof(*more));
	else
		*more = set->calendars[0];
	str_copy(more->region, sizeof(more->region), region);
	return more;
}

/* Rows of region, year and document: the country's before all others. */
static enum err read_calendars(struct store *store, const PGresult *result, struct rule_set *set,
			       struct err_info *info)
{
	enum err err = find_calendar(set, "") ? ERR_OK : ERR_NOMEM;

	for (int i = 0; i < PQntuples(result) && !err; i++) {
		struct row r = row_at(result, i);
		struct region_calendar *c;
		char region[COUNTY_CODE];
		const char *document;
		int64_t year;

		row_text(&r, region, sizeof(region));
		year = row_int(&r);
		document = row_borrow(&r);
		err = row_end(&r, info);
		c = err ? NULL : find_calendar(set, region);
		if (!err && !c)
			err = ERR_NOMEM;
		if (!err && year >= DAY_FIRST_YEAR && year <= DAY_LAST_YEAR)
			err = store->readers->calendar(document, (int)year, !region[0],
						       &c->calendar.years[year - DAY_FIRST_YEAR],
						       info);
	}
	return err == ERR_NOMEM ? err_set(info, err, "no memory for calendars") : err;
}

/* --- the set ------------------------------------------------------------------------------- */

enum err rules_load(struct store *store, struct conn *c, int64_t epoch,
		    const struct rule_set **ret_set, struct err_info *info)
{
	const struct rule_set *cached = find(store, epoch);
	struct batch auto_batch b = { .n = 0 };
	struct shared_rules *shared;
	struct params p;
	enum err err = ERR_OK;

	*ret_set = cached;
	if (cached)
		return ERR_OK;
	params_init(&p);
	params_int(&p, RULES_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_RULE_ALL, &p);
	batch_add(&b, QUERY_CALENDAR_ALL, NULL);
	err = batch_run(&b, info);
	if (err)
		return err;
	shared = calloc(1, sizeof(*shared));
	if (!shared)
		return err_set(info, ERR_NOMEM, "no memory for rules");
	atomic_init(&shared->references, 1);
	shared->set.epoch = epoch;
	shared->set.n = (size_t)PQntuples(batch_result(&b, 0));
	shared->set.items = calloc(shared->set.n + 1, sizeof(shared->set.items[0]));
	if (!shared->set.items)
		err = err_set(info, ERR_NOMEM, "no memory for rules");
	for (size_t i = 0; i < shared->set.n && !err; i++)
		err = read_rule(store, batch_result(&b, 0), (int)i, &shared->set.items[i], info);
	if (!err)
		err = read_calendars(store, batch_result(&b, 1), &shared->set, info);
	if (err) {
		rules_release(&shared->set);
		return err;
	}
	keep(store, shared);
	*ret_set = &shared->set;
	return ERR_OK;
}
