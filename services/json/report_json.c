/* SPDX-License-Identifier: Apache-2.0 */
/* A school's report: { "stages": { … }, "site": { … }, "declared": { … } }, driven by the rows of
 * domain/fields.def. */
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"
#include "json/documents.h"
#include "json/merge_patch.h"
#include "json/reader.h"
#include "json/standard_reader.h"
#include "json/trees.h"
#include "json/write.h"

#define REPORT_BYTES_MAX (16u << 10) /* a report as we write it: every figure at its longest */

/* Members mostly come in the order of the table: `next`, the one behind the last that was found, is
 * looked at first. */
static int field_find(const struct field *fields, int n, const char *name, int next)
{
	if (next < n && str_equal(fields[next].name, name))
		return next;
	for (int i = 0; i < n; i++) {
		if (str_equal(fields[i].name, name))
			return i;
	}
	return -1;
}

static int stage_find(const char *name)
{
	for (int i = 0; i < STAGE_COUNT; i++) {
		if (str_equal(stage_names[i], name))
			return i;
	}
	return -1;
}

/* A part never exceeds its whole; figures that are missing or wrong say nothing. */
static void check_parts(struct reader *r, const struct part *parts, int n,
			const struct field *fields, const int64_t *figures)
{
	for (int i = 0; i < n; i++) {
		const int64_t part = figures[parts[i].part];
		const int64_t whole = figures[parts[i].whole];
		const struct field *w = &fields[parts[i].whole];
		const bool count = w->unit == UNIT_COUNT;
		char a[DECIMAL_TEXT], b[DECIMAL_TEXT];
		size_t mark;

		if (part == MISSING || whole == MISSING || part <= whole)
			continue;
		/* Counts are shown by the same two-decimal writer, without its decimals. */
		decimal_format(count ? part * DECIMAL_SCALE : part, a);
		decimal_format(count ? whole * DECIMAL_SCALE : whole, b);
		if (count) {
			*strchr(a, '.') = '\0';
			*strchr(b, '.') = '\0';
		}
		mark = reader_enter(r, fields[parts[i].part].name);
		reader_problem(r, "exceeds_whole",
			       "%s 超过%s (%s) 的 %s / %s exceeds %s of its whole, %s", a, w->zh,
			       w->name, b, a, b, w->name);
		reader_leave(r, mark);
	}
}

void report_check_parts(struct reader *r, const struct report *report)
{
	const size_t top = reader_enter(r, "stages");
	size_t mark;

	for (int s = 0; s < STAGE_COUNT; s++) {
		mark = reader_enter(r, stage_names[s]);
		check_parts(r, stage_parts, STAGE_PARTS, stage_fields, report->stages[s].figure);
		reader_leave(r, mark);
	}
	reader_leave(r, top);
	mark = reader_enter(r, "site");
	check_parts(r, site_parts, SITE_PARTS, site_fields, report->site);
	reader_leave(r, mark);
}

static void read_stage(struct reader *r, json_t *value, enum stage stage, struct report *out)
{
	struct stage_report *s = &out->stages[stage];
	const char *key;
	json_t *figure;
	int next = 0;

	if (!reader_is_object(r, value))
		return;
	if (json_object_size(value) == 0)
		reader_problem(r, "empty", "至少填报一项 / must report at least one figure");
	json_object_foreach(value, key, figure)
	{
		const int f = field_find(stage_fields, STAGE_FIELD_COUNT, key, next);
		size_t mark;

		next = f + 1;
		/* Senior pupils are reported for the split of shared sites only. */
		if (f < 0 || (stage == STAGE_SENIOR && f != STAGE_students)) {
			reader_unknown(r, key);
			continue;
		}
		mark = reader_enter(r, key);
		s->present = reader_count(r, figure, COUNT_MAX, &s->figure[f]) || s->present;
		reader_leave(r, mark);
	}
	check_parts(r, stage_parts, STAGE_PARTS, stage_fields, s->figure);
}

static void read_stages(struct reader *r, json_t *value, const struct kind *kind,
			struct report *out)
{
	const char *key;
	json_t *stage;

