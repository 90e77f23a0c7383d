/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "domain/day.h"
#include "store/row.h"
#include "store/summary_head.h"

const char *const county_state_names[COUNTY_STATES] = { "met", "not_met", "incomplete",
							"not_computed", "no_reports" };

bool county_state_parse(const char *name, enum county_state *ret_state)
{
	for (int i = 0; i < COUNTY_STATES; i++) {
		if (str_equal(name, county_state_names[i])) {
			*ret_state = (enum county_state)i;
			return true;
		}
	}
	return false;
}

enum err summary_head_read(struct conn *c, const char *code, const char *period,
			   struct summary_head *out, struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct summary_head head;
	struct params p;
	struct row r;
	enum err err;

	params_init(&p);
	params_text(&p, code);
	params_text(&p, period);
	batch_init(&b, c);
	batch_add(&b, QUERY_SNAPSHOT_BEGIN, NULL);
	batch_add(&b, QUERY_SUMMARY_HEAD, &p);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 1)))
		return err_set(info, ERR_NOT_FOUND, "没有登记的地区 %s / no such region: %s", code,
			       code);
	r = row_at(batch_result(&b, 1), 0);
	memset(&head, 0, sizeof(head));
	str_copy(head.region.code, sizeof(head.region.code), code);
	row_text(&r, head.region.name, sizeof(head.region.name));
	row_text(&r, head.region.targets, sizeof(head.region.targets));
	row_text_or(&r, head.period, sizeof(head.period), "");
	row_text_or(&r, head.previous, sizeof(head.previous), "");
	err = row_end(&r, info);
	if (err)
		return err;
	if (!head.period[0])
		return err_set(info, ERR_NOT_FOUND,
			       "该地区各县都没有数据 / no county of that region has data");
	*out = head;
	return ERR_OK;
}

/* Codes with commas between, each of them six digits; at most `max`. */
static size_t read_codes(const char *text, char (*out)[COUNTY_CODE], size_t max)
{
	size_t n = (strlen(text) + 1) / COUNTY_CODE;

	if (n > max)
		n = max;
	for (size_t i = 0; i < n; i++) {
		memcpy(out[i], text + i * COUNTY_CODE, COUNTY_CODE - 1);
		out[i][COUNTY_CODE - 1] = '\0';
	}
	return n;
}

static enum err read_code_list(const char *text, struct code_list *out, struct err_info *info)
{
	const size_t max = (strlen(text) + 1) / COUNTY_CODE;

	if (!max)
		return ERR_OK;
	out->codes = calloc(max, sizeof(out->codes[0]));
	if (!out->codes)
		return err_set(info, ERR_NOMEM, "no memory for %zu counties", max);
	out->n = read_codes(text, out->codes, max);
	return ERR_OK;
}

/* Times are written with the same number of digits: their texts are ordered as they are. */
static void widen(struct region_summary *s, const char *first, const char *last)
{
	if (!first[0])
		return;
	if (!s->computed_first[0] || strcmp(first, s->computed_first) < 0)
		str_copy(s->computed_first, sizeof(s->computed_first), first);
	if (strcmp(last, s->computed_last) > 0)
		str_copy(s->computed_last, sizeof(s->computed_last), last);
}

static void read_recognition(struct row *r, int64_t total, struct recognition *out,
			     struct recognition *sum)
{
	out->recognised = row_int(r);
	out->on_track = row_int(r);
	out->lagging = row_int(r);
	out->undecided = total - out->recognised - out->on_track - out->lagging;
	sum->recognised += out->recognised;
	sum->on_track += out->on_track;
	sum->lagging += out->lagging;
	sum->undecided += out->undecided;
}

static enum err read_prefecture(struct row *r, struct region_summary *s,
				struct prefecture_summary *out, struct err_info *info)
{
	char first[TIME_TEXT], last[TIME_TEXT];
	int64_t total = 0;

	row_text(r, out->code, sizeof(out->code));
	row_text(r, out->name, sizeof(out->name));
	for (int i = 0; i < COUNTY_STATES; i++) {
		out->counties[i] = row_int(r);
		s->counties[i] += out->counties[i];
		total += out->counties[i];
	}
	read_recognition(r, total, &out->recognition, &s->recognition);
	s->behind += row_int(r);
	s->missing_schools += row_int(r);
	row_text_or(r, first, sizeof(first), "");
	row_text_or(r, last, sizeof(last), "");
	widen(s, first, last);
	return row_end(r, info);
}

static enum err read_counties(const PGresult *result, struct region_summary *s,
			      struct err_info *info)
{
	const size_t n = (size_t)PQntuples(result);

	s->prefectures = calloc(n + 1, sizeof(s->prefectures[0]));
	if (!s->prefectures)
		return err_set(info, ERR_NOMEM, "no memory for %zu prefectures", n);
	s->n_prefectures = n;
	for (size_t i = 0; i < n; i++) {
		struct row r = row_at(result, (int)i);
		const enum err err = read_prefecture(&r, s, &s->prefectures[i], info);

		if (err)
			return err;
	}
	return ERR_OK;
}

/* A row of each year, and one of all, which names those that fell back. */
static enum err read_recognised(const PGresult *result, struct region_summary *s,
				struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		const int64_t year = row_int_or(&r, 0); /* NULL: all */
		const int64_t counties = row_int(&r);
		const char *failing = row_borrow(&r);
		enum err err = row_end(&r, info);

		if (!err && !year)
			err = read_code_list(failing, &s->recognised_failing, info);
		else if (!err && year >= YEARS_FIRST && year < YEARS_FIRST + YEARS)
			s->recognised_in[year - YEARS_FIRST] = counties;
		if (err)
			return err;
	}
	return ERR_OK;
}

