/* SPDX-License-Identifier: Apache-2.0 */
#include "json/import_records.h"

#include <csv.h>
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define CONVERTED_BYTES 4096
#define PENDING_BYTES   8 /* of a character that is not whole yet */

static const char byte_order_mark[] = "\xef\xbb\xbf";
static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD, which no value of ours may hold */
#define MARK_BYTES 3                              /* of either */

struct records {
	enum import_format format;
	record_fn *fn;
	void *context;
	struct file_record record;
	char text[RECORD_BYTES + RECORD_CELLS + 1]; /* of the record's cells, terminated each */
	size_t used;
	size_t since; /* bytes since the end of a record */
	int last_end; /* the byte that ended the line before */
	char probe[RECORDS_PROBE];
	size_t probed;
	bool decided;
	struct csv_parser csv;
	iconv_t convert; /* (iconv_t)-1: it is UTF-8 */
	char pending[PENDING_BYTES];
	size_t pending_n;
	enum err err; /* of fn, while libcsv goes on */
	struct err_info *info;
};

enum err records_new(enum import_format format, record_fn *fn, void *context,
		     struct records **ret_records)
{
	struct records *r = calloc(1, sizeof(*r));

	if (!r)
		return ERR_NOMEM;
	r->format = format;
	r->fn = fn;
	r->context = context;
	r->convert = (iconv_t)-1;
	if (csv_init(&r->csv, CSV_APPEND_NULL | CSV_REPALL_NL) != 0) {
		free(r);
		return ERR_NOMEM;
	}
	*ret_records = r;
	return ERR_OK;
}

void records_free(struct records *r)
{
	if (!r)
		return;
	csv_free(&r->csv);
	if (r->convert != (iconv_t)-1)
		iconv_close(r->convert);
	free(r);
}

static void add_cell(struct records *r, const char *text, size_t len)
{
	struct file_record *record = &r->record;

	if (record->n == RECORD_CELLS && !len)
		return;
	if (record->n == RECORD_CELLS || len > RECORD_BYTES - r->used) {
		record->too_long = true;
		return;
	}
	record->cell[record->n] = r->text + r->used + record->n;
	record->len[record->n] = len;
	memcpy(r->text + r->used + record->n, text, len);
	r->text[r->used + record->n + len] = '\0';
	r->used += len;
	record->n++;
}

static void end_record(struct records *r)
{
	r->record.row++;
	if (r->err == ERR_OK)
		r->err = r->fn(&r->record, r->context, r->info);
	r->record.n = 0;
	r->record.too_long = false;
	r->used = 0;
	r->since = 0;
}

static void on_cell(void *text, size_t len, void *context)
{
	add_cell(context, text ? text : "", len);
}

static void on_end(int end, void *context)
{
	struct records *r = context;
	const bool is_blank = r->record.n == 0 && !r->record.too_long;

	if (!is_blank)
		end_record(r);
	else if (end != '\n' || r->last_end != '\r') /* else the second half of an end of line */
		r->record.row++;
	r->last_end = end;
	r->since = 0;
}

static enum err bad_csv(const struct records *r, struct err_info *info)
{
	return err_set(info, ERR_MALFORMED,
		       "第 %lld 行之后的引号没有闭合 / a quote behind row %lld is never closed",
		       (long long)r->record.row, (long long)r->record.row);
}

/* With a quote or without one: a field of millions of bytes is no field. */
static enum err never_ends(const struct records *r, struct err_info *info)
{
	return err_set(
		info, ERR_MALFORMED,
		"第 %lld 行之后 %u 字节内没有行尾,缺引号或换行 / behind row %lld no row ends "
		"within %u bytes: a quote or a line break is missing",
		(long long)r->record.row, RECORD_RUNAWAY, (long long)r->record.row, RECORD_RUNAWAY);
}

static enum err feed_csv(struct records *r, const char *data, size_t len, struct err_info *info)
{
	for (size_t done = 0; done < len && r->err == ERR_OK;) {
		const size_t n = len - done < CONVERTED_BYTES ? len - done : CONVERTED_BYTES;

		r->since += n;
		if (csv_parse(&r->csv, data + done, n, on_cell, on_end, r) != n)
			return err_set(info, ERR_NOMEM, "%s", csv_strerror(csv_error(&r->csv)));
		if (r->since > RECORD_RUNAWAY)
			return never_ends(r, info);
		done += n;
	}
	return r->err;
}

/* One line, over any number of calls. */
static enum err feed_lines(struct records *r, const char *data, size_t len, struct err_info *info)
{
	while (len && r->err == ERR_OK) {
		const char *end = memchr(data, '\n', len);
		const size_t n = end ? (size_t)(end - data) : len;
		const size_t take = n < RECORD_BYTES - r->used ? n : RECORD_BYTES - r->used;

		memcpy(r->text + r->used, data, take);
		r->used += take;
		r->since += n;
		r->record.too_long |= take < n;
		if (end) {
			r->text[r->used] = '\0';
			r->record.cell[0] = r->text;
			r->record.len[0] = r->used;
			r->record.n = 1;
			end_record(r);
		} else if (r->since > RECORD_RUNAWAY) {
			return never_ends(r, info);
		}
		data += n + (end != NULL);
		len -= n + (end != NULL);
	}
	return r->err;
}

/* What cannot be converted becomes U+FFFD. There is room for all of it. Returns the bytes that were
 * taken: the rest is the beginning of a character. */
