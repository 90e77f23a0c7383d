/* SPDX-License-Identifier: Apache-2.0 */
/* Judges counties: one county in JSON a line on stdin, its judgement in JSON a
 * line on stdout. For tests that compare with a computation of their own. */
#include <stdio.h>
#include <stdlib.h>

#include "base/auto.h"
#include "domain/dispersion.h"
#include "domain/items.h"
#include "lib/golden_read.h"

static const char *flag(bool b)
{
	return b ? "true" : "false";
}

static void print_value(const struct record_value *v, bool last)
{
	printf("[\"%s\",%s,%s,%s,%.17g,%lld]%s", status_names[v->status], flag(v->floor_met),
	       flag(v->rounding_sensitive), flag(v->relief), v->value, (long long)v->rounded,
	       last ? "" : ",");
}

static void print_record(const struct county_facts *facts, const struct record *r, bool last)
{
	printf("{\"school\":\"%s\",\"stage\":\"%s\",\"students\":",
	       facts->schools[r->school].school.code, stage_names[r->stage]);
	if (r->students == MISSING)
		printf("null");
	else
		printf("%lld", (long long)r->students);
	printf(",\"status\":\"%s\",\"met_count\":%d,\"values\":[", status_names[r->status],
	       r->met_count);
	for (int i = 0; i < INDICATORS; i++)
		print_value(&r->values[i], i == INDICATORS - 1);
	printf("]}%s", last ? "" : ",");
}

static void print_indicator(const struct indicator_judgement *j, const struct dispersion *d,
			    int indicator)
{
	printf(",\"%s\":{\"has_mean\":%s,\"has_cv\":%s,\"mean\":%.17g,\"sd\":%.17g,\"cv\":%.17g,"
	       "\"mean_rounded\":%lld,\"cv_rounded\":%lld,\"cv_status\":\"%s\","
	       "\"rounding_sensitive\":%s,\"records_met\":%zu,\"schools\":\"%s\",\"exact\":%s}",
	       indicators[indicator].code, flag(j->has_mean), flag(j->has_cv), j->mean, j->sd,
	       j->cv, (long long)j->mean_rounded, (long long)j->cv_rounded,
	       status_names[j->cv_status], flag(j->rounding_sensitive), j->records_met,
	       status_names[j->schools], flag(d->exact));
}

static void print_stage(const struct stage_judgement *j, int stage, const struct record *records,
			const struct standard *s)
{
	printf("\"%s\":{\"records\":%zu,\"records_met\":%zu,\"students\":%lld,\"schools\":\"%s\","
	       "\"status\":\"%s\",\"has_composite\":%s,\"composite_cv\":%.17g",
	       stage_names[stage], j->records, j->records_met, (long long)j->students,
	       status_names[j->schools], status_names[j->status], flag(j->has_composite),
	       j->composite_cv);
	for (int i = 0; i < INDICATORS; i++) {
		struct dispersion d;

		dispersion_compute(records, j->records, i, s->cv_limit[stage], &d);
		print_indicator(&j->indicators[i], &d, i);
	}
	printf("},");
}

static void print_condition(const struct condition_judgement *j, bool last)
{
	printf("[\"%s\",%s,%.17g,%lld,%s]%s", status_names[j->status], flag(j->has_value), j->value,
	       (long long)j->rounded, flag(j->rounding_sensitive), last ? "" : ",");
}

/* Codes of the schools of which an item has the status. */
static void print_schools(const struct golden_county *c, const struct merge_index *index,
			  const struct standard *s, size_t item, enum status status)
{
	static size_t list[COUNTY_SCHOOLS_MAX];
	const size_t n = item_schools(&c->facts, index, s, item, status, list, ARRAY_LEN(list));

	printf(",\"%s\":[", status_names[status]);
	for (size_t i = 0; i < n; i++)
		printf("\"%s\"%s", c->facts.schools[list[i]].school.code, i + 1 < n ? "," : "");
	printf("]");
}

static void print_item(const struct golden_county *c, const struct merge_index *index,
		       const struct standard *s, const struct item_judgement *j, size_t item)
{
	printf("%s\"%s\":{\"status\":\"%s\",\"rounding_sensitive\":%s,\"schools\":%zu,"
	       "\"conditions\":[",
	       item ? "," : "", s->items[item].name, status_names[j->status],
	       flag(j->rounding_sensitive), j->schools);
	for (int i = 0; i < j->n; i++)
		print_condition(&j->conditions[i], i == j->n - 1);
	printf("],\"reliefs\":{");
	for (int r = 0; r < RELIEF_COUNT; r++)
		printf("%s\"%s\":%zu", r ? "," : "", relief_names[r], j->relieved[r]);
	printf("}");
	for (int status = 0; status < STATUS_NOT_APPLICABLE; status++)
		print_schools(c, index, s, item, (enum status)status);
	printf("}");
}

static void print_items(const struct golden_county *c, const struct standard *s,
			const struct county_judgement *j)
{
	static struct merge_index index;

	merge_index_init(&index, &c->facts);
	printf("\"items\":{");
	for (size_t i = 0; i < j->items_n; i++)
		print_item(c, &index, s, &j->items[i], i);
	printf("},");
}

static bool judge(const json_t *doc, const json_t *base)
{
	static struct county_judgement j;
	static struct standard s;
	struct golden_county c;
	size_t n = 0, at = 0;

	if (!golden_read(doc, base, &s, &c))
		return false;
	if (county_judge(&c.facts, &s, c.records, c.cap, &n, &j)) {
		golden_free(&c);
		return false;
	}
	printf("{\"verdict\":\"%s\",\"missing_schools\":%zu,", verdict_names[j.verdict],
	       j.missing_schools);
	for (int stage = 0; stage < JUDGED_STAGES; stage++) {
		print_stage(&j.stages[stage], stage, c.records + at, &s);
		at += j.stages[stage].records;
	}
	print_items(&c, &s, &j);
	printf("\"records\":[");
	for (size_t i = 0; i < n; i++)
		print_record(&c.facts, &c.records[i], i == n - 1);
	printf("]}\n");
	golden_free(&c);
	return true;
}

int main(void)
{
	json_t *base = json_load_file(GOLDEN_STANDARD, 0, NULL);
	json_t *doc;
	int line = 0, failed = 0;

	if (!base) {
		fprintf(stderr, "judge: cannot read %s: start me in the repository\n",
			GOLDEN_STANDARD);
		return 2;
	}
	while (!failed && (doc = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL))) {
		line++;
		failed = !judge(doc, base);
		json_decref(doc);
	}
	json_decref(base);
	if (failed)
		fprintf(stderr, "judge: county %d could not be judged\n", line);
	return failed;
}