	if (!reader_is_object(r, value))
		return;
	if (json_object_size(value) == 0)
		reader_problem(r, "empty", "至少填报一个学段 / must report at least one stage");
	json_object_foreach(value, key, stage)
	{
		const int s = stage_find(key);
		size_t mark;

		if (s < 0) {
			reader_unknown(r, key);
			continue;
		}
		mark = reader_enter(r, key);
		if (kind && !kind_has_stage(kind, (enum stage)s))
			reader_problem(r, "not_of_kind",
				       "办学类型 %s 没有此学段 / schools of kind %s have no such "
				       "stage",
				       kind->code, kind->code);
		read_stage(r, stage, (enum stage)s, out);
		reader_leave(r, mark);
	}
}

static void read_rooms(struct reader *r, json_t *value, struct rooms *out)
{
	size_t i;
	json_t *area;

	if (!reader_is_array(r, value))
		return;
	if (json_array_size(value) > ROOMS_MAX) {
		reader_problem(r, "too_many", "最多 %d 间 / at most %d rooms", ROOMS_MAX,
			       ROOMS_MAX);
		return;
	}
	out->n = 0;
	json_array_foreach(value, i, area)
	{
		const size_t mark = reader_enter_index(r, i);

		if (reader_amount(r, area, &out->area[out->n]))
			out->n++;
		reader_leave(r, mark);
	}
}

/* Returns the place behind it, of the fields of a site. */
static int read_site_member(struct reader *r, const char *key, json_t *value, int next,
			    struct report *out)
{
	const int f = field_find(site_fields, SITE_FIELD_COUNT, key, next);
	const int l = f < 0 ? field_find(room_lists, ROOM_LIST_COUNT, key, 0) : -1;

	if (l >= 0)
		read_rooms(r, value, &out->rooms[l]);
	else if (f < 0)
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
	else if (site_fields[f].unit == UNIT_COUNT)
		(void)reader_count(r, value, COUNT_MAX, &out->site[f]);
	else
		(void)reader_amount(r, value, &out->site[f]);
	return f + 1;
}

static void read_site(struct reader *r, json_t *site, struct report *out)
{
	const char *key;
	json_t *value;
	int next = 0;

	if (!reader_is_object(r, site))
		return;
	json_object_foreach(site, key, value)
	{
		const size_t mark = reader_enter(r, key);

		next = read_site_member(r, key, value, next, out);
		reader_leave(r, mark);
	}
	check_parts(r, site_parts, SITE_PARTS, site_fields, out->site);
}

void report_add_declared(struct report *out, const char *name, int64_t value)
{
	int at = out->declared_n++;

	for (; at > 0 && strcmp(out->declared[at - 1].name, name) > 0; at--)
		out->declared[at] = out->declared[at - 1];
	str_copy(out->declared[at].name, sizeof(out->declared[at].name), name);
	out->declared[at].value = value;
}

/* What the names mean, the standard says: json_check_declared(). */
static void read_declared(struct reader *r, json_t *value, struct report *out)
{
	const char *key;
	json_t *figure;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, figure)
	{
		const size_t mark = reader_enter(r, key);
		int64_t hundredths = 0;

		if (!is_field_name(key))
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		else if (out->declared_n == DECLARED_MAX)
			reader_problem(r, "too_many", "最多 %d 项 / at most %d figures",
				       DECLARED_MAX, DECLARED_MAX);
		else if (reader_amount(r, figure, &hundredths))
			report_add_declared(out, key, hundredths);
		reader_leave(r, mark);
	}
}

enum err report_from_tree(struct reader *r, json_t *root, const struct kind *kind,
			  struct report *out)
{
	struct report report;
	const char *key;
	json_t *value;
	enum err e;

