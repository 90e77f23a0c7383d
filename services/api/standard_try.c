/* SPDX-License-Identifier: Apache-2.0 */
/* What a standard would change, if it were in force: each county of a region judged as it is and
 * as it would be. Nothing is written. */
#include <stdlib.h>
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "api/page.h"
#include "api/standard_resolve.h"
#include "base/str.h"
#include "domain/item.h"
#include "store/county_list.h"
#include "store/org.h"
#include "store/reports.h"
#include "json/documents.h"
#include "json/trial.h"
#include "json/write.h"

#define TRIAL_COUNTIES 200 /* the largest province has fewer */
#define SNAPSHOT_TRIES 3   /* against changes of a county between its two readings */

struct judged {
	const struct standard *standard; /* borrowed, or from the store */
	int64_t version;
	struct county_judgement judgement;
};

struct trial {
	struct trial_document document;
	const struct standard *stored; /* tried: of the store … */
	struct standard sent;          /* … or of the body */
	const struct standard *draft;  /* either */
	struct county_list counties;
	struct judged now;    /* of one county at a time */
	struct judged would;  /* by the draft */
	const char *standard; /* id of what judges all counties now; NULL: there are several */
	char first[STANDARD_ID];
	size_t judged;
	size_t changed;
	size_t verdicts_changed;
	size_t before[VERDICT_COUNT];
	size_t after[VERDICT_COUNT];
	size_t listed;
	size_t limit;
	struct buf list;
	struct buf changes;
};

static void trial_free(struct trial **t)
{
	if (!*t)
		return;
	trial_document_release(&(*t)->document);
	standard_release((*t)->stored);
	standard_release((*t)->now.standard);
	county_list_release(&(*t)->counties);
	buf_release(&(*t)->list);
	buf_release(&(*t)->changes);
	free(*t);
}
#define auto_trial_work AUTO(trial_free)

/* standard NULL: the one in force, which *out keeps until the next. */
static enum err judge(struct call *c, const char *county, const char *period,
		      const struct standard *standard, struct judged *out)
{
	auto_facts struct county_facts facts = { .schools = NULL };
	auto_free struct record *records = NULL;
	const struct standard *in_force = NULL;
	size_t n = 0;
	enum err e = store_facts_get(c->api->store, county, period, standard, &facts, &in_force,
				     &c->info);

	if (e != ERR_OK)
		return e;
	if (!standard) {
		standard_release(out->standard);
		out->standard = in_force;
	}
	records = calloc(JUDGED_STAGES * facts.n + 1, sizeof(*records));
	if (!records)
		return ERR_NOMEM;
	e = county_judge(&facts, standard ? standard : out->standard, records,
			 JUDGED_STAGES * facts.n + 1, &n, &out->judgement);
	out->version = facts.version;
	return e == ERR_TOO_BIG ? ERR_DB : e;
}

static enum err judge_both(struct call *c, struct trial *t, const char *county)
{
	enum err e = ERR_OK;

	for (int i = 0; i < SNAPSHOT_TRIES && e == ERR_OK; i++) {
		e = judge(c, county, t->document.period, NULL, &t->now);
		if (e == ERR_OK)
			e = judge(c, county, t->document.period, t->draft, &t->would);
		if (e == ERR_OK && t->now.version == t->would.version)
			break;
	}
	return e;
}

static void write_status(struct buf *out, const char *name, const struct item *item)
{
	json_name(out, name);
	if (item)
		json_text(out, status_names[item->status]);
	else
		buf_str(out, "null");
}

/* An item that only one of the two standards has changes something where it is not met, or cannot
 * be told: what is simply met, nobody has to do anything about. */
static bool differs(const struct item *from, const struct item *to)
{
	const struct item *only = from ? from : to;

	if (from && to)
		return from->status != to->status;
	return only->status != STATUS_MET && only->status != STATUS_NOT_APPLICABLE;
}

/* NULL: that standard does not have it. */
static void add_change(struct buf *out, const struct item *from, const struct item *to)
{
	if (!differs(from, to))
		return;
	buf_str(out, out->len ? ",{" : "{");
	json_member_text(out, "item", from ? from->name : to->name);
	write_status(out, "from", from);
	write_status(out, "to", to);
	if (to && to->has_value)
		json_member_double(out, "value", &to->value);
	if (to && to->has_limit)
		json_member_double(out, "threshold", &to->limit);
	buf_str(out, "}");
}