static enum err read_stages(const PGresult *result, struct region_summary *s, struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		const char *name = row_borrow(&r);
		struct stage_summary stage;
		enum err err;

		stage.records = row_int(&r);
		stage.records_met = row_int(&r);
		stage.students = row_int(&r);
		err = row_end(&r, info);
		if (err)
			return err;
		for (int j = 0; j < JUDGED_STAGES; j++) {
			if (str_equal(stage_names[j], name))
				s->stages[j] = stage;
		}
	}
	return ERR_OK;
}

/* Both are ordered by prefecture, and the worst item of each comes first. */
static void note_worst(struct region_summary *s, size_t *at, const char *prefecture,
		       const struct item_summary *item)
{
	struct prefecture_summary *p;

	while (*at < s->n_prefectures && !str_equal(s->prefectures[*at].code, prefecture))
		++*at;
	if (*at == s->n_prefectures)
		return;
	p = &s->prefectures[*at];
	if (p->most_failing[0] || !item->not_met)
		return;
	str_copy(p->most_failing, sizeof(p->most_failing), item->item);
	p->most_failing_counties = item->not_met;
}

/* After read_counties(). Rows without a prefecture are the region's, and come first. */
static enum err read_items(const PGresult *result, struct region_summary *s, struct err_info *info)
{
	const size_t n = (size_t)PQntuples(result);
	size_t at = 0;

	s->items = calloc(n + 1, sizeof(s->items[0]));
	if (!s->items)
		return err_set(info, ERR_NOMEM, "no memory for %zu items", n);
	for (size_t i = 0; i < n; i++) {
		struct row r = row_at(result, (int)i);
		struct item_summary item = { .n = 0 };
		char prefecture[COUNTY_CODE];
		enum err err;

		row_text_or(&r, prefecture, sizeof(prefecture), "");
		row_text(&r, item.item, sizeof(item.item));
		item.not_met = row_int(&r);
		item.no_data = row_int(&r);
		item.undefined = row_int(&r);
		item.n = read_codes(row_borrow(&r), item.counties, ITEM_COUNTIES);
		err = row_end(&r, info);
		if (err)
			return err;
		if (prefecture[0])
			note_worst(s, &at, prefecture, &item);
		else
			s->items[s->n_items++] = item;
	}
	return ERR_OK;
}

static enum err read_failing(const PGresult *result, struct region_summary *s,
			     struct err_info *info)
{
	for (int i = 0; i < PQntuples(result); i++) {
		struct row r = row_at(result, i);
		const int64_t items = row_int(&r);
		const int64_t counties = row_int(&r);
		const enum err err = row_end(&r, info);

		if (err)
			return err;
		if (items < 0 || items > ITEMS_MAX)
			return err_set(info, ERR_DB, "more items fail than there are");
		s->failing[items] = counties;
	}
	return ERR_OK;
}

static enum err read_moves(const PGresult *result, struct region_summary *s, struct err_info *info)
{
	struct row r = row_at(result, 0);
	enum err err;

	s->compared = row_int(&r);
	err = read_code_list(row_borrow(&r), &s->newly_met, info);
	if (!err)
		err = read_code_list(row_borrow(&r), &s->newly_failing, info);
	return err ? err : row_end(&r, info);
}

struct get {
	const char *code;
	const char *period;
	struct region_summary *out;
};

static void add_statements(struct batch *b, const struct summary_head *head, const char *year)
{
	struct params p, items, moves, years;

	params_init(&p);
	params_text(&p, head->region.code);
	params_text(&p, head->period);
	items = moves = years = p;
	params_text(&years, year);
	params_int(&items, ITEM_COUNTIES);
	params_text(&moves, head->previous);
	batch_add(b, QUERY_SUMMARY_COUNTIES, &years);
	batch_add(b, QUERY_SUMMARY_RECOGNISED, &years);
	batch_add(b, QUERY_SUMMARY_STAGES, &p);
	batch_add(b, QUERY_SUMMARY_ITEMS, &items);
	batch_add(b, QUERY_SUMMARY_FAILING, &p);
	batch_add(b, QUERY_SUMMARY_MOVES, &moves);
	batch_add(b, QUERY_TXN_COMMIT, NULL);
}

typedef enum err reading(const PGresult *result, struct region_summary *s, struct err_info *info);

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	static reading *const readings[] = { read_counties, read_recognised, read_stages,
					     read_items,    read_failing,    read_moves };
	const struct get *g = context;
	struct region_summary auto_summary s = { .items = NULL };
	struct batch auto_batch b = { .n = 0 };
	struct summary_head head;
	enum err err = summary_head_read(c, g->code, g->period, &head, info);

	if (err)
		return err;
	day_year_text(day_in_china(time_now_us()), s.year);
	batch_init(&b, c);
	add_statements(&b, &head, s.year);
	err = batch_run(&b, info);
	for (int i = 0; i < (int)ARRAY_LEN(readings) && !err; i++)
		err = readings[i](batch_result(&b, i), &s, info);
	if (err)
		return err;
	s.region = head.region;
	str_copy(s.period, sizeof(s.period), head.period);
	str_copy(s.previous, sizeof(s.previous), head.previous);
	*g->out = s;
	s = (struct region_summary){ .items = NULL };
	return ERR_OK;
}

enum err store_summary_get(struct store *store, const char *code, const char *period,
			   struct region_summary *out, struct err_info *info)
{
	struct get g = { code, period, out };

	return store_run(store, get_work, &g, info);
}

void store_summary_release(struct region_summary *s)
{
	free(s->items);
	free(s->prefectures);
	free(s->recognised_failing.codes);
	free(s->newly_met.codes);
	free(s->newly_failing.codes);
	*s = (struct region_summary){ .items = NULL };
}
