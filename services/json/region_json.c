/* SPDX-License-Identifier: Apache-2.0 */
/* Regions: { "name", "targets"?, "recognised"? }. */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "domain/target.h"
#include "json/documents.h"
#include "json/reader.h"
#include "json/trees.h"
#include "json/write.h"

#define NAME_CHARS 40

/* Bytes that the text may grow to where it is kept: PostgreSQL puts a blank behind each colon
 * and comma. 0 when a number has an exponent: kept as a plain decimal it has no bound. */
static size_t kept_length(const char *text)
{
	bool quoted = false;
	size_t n = 0;

	for (; *text; text++, n++) {
		if (*text == '\\' && text[1]) {
			text++;
			n++;
		} else if (*text == '"') {
			quoted = !quoted;
		} else if (!quoted && (*text == ':' || *text == ',')) {
			n++;
		} else if (!quoted && *text == 'e' &&
			   (text[1] == '+' || text[1] == '-' || isdigit((unsigned char)text[1]))) {
			return 0;
		}
	}
	return n;
}

static void check_share(struct reader *r, const char *year, const json_t *value)
{
	const double share = json_number_value(value);
	const size_t mark = reader_enter(r, year);
	int64_t exact;

	if (share < 0)
		reader_problem(r, "negative", "不能小于 0 / must not be below 0");
	else if (share > 1)
		reader_problem(
			r, "too_big",
			"占全部县的比例,0 至 1,30%% 写作 0.3 / a share of the counties, 0 to "
			"1: 30 %% is 0.3");
	else if (!share_from_double(share, &exact))
		reader_problem(r, "too_many_decimals", "最多 4 位小数 / at most 4 decimals");
	reader_leave(r, mark);
}

/* Targets may say anything. A number that stands where a share does would be passed over for a
 * target by whoever compares and judges by it. */
static void check_shares(struct reader *r, const json_t *targets)
{
	for (int kind = 0; kind < TARGET_KINDS; kind++) {
		json_t *shares = json_object_get(targets, target_kind_names[kind]);
		const size_t mark = reader_enter(r, target_kind_names[kind]);
		const char *year;
		json_t *share;

		json_object_foreach(shares, year, share)
		{
			if (str_is_digits(year, PERIOD_CODE - 1) && str_starts(year, "20") &&
			    json_is_number(share))
				check_share(r, year, share);
		}
		reader_leave(r, mark);
	}
}

static void read_targets(struct reader *r, const json_t *value, struct region_document *out)
{
	/* 15 digits: what a person wrote comes back as written, 0.7 and not 0.69…96. */
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(15);
	const size_t max = sizeof(out->targets) - 1;
	size_t len, kept;

	if (!reader_is_object(r, value))
		return;
	check_shares(r, value);
	len = json_dumpb(value, out->targets, max, flags);
	out->targets[len <= max ? len : max] = '\0';
	kept = len <= max ? kept_length(out->targets) : len;
	if (kept == 0)
		reader_problem(
			r, "too_big",
			"数值过大或过小 / a number is too big or too small: it needs an exponent");
	else if (kept > max)
		reader_problem(r, "too_long", "最多 %zu 字节 / at most %zu bytes", max, max);
}

static void read_member(struct reader *r, const char *key, const json_t *value,
			struct region_document *out)
{
	const size_t mark = reader_enter(r, key);

	if (str_equal(key, "name"))
		(void)reader_text(r, value, NAME_CHARS, out->name, sizeof(out->name));
	else if (str_equal(key, "targets"))
		read_targets(r, value, out);
	else if (str_equal(key, "recognised"))
		(void)reader_year(r, value, out->recognised);
	else
		reader_problem(r, "unknown_field", "没有此字段 / no such field");
	reader_leave(r, mark);
}

enum err region_from_tree(struct reader *r, json_t *root, struct region_document *out)
{
	struct region_document document = { .name = "", .targets = "{}", .recognised = "" };
	const char *key;
	json_t *value;
	enum err e;

	json_object_foreach(root, key, value)
	{
		read_member(r, key, value, &document);
	}
	if (!json_object_get(root, "name"))
		reader_missing(r, "name");
	if ((e = reader_result(r)) != ERR_OK)
		return e;
	*out = document;
	return ERR_OK;
}

enum err json_read_region(const char *body, size_t len, struct region_document *out,
			  struct problems *problems, struct err_info *info)
{
	auto_json json_t *root = NULL;
	struct reader r;
	enum err e;

	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	return root ? region_from_tree(&r, root, out) : e;
}

void json_write_region(const struct region_document *r, struct buf *out)
{
	json_member_text(out, "name", r->name);
	json_name(out, "targets");
	buf_str(out, r->targets);
	if (r->recognised[0])
		json_member_text(out, "recognised", r->recognised);
}