static void compare_items(struct trial *t)
{
	const struct standard *now = t->now.standard;
	struct item from, to;

	buf_release(&t->changes);
	for (size_t i = 0; i < items_count(now); i++) {
		int place;

		item_get(&t->now.judgement, now, i, &from);
		place = item_find(t->draft, from.name);
		if (place >= 0)
			item_get(&t->would.judgement, t->draft, (size_t)place, &to);
		add_change(&t->changes, &from, place >= 0 ? &to : NULL);
	}
	for (size_t i = 0; i < items_count(t->draft); i++) {
		item_get(&t->would.judgement, t->draft, i, &to);
		if (item_find(now, to.name) < 0)
			add_change(&t->changes, NULL, &to);
	}
}

static void write_county(struct trial *t, const struct listed_county *county)
{
	const enum verdict from = t->now.judgement.verdict;
	const enum verdict to = t->would.judgement.verdict;
	struct buf *out = &t->list;

	buf_str(out, t->listed++ ? ",{" : "{");
	json_member_text(out, "county", county->code);
	json_member_text(out, "name", county->name);
	json_member_int(out, "version", t->would.version);
	json_member_text(out, "standard", t->now.standard->id);
	json_member_text(out, "from", verdict_names[from]);
	json_member_text(out, "to", verdict_names[to]);
	json_member_bool(out, "verdict_changed", from != to);
	json_name(out, "changes");
	buf_str(out, "[");
	buf_str(out, t->changes.data);
	buf_str(out, "]}");
}

static void note_standard(struct trial *t)
{
	const char *id = t->now.standard->id;

	if (!t->judged) {
		str_copy(t->first, sizeof(t->first), id);
		t->standard = t->first;
	} else if (!str_equal(t->first, id)) {
		t->standard = NULL;
	}
}

static enum err try_county(struct call *c, struct trial *t, const struct listed_county *county)
{
	const enum err e = judge_both(c, t, county->code);
	bool turned;

	/* Removed meanwhile, or of a period that no standard judges. */
	if (e == ERR_NOT_FOUND)
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	note_standard(t);
	t->judged++;
	t->before[t->now.judgement.verdict]++;
	t->after[t->would.judgement.verdict]++;
	turned = t->now.judgement.verdict != t->would.judgement.verdict;
	compare_items(t);
	if (!turned && !t->changes.len)
		return ERR_OK;
	t->changed++;
	t->verdicts_changed += turned;
	if (t->listed < t->limit)
		write_county(t, county);
	return t->changes.err != ERR_OK ? ERR_DB : ERR_OK;
}

static void write_draft(struct buf *out, const struct standard *s)
{
	json_name(out, "draft");
	buf_str(out, "{");
	json_member_text(out, "id", s->id);
	json_name(out, "version");
	if (s->version)
		buf_printf(out, "%lld", (long long)s->version);
	else
		buf_str(out, "null");
	json_member_text_or_null(out, "base", s->base);
	json_member_text(out, "region", s->region);
	json_member_text(out, "valid_from", s->from);
	json_member_text_or_null(out, "valid_to", s->to);
	json_member_text(out, "title", s->title);
	buf_str(out, "}");
}

static void write_verdicts(struct buf *out, const char *name, const size_t counties[VERDICT_COUNT])
{
	json_name(out, name);
	buf_str(out, "{");
	for (int i = 0; i < VERDICT_COUNT; i++)
		json_member_int(out, verdict_names[i], (int64_t)counties[i]);
	buf_str(out, "}");
}

static void write_answer(struct buf *out, const struct trial *t)
{
	buf_str(out, "{");
	json_member_text(out, "region", t->document.region);
	json_member_text(out, "period", t->document.period);
	json_member_text_or_null(out, "standard", t->standard);
	write_draft(out, t->draft);
	json_member_int(out, "counties", (int64_t)t->judged);
	json_member_int(out, "changed", (int64_t)t->changed);
	json_member_int(out, "verdicts_changed", (int64_t)t->verdicts_changed);
	json_name(out, "verdicts");
	buf_str(out, "{");
	write_verdicts(out, "before", t->before);
	write_verdicts(out, "after", t->after);
	buf_str(out, "}");
	json_name(out, "items");
	buf_str(out, "[");
	buf_str(out, t->list.data);
	buf_str(out, "]");
	json_member_int(out, "more", (int64_t)(t->changed - t->listed));
	buf_str(out, "}");
}

