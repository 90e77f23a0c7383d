/* SPDX-License-Identifier: Apache-2.0 */
/* The official application form (申报表) as plain tables, in order:
 *
 *	Ⅰ     the county            Ⅱ-1  schools that meet each indicator, by stage
 *	Ⅱ-2   every record          Ⅲ    means and differences between schools
 *	Ⅳ     government guarantee  Ⅴ    quality
 *	Ⅵ     recognition by group  否决 vetoes
 *	附    what the province asks for besides, where it does
 *
 * One model, which form_json.c, form_csv.c, form_xlsx.c and the evaluation report render: a
 * figure is the same wherever it is read. Numbers are exact decimals, rounded half up as the form
 * rounds: values and means two decimals, CVs three, percentages one. What nobody reported is an
 * empty cell.
 *
 * The county is judged as it is read, so that the form is never behind what was accepted. */
#ifndef API_FORM_MODEL_H
#define API_FORM_MODEL_H

#include "api/call.h"
#include "base/timeutil.h"
#include "domain/judge.h"
#include "domain/merged.h"
#include "store/org.h"
#include "store/standards.h"

/* --- where it comes from ----------------------------------------------------------------- */

struct form_county {
	struct county_facts facts;
	const struct standard *standard;
	struct merge_index index;
	struct county_judgement judgement;
	struct record *records; /* by stage, then by school */
	size_t n;
	char name[REGION_NAME];      /* of the county; its code when nobody named it */
	char computed_at[TIME_TEXT]; /* when this version was first computed, as far as known */
};

/* Of the county in the path and ?period= (the latest, when not given). *ret is the caller's to
 * free, and NULL on failure. */
enum err form_county_load(struct call *c, struct form_county **ret) MUST_CHECK;
void form_county_free(struct form_county *county); /* accepts NULL */

static inline void auto_form_county_release(struct form_county **c)
{
	form_county_free(*c);
}
#define auto_form_county AUTO(auto_form_county_release)

/* The name that the answer is kept under, see reply_file(): zh "申报表" and suffix "-form.xlsx"
 * make "鸠江区-2023-申报表.xlsx" and "junheng-340207-2023-form.xlsx". */
void form_name_file(struct call *c, const struct form_county *county, const char *how,
		    const char *zh, const char *suffix);

/* The records of one stage. */
const struct record *form_records(const struct form_county *county, int stage, size_t *ret_n);

/* --- the tables -------------------------------------------------------------------------- */

enum form_kind { FORM_EMPTY, FORM_TEXT, FORM_NUMBER, FORM_STATUS, FORM_KINDS };
extern const char *const form_kind_names[FORM_KINDS]; /* "any", "text", "number", "status" */

struct form_cell {
	enum form_kind kind;
	int decimals;   /* FORM_NUMBER: 0 … 3 … */
	int64_t scaled; /* … and the value × 10^decimals */
	enum status status;
	size_t text; /* FORM_TEXT: see form_cell_text() */
};

struct form_column {
	const char *zh;
	const char *en;
	enum form_kind kind; /* of its cells, but for empty ones; FORM_EMPTY: of any */
	int width;           /* on paper, in digits */
};

enum form_id {
	FORM_COUNTY,
	FORM_INDICATORS,
	FORM_RECORDS,
	FORM_DIFFERENCES,
	FORM_GUARANTEE,
	FORM_QUALITY,
	FORM_RECOGNITION,
	FORM_VETOES,
	FORM_OWN,
	FORM_TABLES
};

struct form_table {
	enum form_id id;
	const struct form_column *columns;
	size_t columns_n;
	struct form_cell *cells; /* owned; row after row */
	size_t n;
	size_t room;
};

/* How a table is called: in a query, on its sheet, in its title. */
extern const struct form_title {
	const char *key;  /* "2-1" */
	const char *name; /* "Ⅱ-1" */
	const char *zh;
	const char *en;
	const char *note; /* for a person, "zh / en" */
} form_titles[FORM_TABLES];

#define FORM_TEXT_MAX (16u << 20)

struct form {
	const struct form_county *county; /* borrowed */
	struct form_table tables[FORM_TABLES];
	size_t tables_n;
	struct buf texts;
	enum err err; /* the first failure: nothing is added after it */
};

/* All tables of a county. ERR_NOMEM, ERR_TOO_BIG. */
enum err form_build(const struct form_county *county, struct form *out) MUST_CHECK;
void form_release(struct form *form); /* accepts zeroed */

static inline void auto_form_release(struct form *f)
{
	form_release(f);
}
#define auto_form AUTO(auto_form_release)

/* NULL when the form has no such table. */
const struct form_table *form_find(const struct form *form, enum form_id id);

static inline size_t form_rows(const struct form_table *t)
{
	return t->n / t->columns_n;
}

/* What a person reads: the text, the number with its decimals, the status in Chinese, "". */
#define FORM_NUMBER_TEXT 32
const char *form_cell_text(const struct form *form, const struct form_cell *cell,
			   char number[FORM_NUMBER_TEXT]);

extern const char *const form_status_zh[STATUS_COUNT];
extern const char *const form_verdict_zh[VERDICT_COUNT];
/* --- for whoever fills tables ------------------------------------------------------------ */

/* Cells that follow belong to it. */
void form_begin(struct form *form, enum form_id id, const struct form_column *columns, size_t n);

void form_empty(struct form *form);
void form_text(struct form *form, const char *text); /* "": empty */
void form_number(struct form *form, int64_t scaled, int decimals);
void form_count(struct form *form, int64_t n);                 /* MISSING: empty */
void form_thousandths(struct form *form, int64_t thousandths); /* without zeros at the end */
void form_status(struct form *form, enum status status);

/* part of whole in tenths of a percent, half up. */
int64_t form_share(size_t part, size_t whole);

/* scaled / 10^decimals, with all its decimals: "0.500". At most three. */
char *form_decimal_text(int64_t scaled, int decimals, char out[FORM_NUMBER_TEXT]);

/* A threshold as it is written: "4.2", "2000". */
char *form_threshold_text(int64_t thousandths, char out[FORM_NUMBER_TEXT]);

void form_fill_county(struct form *form);      /* form_county.c */
void form_fill_indicators(struct form *form);  /* form_resources.c … */
void form_fill_differences(struct form *form); /* … */
void form_fill_records(struct form *form);     /* form_records.c */
void form_fill_items(struct form *form, enum form_id id, enum item_group group); /* form_items.c */
void form_fill_recognition(struct form *form);                                   /* the same */

/* What an item asks for, in short: "≥ 10%;≥ 20%". */
void form_item_rule(struct buf *out, const struct item_rule *rule);

/* --- the renderers ----------------------------------------------------------------------- */

void form_write_json(const struct form *form, struct buf *out);
/* Excel opens it as it is: UTF-8 with its mark, CRLF, and no text that would be a formula. */
void form_write_csv(const struct form *form, const struct form_table *table, struct buf *out);
/* A workbook with a sheet a table. ERR_IO, ERR_NOMEM. */
enum err form_write_xlsx(const struct form *form, struct buf *out,
			 struct err_info *info) MUST_CHECK;

#endif
