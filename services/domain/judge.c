/* SPDX-License-Identifier: Apache-2.0 */
#include "domain/judge.h"

#include "base/str.h"
#include "domain/dispersion.h"
#include "domain/items.h"
#include "domain/merged.h"
#include "domain/record.h"

const char *const status_names[STATUS_COUNT] = {
	[STATUS_MET] = "met",
	[STATUS_NOT_MET] = "not_met",
	[STATUS_NO_DATA] = "no_data",
	[STATUS_UNDEFINED] = "undefined",
	[STATUS_NOT_APPLICABLE] = "not_applicable",
};

const char *const verdict_names[VERDICT_COUNT] = {
	[VERDICT_MET] = "met",
	[VERDICT_NOT_MET] = "not_met",
	[VERDICT_INCOMPLETE] = "incomplete",
};

bool status_parse(const char *name, enum status *ret_status)
{
	for (int i = 0; i < STATUS_COUNT; i++) {
		if (str_equal(name, status_names[i])) {
			*ret_status = (enum status)i;
			return true;
		}
	}
	return false;
}

bool verdict_parse(const char *name, enum verdict *ret_verdict)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		if (str_equal(name, verdict_names[i])) {
			*ret_verdict = (enum verdict)i;
			return true;
		}
	}
	return false;
}

/* The records of one stage, and what is not among them. */
struct stage_facts {
	enum stage stage;
	const struct record *records;
	size_t n;
	size_t missing; /* schools of the stage that have not reported */
};

enum status status_of_all(size_t n, size_t failed, size_t unknown)
{
	if (failed)
		return STATUS_NOT_MET;
	if (unknown)
		return STATUS_NO_DATA;
	return n ? STATUS_MET : STATUS_NOT_APPLICABLE;
}

enum status status_worst(enum status a, enum status b)
{
	static const int rank[STATUS_COUNT] = {
		[STATUS_NOT_APPLICABLE] = 0, [STATUS_MET] = 1,     [STATUS_UNDEFINED] = 2,
		[STATUS_NO_DATA] = 3,        [STATUS_NOT_MET] = 4,
	};

	return rank[a] >= rank[b] ? a : b;
}

/* Of the records: the schools that are missing may fail too. */
static enum status every(const struct stage_facts *facts, size_t failed, size_t unknown)
{
	return status_of_all(facts->n, failed, unknown + facts->missing);
}

static enum status cv_status(const struct stage_facts *facts, const struct standard *s,
			     const struct dispersion *d)
{
	if (facts->missing || d->n < facts->n)
		return STATUS_NO_DATA;
	if (!d->has_mean)
		return STATUS_NOT_APPLICABLE;
	if (!d->has_cv)
		return STATUS_UNDEFINED;
	if (s->judge_rounded)
		return d->cv_rounded <= s->cv_limit[facts->stage] ? STATUS_MET : STATUS_NOT_MET;
	return d->within ? STATUS_MET : STATUS_NOT_MET;
}

static void judge_indicator(const struct stage_facts *facts, const struct standard *s,
			    int indicator, struct indicator_judgement *out)
{
	const int64_t limit = s->cv_limit[facts->stage];
	struct dispersion d;
	size_t failed = 0;

	dispersion_compute(facts->records, facts->n, indicator, limit, &d);
	for (size_t i = 0; i < facts->n; i++)
		failed += facts->records[i].values[indicator].status == STATUS_NOT_MET;
	out->has_mean = d.has_mean;
	out->has_cv = d.has_cv;
	out->mean = d.mean;
	out->sd = d.sd;
	out->cv = d.cv;
	out->mean_rounded = d.mean_rounded;
	out->cv_rounded = d.cv_rounded;
	out->cv_status = cv_status(facts, s, &d);
	out->rounding_sensitive = d.has_cv && d.within != (d.cv_rounded <= limit);
	out->records_met = d.n - failed;
	out->schools = every(facts, failed, facts->n - d.n);
}