/* The mistakes of a draft are told by where it is in the body. */
static void place_problems(struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++) {
		struct problem *p = &problems->items[i];
		char inner[sizeof(p->pointer)];

		str_copy(inner, sizeof(inner), p->pointer);
		str_copy(p->pointer, sizeof(p->pointer), "/standard");
		str_copy(p->pointer + strlen(p->pointer), sizeof(p->pointer) - strlen(p->pointer),
			 inner);
	}
}

static enum err resolve_draft(struct call *c, struct trial *t)
{
	auto_documents struct standard_documents list = { .items = NULL };
	const char *text = t->document.standard;
	auto_buf struct buf resolved;
	enum err e = store_standard_documents(c->api->store, &list, &c->info);

	buf_init(&resolved, STANDARD_BYTES);
	if (e != ERR_OK)
		return e;
	e = standard_resolve(&list, call_path(c, "id"), text, strlen(text), &resolved, &t->sent,
			     &c->problems, &c->info);
	if (e == ERR_INVALID)
		place_problems(&c->problems);
	t->draft = &t->sent;
	return e;
}

static enum err find_draft(struct call *c, struct trial *t)
{
	const char *id = call_path(c, "id");
	enum err e;

	if (t->document.standard)
		return resolve_draft(c, t);
	e = store_standard_get(c->api->store, id, 0, &t->stored, &c->info);
	if (e == ERR_NOT_FOUND)
		return err_set(&c->info, e, "没有标准 %s / no standard %s", id, id);
	t->draft = t->stored;
	return e;
}

/* Nothing changes in a region without data; of one that is not registered that would mislead. */
static enum err check_region(struct call *c, const char *code)
{
	struct region region;
	const enum err e = store_region_get(c->api->store, code, &region, &c->info);

	if (e != ERR_NOT_FOUND)
		return e;
	return err_at(&c->info, ERR_INVALID, "/region", "unknown_region",
		      "没有登记的地区 %s / no such region: %s", code, code);
}

static enum err find_counties(struct call *c, struct trial *t)
{
	const struct trial_document *d = &t->document;
	const enum err e = store_county_list(c->api->store, d->region, d->period,
					     TRIAL_COUNTIES + 1, &t->counties, &c->info);

	if (e == ERR_OK && !t->counties.n)
		return check_region(c, d->region);
	if (e == ERR_OK && t->counties.n > TRIAL_COUNTIES)
		return err_at(&c->info, ERR_INVALID, "/region", "too_many",
			      "该地区有数据的县多于 %d 个,请缩小地区 / more than %d counties have "
			      "data: name a smaller region",
			      TRIAL_COUNTIES, TRIAL_COUNTIES);
	return e;
}

static enum err read_request(struct call *c, struct trial *t)
{
	int limit = 0;
	enum err e = page_limit(c, &limit);

	if (e == ERR_OK)
		e = json_read_trial(c->rq->body, c->rq->body_len, &t->document, &c->problems,
				    &c->info);
	if (e == ERR_OK)
		e = access_region(&c->key, t->document.region, "", &c->info);
	if (e == ERR_OK)
		e = find_draft(c, t);
	if (e == ERR_OK)
		e = find_counties(c, t);
	t->limit = (size_t)limit;
	return e;
}

enum err standard_try(struct call *c)
{
	auto_trial_work struct trial *t = calloc(1, sizeof(*t));
	enum err e;

	if (!t)
		return ERR_NOMEM;
	buf_init(&t->list, REPLY_BYTES_MAX);
	buf_init(&t->changes, REPLY_BYTES_MAX);
	e = read_request(c, t);
	for (size_t i = 0; i < t->counties.n && e == ERR_OK; i++)
		e = try_county(c, t, &t->counties.items[i]);
	if (e == ERR_OK && buf_failed(&t->list))
		e = ERR_DB;
	if (e == ERR_OK)
		write_answer(&c->rp->body, t);
	return e;
}
