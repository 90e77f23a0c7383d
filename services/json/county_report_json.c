/* SPDX-License-Identifier: Apache-2.0 */
/* What a county itself reports, driven by the items of its standard. Read strictly when it comes
 * in, leniently when it is judged: by then the standard may be another one. */
#include <string.h>

#include "base/str.h"
#include "json/documents.h"
#include "json/merge_patch.h"
#include "json/reader.h"
#include "json/trees.h"

#define SUBJECT_CHARS  20
#define EVIDENCE_SIZE  (EVIDENCE_CHARS * 4 + 1)
#define DIFFERENCE_MAX (INT64_C(9) * DIFFERENCE_ONE)

static const char *const levels[LEVEL_MAX] = { "I", "II", "III", "IV", "V", "VI" };

/* An item as it is read: what its standard says of it, and where its figures go. */
struct target {
	struct reader *r;
	const struct item_rule *rule;
	struct item_report *report;
	struct county_report *whole;
	bool evidence;
};

static bool has_rule(const struct item_rule *item, enum rule rule)
{
	for (int k = 0; k < item->n; k++) {
		if (item->conditions[k].rule == rule)
			return true;
	}
	return false;
}

/* --- S1: answers by group ------------------------------------------------------------------- */

static void read_answers(struct reader *r, json_t *value, struct answers *out)
{
	const char *key;
	json_t *number;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, number)
	{
		const size_t mark = reader_enter(r, key);

		if (str_equal(key, "valid"))
			(void)reader_count(r, number, COUNT_MAX, &out->valid);
		else if (str_equal(key, "satisfied"))
			(void)reader_count(r, number, COUNT_MAX, &out->satisfied);
		else
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		reader_leave(r, mark);
	}
	if (!json_object_get(value, "valid"))
		reader_missing(r, "valid");
	if (!json_object_get(value, "satisfied"))
		reader_missing(r, "satisfied");
	if (out->valid != MISSING && out->satisfied > out->valid) {
		const size_t mark = reader_enter(r, "satisfied");

		reader_problem(r, "exceeds_whole",
			       "满意 %lld 超过有效 %lld / %lld satisfied exceed %lld valid answers",
			       (long long)out->satisfied, (long long)out->valid,
			       (long long)out->satisfied, (long long)out->valid);
		reader_leave(r, mark);
	}
}

static void read_groups(struct target *t, json_t *value)
{
	const char *key;
	json_t *group;

	if (!reader_is_object(t->r, value))
		return;
	if (json_object_size(value) == 0)
		reader_problem(t->r, "empty", "至少填报一个群体 / must report at least one group");
	json_object_foreach(value, key, group)
	{
		const size_t mark = reader_enter(t->r, key);
		int g = 0;

		while (g < ANSWER_GROUPS && !str_equal(answer_group_names[g], key))
			g++;
		if (g == ANSWER_GROUPS)
			reader_problem(
				t->r, "unknown_field",
				"须为 students parents teachers heads deputies others / must "
				"be one of these");
		else
			read_answers(t->r, group, &t->whole->answers[g]);
		reader_leave(t->r, mark);
	}
}

/* --- Q9: subjects ----------------------------------------------------------------------------- */

/* "III", "Ⅲ" or 3. */
static void read_level(struct reader *r, const json_t *value, int *out)
{
	const char *text = json_string_value(value);

	for (int i = 0; i < LEVEL_MAX; i++) {
		const bool is =
			text ? str_equal(text, levels[i]) || str_equal(text, level_signs[i + 1])
			     : json_is_integer(value) && json_integer_value(value) == i + 1;

		if (is)
			*out = i + 1;
	}
	if (*out == 0)
		reader_problem(r, "not_allowed", "须为 \"I\" 到 \"VI\" / must be \"I\" to \"VI\"");
}

static void read_subject_member(struct reader *r, const char *key, const json_t *value,
				struct subject *out)
{
	if (str_equal(key, "subject"))
		(void)reader_text(r, value, SUBJECT_CHARS, out->name, sizeof(out->name));
	else if (str_equal(key, "level"))
		read_level(r, value, &out->level);
	else if (str_equal(key, "difference"))
		(void)reader_scaled(r, value, 6, DIFFERENCE_MAX, &out->difference);
	else
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
}

static void read_subject(struct reader *r, json_t *value, struct subject *out)
{
	static const char *const needed[] = { "subject", "level", "difference" };
	const char *key;
	json_t *member;

	if (!reader_is_object(r, value))
		return;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(r, key);

		read_subject_member(r, key, member, out);
		reader_leave(r, mark);
	}
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (!json_object_get(value, needed[i]))
			reader_missing(r, needed[i]);
	}
}

static bool is_twice(const struct county_report *whole, int at)
{
	for (int i = 0; i < at; i++) {
		if (str_equal(whole->subjects[i].name, whole->subjects[at].name))
			return true;
	}
	return false;
}

