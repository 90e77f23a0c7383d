/* SPDX-License-Identifier: Apache-2.0 */
/* Every document that a body, a message or a stored text may be. The first byte says which, so that
 * a seed can be read; the rest is the document, of a patch behind the line that it is laid over. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "fuzz/fuzz.h"
#include "json/calendar_json.h"
#include "json/documents.h"
#include "json/events.h"
#include "json/ledger_json.h"
#include "json/rule_json.h"
#include "json/targets.h"
#include "json/trial.h"

const char fuzz_target[] = "documents";

static struct problems problems;
static struct err_info info;

static enum err answered(enum err e)
{
	fuzz_check_answer(e, &problems, &info);
	FUZZ_CHECK(e == ERR_OK || e == ERR_INVALID || e == ERR_MALFORMED || e == ERR_TOO_BIG);
	return e;
}

/* Members as a document of their own. */
static void close_braces(struct buf *b, const char *members)
{
	buf_str(b, "{");
	buf_str(b, members);
	buf_str(b, "}");
}

/* --- what is written back is read as the same ------------------------------------------------ */

static void run_region(const char *body, size_t len)
{
	static struct region_document one, two;
	auto_buf struct buf first;
	auto_buf struct buf text;
	auto_buf struct buf second;

	buf_init(&first, 1 << 16);
	buf_init(&text, 1 << 16);
	buf_init(&second, 1 << 16);
	if (answered(json_read_region(body, len, &one, &problems, &info)) != ERR_OK)
		return;
	json_write_region(&one, &first);
	close_braces(&text, first.data);
	FUZZ_CHECK(json_read_region(text.data, text.len, &two, &problems, &info) == ERR_OK);
	json_write_region(&two, &second);
	FUZZ_CHECK(str_equal(first.data, second.data));
}

static void run_school(const char *body, size_t len)
{
	struct school one = { .code = "2134000001" }, two = { .code = "2134000001" };
	auto_buf struct buf first;
	auto_buf struct buf text;

	buf_init(&first, 1 << 16);
	buf_init(&text, 1 << 16);
	if (answered(json_read_school(body, len, &one, &problems, &info)) != ERR_OK)
		return;
	json_write_school(&one, &first);
	close_braces(&text, first.data);
	FUZZ_CHECK(json_read_school(text.data, text.len, &two, &problems, &info) == ERR_OK);
	FUZZ_CHECK(school_equal(&one, &two));
}

static void check_report(const struct report *one, const struct kind *kind)
{
	static struct report two;
	auto_buf struct buf first;
	auto_buf struct buf text;
	auto_buf struct buf second;

	buf_init(&first, 1 << 16);
	buf_init(&text, 1 << 16);
	buf_init(&second, 1 << 16);
	json_write_report(one, &first);
	close_braces(&text, first.data);
	FUZZ_CHECK(!buf_failed(&text));
	FUZZ_CHECK(json_read_report(text.data, text.len, kind, &two, &problems, &info) == ERR_OK);
	json_write_report(&two, &second);
	FUZZ_CHECK(str_equal(first.data, second.data));
	(void)answered(json_check_declared(one, fuzz_national(), &problems));
	problems.n = 0;
}

static void run_report(const char *body, size_t len)
{
	static struct report one;

	if (answered(json_read_report(body, len, NULL, &one, &problems, &info)) == ERR_OK)
		check_report(&one, NULL);
}

static void run_report_of_kind(const char *body, size_t len)
{
	static struct report one;
	const struct kind *kind = kind_find("211");

	if (answered(json_read_report(body, len, kind, &one, &problems, &info)) == ERR_OK)
		check_report(&one, kind);
}

static void run_county_report(const char *body, size_t len)
{
	static struct county_report report;
	auto_buf struct buf first;
	auto_buf struct buf second;

	buf_init(&first, COUNTY_REPORT_BYTES);
	buf_init(&second, COUNTY_REPORT_BYTES);
	if (answered(json_read_county_report(body, len, fuzz_national(), &report, &first, &problems,
					     &info)) != ERR_OK)
		return;
	FUZZ_CHECK(json_read_county_report(first.data, first.len, fuzz_national(), &report, &second,
					   &problems, &info) == ERR_OK);
	FUZZ_CHECK(str_equal(first.data, second.data));
	FUZZ_CHECK(json_parse_county_report(first.data, first.len, fuzz_national(), &report,
					    &info) == ERR_OK);
}

