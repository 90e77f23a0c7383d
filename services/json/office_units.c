/* SPDX-License-Identifier: Apache-2.0 */
/* Units as offices write them: "(万元)", "/㎡", "[平方米]", "单位:万元". */
#include <ctype.h>
#include <string.h>

#include "base/str.h"
#include "json/headings.h"

static const struct office_unit units[] = {
	{ "人", UNIT_COUNT, 0 },      { "名", UNIT_COUNT, 0 },      { "个", UNIT_COUNT, 0 },
	{ "班", UNIT_COUNT, 0 },      { "间", UNIT_COUNT, 0 },      { "㎡", UNIT_AREA, 0 },
	{ "平方米", UNIT_AREA, 0 },   { "平米", UNIT_AREA, 0 },     { "m2", UNIT_AREA, 0 },
	{ "m²", UNIT_AREA, 0 },       { "万平方米", UNIT_AREA, 4 }, { "元", UNIT_MONEY, 0 },
	{ "千元", UNIT_MONEY, 3 },    { "万元", UNIT_MONEY, 4 },    { "yuan", UNIT_MONEY, 0 },
	{ "persons", UNIT_COUNT, 0 },
};

/* Known, so that a figure in it is asked about and not taken for one in the stored unit, as far as
 * headings above it say so. */
static const struct office_unit strange_units[] = {
	{ "亩", UNIT_AREA, OFFICE_UNIT_STRANGE },    { "公顷", UNIT_AREA, OFFICE_UNIT_STRANGE },
	{ "万m2", UNIT_AREA, OFFICE_UNIT_STRANGE },  { "万㎡", UNIT_AREA, OFFICE_UNIT_STRANGE },
	{ "百元", UNIT_MONEY, OFFICE_UNIT_STRANGE }, { "亿元", UNIT_MONEY, OFFICE_UNIT_STRANGE },
	{ "万人", UNIT_COUNT, OFFICE_UNIT_STRANGE }, { "千人", UNIT_COUNT, OFFICE_UNIT_STRANGE },
};

#define BLANKS " \t\r\n"
#define MARKS  BLANKS "/:,;-"

static const struct office_unit *find_unit(const struct office_unit *among, size_t n,
					   const char *text)
{
	char plain[HEADING_BYTES];
	char *to = plain;

	heading_trim(text, plain, sizeof(plain));
	for (const char *from = plain; *from; from++) {
		if (!strchr(BLANKS, *from)) /* "万 元" */
			*to++ = *from;
	}
	*to = '\0';
	text = plain;
	if (str_starts(text, "单位"))
		text += strlen("单位");
	text += strspn(text, ":");
	for (size_t i = 0; i < n; i++) {
		if (str_equal(among[i].zh, text))
			return &among[i];
	}
	return NULL;
}

const struct office_unit *office_unit_find(const char *text)
{
	return find_unit(units, ARRAY_LEN(units), text);
}

static const struct office_unit *any_unit(const char *text)
{
	const struct office_unit *unit = office_unit_find(text);

	return unit ? unit : find_unit(strange_units, ARRAY_LEN(strange_units), text);
}

/* The nth unit of all, known or strange; NULL behind the last. */
static const struct office_unit *unit_at(size_t n)
{
	if (n < ARRAY_LEN(units))
		return &units[n];
	n -= ARRAY_LEN(units);
	return n < ARRAY_LEN(strange_units) ? &strange_units[n] : NULL;
}

/* --- of a heading ------------------------------------------------------------------------- */

/* Takes the last bracket that holds a unit out of the text. */
static const struct office_unit *take_bracket(char *text)
{
	for (char *open = strrchr(text, '('); open; open = strrchr(text, '(')) {
		char *close = strchr(open, ')');
		const struct office_unit *unit;

		if (!close)
			return NULL;
		*close = '\0';
		unit = any_unit(open + 1);
		if (unit) {
			memmove(open, close + 1, strlen(close + 1) + 1);
			return unit;
		}
		*close = ')';
		*open = ' '; /* seen */
	}
	return NULL;
}

