/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the sample province. JSON is written by hand: names are checked to need
 * no escape when the tables are read, all else is digits. */
#include "ctl/sample.h"

#include <inttypes.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/sample_data.h"
#include "ctl/sample_figures.h"
#include "ctl/sample_plan.h"

/* ERR_IO is found once, at the end, by ferror: a stream that failed stays failed. */
struct writer {
	FILE *out;
	const char *comma; /* before the next member: "" or "," */
};

static void member(struct writer *w, const char *name)
{
	fprintf(w->out, "%s\"%s\":", w->comma, name);
	w->comma = ",";
}

static void open_object(struct writer *w, const char *name)
{
	member(w, name);
	fputc('{', w->out);
	w->comma = "";
}

static void close_object(struct writer *w)
{
	fputc('}', w->out);
	w->comma = ",";
}

static void text_member(struct writer *w, const char *name, const char *text)
{
	member(w, name);
	fprintf(w->out, "\"%s\"", text);
}

static void begin(struct writer *w, const char *type)
{
	fputc('{', w->out);
	w->comma = "";
	text_member(w, "type", type);
}

static void end(struct writer *w)
{
	fputs("}\n", w->out);
}

/* As few decimals as the number needs. */
static void hundredths(struct writer *w, int64_t value)
{
	const int cents = (int)(value % 100);

	fprintf(w->out, "%" PRId64, value / 100);
	if (cents % 10)
		fprintf(w->out, ".%02d", cents);
	else if (cents)
		fprintf(w->out, ".%d", cents / 10);
}

static void write_region(struct writer *w, const struct sample_data *d, size_t at)
{
	static const char *const kinds[] = { "ensure", "strive" };
	const struct sample_region *region = &d->regions[at];

	begin(w, "region");
	text_member(w, "code", region->code);
	text_member(w, "name", region->name);

	bool any = false;

	for (size_t i = 0; i < d->n_targets; i++)
		any = any || str_equal(d->targets[i].region, region->code);
	if (any) {
		open_object(w, "targets");
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			open_object(w, kinds[k]);
			for (size_t i = 0; i < d->n_targets; i++) {
				const struct sample_target *t = &d->targets[i];

				if (!str_equal(t->region, region->code) ||
				    !str_equal(t->kind, kinds[k]))
					continue;
				member(w, t->year);
				fputs(t->share, w->out);
			}
			close_object(w);
		}
		close_object(w);
	}
	end(w);
}

static void write_school(struct writer *w, const struct school *s)
{
	begin(w, "school");
	text_member(w, "code", s->code);
	text_member(w, "name", s->name);
	text_member(w, "county", s->county);
	text_member(w, "kind", s->kind);
	text_member(w, "locale", s->locale);
	member(w, "sponsor");
	fprintf(w->out, "\"%d\"", s->sponsor);
	member(w, "founded");
	fprintf(w->out, "%d", s->founded);
	member(w, "boarding");
	fputs(s->boarding ? "true" : "false", w->out);
	member(w, "dense_centre");
	fputs(s->dense_centre ? "true" : "false", w->out);
	member(w, "closed");
	fputs(s->closed ? "true" : "false", w->out);
	if (s->parent[0])
		text_member(w, "parent", s->parent);
	end(w);
}

static void write_stages(struct writer *w, const struct report *r)
{
	open_object(w, "stages");
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (!r->stages[s].present)
			continue;
		open_object(w, stage_names[s]);
		for (int i = 0; i < STAGE_FIELD_COUNT; i++) {
			if (r->stages[s].figure[i] == MISSING)
				continue;
			member(w, stage_fields[i].name);
			fprintf(w->out, "%" PRId64, r->stages[s].figure[i]);
		}
		close_object(w);
	}
	close_object(w);
}

static void write_site(struct writer *w, const struct report *r)
{
	open_object(w, "site");
	for (int i = 0; i < SITE_FIELD_COUNT; i++) {
		if (r->site[i] == MISSING)
			continue;
		member(w, site_fields[i].name);
		if (site_fields[i].unit == UNIT_COUNT)
			fprintf(w->out, "%" PRId64, r->site[i]);
		else
			hundredths(w, r->site[i]);
	}
	for (int list = 0; list < ROOM_LIST_COUNT; list++) {
		member(w, room_lists[list].name);
		fputc('[', w->out);
		for (int i = 0; i < r->rooms[list].n; i++) {
			fputs(i ? "," : "", w->out);
			hundredths(w, r->rooms[list].area[i]);
		}
		fputc(']', w->out);
	}
	close_object(w);
}

static void write_reports(struct writer *w, const struct sample_county *c, int year)
{
	struct report r;

	for (size_t i = 0; i < c->n; i++) {
		if (!sample_report_make(c, i, year, &r))
			continue;
		begin(w, "report");
		member(w, "period");
		fprintf(w->out, "\"%d\"", year);
		text_member(w, "school", c->schools[i].school.code);
		write_stages(w, &r);
		write_site(w, &r);
		end(w);
	}
}

/* What one walk over the counties writes. */
enum pass { PASS_SCHOOLS, PASS_CAMPUSES, PASS_REPORTS };

static void write_pass(struct writer *w, const struct sample_data *d, struct sample_county *c,
		       enum pass pass, int year)
{
	for (size_t at = 0; at < d->n_regions; at++) {
		if (strlen(d->regions[at].code) != COUNTY_CODE - 1)
			continue;
		/* Made again for each pass, rather than kept: it takes no time, and
		 * two thousand schools would take a megabyte. */
		sample_county_plan(d, at, c);
		if (pass == PASS_REPORTS) {
			write_reports(w, c, year);
			continue;
		}
		for (size_t i = 0; i < c->n; i++)
			if ((c->schools[i].school.parent[0] != '\0') == (pass == PASS_CAMPUSES))
				write_school(w, &c->schools[i].school);
	}
}

enum err sample_write(const char *dir, FILE *out, struct err_info *info)
{
	struct writer w = { .out = out, .comma = "" };
	auto_free struct sample_data *d = calloc(1, sizeof(*d));
	auto_free struct sample_county *c = calloc(1, sizeof(*c));

	if (!d || !c)
		return err_set(info, ERR_NOMEM, "内存不足 / out of memory");

	const enum err e = sample_data_read(dir, d, info);

	if (e)
		return e;
	for (size_t i = 0; i < d->n_regions; i++)
		write_region(&w, d, i);
	write_pass(&w, d, c, PASS_SCHOOLS, 0);
	write_pass(&w, d, c, PASS_CAMPUSES, 0);
	for (int year = SAMPLE_FIRST; year <= SAMPLE_LAST; year++)
		write_pass(&w, d, c, PASS_REPORTS, year);
	if (fflush(out) || ferror(out))
		return err_set(info, ERR_IO, "写出失败 / cannot write the output");
	return ERR_OK;
}