/* --- patches --------------------------------------------------------------------------------- */

/* The line in front, and what is behind it. */
static size_t first_line(const char *body, size_t len, const char **ret_rest, size_t *ret_rest_len)
{
	const char *end = memchr(body, '\n', len);
	const size_t line = end ? (size_t)(end - body) : len;

	*ret_rest = end ? end + 1 : body + len;
	*ret_rest_len = end ? len - line - 1 : 0;
	return line;
}

static void run_report_patch(const char *body, size_t len)
{
	static struct report current, one;
	const char *patch;
	size_t patch_len;
	const size_t line = first_line(body, len, &patch, &patch_len);

	if (json_read_report(body, line, NULL, &current, &problems, &info) != ERR_OK) {
		problems.n = 0;
		return;
	}
	if (answered(json_patch_report(&current, patch, patch_len, NULL, &one, &problems, &info)) ==
	    ERR_OK)
		check_report(&one, NULL);
}

static void run_county_report_patch(const char *body, size_t len)
{
	static struct county_report report;
	auto_buf struct buf current;
	auto_buf struct buf patched;
	const char *patch;
	size_t patch_len;
	const size_t line = first_line(body, len, &patch, &patch_len);

	buf_init(&current, COUNTY_REPORT_BYTES);
	buf_init(&patched, COUNTY_REPORT_BYTES);
	if (json_read_county_report(body, line, fuzz_national(), &report, &current, &problems,
				    &info) != ERR_OK) {
		problems.n = 0;
		return;
	}
	if (answered(json_patch_county_report(current.data, patch, patch_len, fuzz_national(),
					      &report, &patched, &problems, &info)) == ERR_OK)
		run_county_report(patched.data, patched.len);
}

/* --- standards ------------------------------------------------------------------------------- */

static void resolve(const char *body, size_t len, const char *base)
{
	static struct standard standard;
	auto_buf struct buf resolved;
	char name[STANDARD_ID];

	buf_init(&resolved, STANDARD_BYTES);
	(void)answered(json_standard_base(body, len, name, &problems, &info));
	problems.n = 0;
	if (answered(json_resolve_standard(body, len, base, &resolved, &standard, &problems,
					   &info)) != ERR_OK)
		return;
	FUZZ_CHECK(json_parse_standard(resolved.data, resolved.len, &standard, &info) == ERR_OK);
}

static void run_standard(const char *body, size_t len)
{
	resolve(body, len, fuzz_national_text());
}

static void run_standard_alone(const char *body, size_t len)
{
	resolve(body, len, NULL);
}

static void run_stored_standard(const char *body, size_t len)
{
	static struct standard standard;

	IGNORE(json_parse_standard(body, len, &standard, &info) != ERR_OK,
	       "a text that is none is refused");
}

/* --- the others ------------------------------------------------------------------------------ */

static void run_publication(const char *body, size_t len)
{
	static struct publication_document document;

	if (answered(json_read_publication(body, len, &document, &problems, &info)) == ERR_OK)
		FUZZ_CHECK(str_is_utf8(document.note, strlen(document.note)));
}

static void run_calendar(const char *body, size_t len)
{
	struct calendar_year laid = { .known = false };
	char region[COUNTY_CODE];
	auto_buf struct buf first;
	auto_buf struct buf second;
	auto_buf struct buf told;

	buf_init(&first, CALENDAR_BYTES);
	buf_init(&second, CALENDAR_BYTES);
	buf_init(&told, 1 << 18);
	if (answered(json_read_calendar(body, len, 2026, "34", region, &first, &problems, &info)) !=
	    ERR_OK)
		return;
	FUZZ_CHECK(json_read_calendar(first.data, first.len, 2026, region, region, &second,
				      &problems, &info) == ERR_OK);
	FUZZ_CHECK(str_equal(first.data, second.data));
	FUZZ_CHECK(json_lay_calendar(first.data, 2026, true, &laid, &info) == ERR_OK);
	FUZZ_CHECK(json_write_calendar(first.data, first.data, "34", 2026, &told, &info) == ERR_OK);
	FUZZ_CHECK(!buf_failed(&told) && str_is_utf8(told.data, told.len));
}

