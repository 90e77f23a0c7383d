/* SPDX-License-Identifier: Apache-2.0 */
/* Writers, Merge Patch, and the messages of the bus against proto/examples. */
#include <jansson.h>

#include "base/auto.h"
#include "base/decimal.h"
#include "base/str.h"
#include "lib/check.h"
#include "json/documents.h"
#include "json/events.h"
#include "json/merge_patch.h"
#include "json/scan.h"
#include "json/write.h"

static void assert_written(struct buf *b, const char *expected)
{
	assert_false(buf_failed(b));
	assert_string_equal(b->data, expected);
	buf_release(b);
}

static void test_numbers(void **state)
{
	auto_buf struct buf b;

	(void)state;
	buf_init(&b, 4096);
	json_hundredths(&b, 420);
	assert_written(&b, "4.2");
	json_hundredths(&b, 400);
	assert_written(&b, "4");
	json_hundredths(&b, 5);
	assert_written(&b, "0.05");
	json_hundredths(&b, -105);
	assert_written(&b, "-1.05");
	json_hundredths(&b, AMOUNT_MAX);
	assert_written(&b, "9000000000000");
	json_hundredths(&b, INT64_MIN + 1);
	assert_written(&b, "-92233720368547758.07");
	json_double(&b, 0.1);
	assert_written(&b, "0.1");
	json_double(&b, 0.1 + 0.2);
	assert_written(&b, "0.30000000000000004");
	json_double(&b, 2496.674864);
	assert_written(&b, "2496.674864");
	json_double(&b, 1.0 / 3);
	assert_written(&b, "0.3333333333333333");
	json_double(&b, 0.0);
	assert_written(&b, "0");
	json_double(&b, 1.0 / 0.0);
	assert_written(&b, "null");
}

static void test_texts(void **state)
{
	auto_buf struct buf b;

	(void)state;
	buf_init(&b, 4096);
	json_text(&b, "a\"b\\c\n\x01\x7f 均衡");
	assert_written(&b, "\"a\\\"b\\\\c\\u000a\\u0001\\u007f 均衡\"");
	buf_str(&b, "{");
	json_name(&b, "a");
	buf_str(&b, "1");
	json_name(&b, "b");
	assert_written(&b, "{\"a\":1,\"b\":");
}

/* Every hundredth that a report may hold comes back as it was sent. */
static void test_decimals_round_trip(void **state)
{
	uint64_t x = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		auto_buf struct buf b;
		struct problems p = { .n = 0 };
		struct report r;
		int64_t amount;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		amount = (int64_t)(x % ((uint64_t)AMOUNT_MAX + 1)) >> (i % 50);
		buf_init(&b, 4096);
		buf_str(&b,
			"{\"stages\":{\"primary\":{\"students\":1}},\"site\":{\"public_funds\":");
		json_hundredths(&b, amount);
		buf_str(&b, "}}");
		assert_int_equal(json_read_report(b.data, b.len, NULL, &r, &p, NULL), ERR_OK);
		assert_true(r.site[SITE_public_funds] == amount);
	}
}

static void fill(struct report *r)
{
	report_init(r);
	for (int s = 0; s < STAGE_COUNT; s++) {
		r->stages[s].present = true;
		r->stages[s].figure[STAGE_students] = 100 + s;
	}
	for (int f = 0; f < STAGE_FIELD_COUNT; f++)
		r->stages[STAGE_JUNIOR].figure[f] = 7;
	for (int f = 0; f < SITE_FIELD_COUNT; f++)
		r->site[f] = site_fields[f].unit == UNIT_COUNT ? 5 : 12345;
	r->rooms[ROOMS_music_rooms].n = 0;
	r->rooms[ROOMS_art_rooms].n = 2;
	r->rooms[ROOMS_art_rooms].area[0] = 9000;
	r->rooms[ROOMS_art_rooms].area[1] = 9650;
}

static void write_report(struct buf *b, const struct report *r)
{
	buf_init(b, 1 << 16);
	buf_str(b, "{");
	json_write_report(r, b);
	buf_str(b, "}");
}