	report_init(&report);
	json_object_foreach(root, key, value)
	{
		const size_t mark = reader_enter(r, key);

		if (str_equal(key, "stages"))
			read_stages(r, value, kind, &report);
		else if (str_equal(key, "site"))
			read_site(r, value, &report);
		else if (str_equal(key, "declared"))
			read_declared(r, value, &report);
		else
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		reader_leave(r, mark);
	}
	if (!json_object_get(root, "stages"))
		reader_missing(r, "stages");
	if ((e = reader_result(r)) != ERR_OK)
		return e;
	*out = report;
	return ERR_OK;
}

enum err json_read_report(const char *body, size_t len, const struct kind *kind, struct report *out,
			  struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	return root ? report_from_tree(&r, root, kind, out) : e;
}

/* The stored report as the tree that a patch applies to. */
static enum err tree_of(const struct report *report, json_t **ret_tree)
{
	auto_buf struct buf text;

	buf_init(&text, REPORT_BYTES_MAX);
	buf_str(&text, "{");
	json_write_report(report, &text);
	buf_str(&text, "}");
	if (buf_failed(&text))
		return text.err;
	*ret_tree = json_loadb(text.data, text.len, 0, NULL);
	return *ret_tree ? ERR_OK : ERR_NOMEM;
}

enum err json_patch_report(const struct report *current, const char *patch, size_t len,
			   const struct kind *kind, struct report *out, struct problems *problems,
			   struct err_info *info)
{
	auto_json json_t *target = NULL, *root = NULL, *result = NULL;
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, patch, len, &root, info);
	if (!root)
		return e;
	e = tree_of(current, &target);
	if (e == ERR_OK)
		e = merge_patch(target, root, &result);
	if (e != ERR_OK)
		return err_set(info, e, "%s", err_text(e));
	return report_from_tree(&r, result, kind, out);
}

static void write_figure(struct buf *out, const struct field *field, int64_t value)
{
	if (value == MISSING)
		return;
	json_name(out, field->name);
	json_hundredths(out, field->unit == UNIT_COUNT ? value * DECIMAL_SCALE : value);
}

static void write_stage(struct buf *out, const struct stage_report *s)
{
	for (int f = 0; f < STAGE_FIELD_COUNT; f++)
		write_figure(out, &stage_fields[f], s->figure[f]);
}

static void write_rooms(struct buf *out, const struct field *list, const struct rooms *rooms)
{
	if (rooms->n < 0)
		return;
	json_name(out, list->name);
	buf_str(out, "[");
	for (int i = 0; i < rooms->n; i++) {
		if (i)
			buf_str(out, ",");
		json_hundredths(out, rooms->area[i]);
	}
	buf_str(out, "]");
}

static bool site_is_missing(const struct report *r)
{
	for (int f = 0; f < SITE_FIELD_COUNT; f++) {
		if (r->site[f] != MISSING)
			return false;
	}
	for (int l = 0; l < ROOM_LIST_COUNT; l++) {
		if (r->rooms[l].n >= 0)
			return false;
	}
	return true;
}

static void write_site(struct buf *out, const struct report *r)
{
	json_name(out, "site");
	buf_str(out, "{");
	for (int f = 0; f < SITE_FIELD_COUNT; f++)
		write_figure(out, &site_fields[f], r->site[f]);
	for (int l = 0; l < ROOM_LIST_COUNT; l++)
		write_rooms(out, &room_lists[l], &r->rooms[l]);
	buf_str(out, "}");
}

static void write_declared(struct buf *out, const struct report *r)
{
	json_name(out, "declared");
	buf_str(out, "{");
	for (int i = 0; i < r->declared_n; i++) {
		json_name(out, r->declared[i].name);
		json_hundredths(out, r->declared[i].value);
	}
	buf_str(out, "}");
}

void json_write_report(const struct report *r, struct buf *out)
{
	json_name(out, "stages");
	buf_str(out, "{");
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (!r->stages[s].present)
			continue;
		json_name(out, stage_names[s]);
		buf_str(out, "{");
		write_stage(out, &r->stages[s]);
		buf_str(out, "}");
	}
	buf_str(out, "}");
	if (!site_is_missing(r))
		write_site(out, r);
	if (r->declared_n)
		write_declared(out, r);
}
