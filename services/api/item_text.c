/* SPDX-License-Identifier: Apache-2.0 */
#include "api/item_text.h"

#include "base/str.h"
#include "domain/county_report.h"
#include "json/figures.h"

#define TEXT_BYTES 2048 /* of one language */

/* The two languages of a text that is put together piece by piece. */
struct text {
	const struct standard *standard;
	const struct item_rule *item;
	const struct condition *c;
	struct buf zh;
	struct buf en;
};

static const char *const list_zh[ROOM_LIST_COUNT] = { "音乐", "美术" };
static const char *const list_en[ROOM_LIST_COUNT] = { "music", "art" };
static const char *const compare_zh[COMPARE_COUNT] = { "不低于", "高于", "不超过", "低于" };

static void both(struct text *t, const char *s)
{
	buf_str(&t->zh, s);
	buf_str(&t->en, s);
}

static double number(int64_t thousandths)
{
	return (double)thousandths / STANDARD_SCALE;
}

static double area(int64_t hundredths)
{
	return (double)hundredths / 100;
}

/* "urban_or_town" as words. */
static void add_words(struct buf *out, const char *name)
{
	for (; *name; name++)
		buf_printf(out, "%c", *name == '_' ? ' ' : *name);
}

/* Which schools: "每所城区、镇区公办小学". */
static void add_schools(struct text *t)
{
	const struct condition *c = t->c;

	for (int i = 0; i < FILTER_COUNT; i++) {
		if (!(c->filters & 1u << i))
			continue;
		buf_str(&t->zh, filter_zh[i]);
		buf_str(&t->en, " ");
		add_words(&t->en, filter_names[i]);
	}
	if (c->stage >= 0) {
		buf_str(&t->zh, stage_zh[c->stage]);
		buf_printf(&t->en, " %s", stage_names[c->stage]);
	} else {
		buf_str(&t->zh, "学校");
	}
	buf_str(&t->en, " school");
	if (c->students_below) {
		buf_printf(&t->zh, "(不足 %lld 名学生)", (long long)c->students_below);
		buf_printf(&t->en, " of fewer than %lld pupils", (long long)c->students_below);
	}
	if (c->teaching_points) {
		buf_str(&t->zh, "(含小规模教学点)");
		buf_str(&t->en, " (small teaching points, too)");
	}
}

static void add_term(struct text *t, const struct term *term, bool first)
{
	const bool summed = !t->c->each_school && term->source != SOURCE_ITEM;

	if (term->minus)
		both(t, first ? "− " : " − ");
	else if (!first)
		both(t, " + ");
	buf_printf(&t->zh, "%s%s", summed ? "各校" : "", term_zh(t->standard, term));
	if (term->source == SOURCE_ITEM && &t->standard->items[term->item] != t->item)
		buf_printf(&t->en, "%s.", t->standard->items[term->item].name);
	buf_printf(&t->en, "%s%s", summed ? "schools." : "", term_name(t->standard, term));
}

static void add_sum(struct text *t, const struct sum *sum, bool braces)
{
	if (braces && sum->n > 1)
		both(t, "(");
	for (int i = 0; i < sum->n; i++)
		add_term(t, &sum->terms[i], i == 0);
	if (braces && sum->n > 1)
		both(t, ")");
}

static void add_threshold(struct text *t, int64_t threshold)
{
	const struct condition *c = t->c;
	const char *sign = measure_signs[c->measure];

	buf_printf(&t->zh, "%s %.10g%s%s", compare_zh[c->compare], number(threshold),
		   c->measure == MEASURE_PERCENT ? "" : " ", sign);
	buf_printf(&t->en, " %s %.10g%s%s", compare_signs[c->compare], number(threshold),
		   c->measure == MEASURE_PERCENT ? " " : "",
		   c->measure == MEASURE_PERCENT ? sign : "");
}

/* A relief that the standard has switched off is none. */
static bool relieved(const struct text *t, int relief)
{
	return relief >= 0 && t->standard->reliefs[relief];
}

static void add_relief(struct text *t, int relief)
{
	buf_printf(&t->zh, ";%s", relief_zh[relief]);
	buf_str(&t->en, "; ");
	add_words(&t->en, relief_names[relief]);
	both(t, ":");
	buf_str(&t->en, " ");
}