static void read_subjects(struct target *t, json_t *value)
{
	struct county_report *whole = t->whole;
	json_t *subject;
	size_t i;

	if (!reader_is_array(t->r, value))
		return;
	if (json_array_size(value) == 0 || json_array_size(value) > SUBJECTS_MAX) {
		reader_problem(t->r, "too_many", "须有 1 到 %d 个学科 / must have 1 to %d subjects",
			       SUBJECTS_MAX, SUBJECTS_MAX);
		return;
	}
	whole->subjects_n = 0;
	json_array_foreach(value, i, subject)
	{
		const size_t mark = reader_enter_index(t->r, i);
		struct subject *out = &whole->subjects[whole->subjects_n];

		*out = (struct subject){ .level = 0 };
		read_subject(t->r, subject, out);
		if (out->name[0] && is_twice(whole, whole->subjects_n))
			reader_problem(t->r, "duplicate_key",
				       "学科重复 / the subject is there twice");
		whole->subjects_n++;
		reader_leave(t->r, mark);
	}
}

/* --- an item ---------------------------------------------------------------------------------- */

static void read_figure(struct target *t, const json_t *value, int f)
{
	const struct declared_field *field = &t->rule->fields[f];
	int64_t *out = &t->report->figure[f];
	bool flag = false;

	if (field->flag) {
		if (reader_bool(t->r, value, &flag))
			*out = flag;
	} else if (field->unit == UNIT_COUNT) {
		(void)reader_count(t->r, value, COUNT_MAX, out);
	} else {
		(void)reader_amount(t->r, value, out);
	}
}

static void read_evidence(struct target *t, const json_t *value)
{
	char text[EVIDENCE_SIZE];

	t->evidence = true;
	(void)reader_text(t->r, value, EVIDENCE_CHARS, text, sizeof(text));
}

static void read_member(struct target *t, const char *key, json_t *value)
{
	const int f = declared_field_find(t->rule->fields, t->rule->fields_n, key);

	if (f >= 0)
		read_figure(t, value, f);
	else if (str_equal(key, "evidence"))
		read_evidence(t, value);
	else if (str_equal(key, "groups") && has_rule(t->rule, RULE_GROUPS))
		read_groups(t, value);
	else if (str_equal(key, "subjects") && has_rule(t->rule, RULE_SUBJECTS))
		read_subjects(t, value);
	else
		reader_problem(t->r, "unknown_field", "%s 没有此字段 / %s has no such field",
			       t->rule->name, t->rule->name);
}

/* What is said to be so must be shown. */
static void check_evidence(struct target *t)
{
	for (int f = 0; f < t->rule->fields_n; f++) {
		if (!t->rule->fields[f].flag || t->report->figure[f] != 1 || t->evidence)
			continue;
		reader_missing(t->r, "evidence");
		return;
	}
}

static void read_item(struct target *t, json_t *value)
{
	const char *key;
	json_t *member;

	if (!reader_is_object(t->r, value))
		return;
	if (json_object_size(value) == 0)
		reader_problem(t->r, "empty", "至少填报一项 / must report something");
	t->report->reported = true;
	json_object_foreach(value, key, member)
	{
		const size_t mark = reader_enter(t->r, key);

		read_member(t, key, member);
		reader_leave(t->r, mark);
	}
	check_evidence(t);
}

/* --- shares: a part never exceeds its whole ---------------------------------------------- */

/* The least or the most that fields of items can come to: what is missing counts as nothing, for
 * no figure is negative. False when that bounds nothing, or a field is not the county's own. */
static bool bound_of(const struct county_report *report, const struct sum *sum, bool most,
		     int64_t *out)
{
	*out = 0;
	for (int i = 0; i < sum->n; i++) {
		const struct term *term = &sum->terms[i];
		const int64_t figure = term->source == SOURCE_ITEM
					       ? report->items[term->item].figure[term->field]
					       : MISSING;

		if (figure != MISSING)
			*out += term->minus ? -figure : figure;
		else if (term->source != SOURCE_ITEM || term->minus != most)
			return false;
	}
	return true;
}

static bool is_share(const struct condition *c, const struct county_report *report)
{
	int64_t of, to;

	if (bound_of(report, &c->of, true, &of) && of < 0)
		return false;
	return !bound_of(report, &c->of, false, &of) || !bound_of(report, &c->to, true, &to) ||
	       of <= to;
}

/* At the first field of the part: the one that the share is about. */
static void check_share(struct reader *r, const struct standard *s, const struct condition *c,
			const struct county_report *report)
{
	const struct term *first = &c->of.terms[0];
	size_t item, mark;

	if (!c->share || c->each_school || is_share(c, report))
		return;
	item = reader_enter(r, s->items[first->item].name);
	mark = reader_enter(r, s->items[first->item].fields[first->field].name);
	reader_problem(
		r, "exceeds_whole",
		"部分须在 0 与整体之间,比例不超过 100%% / the part must lie between 0 and its "
		"whole: a percentage is not above 100");
	reader_leave(r, mark);
	reader_leave(r, item);
}

static void check_shares(struct reader *r, const struct standard *s,
			 const struct county_report *report)
{
	for (int i = 0; i < s->items_n; i++) {
		for (int k = 0; k < s->items[i].n; k++)
			check_share(r, s, &s->items[i].conditions[k], report);
	}
}

