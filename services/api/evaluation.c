/* SPDX-License-Identifier: Apache-2.0 */
/* The self-evaluation report of a county, as HTML and as PDF. */
#include "api/evaluation.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/handlers.h"
#include "api/html.h"
#include "base/str.h"
#include "store/results.h"

/* A period before, as it was judged last; one without figures is left out. */
static enum err add_year(struct call *c, const struct form_county *county, int back,
			 struct evaluation_year *years, size_t *n)
{
	auto_status struct county_status status = { .missing = NULL };
	char period[PERIOD_CODE];
	int64_t year = 0;
	enum err e;

	if (!str_to_int64(county->facts.period, &year) ||
	    snprintf(period, sizeof(period), "%04d", (int)(year - back) % 10000) < 0)
		return ERR_OK;
	e = store_status_get(c->api->store, county->facts.county, period, &status, &c->info);
	if (e == ERR_NOT_FOUND || (e == ERR_OK && !status.version))
		return ERR_OK;
	if (e != ERR_OK)
		return e;
	str_copy(years[*n].period, PERIOD_CODE, period);
	for (int stage = 0; stage < JUDGED_STAGES; stage++)
		years[*n].stages[stage] = status.judgement.stages[stage];
	(*n)++;
	return ERR_OK;
}

static enum err find_years(struct call *c, const struct form_county *county,
			   struct evaluation_year *years, size_t *ret_n)
{
	enum err e = ERR_OK;

	*ret_n = 0;
	for (int back = EVALUATION_PERIODS - 1; back > 0 && e == ERR_OK; back--)
		e = add_year(c, county, back, years, ret_n);
	if (e != ERR_OK)
		return e;
	str_copy(years[*ret_n].period, PERIOD_CODE, county->facts.period);
	for (int stage = 0; stage < JUDGED_STAGES; stage++)
		years[*ret_n].stages[stage] = county->judgement.stages[stage];
	(*ret_n)++;
	return ERR_OK;
}

static enum err write_page(struct call *c, const struct form_county *county, struct buf *out)
{
	auto_free struct evaluation_year *years = calloc(EVALUATION_PERIODS, sizeof(*years));
	auto_form struct form form = { .county = NULL };
	char made_at[TIME_TEXT];
	struct evaluation page = { .county = county,
				   .form = &form,
				   .years = years,
				   .made_at = time_format(time_now_us(), made_at) };
	enum err e;

	if (!years)
		return ERR_NOMEM;
	e = find_years(c, county, years, &page.years_n);
	if (e == ERR_OK)
		e = form_build(county, &form);
	return e == ERR_OK ? evaluation_write(out, &page) : e;
}

enum err evaluation_html(struct call *c)
{
	auto_form_county struct form_county *county = NULL;
	enum err e = form_county_load(c, &county);

	if (e == ERR_OK)
		e = write_page(c, county, &c->rp->body);
	if (e != ERR_OK)
		return e;
	c->rp->content_type = "text/html; charset=utf-8";
	c->rp->policy = HTML_POLICY;
	return ERR_OK;
}

enum err evaluation_pdf(struct call *c)
{
	auto_form_county struct form_county *county = NULL;
	auto_buf struct buf html;
	enum err e;

	buf_init(&html, REPLY_BYTES_MAX);
	e = form_county_load(c, &county);
	if (e == ERR_OK)
		e = write_page(c, county, &html);
	if (e == ERR_OK && buf_failed(&html))
		e = html.err == ERR_TOO_BIG ? ERR_DB : html.err;
	if (e == ERR_OK)
		e = evaluation_to_pdf(c->api, &html, &c->rp->body, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->content_type = "application/pdf";
	form_name_file(c, county, "inline", "自评报告", "-report.pdf");
	return ERR_OK;
}
