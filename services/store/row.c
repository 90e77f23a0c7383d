/* SPDX-License-Identifier: Apache-2.0 */
#include "store/row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/str.h"

struct row row_at(const PGresult *result, int row)
{
	return (struct row){ .result = result, .row = row };
}

bool row_is_null(const struct row *r)
{
	return PQgetisnull(r->result, r->row, r->column);
}

void row_skip(struct row *r, int columns)
{
	r->column += columns;
}

static void spoil(struct row *r)
{
	if (!r->bad)
		r->bad = r->column;
}

/* Steps to the next column; NULL when this one is NULL. */
static const char *next(struct row *r)
{
	const int column = r->column++;

	if (column >= PQnfields(r->result)) {
		spoil(r);
		return NULL;
	}
	return PQgetisnull(r->result, r->row, column) ? NULL
						      : PQgetvalue(r->result, r->row, column);
}

void row_text_or(struct row *r, char *out, size_t size, const char *null_text)
{
	const char *text = next(r);

	if (text && strlen(text) >= size)
		spoil(r);
	str_copy(out, size, text ? text : null_text);
}

void row_text(struct row *r, char *out, size_t size)
{
	if (row_is_null(r)) {
		r->column++;
		spoil(r);
		return;
	}
	row_text_or(r, out, size, "");
}

int64_t row_int_or(struct row *r, int64_t null_value)
{
	const char *text = next(r);
	int64_t value = null_value;

	if (text && !str_to_int64(text, &value))
		spoil(r);
	return value;
}

int64_t row_int(struct row *r)
{
	const bool null = row_is_null(r);
	const int64_t value = row_int_or(r, 0);

	if (null)
		spoil(r);
	return value;
}

bool row_bool(struct row *r)
{
	const char *text = next(r);

	if (!text || (!str_equal(text, "t") && !str_equal(text, "f"))) {
		spoil(r);
		return false;
	}
	return text[0] == 't';
}

double row_double(struct row *r, bool *ret_has)
{
	const char *text = next(r);
	char *end = NULL;
	double value;

	*ret_has = text != NULL;
	if (!text)
		return 0;
	value = strtod(text, &end);
	if (end == text || *end || !isfinite(value)) {
		spoil(r);
		return 0;
	}
	return value;
}

int64_t row_decimal_or(struct row *r, int64_t null_value)
{
	const char *text = next(r);
	int64_t value = null_value;

	if (text && !decimal_parse(text, &value))
		spoil(r);
	return value;
}

int row_decimals(struct row *r, int64_t *out, int max)
{
	const char *text = next(r);
	int n = 0;

	if (!text)
		return -1;
	if (*text++ != '{') {
		spoil(r);
		return -1;
	}
	while (*text != '}') {
		char element[DECIMAL_TEXT];
		const size_t len = strcspn(text, ",}");

		if (n == max || len >= sizeof(element) || !text[len]) {
			spoil(r);
			return -1;
		}
		memcpy(element, text, len);
		element[len] = '\0';
		if (!decimal_parse(element, &out[n++])) {
			spoil(r);
			return -1;
		}
		text += len + (text[len] == ',');
	}
	return n;
}

const char *row_borrow(struct row *r)
{
	const char *text = next(r);

	return text ? text : "";
}

enum err row_end(const struct row *r, struct err_info *info)
{
	if (r->bad)
		return err_set(info, ERR_DB, "column %d of a result is not what was expected",
			       r->bad);
	if (r->column != PQnfields(r->result))
		return err_set(info, ERR_DB, "%d columns in a result, not %d", PQnfields(r->result),
			       r->column);
	return ERR_OK;
}