/* --- the document ------------------------------------------------------------------------- */

/* Says which there are, as far as there is room. */
static void unknown_item(struct reader *r, const struct standard *s)
{
	char names[130] = "";

	for (int i = 0; i < s->items_n; i++) {
		const size_t len = strlen(names);
		const bool fits = len + strlen(s->items[i].name) + sizeof(" …") < sizeof(names);

		str_copy(names + len, sizeof(names) - len, len ? " " : "");
		str_copy(names + strlen(names), sizeof(names) - strlen(names),
			 fits ? s->items[i].name : "…");
		if (!fits)
			break;
	}
	reader_problem(r, "unknown_item", "标准没有此项,有 / no such item, there are: %s", names);
}

/* strict: an item that the standard does not have is a mistake, not something left out. */
static void read_items(struct reader *r, json_t *items, const struct standard *s, bool strict,
		       struct county_report *out)
{
	const char *key;
	json_t *value;

	json_object_foreach(items, key, value)
	{
		const int i = standard_item(s, key);
		const size_t mark = reader_enter(r, key);

		if (i >= 0) {
			struct target t = { r, &s->items[i], &out->items[i], out, false };

			read_item(&t, value);
		} else if (strict) {
			unknown_item(r, s);
		}
		reader_leave(r, mark);
	}
}

/* The items again, in the standard's order; levels in one spelling. */
static json_t *canonical(json_t *items, const struct standard *s,
			 const struct county_report *report)
{
	json_t *out = json_object();

	for (int i = 0; out && i < s->items_n; i++) {
		json_t *item = json_object_get(items, s->items[i].name);
		json_t *subjects = json_object_get(item, "subjects");
		json_t *subject;
		size_t k;

		if (!item)
			continue;
		json_array_foreach(subjects, k, subject)
		{
			if (json_object_set_new(subject, "level",
						json_string(levels[report->subjects[k].level - 1])))
				return json_decref(out), NULL;
		}
		if (json_object_set(out, s->items[i].name, item))
			return json_decref(out), NULL;
	}
	return out;
}

static enum err write_text(json_t *items, const struct standard *s,
			   const struct county_report *report, struct buf *out)
{
	auto_json json_t *sorted = canonical(items, s, report);
	auto_free char *text = NULL;

	if (sorted)
		text = json_dumps(sorted, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (!text)
		return ERR_NOMEM;
	buf_str(out, "{\"items\":");
	buf_str(out, text);
	buf_str(out, "}");
	return buf_failed(out) ? out->err : ERR_OK;
}

enum err county_report_from_tree(struct reader *r, json_t *root, const struct standard *s,
				 struct county_report *out, struct buf *ret_text)
{
	struct county_report *auto_free report = calloc(1, sizeof(*report));
	json_t *items = json_object_get(root, "items");
	const char *key;
	json_t *value;
	size_t mark;
	enum err e;

	if (!report)
		return ERR_NOMEM;
	county_report_init(report);
	json_object_foreach(root, key, value)
	{
		if (!str_equal(key, "items"))
			reader_unknown(r, key);
	}
	if (!items)
		reader_missing(r, "items");
	mark = reader_enter(r, "items");
	if (items && reader_is_object(r, items)) {
		read_items(r, items, s, true, report);
		check_shares(r, s, report);
	}
	reader_leave(r, mark);
	e = reader_result(r);
	if (e == ERR_OK)
		e = write_text(items, s, report, ret_text);
	if (e == ERR_OK)
		*out = *report;
	return e;
}

enum err json_read_county_report(const char *body, size_t len, const struct standard *standard,
				 struct county_report *out, struct buf *ret_text,
				 struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	return root ? county_report_from_tree(&r, root, standard, out, ret_text) : e;
}

enum err json_patch_county_report(const char *current, const char *patch, size_t len,
				  const struct standard *standard, struct county_report *out,
				  struct buf *ret_text, struct problems *problems,
				  struct err_info *info)
{
	auto_json json_t *target = json_loads(current, 0, NULL);
	auto_json json_t *root = NULL, *result = NULL;
	struct reader r;
	enum err e;

	if (!target)
		return err_set(info, ERR_DB, "a stored county report is no JSON");
	reader_init(&r, problems);
	e = reader_load(&r, patch, len, &root, info);
	if (!root)
		return e;
	e = merge_patch(target, root, &result);
	if (e != ERR_OK)
		return err_set(info, e, "%s", err_text(e));
	return county_report_from_tree(&r, result, standard, out, ret_text);
}

enum err json_parse_county_report(const char *text, size_t len, const struct standard *standard,
				  struct county_report *out, struct err_info *info)
{
	struct problems *auto_free ignored = calloc(1, sizeof(*ignored));
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	if (!ignored)
		return ERR_NOMEM;
	reader_init(&r, ignored);
	e = reader_load(&r, text, len, &root, info);
	if (!root)
		return e == ERR_INVALID ? ERR_MALFORMED : e;
	county_report_init(out);
	read_items(&r, json_object_get(root, "items"), standard, false, out);
	return ERR_OK;
}