static size_t convert_some(struct records *r, char *data, size_t len, char *out, size_t *ret_len)
{
	char *to = out;
	size_t left = len, room = CONVERTED_BYTES;

	while (iconv(r->convert, &data, &left, &to, &room) == (size_t)-1 && errno == EILSEQ) {
		memcpy(to, replacement, MARK_BYTES);
		to += MARK_BYTES;
		room -= MARK_BYTES;
		data++;
		left--;
	}
	*ret_len = (size_t)(to - out);
	return len - left;
}

static enum err feed_converted(struct records *r, const char *data, size_t len,
			       struct err_info *info)
{
	char in[CONVERTED_BYTES / MARK_BYTES]; /* a byte becomes three at most */
	char out[CONVERTED_BYTES];
	enum err e = ERR_OK;

	while (len && e == ERR_OK) {
		const size_t room = sizeof(in) - r->pending_n;
		const size_t n = len < room ? len : room;
		const size_t total = r->pending_n + n;
		size_t made = 0, took;

		memcpy(in, r->pending, r->pending_n);
		memcpy(in + r->pending_n, data, n);
		took = convert_some(r, in, total, out, &made);
		if (total - took > sizeof(r->pending))
			return err_set(info, ERR_MALFORMED, "不是 GB18030 / not GB18030");
		r->pending_n = total - took;
		memcpy(r->pending, in + took, r->pending_n);
		e = feed_csv(r, out, made, info);
		data += n;
		len -= n;
	}
	return e;
}

static enum err feed_decided(struct records *r, const char *data, size_t len, struct err_info *info)
{
	if (r->format == IMPORT_NDJSON)
		return feed_lines(r, data, len, info);
	if (r->convert == (iconv_t)-1)
		return feed_csv(r, data, len, info);
	return feed_converted(r, data, len, info);
}

/* Whether these bytes, the last of which may be a character's first half, are UTF-8. */
static bool looks_like_utf8(const char *data, size_t len)
{
	size_t cut = 0;

	while (cut < 3 && cut < len && ((unsigned char)data[len - 1 - cut] & 0xc0) == 0x80)
		cut++;
	if (cut < len && (unsigned char)data[len - 1 - cut] >= 0xc0)
		cut++;
	else
		cut = 0;
	return str_is_utf8(data, len) || str_is_utf8(data, len - cut);
}

/* What else is sent as rows, by its first bytes: read as text it would be told as a strange header.
 */
static const struct {
	const char *magic;
	size_t len;
	const char *why;
} strangers[] = {
	{ "\xff\xfe", 2,
	  "文件是 UTF-16,请另存为 UTF-8 或 GB18030 / the file is UTF-16: save it as UTF-8 or "
	  "GB18030" },
	{ "\xfe\xff", 2,
	  "文件是 UTF-16,请另存为 UTF-8 或 GB18030 / the file is UTF-16: save it as UTF-8 or "
	  "GB18030" },
	{ "\x1f\x8b", 2,
	  "文件是 gzip,须注明 Content-Encoding: gzip / the file is gzip: say so by "
	  "Content-Encoding: gzip" },
	{ "PK\3\4", 4,
	  "文件是工作簿或 zip;工作簿有自己的内容类型 / the file is a workbook, or zip: a workbook "
	  "has a content type of its own" },
	{ "\xd0\xcf\x11\xe0", 4,
	  "文件是旧式 .xls,请另存为 .xlsx 或 CSV / the file is an old .xls: save it as .xlsx or "
	  "CSV" },
};

static enum err refuse_strangers(const struct records *r, struct err_info *info)
{
	for (size_t i = 0; i < ARRAY_LEN(strangers); i++) {
		if (r->probed >= strangers[i].len &&
		    !memcmp(r->probe, strangers[i].magic, strangers[i].len))
			return err_set(info, ERR_MALFORMED, "%s", strangers[i].why);
	}
	return ERR_OK;
}

static enum err decide(struct records *r, struct err_info *info)
{
	const enum err e = refuse_strangers(r, info);
	size_t skip = 0;

	r->decided = true;
	if (e != ERR_OK)
		return e;
	if (r->probed >= MARK_BYTES && !memcmp(r->probe, byte_order_mark, MARK_BYTES))
		skip = MARK_BYTES;
	else if (r->format == IMPORT_CSV && !looks_like_utf8(r->probe, r->probed))
		r->convert = iconv_open("UTF-8", "GB18030");
	return feed_decided(r, r->probe + skip, r->probed - skip, info);
}

enum err records_feed(struct records *r, const char *data, size_t len, struct err_info *info)
{
	enum err e = ERR_OK;

	r->info = info;
	if (!r->decided) {
		const size_t room = sizeof(r->probe) - r->probed;
		const size_t n = len < room ? len : room;

		memcpy(r->probe + r->probed, data, n);
		r->probed += n;
		data += n;
		len -= n;
		if (r->probed == sizeof(r->probe))
			e = decide(r, info);
	}
	return e == ERR_OK && len ? feed_decided(r, data, len, info) : e;
}

int64_t records_row(const struct records *r)
{
	return r->record.row;
}

enum err records_end(struct records *r, struct err_info *info)
{
	enum err e = ERR_OK;

	r->info = info;
	if (!r->decided)
		e = decide(r, info);
	if (e != ERR_OK)
		return e;
	if (r->format == IMPORT_NDJSON)
		return r->since ? feed_lines(r, "\n", 1, info) : ERR_OK;
	/* A character that breaks off is no character: without it the cell would be a value. */
	if (r->pending_n)
		e = feed_csv(r, replacement, MARK_BYTES, info);
	if (e != ERR_OK)
		return e;
	/* Only a strict parser tells that a quote was never closed. */
	csv_set_opts(&r->csv, CSV_APPEND_NULL | CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
	if (csv_fini(&r->csv, on_cell, on_end, r) != 0)
		return bad_csv(r, info);
	return r->err;
}
