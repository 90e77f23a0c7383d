/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the sample province. */
#include "ctl/sample.h"

#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/sample_data.h"
#include "ctl/sample_figures.h"
#include "ctl/sample_goals.h"
#include "ctl/sample_items.h"
#include "ctl/sample_json.h"
#include "ctl/sample_plan.h"

#define PATH_SIZE 1024

static void write_region(struct sample_json *w, const struct sample_data *d, size_t at)
{
	static const char *const kinds[] = { "ensure", "strive" };
	const struct sample_region *region = &d->regions[at];

	sample_line_begin(w, "region");
	sample_text(w, "code", region->code);
	sample_text(w, "name", region->name);
	if (region->recognised[0])
		sample_text(w, "recognised", region->recognised);

	bool any = false;

	for (size_t i = 0; i < d->n_targets; i++)
		any = any || str_equal(d->targets[i].region, region->code);
	if (any) {
		sample_open(w, "targets", '{');
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			sample_open(w, kinds[k], '{');
			for (size_t i = 0; i < d->n_targets; i++) {
				const struct sample_target *t = &d->targets[i];

				if (!str_equal(t->region, region->code) ||
				    !str_equal(t->kind, kinds[k]))
					continue;
				sample_member(w, t->year);
				fputs(t->share, w->out);
			}
			sample_close(w, '}');
		}
		sample_close(w, '}');
	}
	sample_line_end(w);
}

static void write_school(struct sample_json *w, const struct school *s)
{
	sample_line_begin(w, "school");
	sample_text(w, "code", s->code);
	sample_text(w, "name", s->name);
	sample_text(w, "county", s->county);
	sample_text(w, "kind", s->kind);
	sample_text(w, "locale", s->locale);
	sample_member(w, "sponsor");
	fprintf(w->out, "\"%d\"", s->sponsor);
	sample_number(w, "founded", s->founded, 0);
	sample_flag(w, "boarding", s->boarding);
	sample_flag(w, "dense_centre", s->dense_centre);
	sample_flag(w, "closed", s->closed);
	if (s->parent[0])
		sample_text(w, "parent", s->parent);
	sample_line_end(w);
}

static void write_stages(struct sample_json *w, const struct report *r)
{
	sample_open(w, "stages", '{');
	for (int s = 0; s < STAGE_COUNT; s++) {
		if (!r->stages[s].present)
			continue;
		sample_open(w, stage_names[s], '{');
		for (int i = 0; i < STAGE_FIELD_COUNT; i++) {
			if (r->stages[s].figure[i] == MISSING)
				continue;
			sample_number(w, stage_fields[i].name, r->stages[s].figure[i], 0);
		}
		sample_close(w, '}');
	}
	sample_close(w, '}');
}

static void write_site(struct sample_json *w, const struct report *r)
{
	sample_open(w, "site", '{');
	for (int i = 0; i < SITE_FIELD_COUNT; i++) {
		if (r->site[i] == MISSING)
			continue;
		sample_number(w, site_fields[i].name, r->site[i],
			      site_fields[i].unit == UNIT_COUNT ? 0 : 2);
	}
	for (int list = 0; list < ROOM_LIST_COUNT; list++) {
		sample_open(w, room_lists[list].name, '[');
		for (int i = 0; i < r->rooms[list].n; i++)
			sample_number(w, NULL, r->rooms[list].area[i], 2);
		sample_close(w, ']');
	}
	sample_close(w, '}');
}

static void write_declared(struct sample_json *w, const struct report *r)
{
	if (r->declared_n == 0)
		return;
	sample_open(w, "declared", '{');
	for (int i = 0; i < r->declared_n; i++)
		sample_number(w, r->declared[i].name, r->declared[i].value, 2);
	sample_close(w, '}');
}

static void write_period(struct sample_json *w, int year)
{
	sample_member(w, "period");
	fprintf(w->out, "\"%d\"", year);
}