/* What is written is a patch that changes nothing, and what a transition says is text. */
static void run_ledger(const char *body, size_t len)
{
	const struct ledger_people nothing = { "", "", "", "[]", "" };
	char note[LEDGER_NOTE];
	auto_buf struct buf first;
	auto_buf struct buf second;

	buf_init(&first, LEDGER_PEOPLE_BYTES);
	buf_init(&second, LEDGER_PEOPLE_BYTES);
	if (answered(json_read_ledger_note(body, len, "reason", true, note, &problems, &info)) ==
	    ERR_OK)
		FUZZ_CHECK(str_is_utf8(note, strlen(note)));
	problems.n = 0;
	if (answered(json_patch_ledger(&nothing, body, len, &first, &problems, &info)) != ERR_OK)
		return;
	FUZZ_CHECK(json_patch_ledger(&nothing, first.data, first.len, &second, &problems, &info) ==
		   ERR_OK);
	FUZZ_CHECK(first.len == second.len && str_is_utf8(first.data, first.len));
}

static void run_rule(const char *body, size_t len)
{
	static struct alert_rule one, two;
	auto_buf struct buf first;
	auto_buf struct buf text;
	auto_buf struct buf second;

	buf_init(&first, RULE_BYTES);
	buf_init(&text, RULE_BYTES);
	buf_init(&second, RULE_BYTES);
	if (answered(json_read_rule(body, len, &one, &problems, &info)) != ERR_OK)
		return;
	json_write_rule(&one, &first);
	FUZZ_CHECK(!buf_failed(&first) && str_is_utf8(first.data, first.len));
	close_braces(&text, first.data);
	FUZZ_CHECK(json_read_rule(text.data, text.len, &two, &problems, &info) == ERR_OK);
	json_write_rule(&two, &second);
	FUZZ_CHECK(str_equal(first.data, second.data));
	FUZZ_CHECK(!one.hold.terms || (!one.hold.days && !one.hold.working));
}

static void run_trial(const char *body, size_t len)
{
	auto_trial struct trial_document document = { .standard = NULL };

	if (answered(json_read_trial(body, len, &document, &problems, &info)) == ERR_OK &&
	    document.standard)
		run_standard(document.standard, strlen(document.standard));
}

static void run_hint(const char *body, size_t len)
{
	struct change_hint one, two;
	auto_buf struct buf text;

	buf_init(&text, HINT_BYTES_MAX);
	if (json_read_hint(body, len, &one) != ERR_OK)
		return;
	json_write_hint(&one, &text);
	FUZZ_CHECK(json_read_hint(text.data, text.len, &two) == ERR_OK);
	FUZZ_CHECK(one.version == two.version && str_equal(one.county, two.county));
}

static void run_targets(const char *body, size_t len)
{
	static struct target targets[TARGETS_COMPARED];
	auto_free char *text = calloc(1, len + 1);

	FUZZ_CHECK(text);
	memcpy(text, body, len);
	FUZZ_CHECK(json_read_targets(text, targets) <= TARGETS_COMPARED);
}

static const struct {
	char letter;
	void (*run)(const char *body, size_t len);
} documents[] = {
	{ 'g', run_region },         { 's', run_school },
	{ 'r', run_report },         { 'k', run_report_of_kind },
	{ 'R', run_report_patch },   { 'c', run_county_report },
	{ 'b', run_standard },       { 'C', run_county_report_patch },
	{ 'n', run_standard_alone }, { 'N', run_stored_standard },
	{ 'p', run_publication },    { 't', run_trial },
	{ 'h', run_hint },           { 'T', run_targets },
	{ 'y', run_calendar },       { 'l', run_ledger },
	{ 'a', run_rule },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of its own, so that a read behind the end is seen. */
	auto_free char *body = NULL;

	if (size == 0)
		return 0;
	body = malloc(size > 1 ? size - 1 : 1);
	FUZZ_CHECK(body);
	memcpy(body, data + 1, size - 1);
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		if (documents[i].letter == (char)data[0])
			documents[i].run(body, size - 1);
	}
	problems = (struct problems){ .n = 0 };
	return 0;
}
