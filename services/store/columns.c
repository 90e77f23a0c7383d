/* SPDX-License-Identifier: Apache-2.0 */
#include "store/columns.h"

#include <string.h>

#include "store/copy_row.h"

void school_params(struct params *p, const struct school *school)
{
	params_text(p, school->code);
	params_text(p, school->county);
	params_text_or(p, school->parent, "");
	params_text(p, school->name);
	params_text(p, school->kind);
	params_text(p, school->locale);
	params_int(p, school->sponsor);
	params_int(p, school->founded);
	params_bool(p, school->boarding);
	params_bool(p, school->dense_centre);
	params_bool(p, school->closed);
}

void school_columns(struct row *r, struct school *out)
{
	*out = (struct school){ .code = "" };
	row_text(r, out->code, sizeof(out->code));
	row_text(r, out->county, sizeof(out->county));
	row_text_or(r, out->parent, sizeof(out->parent), "");
	row_text(r, out->name, sizeof(out->name));
	row_text(r, out->kind, sizeof(out->kind));
	row_text(r, out->locale, sizeof(out->locale));
	out->sponsor = (int)row_int(r);
	out->founded = (int)row_int(r);
	out->boarding = row_bool(r);
	out->dense_centre = row_bool(r);
	out->closed = row_bool(r);
}

/* Of the senior stage only the pupils are kept: it is never judged. */
static int figures_kept(int stage)
{
	return stage == STAGE_SENIOR ? 1 : STAGE_FIELD_COUNT;
}
_Static_assert(STAGE_students == 0, "the pupils come first");

static void stage_params(struct params *p, const struct stage_report *stage, int n)
{
	for (int i = 0; i < n; i++)
		params_int_or(p, stage->present ? stage->figure[i] : MISSING, MISSING);
}

/* Counts are integers in SQL, all other figures have two decimals. */
static void site_params(struct params *p, const struct report *report)
{
	for (int i = 0; i < SITE_FIELD_COUNT; i++) {
		if (site_fields[i].unit == UNIT_COUNT)
			params_int_or(p, report->site[i], MISSING);
		else
			params_decimal(p, report->site[i]);
	}
}

/* Two lists side by side, or NULL when nothing was declared. */
static enum err declared_params(struct params *p, const struct report *report, struct array *names,
				struct array *values, struct err_info *info)
{
	const char *name_list, *value_list;

	if (!report->declared_n) {
		params_text(p, NULL);
		params_text(p, NULL);
		return ERR_OK;
	}
	for (int i = 0; i < report->declared_n; i++) {
		array_text(names, report->declared[i].name);
		array_decimal(values, report->declared[i].value);
	}
	name_list = array_end(names);
	value_list = array_end(values);
	if (!name_list || !value_list)
		return err_set(info, ERR_NOMEM, "no memory for declared figures");
	params_text(p, name_list);
	params_text(p, value_list);
	return ERR_OK;
}

enum err report_params(struct params *p, const struct report *report, struct report_arrays *arrays,
		       struct err_info *info)
{
	for (int i = 0; i < ROOM_LIST_COUNT + 2; i++)
		array_init(&arrays->list[i]);
	for (int i = 0; i < STAGE_COUNT; i++)
		stage_params(p, &report->stages[i], figures_kept(i));
	site_params(p, report);
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		const struct rooms *rooms = &report->rooms[i];
		const char *text = NULL;

		for (int k = 0; k < rooms->n; k++)
			array_decimal(&arrays->list[i], rooms->area[k]);
		if (rooms->n >= 0) {
			text = array_end(&arrays->list[i]);
			if (!text)
				return err_set(info, ERR_NOMEM, "no memory for a list of rooms");
		}
		params_text(p, text);
	}
	return declared_params(p, report, &arrays->list[ROOM_LIST_COUNT],
			       &arrays->list[ROOM_LIST_COUNT + 1], info);
}

void report_copy(struct buf *out, const struct report *report)
{
	for (int i = 0; i < STAGE_COUNT; i++) {
		const struct stage_report *stage = &report->stages[i];

		for (int k = 0; k < figures_kept(i); k++)
			copy_count(out, stage->present ? stage->figure[k] : MISSING);
	}
	for (int i = 0; i < SITE_FIELD_COUNT; i++) {
		if (site_fields[i].unit == UNIT_COUNT)
			copy_count(out, report->site[i]);
		else
			copy_decimal(out, report->site[i]);
	}
	for (int i = 0; i < ROOM_LIST_COUNT; i++)
		copy_rooms(out, &report->rooms[i]);
	copy_declared_names(out, report);
	copy_declared_values(out, report);
}

/* "{a,b}": names of ours, which need no quotes. */
static int declared_names(struct row *r, struct declared_figure out[DECLARED_MAX])
{
	const char *text = row_borrow(r);
	int n = 0;

	while (*text && n < DECLARED_MAX) {
		size_t len;

		text += strspn(text, "{,}");
		len = strcspn(text, ",}");
		if (!len || len >= sizeof(out[n].name))
			break;
		memcpy(out[n].name, text, len);
		out[n++].name[len] = '\0';
		text += len;
	}
	return n;
}

static void declared_columns(struct row *r, struct report *out)
{
	int64_t values[DECLARED_MAX];
	const int names = declared_names(r, out->declared);
	const int n = row_decimals(r, values, DECLARED_MAX);

	out->declared_n = n < names ? n : names;
	if (out->declared_n < 0)
		out->declared_n = 0;
	for (int i = 0; i < out->declared_n; i++)
		out->declared[i].value = values[i];
}

void report_columns(struct row *r, struct report *out)
{
	report_init(out);
	for (int i = 0; i < STAGE_COUNT; i++) {
		struct stage_report *stage = &out->stages[i];

		for (int k = 0; k < figures_kept(i); k++) {
			stage->figure[k] = row_int_or(r, MISSING);
			stage->present |= stage->figure[k] != MISSING;
		}
	}
	for (int i = 0; i < SITE_FIELD_COUNT; i++)
		out->site[i] = site_fields[i].unit == UNIT_COUNT ? row_int_or(r, MISSING)
								 : row_decimal_or(r, MISSING);
	for (int i = 0; i < ROOM_LIST_COUNT; i++)
		out->rooms[i].n = row_decimals(r, out->rooms[i].area, ROOMS_MAX);
	declared_columns(r, out);
}