static void judge_records(const struct stage_facts *facts, struct stage_judgement *out)
{
	size_t failed = 0;

	for (size_t i = 0; i < facts->n; i++) {
		const struct record *r = &facts->records[i];

		out->records_met += r->status == STATUS_MET;
		failed += r->status == STATUS_NOT_MET;
		if (r->students != MISSING)
			out->students += r->students;
	}
	out->records = facts->n;
	out->schools = every(facts, failed, facts->n - failed - out->records_met);
}

static void judge_stage(const struct stage_facts *facts, const struct standard *s,
			struct stage_judgement *out)
{
	double sum = 0;

	*out = (struct stage_judgement){ .has_composite = true };
	judge_records(facts, out);
	out->status = out->schools;
	for (int i = 0; i < INDICATORS; i++) {
		struct indicator_judgement *indicator = &out->indicators[i];

		judge_indicator(facts, s, i, indicator);
		out->status = status_worst(out->status, indicator->cv_status);
		out->has_composite = out->has_composite && indicator->has_cv;
		sum += indicator->cv;
	}
	out->composite_cv = out->has_composite ? sum / INDICATORS : 0;
}

static enum verdict verdict_of(const struct county_judgement *j)
{
	enum status stages = STATUS_NOT_APPLICABLE, all;

	for (int s = 0; s < JUDGED_STAGES; s++)
		stages = status_worst(stages, j->stages[s].status);
	all = stages;
	for (size_t i = 0; i < j->items_n; i++)
		all = status_worst(all, j->items[i].status);
	if (all == STATUS_NOT_MET)
		return VERDICT_NOT_MET;
	/* Without any record there is nothing to recognise. */
	return all == STATUS_MET && stages == STATUS_MET ? VERDICT_MET : VERDICT_INCOMPLETE;
}

static size_t count_missing(const struct county_facts *facts, enum stage stage)
{
	size_t missing = 0;

	for (size_t i = 0; i < facts->n; i++)
		missing += school_is_missing_from(&facts->schools[i], facts->period, stage);
	return missing;
}

static size_t list_records(const struct merge_index *index, const struct county_facts *facts,
			   const struct standard *standard, enum stage stage,
			   struct record *records)
{
	struct merged merged;
	size_t n = 0;

	for (size_t i = 0; i < facts->n; i++) {
		if (merged_get(index, facts, i, &merged) &&
		    merged_has_record(&merged, standard, stage))
			record_judge(&merged, standard, stage, &records[n++]);
	}
	return n;
}

enum err county_judge(const struct county_facts *facts, const struct standard *standard,
		      struct record *records, size_t cap, size_t *ret_n,
		      struct county_judgement *out)
{
	struct merge_index index;
	size_t n = 0;

	if (facts->n > COUNTY_SCHOOLS_MAX || cap < JUDGED_STAGES * facts->n)
		return ERR_TOO_BIG;
	merge_index_init(&index, facts);
	out->missing_schools = 0;
	for (size_t i = 0; i < facts->n; i++)
		out->missing_schools += school_is_missing(&facts->schools[i], facts->period);
	for (int s = 0; s < JUDGED_STAGES; s++) {
		struct stage_facts stage = { .stage = (enum stage)s, .records = records + n };

		stage.n = list_records(&index, facts, standard, stage.stage, records + n);
		stage.missing = count_missing(facts, stage.stage);
		judge_stage(&stage, standard, &out->stages[s]);
		n += stage.n;
	}
	out->items_n = (size_t)standard->items_n;
	items_judge(facts, &index, standard, out->items);
	out->verdict = verdict_of(out);
	*ret_n = n;
	return ERR_OK;
}

const struct record *judged_records(const struct county_judgement *judged,
				    const struct record *records, enum stage stage, size_t *ret_n)
{
	size_t before = 0;

	for (int i = 0; i < (int)stage; i++)
		before += judged->stages[i].records;
	*ret_n = judged->stages[stage].records;
	return records + before;
}