static void add_ratio(struct text *t)
{
	const struct condition *c = t->c;
	const bool some = c->filters || c->stage >= 0 || c->students_below;

	if (c->each_school || some) {
		buf_str(&t->zh, c->each_school ? "每所" : "所计为每所");
		buf_str(&t->en, c->each_school ? "every" : "counting every");
		add_schools(t);
		both(t, ":");
		buf_str(&t->en, " ");
	}
	add_sum(t, &c->of, c->to.n > 0);
	if (c->to.n) {
		both(t, " ÷ ");
		add_sum(t, &c->to, true);
	}
	if (c->rule == RULE_GROWTH) {
		buf_str(&t->zh, ",比上一学年的增长");
		buf_str(&t->en, ", growth over the period before");
	}
	add_threshold(t, c->threshold);
	if (!relieved(t, c->relief))
		return;
	add_relief(t, c->relief);
	add_threshold(t, c->relief_threshold);
}

static void add_areas(struct text *t, const int64_t areas[ROOM_LIST_COUNT])
{
	for (int i = 0; i < ROOM_LIST_COUNT; i++) {
		buf_printf(&t->zh, "%s%s %.10g m²", i ? "、" : "", list_zh[i], area(areas[i]));
		buf_printf(&t->en, "%s%s %.10g m²", i ? ", " : "", list_en[i], area(areas[i]));
	}
}

static void add_rooms(struct text *t)
{
	const struct rooms_rule *r = &t->c->rooms;

	buf_printf(&t->zh,
		   "每所学校每 %d 个班,音乐、美术专用教室各 1 间以上,每间不小于:", r->classes);
	buf_printf(&t->en,
		   "every school: for each %d classes one music and one art room, of at least ",
		   r->classes);
	add_areas(t, r->area);
	if (relieved(t, RELIEF_older_rooms)) {
		buf_printf(&t->zh, ";%d 年及以前建成的学校:", r->older_founded);
		buf_printf(&t->en, "; schools founded up to %d: ", r->older_founded);
		add_areas(t, r->older_area);
	}
	if (!relieved(t, RELIEF_small_rural_rooms))
		return;
	buf_printf(&t->zh, ";不足 %d 名学生、各班不足 %d 人的乡村学校:小学 %.10g m²、初中 %.10g m²",
		   r->small_students, r->small_largest_class, area(r->small_area[STAGE_PRIMARY]),
		   area(r->small_area[STAGE_JUNIOR]));
	buf_printf(&t->en,
		   "; rural schools of fewer than %d pupils, every class below %d: primary %.10g "
		   "m², junior %.10g m²",
		   r->small_students, r->small_largest_class, area(r->small_area[STAGE_PRIMARY]),
		   area(r->small_area[STAGE_JUNIOR]));
}

static void add_flag(struct text *t)
{
	const struct declared_field *f = &t->item->fields[t->c->flag];

	if (t->c->rule == RULE_VETO) {
		buf_str(&t->zh, "一票否决:未发生该情形");
		buf_str(&t->en, "a veto: it did not happen");
		return;
	}
	if (str_equal(f->name, "confirmed"))
		buf_str(&t->zh, "已确认,并有依据");
	else
		buf_printf(&t->zh, "已确认(%s),并有依据", f->name);
	buf_printf(&t->en, "%s, with evidence", f->name);
}

static void add_rule(struct text *t)
{
	const struct condition *c = t->c;

	switch (c->rule) {
	case RULE_CONFIRMED:
	case RULE_VETO:
		add_flag(t);
		return;
	case RULE_RATIO:
	case RULE_GROWTH:
		add_ratio(t);
		return;
	case RULE_ROOMS:
		add_rooms(t);
		return;
	case RULE_SUBJECTS:
		buf_printf(&t->zh, "各科目学生学业水平不低于 %s 级,校际差异率低于 %.10g",
			   level_signs[c->level], (double)c->difference_below / DIFFERENCE_ONE);
		buf_printf(&t->en,
			   "every subject at level %s or above, difference between schools below "
			   "%.10g",
			   level_signs[c->level], (double)c->difference_below / DIFFERENCE_ONE);
		return;
	case RULE_GROUPS:
		buf_printf(&t->zh, "满意的有效答卷占有效答卷%s",
			   c->each_group ? "(各类人群及总体)" : "");
		buf_printf(&t->en, "satisfied of the valid answers%s",
			   c->each_group ? ", of each group and in total," : "");
		add_threshold(t, c->threshold);
		return;
	case RULE_COUNT:
		break;
	}
}

void item_text_condition(struct buf *out, const struct standard *standard, size_t item,
			 int condition)
{
	struct text t = { .standard = standard,
			  .item = &standard->items[item],
			  .c = &standard->items[item].conditions[condition] };

	buf_init(&t.zh, TEXT_BYTES);
	buf_init(&t.en, TEXT_BYTES);
	add_rule(&t);
	buf_printf(out, "%s / %s", t.zh.data, t.en.data);
	buf_release(&t.zh);
	buf_release(&t.en);
}
