/* SPDX-License-Identifier: Apache-2.0 */
#include "api/publication_view.h"

#include <string.h>

#include "api/record_view.h"
#include "api/region_view.h"
#include "base/str.h"
#include "json/write.h"

#define PREFECTURE 4 /* digits of its code */

void publication_view_ref(struct buf *out, const char *name, const struct publication_ref *ref)
{
	json_name(out, name);
	if (!ref->id) {
		buf_str(out, "null");
		return;
	}
	buf_str(out, "{");
	json_member_int(out, "id", ref->id);
	json_member_int(out, "number", ref->number);
	buf_str(out, "}");
}

void publication_view_head(struct buf *out, const struct publication *p)
{
	json_member_int(out, "id", p->ref.id);
	json_member_int(out, "number", p->ref.number);
	json_name(out, "label");
	buf_printf(out, "\"第%lld号\"", (long long)p->ref.number);
	json_member_text(out, "region", p->region);
	json_member_text(out, "name", p->name);
	json_member_text(out, "period", p->period);
	json_member_text_or_null(out, "title", p->title);
	json_member_text_or_null(out, "note", p->note);
	json_member_text(out, "published_at", p->published_at);
}

static void write_from_to(struct buf *out, const char *name, const char *from, const char *to)
{
	json_name(out, name);
	buf_str(out, "{");
	json_member_text_or_null(out, "from", from);
	json_member_text_or_null(out, "to", to);
	buf_str(out, "}");
}

static void write_correction(struct buf *out, const struct correction *c)
{
	buf_str(out, "{");
	json_member_text(out, "county", c->code);
	json_member_text(out, "name", c->name);
	write_from_to(out, "verdict", c->from, c->to);
	json_name(out, "version");
	buf_str(out, "{");
	json_member_int(out, "from", c->from_version);
	json_member_int(out, "to", c->to_version);
	buf_str(out, "}");
	json_name(out, "items");
	buf_str(out, c->items);
	if (c->number)
		json_member_int(out, "number", c->number);
	buf_str(out, "}");
}

void publication_view_corrections(struct buf *out, const char *name, const struct corrections *list)
{
	json_name(out, name);
	buf_str(out, "[");
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_str(out, ",");
		write_correction(out, &list->items[i]);
	}
	buf_str(out, "]");
}

static bool same_standard(const struct published_county *a, const struct published_county *b)
{
	return a->standard_version == b->standard_version && str_equal(a->standard, b->standard);
}

/* The first county of each tells it, with how many there are. */
static void write_standards(struct buf *out, const struct bulletin *b)
{
	bool any = false;

	json_name(out, "standards");
	buf_str(out, "[");
	for (size_t i = 0; i < b->n; i++) {
		const struct published_county *county = &b->counties[i];
		size_t first = 0;
		int64_t n = 0;

		while (!same_standard(county, &b->counties[first]))
			first++;
		if (first != i || !county->standard[0])
			continue;
		for (size_t j = i; j < b->n; j++)
			n += same_standard(county, &b->counties[j]);
		buf_str(out, any ? ",{" : "{");
		json_member_text(out, "id", county->standard);
		json_member_int(out, "version", county->standard_version);
		json_member_int(out, "counties", n);
		buf_str(out, "}");
		any = true;
	}
	buf_str(out, "]");
}

size_t publication_view_count(const struct bulletin *b, size_t from,
			      int64_t counties[COUNTY_STATES])
{
	const char *code = b->counties[from].code;
	size_t i = from;

	memset(counties, 0, COUNTY_STATES * sizeof(counties[0]));
	for (; i < b->n && !strncmp(b->counties[i].code, code, PREFECTURE); i++)
		counties[b->counties[i].state]++;
	return i;
}

static size_t write_prefecture(struct buf *out, const struct bulletin *b, size_t from)
{
	int64_t counties[COUNTY_STATES];
	const char *code = b->counties[from].code;
	const size_t end = publication_view_count(b, from, counties);

	buf_str(out, from ? ",{" : "{");
	json_name(out, "code");
	buf_printf(out, "\"%.*s\"", PREFECTURE, code);
	json_member_text_or_null(out, "name", b->counties[from].prefecture);
	region_view_counties(out, "counts", counties);
	buf_str(out, "}");
	return end;
}

static void write_counts(struct buf *out, const struct bulletin *b)
{
	int64_t counties[COUNTY_STATES] = { 0 };

	for (size_t i = 0; i < b->n; i++)
		counties[b->counties[i].state]++;
	region_view_counties(out, "counts", counties);
	json_name(out, "prefectures");
	buf_str(out, "[");
	/* Of a province only: a prefecture would list itself. */
	for (size_t i = 0; i < b->n && strlen(b->head.region) < PREFECTURE;)
		i = write_prefecture(out, b, i);
	buf_str(out, "]");
}

static void write_county(struct buf *out, const struct published_county *c)
{
	buf_str(out, "{");
	json_member_text(out, "county", c->code);
	json_member_text(out, "name", c->name);
	json_member_text(out, "verdict", county_state_names[c->state]);
	json_member_bool(out, "behind", c->behind);
	json_member_text_or_null(out, "standard", c->standard);
	json_name(out, "standard_version");
	if (c->standard[0])
		buf_printf(out, "%lld", (long long)c->standard_version);
	else
		buf_str(out, "null");
	json_member_int(out, "version", c->version);
	json_member_text_or_null(out, "computed_at", c->computed_at);
	record_view_names(out, "failing", c->failing);
	record_view_names(out, "missing", c->missing);
	json_member_int(out, "missing_schools", c->missing_schools);
	json_name(out, "resources");
	buf_str(out, c->stages);
	json_name(out, "items");
	buf_str(out, c->items);
	buf_str(out, "}");
}

void publication_view_bulletin(struct buf *out, const struct bulletin *b)
{
	buf_str(out, "{");
	publication_view_head(out, &b->head);
	write_standards(out, b);
	write_counts(out, b);
	json_name(out, "counties");
	buf_str(out, "[");
	for (size_t i = 0; i < b->n; i++) {
		if (i)
			buf_str(out, ",");
		write_county(out, &b->counties[i]);
	}
	buf_str(out, "]");
	publication_view_ref(out, "corrects", &b->corrects);
	publication_view_corrections(out, "corrections", &b->corrections);
	buf_str(out, "}");
}