static void test_report_round_trip(void **state)
{
	auto_buf struct buf b;
	struct problems p = { .n = 0 };
	struct report in, out;

	(void)state;
	fill(&in);
	write_report(&b, &in);
	assert_int_equal(json_read_report(b.data, b.len, kind_find("345"), &out, &p, NULL), ERR_OK);
	assert_true(report_equal(&in, &out));
	assert_non_null(strstr(b.data, "\"music_rooms\":[]"));
	assert_non_null(strstr(b.data, "\"art_rooms\":[90,96.5]"));
	buf_release(&b);
	report_init(&in);
	in.stages[STAGE_PRIMARY].present = true;
	in.stages[STAGE_PRIMARY].figure[STAGE_classes] = 0;
	write_report(&b, &in);
	assert_string_equal(b.data, "{\"stages\":{\"primary\":{\"classes\":0}}}");
}

/* RFC 7396, appendix A. */
static const struct patch_case {
	const char *target, *patch, *result;
} patches[] = {
	{ "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
	{ "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
	{ "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
	{ "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
	{ "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
	{ "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}" },
	{ "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
	{ "[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]" },
	{ "{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]" },
	{ "{\"a\":\"foo\"}", "null", "null" },
	{ "{\"a\":\"foo\"}", "\"bar\"", "\"bar\"" },
	{ "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
	{ "[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}" },
	{ "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
};

static void test_merge_patch(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patches); i++) {
		json_t *target = json_loads(patches[i].target, JSON_DECODE_ANY, NULL);
		json_t *patch = json_loads(patches[i].patch, JSON_DECODE_ANY, NULL);
		json_t *expected = json_loads(patches[i].result, JSON_DECODE_ANY, NULL);
		json_t *result = NULL;

		assert_int_equal(merge_patch(target, patch, &result), ERR_OK);
		assert_true(json_equal(result, expected));
		json_decref(target);
		json_decref(patch);
		json_decref(expected);
		json_decref(result);
	}
}

static enum err patch(const char *text, struct report *out, struct problems *p)
{
	struct report current;

	fill(&current);
	return json_patch_report(&current, text, strlen(text), kind_find("345"), out, p, NULL);
}

static void test_patch_report(void **state)
{
	struct problems p = { .n = 0 };
	struct report expected, out;

	(void)state;
	assert_int_equal(patch("{\"stages\":{\"junior\":null,\"primary\":{\"classes\":3,"
			       "\"students\":null}},\"site\":{\"art_rooms\":[1.5]}}",
			       &out, &p),
			 ERR_OK);
	fill(&expected);
	expected.stages[STAGE_JUNIOR] = (struct stage_report){ .present = false };
	for (int f = 0; f < STAGE_FIELD_COUNT; f++)
		expected.stages[STAGE_JUNIOR].figure[f] = MISSING;
	expected.stages[STAGE_PRIMARY].figure[STAGE_classes] = 3;
	expected.stages[STAGE_PRIMARY].figure[STAGE_students] = MISSING;
	expected.rooms[ROOMS_art_rooms].n = 1;
	expected.rooms[ROOMS_art_rooms].area[0] = 150;
	assert_true(report_equal(&expected, &out));
	assert_int_equal(patch("{}", &out, &p), ERR_OK);
	fill(&expected);
	assert_true(report_equal(&expected, &out));
	/* The result is validated as a whole, the patch as a document. */
	assert_int_equal(patch("{\"stages\":null}", &out, &p), ERR_INVALID);
	assert_string_equal(p.items[0].pointer, "/stages");
	p.n = 0;
	assert_int_equal(patch("{\"stages\":{\"primary\":{\"students\":null}}}", &out, &p),
			 ERR_INVALID);
	assert_string_equal(p.items[0].code, "empty");
	p.n = 0;
	assert_int_equal(patch("{\"site\":{\"teaching_area\":1}}", &out, &p), ERR_INVALID);
	assert_string_equal(p.items[0].pointer, "/site/indoor_sports_area");
	assert_int_equal(patch("[]", &out, &p), ERR_MALFORMED);
}

static void test_hints(void **state)
{
	struct change_hint in = { "340207", "2025", 41, false }, out;
	auto_buf struct buf b;

	(void)state;
	buf_init(&b, HINT_BYTES_MAX);
	json_write_hint(&in, &b);
	assert_string_equal(b.data, "{\"county\":\"340207\",\"period\":\"2025\",\"version\":41}");
	assert_int_equal(json_read_hint(b.data, b.len, &out), ERR_OK);
	assert_string_equal(out.county, in.county);
	assert_int_equal(out.version, 41);
	assert_false(out.bulk);
	in.bulk = true;
	buf_release(&b);
	json_write_hint(&in, &b);
	assert_string_equal(
		b.data, "{\"county\":\"340207\",\"period\":\"2025\",\"version\":41,\"bulk\":true}");
	assert_int_equal(json_read_hint(b.data, b.len, &out), ERR_OK);
	assert_true(out.bulk);
	assert_int_equal(json_read_hint("x", 1, &out), ERR_MALFORMED);
	assert_int_equal(json_read_hint("[]", 2, &out), ERR_MALFORMED);
	assert_int_equal(json_read_hint("{}", 2, &out), ERR_INVALID);
}

static json_t *example(const char *name)
{
	char path[256];
	json_t *root;

	snprintf(path, sizeof(path), "proto/examples/%s.json", name);
	root = json_load_file(path, 0, NULL);
	assert_non_null(root);
	return root;
}

static const char *text_of(const json_t *root, const char *name)
{
	return json_string_value(json_object_get(root, name));
}

/* What the program writes is the example, down to the summary. */
static void check_event(const char *name)
{
	json_t *root = example(name), *written;
	const json_t *value = json_object_get(root, "value");
	const json_t *limit = json_object_get(root, "limit");
	const json_t *schools = json_object_get(root, "schools");
	struct event e = {
		.seq = json_integer_value(json_object_get(root, "seq")),
		.alert = json_integer_value(json_object_get(root, "alert")),
		.story = json_integer_value(json_object_get(root, "story")),
		.has_value = json_is_number(value),
		.has_limit = json_is_number(limit),
		.value = json_number_value(value),
		.limit = json_number_value(limit),
		.version = json_integer_value(json_object_get(root, "version")),
		.schools.n = json_array_size(schools),
		.schools.all = json_integer_value(json_object_get(root, "schools_count")),
		.provisional = json_is_true(json_object_get(root, "provisional")),
	};
	auto_buf struct buf b;

	for (size_t i = 0; i < e.schools.n; i++)
		str_copy(e.schools.codes[i], SCHOOL_CODE,
			 json_string_value(json_array_get(schools, i)));
	str_copy(e.id, sizeof(e.id), text_of(root, "id"));
	str_copy(e.type, sizeof(e.type), text_of(root, "type"));
	str_copy(e.time, sizeof(e.time), text_of(root, "time"));
	str_copy(e.county, sizeof(e.county), text_of(root, "county"));
	str_copy(e.period, sizeof(e.period), text_of(root, "period"));
	str_copy(e.item, sizeof(e.item), text_of(root, "item"));
	str_copy(e.rule, sizeof(e.rule), text_of(root, "rule"));
	str_copy(e.kind, sizeof(e.kind), text_of(root, "kind"));
	str_copy(e.reason, sizeof(e.reason), text_of(root, "reason"));
	if (text_of(root, "by"))
		str_copy(e.by, sizeof(e.by), text_of(root, "by"));
	if (text_of(root, "comment"))
		str_copy(e.comment, sizeof(e.comment), text_of(root, "comment"));
	str_copy(e.severity, sizeof(e.severity), text_of(root, "severity"));
	if (text_of(root, "level"))
		e.level = alert_level_named(text_of(root, "level"));
	buf_init(&b, 4096);
	json_write_event(&e, &b);
	assert_false(buf_failed(&b));
	written = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(written);
	if (!json_equal(written, root))
		print_message("%s\n", b.data);
	assert_true(json_equal(written, root));
	json_decref(written);
	json_decref(root);
}

static void test_examples(void **state)
{
	json_t *change = example("change");
	char *text = json_dumps(change, JSON_COMPACT);
	struct change_hint hint;

	(void)state;
	assert_int_equal(json_read_hint(text, strlen(text), &hint), ERR_OK);
	free(text);
	json_decref(change);
	check_event("alert.firing");
	check_event("alert.resolved");
	check_event("alert.withdrawn");
	check_event("alert.acknowledged");
	check_event("alert.escalated");
}

/* What an event says to people: why, and no figures where there are none. */
static void test_summaries(void **state)
{
	static const struct {
		const char *type, *item, *kind, *reason;
		bool has_figures;
		const char *summary;
	} rows[] = {
		{ "alert.withdrawn", "R2.primary.cv", "threshold", "rule_gone", false,
		  "340207 2025 R2 小学校际差异系数:不再有规则涉及此项,预警撤销 / R2 primary: CV "
		  "was withdrawn: no rule is about it any more" },
		{ "alert.withdrawn", "R2.primary.cv", "threshold", "no_data", true,
		  "340207 2025 R2 小学校际差异系数:数据已更正,预警撤销 / R2 primary: CV was "
		  "withdrawn: the data were corrected" },
		{ "alert.withdrawn", "schools.junior", "threshold", "rule_gone", false,
		  "340207 2025 初中不再有规则涉及此项,预警撤销 / junior was withdrawn: no rule is "
		  "about it any more" },
		{ "alert.withdrawn", "G7", "plan", "no_data", true,
		  "340207 2025 G7 落后于规划:数据已更正,预警撤销 / behind the plan: was "
		  "withdrawn: the data were corrected" },
		{ "alert.firing", "V1", "veto", "tripped", false,
		  "340207 2025 V1 一票否决,预警 / a veto, firing" },
		{ "alert.firing", "G7", "threshold", "tripped", true,
		  "340207 2025 G7 未达标:7000.5(8000),预警 / not met: 7000.5 (8000), firing" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct event e = { .county = "340207",
				   .period = "2025",
				   .has_value = rows[i].has_figures,
				   .has_limit = rows[i].has_figures,
				   .value = 7000.5,
				   .limit = 8000 };
		auto_buf struct buf b;
		json_t *written;

		str_copy(e.type, sizeof(e.type), rows[i].type);
		str_copy(e.item, sizeof(e.item), rows[i].item);
		str_copy(e.kind, sizeof(e.kind), rows[i].kind);
		str_copy(e.reason, sizeof(e.reason), rows[i].reason);
		buf_init(&b, 4096);
		json_write_event(&e, &b);
		written = json_loadb(b.data, b.len, 0, NULL);
		assert_non_null(written);
		assert_string_equal(text_of(written, "summary"), rows[i].summary);
		json_decref(written);
	}
}

static void test_topic(void **state)
{
	char topic[TOPIC_BYTES];

	(void)state;
	event_topic("340207", "R2.primary.cv", topic);
	assert_string_equal(topic, "alert.340207.R2.primary.cv");
}

static void test_scan_pointer(void **state)
{
	static const char text[] = "{\"a\":[{\"x\":1},{\"b\":\"q\\\"}\",\"c";
	char pointer[96];

	(void)state;
	scan_pointer(text, strlen(text), pointer, sizeof(pointer));
	assert_string_equal(pointer, "/a/1/c");
	scan_pointer(text, 4, pointer, sizeof(pointer));
	assert_string_equal(pointer, "/a");
	assert_true(scan_depth_ok("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", 41));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_decimals_round_trip),
		cmocka_unit_test(test_report_round_trip),
		cmocka_unit_test(test_merge_patch),
		cmocka_unit_test(test_patch_report),
		cmocka_unit_test(test_hints),
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_topic),
		cmocka_unit_test(test_scan_pointer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
