/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/rows.h"

#include "base/str.h"
#include "fuzz/fuzz.h"

#define TOLD_BYTES (8u << 20)
#define PIECES     97 /* bytes, at most */

struct reading {
	struct import_rows *rows;
	struct problems problems;
	struct buf told; /* all that was read, and all that was wrong */
	int64_t row;
};

static const struct standard *national(const char *county, const char *period, void *context)
{
	(void)context;
	FUZZ_CHECK(str_is_digits(county, COUNTY_CODE - 1));
	FUZZ_CHECK(str_is_digits(period, PERIOD_CODE - 1));
	return fuzz_national();
}

static void tell_problems(struct reading *r)
{
	for (size_t i = 0; i < r->problems.n; i++)
		buf_printf(&r->told, " %s %s", r->problems.items[i].pointer,
			   r->problems.items[i].code);
}

static void tell_row(struct reading *r, const struct import_row *row)
{
	buf_printf(&r->told, " %d %s %s %s ", (int)row->type, row->code, row->county, row->period);
	if (row->type == IMPORT_REGION)
		json_write_region(&row->region, &r->told);
	else if (row->type == IMPORT_SCHOOL)
		json_write_school(&row->school, &r->told);
	else if (row->type == IMPORT_REPORT)
		json_write_report(&row->report, &r->told);
	else
		buf_add(&r->told, row->document.data, row->document.len);
}

static void check_row(const struct import_row *row)
{
	const bool region = row->type == IMPORT_REGION;

	FUZZ_CHECK(row->type == IMPORT_COUNTY_REPORT ||
		   str_is_digits(row->code, region ? strlen(row->code) : SCHOOL_CODE - 1));
	FUZZ_CHECK(
		row->type == IMPORT_REGION || row->type == IMPORT_SCHOOL ||
		(str_is_digits(row->period, PERIOD_CODE - 1) && strcmp(row->period, "2026") <= 0));
	FUZZ_CHECK(row->county[0] == '\0' || str_is_digits(row->county, COUNTY_CODE - 1));
}

static enum err on_record(const struct file_record *record, void *context, struct err_info *info)
{
	struct reading *r = context;
	struct import_row *row = NULL;
	enum err e;

	FUZZ_CHECK(record->row > r->row);
	r->row = record->row;
	FUZZ_CHECK(record->n <= RECORD_CELLS);
	for (size_t i = 0; i < record->n; i++)
		FUZZ_CHECK(record->cell[i][record->len[i]] == '\0');
	e = import_rows_read(r->rows, record, &row, &r->problems, info);
	FUZZ_CHECK(e == ERR_OK || (r->problems.n > 0 && !row));
	FUZZ_CHECK(e == ERR_OK || e == ERR_INVALID || e == ERR_MALFORMED);
	buf_printf(&r->told, "%lld:", (long long)record->row);
	tell_problems(r);
	if (row) {
		check_row(row);
		tell_row(r, row);
	}
	buf_str(&r->told, "\n");
	return e == ERR_INVALID ? ERR_OK : e;
}

/* The first RECORDS_PROBE bytes are kept until it is known what they are, so that pieces make a
 * difference only behind them. So one of four inputs comes behind as many that say nothing: blank
 * ones, or a header and a row that settle the encoding. */
static size_t put_padding(enum import_format format, uint32_t kind, char pad[RECORDS_PROBE])
{
	static const char gb18030[] = "school,period,primary.students\n\xb0\xb2\n";

	if (kind > 1)
		return 0;
	memset(pad, format == IMPORT_CSV ? '\n' : ' ', RECORDS_PROBE);
	if (format == IMPORT_CSV && kind == 0)
		memcpy(pad, gb18030, sizeof(gb18030) - 1);
	pad[RECORDS_PROBE / 2] = '\n';
	pad[RECORDS_PROBE - 1] = '\n';
	return RECORDS_PROBE;
}

/* Each piece as long as the hash of where it begins says; whole: all at once. */
static enum err feed(struct records *records, const char *data, size_t size, bool whole,
		     struct err_info *info)
{
	uint32_t seed = fuzz_hash(data, size);
	enum err e = ERR_OK;

	for (size_t at = 0, n; at < size && e == ERR_OK; at += n) {
		seed = fuzz_hash(&seed, sizeof(seed));
		n = whole ? size : seed % PIECES + 1;
		n = n < size - at ? n : size - at;
		e = records_feed(records, data + at, n, info);
	}
	return e == ERR_OK ? records_end(records, info) : e;
}

static enum err read_all(enum import_format format, const char *data, size_t size, bool whole,
			 struct buf *ret_told)
{
	static char pad[RECORDS_PROBE];
	static struct reading r;
	auto_records struct records *records = NULL;
	struct err_info info = { .code = ERR_OK };
	const size_t padded = put_padding(format, fuzz_hash(data, size) % 8, pad);
	enum err e;

	r.row = 0;
	buf_init(&r.told, TOLD_BYTES);
	FUZZ_CHECK(import_rows_new(format, "2026", national, NULL, &r.rows) == ERR_OK);
	FUZZ_CHECK(records_new(format, on_record, &r, &records) == ERR_OK);
	e = records_feed(records, pad, padded, &info);
	if (e == ERR_OK)
		e = feed(records, data, size, whole, &info);
	FUZZ_CHECK(e == ERR_OK || (e == ERR_MALFORMED && info.text[0]));
	import_rows_free(r.rows);
	*ret_told = r.told;
	return e;
}

void fuzz_rows(enum import_format format, const char *data, size_t size)
{
	auto_buf struct buf whole;
	auto_buf struct buf pieces;
	enum err e;

	buf_init(&pieces, 0);
	e = read_all(format, data, size, true, &whole);
	FUZZ_CHECK(read_all(format, data, size, false, &pieces) == e);
	FUZZ_CHECK(whole.len == pieces.len && memcmp(whole.data, pieces.data, whole.len) == 0);
}