/* What the schools of a county report, then the county itself. */
static void write_reports(struct sample_json *w, const struct sample_data *d,
			  const struct sample_county *c, int year)
{
	struct report r;

	for (size_t i = 0; i < c->n; i++) {
		if (!sample_report_make(c, i, year, &r))
			continue;
		sample_items_change(d, c, i, year, &r);
		sample_line_begin(w, "report");
		write_period(w, year);
		sample_text(w, "school", c->schools[i].school.code);
		write_stages(w, &r);
		write_site(w, &r);
		write_declared(w, &r);
		sample_line_end(w);
	}
	sample_line_begin(w, "county_report");
	write_period(w, year);
	sample_text(w, "county", c->region->code);
	sample_items_write(w, d, c, year);
	sample_line_end(w);
}

/* The rest of a document, on one line: a string of JSON holds no line's end, so each is between
 * values, and so are the spaces after it. */
static void write_document(struct sample_json *w, FILE *f)
{
	bool indent = true;

	for (int c = fgetc(f); c != EOF; c = fgetc(f)) {
		indent = c == '\n' || (indent && c == ' ');
		if (!indent)
			fputc(c, w->out);
	}
	fputc('\n', w->out);
}

static enum err write_standard(struct sample_json *w, const char *dir,
			       const struct sample_standard *s, struct err_info *info)
{
	char path[PATH_SIZE];
	const int len = snprintf(path, sizeof(path), "%s/%s", dir, s->file);

	if (len < 0 || (size_t)len >= sizeof(path))
		return err_set(info, ERR_INVALID, "目录名过长 / the directory name is too long");

	auto_fclose FILE *f = fopen(path, "r");

	if (!f || fgetc(f) != '{')
		return err_set(info, ERR_IO, "无法读取标准 %s / cannot read %s", s->file, path);
	sample_line_begin(w, "standard");
	sample_text(w, "id", s->id);
	fputc(',', w->out);
	write_document(w, f);
	return ferror(f) ? err_set(info, ERR_IO, "无法读取标准 %s / cannot read %s", s->file, path)
			 : ERR_OK;
}

static void write_bulletin(struct sample_json *w, const struct sample_bulletin *b)
{
	sample_line_begin(w, "publication");
	sample_text(w, "region", b->region);
	sample_text(w, "period", b->period);
	sample_text(w, "title", b->title);
	sample_line_end(w);
}

/* What one walk over the counties writes. */
enum pass { PASS_SCHOOLS, PASS_CAMPUSES, PASS_REPORTS };

static void write_pass(struct sample_json *w, const struct sample_data *d, struct sample_county *c,
		       enum pass pass, int year)
{
	for (size_t at = 0; at < d->n_regions; at++) {
		if (strlen(d->regions[at].code) != COUNTY_CODE - 1)
			continue;
		/* Made again for each pass, rather than kept: it takes no time, and
		 * two thousand schools would take a megabyte. */
		sample_county_plan(d, at, c);
		if (pass == PASS_REPORTS) {
			write_reports(w, d, c, year);
			continue;
		}
		for (size_t i = 0; i < c->n; i++)
			if ((c->schools[i].school.parent[0] != '\0') == (pass == PASS_CAMPUSES))
				write_school(w, &c->schools[i].school);
	}
}

enum err sample_write(const char *dir, FILE *out, struct err_info *info)
{
	struct sample_json w = { .out = out, .comma = "" };
	auto_free struct sample_data *d = calloc(1, sizeof(*d));
	auto_free struct sample_county *c = calloc(1, sizeof(*c));
	enum err e;

	if (!d || !c)
		return err_set(info, ERR_NOMEM, "内存不足 / out of memory");
	e = sample_data_read(dir, d, info);
	for (size_t i = 0; e == ERR_OK && i < d->n_regions; i++)
		write_region(&w, d, i);
	for (size_t i = 0; e == ERR_OK && i < d->n_standards; i++)
		e = write_standard(&w, dir, &d->standards[i], info);
	if (e != ERR_OK)
		return e;
	write_pass(&w, d, c, PASS_SCHOOLS, 0);
	write_pass(&w, d, c, PASS_CAMPUSES, 0);
	for (int year = SAMPLE_FIRST; year <= SAMPLE_LAST; year++)
		write_pass(&w, d, c, PASS_REPORTS, year);
	sample_goals_write(&w, d);
	for (size_t i = 0; i < d->n_bulletins; i++)
		write_bulletin(&w, &d->bulletins[i]);
	if (fflush(out) || ferror(out))
		return err_set(info, ERR_IO, "写出失败 / cannot write the output");
	return ERR_OK;
}
