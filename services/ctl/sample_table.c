/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/sample_table.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/str.h"
#include "ctl/sample_data.h"

#define LINE_SIZE 1024
#define PATH_SIZE 1024

/* One file being read; held while its rows are handed out. */
struct table {
	FILE *file;
	const char *name;
	int line;
};

static enum err table_bad(const struct table *t, struct err_info *info)
{
	return err_set(info, ERR_INVALID, "样例表 %s 第 %d 行有误 / %s line %d is wrong", t->name,
		       t->line, t->name, t->line);
}

/* The next line that is not a comment, without its end; false at the end of the
 * file or on an error, which ferror tells apart. A line that does not fit comes
 * back cut and fails as a row. */
static bool table_line(struct table *t, char line[LINE_SIZE])
{
	while (fgets(line, LINE_SIZE, t->file)) {
		t->line++;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '#' && line[0] != '\0')
			return true;
	}
	return false;
}

static size_t split(char *line, char *field[SAMPLE_FIELDS])
{
	size_t n = 0;

	for (char *p = line; p && n < SAMPLE_FIELDS; n++) {
		field[n] = p;
		p = strchr(p, ',');
		if (p)
			*p++ = '\0';
	}
	return n;
}

enum err sample_table_read(const char *dir, const char *file, const char *header, size_t n_fields,
			   sample_row_fn *take, void *into, struct err_info *info)
{
	char path[PATH_SIZE];
	char line[LINE_SIZE];
	char *field[SAMPLE_FIELDS] = { NULL };
	const int len = snprintf(path, sizeof(path), "%s/%s", dir, file);

	if (len < 0 || (size_t)len >= sizeof(path))
		return err_set(info, ERR_INVALID, "目录名过长 / the directory name is too long");

	auto_fclose FILE *f = fopen(path, "r");

	if (!f)
		return err_set(info, ERR_IO, "无法打开样例表 %s / cannot open %s", file, path);

	struct table t = { .file = f, .name = file };

	if (!table_line(&t, line) || !str_equal(line, header))
		return table_bad(&t, info);
	while (table_line(&t, line))
		if (split(line, field) != n_fields || !take(into, field))
			return table_bad(&t, info);
	if (ferror(f))
		return err_set(info, ERR_IO, "读取样例表 %s 失败 / cannot read %s", file, path);
	return ERR_OK;
}

/* A decimal with at most `places` decimals, times 10^places. */
static bool scaled(const char *text, int places, int64_t *ret_value)
{
	int64_t whole = 0;
	int decimals = -1; /* before the point */

	if (text[0] < '0' || text[0] > '9')
		return false;
	for (const char *p = text; *p; p++) {
		if (*p == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*p < '0' || *p > '9' || whole > INT64_C(1000000000000000))
			return false;
		whole = whole * 10 + (*p - '0');
		if (decimals >= 0 && ++decimals > places)
			return false;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < places; i++)
		whole *= 10;
	*ret_value = whole;
	return true;
}

bool sample_micro(const char *text, int64_t *ret_micro)
{
	/* 9 digits, a point, 6 decimals. */
	return strlen(text) <= 16 && strcspn(text, ".") <= 9 && scaled(text, 6, ret_micro);
}

bool sample_count(const char *text, int64_t *ret_count)
{
	if (text[0] != '\0')
		return strlen(text) <= 7 && scaled(text, 0, ret_count);
	*ret_count = MISSING;
	return true;
}

bool sample_hundredths(const char *text, int64_t *ret_hundredths)
{
	if (text[0] != '\0')
		return strlen(text) <= 14 && scaled(text, 2, ret_hundredths);
	*ret_hundredths = MISSING;
	return true;
}