/* Whether what stands before 元 makes another unit of it: "百万元". */
static bool is_number_word(const char *text, size_t at)
{
	static const char *const words[] = { "十", "百", "千", "万", "亿" };

	while (at && strchr(BLANKS, text[at - 1]))
		at--;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		const size_t n = strlen(words[i]);

		if (at >= n && memcmp(text + at - n, words[i], n) == 0)
			return true;
	}
	return false;
}

/* How many bytes stand before the unit at the text's end, blanks in it passed over; 0: it does not
 * end so. What is counted needs a mark before it: 人 and 班 end names, too. */
static size_t before_unit(const char *text, const struct office_unit *unit)
{
	const char *name = unit->zh;
	size_t at = strlen(text), left = strlen(name);

	while (at && left) {
		if (strchr(BLANKS, text[at - 1]))
			at--;
		else if (text[--at] != name[--left])
			return 0;
	}
	if (left || !at || (unit->unit == UNIT_COUNT && !strchr(MARKS, text[at - 1])))
		return 0;
	return is_number_word(text, at) ? 0 : at;
}

/* Takes a unit off the text's end: "资产值/万元", "资产值 单位:万元", "资产值万元". Not 班, before
 * which a mark may be "per": "在校生数/班". */
static const struct office_unit *take_end(char *text)
{
	const struct office_unit *found = NULL, *unit;
	size_t at = 0;

	for (size_t i = 0; (unit = unit_at(i)) != NULL; i++) {
		const size_t before = str_equal(unit->zh, "班") ? 0 : before_unit(text, unit);

		if (before && (!found || before < at))
			at = before, found = unit;
	}
	if (!found)
		return NULL;
	while (at && strchr(MARKS, text[at - 1]))
		at--;
	text[at] = '\0';
	if (at >= strlen("单位") && str_equal(text + at - strlen("单位"), "单位"))
		text[at - strlen("单位")] = '\0';
	return found;
}

const struct office_unit *heading_take_unit(char *text)
{
	char words[HEADING_BYTES];
	const struct office_unit *unit;

	for (char *c = text; *c; c++)
		*c = *c == '[' ? '(' : *c == ']' ? ')' : *c;
	str_copy(words, sizeof(words), text);
	unit = take_bracket(text);
	if (unit)
		return unit;
	unit = take_end(words);
	if (unit)
		str_copy(text, HEADING_BYTES, words);
	return unit;
}

const struct office_unit *heading_unit(const char *text)
{
	const struct office_unit *unit = any_unit(text);
	char plain[HEADING_BYTES];

	if (unit)
		return unit;
	heading_plain(text, plain, &unit);
	return plain[0] ? NULL : unit;
}

/* --- of a note ---------------------------------------------------------------------------- */

/* How many bytes of the text are the name, blanks in it passed over; 0: it is another word, or a
 * figure per something ("元/人"). */
static size_t name_length(const char *text, const char *name)
{
	const char *at = text;

	while (*name) {
		at += strspn(at, BLANKS);
		if (*at++ != *name++)
			return 0;
	}
	if ((unsigned char)*at >= 0x80 || isalnum((unsigned char)*at) || *at == '/')
		return 0;
	return (size_t)(at - text);
}

static void say(struct said_units *said, const struct office_unit *unit)
{
	const struct office_unit **of = &said->unit[unit->unit];

	said->several[unit->unit] |= *of && (*of)->power != unit->power;
	*of = unit;
}

/* The unit that a word of a note is, NULL for any other. */
static const struct office_unit *unit_of_word(const char *word, size_t *ret_len)
{
	const struct office_unit *unit;

	for (size_t i = 0; (unit = unit_at(i)) != NULL; i++) {
		*ret_len = name_length(word, unit->zh);
		if (*ret_len)
			return unit;
	}
	return NULL;
}

void heading_units_in(const char *text, struct said_units *said)
{
	static const char between[] = BLANKS ":,;()[]";
	char plain[HEADING_BYTES];
	const char *at, *name = "单位";
	size_t len;

	heading_trim(text, plain, sizeof(plain));
	at = strstr(plain, name);
	at = at ? at + strlen(name) : "";
	for (; *(at += strspn(at, between)); at += len) {
		const struct office_unit *unit = unit_of_word(at, &len);

		if (unit)
			say(said, unit);
		else /* "所", "某某局", "金额单位" */
			len = strcspn(at, between);
	}
}
