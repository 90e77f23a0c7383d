/* SPDX-License-Identifier: Apache-2.0 */
/* Standards as documents: those that ship are right, and every mistake is named by its place. */
#include "base/auto.h"
#include "base/str.h"
#include "lib/check.h"
#include "lib/standard_file.h"
#include "json/documents.h"

struct bad {
	const char *document;
	const char *pointer;
	const char *code;
};

#define FRAME         "\"base\":\"national-2017\",\"title\":\"t\",\"source\":\"s\",\"valid_from\":\"2024\""
#define WITH(members) "{" FRAME "," members "}"
#define ITEM(members) WITH("\"items\":{\"X1\":{\"zh\":\"x\"," members "}}")
#define COND(members)                                                                         \
	ITEM("\"fields\":{\"a\":{\"unit\":\"count\",\"zh\":\"a\"},\"m\":{\"unit\":\"money\"," \
	     "\"zh\":\"m\"}},\"conditions\":[{" members "}]")
#define RATIO(members) COND("\"rule\":\"ratio\",\"over\":\"county\"," members)
#define EACH(members)  COND("\"rule\":\"ratio\",\"over\":\"each_school\"," members)
#define AT             "/items/X1/conditions/0"
#define TWO(a, b)      COND(a "},{" b)
#define PERSONS(limit) \
	"\"rule\":\"ratio\",\"over\":\"county\",\"of\":[\"a\"],\"measure\":\"persons\"," limit
#define SECOND "/items/X1/conditions/1"

/* clang-format off */
static const struct bad overlays[] = {
	{ "{\"base\":\"national-2017\",\"source\":\"s\",\"valid_from\":\"2024\"}", "/title", "required" },
	{ "{\"base\":\"national-2017\",\"title\":\"t\",\"valid_from\":\"2024\"}",  "/source", "required" },
	{ "{\"base\":\"national-2017\",\"title\":\"t\",\"source\":\"s\"}",         "/valid_from", "required" },
	{ WITH("\"valid_to\":\"2023\""),                          "/valid_to", "contradicts" },
	{ WITH("\"valid_to\":\"24\""),                            "/valid_to", "bad_format" },
	{ WITH("\"valid_to\":\"1999\""),                          "/valid_to", "not_allowed" },
	{ WITH("\"region\":\"341\""),                             "/region", "bad_format" },
	{ WITH("\"tresholds\":{}"),                               "/tresholds", "unknown_field" },
	{ WITH("\"thresholds\":{\"primary\":{\"R8\":1}}"),        "/thresholds/primary/R8", "unknown_field" },
	{ WITH("\"thresholds\":{\"senior\":{\"R1\":1}}"),         "/thresholds/senior", "unknown_field" },
	{ WITH("\"thresholds\":{\"primary\":{\"R1\":4.2345}}"),   "/thresholds/primary/R1", "too_many_decimals" },
	{ WITH("\"thresholds\":{\"primary\":{\"R1\":0}}"),        "/thresholds/primary/R1", "not_allowed" },
	{ WITH("\"thresholds\":{\"primary\":{\"R1\":\"5\"}}"),    "/thresholds/primary/R1", "wrong_type" },
	{ WITH("\"thresholds\":{\"primary\":{\"R1\":4.1}}"),      "/thresholds/primary/R1", "weaker" },
	{ WITH("\"cv_limit\":{\"primary\":0.51}"),                "/cv_limit/primary", "weaker" },
	{ WITH("\"cv_limit\":{\"primary\":-0.1}"),                "/cv_limit/primary", "negative" },
	{ WITH("\"indicators_needed\":5"),                        "/indicators_needed", "weaker" },
	{ WITH("\"indicators_needed\":8"),                        "/indicators_needed", "too_big" },
	{ WITH("\"floor_percent\":80"),                           "/floor_percent", "weaker" },
	{ WITH("\"weights\":{\"999\":{\"primary\":1}}"),          "/weights/999", "not_allowed" },
	{ WITH("\"weights\":{\"312\":{\"senior\":1}}"),           "/weights/312/senior", "not_of_kind" },
	{ WITH("\"weights\":{\"312\":{\"junior\":0}}"),           "/weights/312/junior", "not_allowed" },
	{ WITH("\"judge\":\"roughly\""),                          "/judge", "not_allowed" },
	{ WITH("\"reliefs\":{\"any\":true}"),                     "/reliefs/any", "unknown_field" },
	{ WITH("\"reliefs\":{\"large_school\":1}"),               "/reliefs/large_school", "wrong_type" },
	{ WITH("\"fields\":{\"Fit\":{\"unit\":\"count\",\"zh\":\"f\"}}"),      "/fields/Fit", "bad_format" },
	{ WITH("\"fields\":{\"students\":{\"unit\":\"count\",\"zh\":\"f\"}}"), "/fields/students", "not_allowed" },
	{ WITH("\"fields\":{\"fit\":{\"unit\":\"litre\",\"zh\":\"f\"}}"),      "/fields/fit/unit", "not_allowed" },
	{ WITH("\"fields\":{\"fit\":{\"unit\":\"count\"}}"),                  "/fields/fit/zh", "required" },
	{ WITH("\"items\":{\"G5\":null}"),                        "/items/G5", "weaker" },
	{ WITH("\"items\":{\"R9\":{\"zh\":\"x\",\"conditions\":[]}}"), "/items/R9", "bad_format" },
	{ WITH("\"items\":{\"x\":{\"zh\":\"x\",\"conditions\":[]}}"),  "/items/x", "bad_format" },
	{ WITH("\"items\":{\"X1\":{\"conditions\":[{\"rule\":\"veto\"}]}}"), "/items/X1/zh", "required" },
	{ ITEM("\"conditions\":[]"),                              "/items/X1/conditions", "too_many" },
	{ ITEM("\"fields\":{}"),                                  "/items/X1/conditions", "required" },
	{ COND("\"rule\":\"magic\""),                             AT "/rule", "not_allowed" },
	{ COND("\"over\":\"county\""),                            AT "/rule", "required" },
	{ COND("\"rule\":\"ratio\""),                             AT "/over", "required" },
	{ COND("\"rule\":\"confirmed\",\"at_least\":1"),          AT "/at_least", "unknown_field" },
	{ COND("\"rule\":\"confirmed\",\"flag\":\"a\""),          AT "/flag", "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\""),        AT, "required" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1,\"at_most\":2"), AT, "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"at_least\":1"),                 AT "/measure", "required" },
	{ RATIO("\"measure\":\"persons\",\"at_least\":1"),        AT "/of", "required" },
	{ RATIO("\"of\":[],\"measure\":\"persons\",\"at_least\":1"), AT "/of", "too_many" },
	{ RATIO("\"of\":[\"b\"],\"measure\":\"persons\",\"at_least\":1"), AT "/of/0", "unknown_field" },
	{ RATIO("\"of\":[\"G99.b\"],\"measure\":\"persons\",\"at_least\":1"), AT "/of/0", "unknown_field" },
	{ RATIO("\"of\":[\"schools.beds\"],\"measure\":\"persons\",\"at_least\":1"), AT "/of/0", "unknown_field" },
	{ RATIO("\"of\":[\"-a\"],\"measure\":\"persons\",\"at_least\":1"), AT "/of", "contradicts" },
	{ RATIO("\"of\":[\"a\",\"m\"],\"measure\":\"persons\",\"at_least\":1"), AT "/of", "unit_mismatch" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"yuan\",\"at_least\":1"), AT "/measure", "unit_mismatch" },
	{ RATIO("\"of\":[\"a\"],\"to\":[\"m\"],\"measure\":\"percent\",\"at_least\":1"), AT "/measure", "unit_mismatch" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1,\"share\":true"), AT "/share", "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"to\":[\"G11.moved\"],\"measure\":\"percent\",\"at_least\":101,\"share\":true"), AT "/at_least", "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1,\"students_below\":9"), AT "/students_below", "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1,\"where\":[\"rural\"]"), AT "/where", "contradicts" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":1,\"where\":[\"rural\",\"urban_or_town\"]"), AT "/where", "contradicts" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":1,\"where\":[\"lunar\"]"), AT "/where/0", "not_allowed" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":1,\"stage\":\"senior\""), AT "/stage", "not_allowed" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":5,\"relief\":{\"name\":\"large_school\",\"at_most\":4}"), AT "/relief", "contradicts" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":5,\"relief\":{\"name\":\"older_rooms\",\"at_most\":9}"), AT "/relief/name", "not_allowed" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":5,\"relief\":{\"name\":\"large_school\"}"), AT "/relief/at_most", "required" },
	{ COND("\"rule\":\"growth\",\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1"), AT "/measure", "unit_mismatch" },
	{ COND("\"rule\":\"growth\",\"of\":[\"schools.students\"],\"measure\":\"percent\",\"at_least\":1"), AT "/of/0", "unknown_field" },
	{ COND("\"rule\":\"subjects\",\"level\":3,\"difference_below\":0.15"), AT, "contradicts" },
	{ COND("\"rule\":\"subjects\",\"level\":7,\"difference_below\":0.15"), AT "/level", "too_big" },
	{ COND("\"rule\":\"subjects\",\"level\":3"),              AT "/difference_below", "required" },
	{ COND("\"rule\":\"groups\",\"measure\":\"percent\",\"at_least\":85"), AT, "contradicts" },
	{ COND("\"rule\":\"rooms\",\"classes\":0,\"music\":96,\"art\":90"), AT "/older", "required" },
	{ WITH("\"items\":{\"G11\":{\"conditions\":[{\"rule\":\"ratio\",\"over\":\"county\",\"of\":[\"moved\"],\"to\":[\"eligible\"],\"measure\":\"percent\",\"at_least\":9,\"share\":true},{\"rule\":\"ratio\",\"over\":\"county\",\"of\":[\"backbone_moved\"],\"to\":[\"moved\"],\"measure\":\"percent\",\"at_least\":20,\"share\":true}]}}"), "/items/G11/conditions/0/at_least", "weaker" },
	{ WITH("\"region\":34"),                                  "/region", "wrong_type" },
	{ WITH("\"title\":\"u\",\"judge\":\"roughly\""),        "/title", "duplicate_key" },
	{ WITH("\"title\":\"u\",\"judge\":\"roughly\""),        "/judge", "not_allowed" },
	{ WITH("\"reliefs\":{\"large_school\":null}"),            "/reliefs/large_school", "required" },
	{ WITH("\"thresholds\":null"),                            "/thresholds", "required" },
	{ WITH("\"cv_limit\":{\"junior\":null}"),                 "/cv_limit/junior", "required" },
	{ WITH("\"cv_limit\":{\"junior\":10}"),               "/cv_limit/junior", "too_big" },
	{ WITH("\"floor_percent\":101"),                          "/floor_percent", "too_big" },
	{ WITH("\"floor_percent\":90.5"),                         "/floor_percent", "not_integer" },
	{ WITH("\"weights\":{\"312\":{\"junior\":10.01}}"),       "/weights/312/junior", "too_big" },
	{ WITH("\"weights\":{\"312\":{\"junior\":1.001}}"),       "/weights/312/junior", "too_many_decimals" },
	{ WITH("\"fields\":{\"a23456789b23456789c23456789d23456\":{\"unit\":\"count\",\"zh\":\"f\"}}"), "/fields/a23456789b23456789c23456789d23456", "bad_format" },
	{ WITH("\"fields\":{\"music_rooms\":{\"unit\":\"area\",\"zh\":\"f\"}}"), "/fields/music_rooms", "not_allowed" },
	/* The names of items. */
	{ WITH("\"items\":{\"\":{\"zh\":\"x\",\"conditions\":[]}}"),   "/items/", "bad_format" },
	{ WITH("\"items\":{\"X\":{\"zh\":\"x\",\"conditions\":[]}}"),  "/items/X", "bad_format" },
	{ WITH("\"items\":{\"G16\":{\"zh\":\"x\",\"conditions\":[{\"rule\":\"veto\"}]}}"), "/items/G16", "not_allowed" },
	{ WITH("\"items\":{\"V8\":{\"zh\":\"x\",\"conditions\":[{\"rule\":\"veto\"}]}}"),  "/items/V8", "not_allowed" },
	{ WITH("\"items\":{\"X1\":7}"),                           "/items/X1", "wrong_type" },
	{ ITEM("\"fields\":{\"evidence\":{\"unit\":\"count\",\"zh\":\"e\"}}"), "/items/X1/fields/evidence", "not_allowed" },
	{ ITEM("\"fields\":{\"confirmed\":{\"unit\":\"count\",\"zh\":\"c\"}},\"conditions\":[{\"rule\":\"confirmed\"}]"), AT, "contradicts" },
	{ COND("\"rule\":\"confirmed\",\"flag\":\"evidence\""), AT "/flag", "bad_format" },
	{ COND("\"rule\":\"confirmed\",\"flag\":1"),            AT "/flag", "wrong_type" },
	/* What can never be met. */
	{ RATIO("\"of\":[\"a\"],\"to\":[\"G11.moved\"],\"measure\":\"percent\",\"more_than\":100,\"share\":true"), AT "/more_than", "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"to\":[\"G11.moved\"],\"measure\":\"percent\",\"less_than\":0,\"share\":true"), AT "/less_than", "contradicts" },
	{ WITH("\"items\":{\"S1\":{\"conditions\":[{\"rule\":\"groups\",\"measure\":\"percent\",\"at_least\":101}]}}"), "/items/S1/conditions/0/at_least", "contradicts" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1,\"relief\":{\"name\":\"large_school\",\"at_least\":1}"), AT "/relief", "contradicts" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":1,\"where\":[\"public\",\"private\"]"), AT "/where", "contradicts" },
	{ TWO("\"rule\":\"confirmed\",\"flag\":\"f\"", "\"rule\":\"veto\",\"flag\":\"f\""), SECOND, "contradicts" },
	{ TWO(PERSONS("\"at_least\":2"), PERSONS("\"at_most\":1")), SECOND, "contradicts" },
	{ TWO(PERSONS("\"at_most\":2"), PERSONS("\"more_than\":2")), SECOND, "contradicts" },
	{ RATIO("\"of\":[\"a\",\"a\"],\"measure\":\"persons\",\"at_least\":1"), AT "/of/1", "contradicts" },
	{ RATIO("\"of\":[\"a\",\"-a\"],\"measure\":\"persons\",\"at_most\":1"), AT "/of/1", "contradicts" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":1,\"where\":[\"day\",\"boarding\"]"), AT "/where", "contradicts" },
	{ EACH("\"of\":[\"students\"],\"measure\":\"persons\",\"at_most\":1,\"where\":[\"integrated\",\"single\"]"), AT "/where", "contradicts" },
	{ EACH("\"of\":[\"schools.students\"],\"measure\":\"persons\",\"at_most\":1"), AT "/of/0", "unknown_field" },
	{ EACH("\"of\":[\"teaching_area\"],\"to\":[\"students\"],\"measure\":\"percent\",\"at_least\":1"), AT "/measure", "unit_mismatch" },
	{ EACH("\"of\":[\"teaching_area\"],\"measure\":\"rooms\",\"at_least\":1"), AT "/measure", "unit_mismatch" },
	{ EACH("\"of\":[\"students\"],\"to\":[\"classes\",\"teaching_area\"],\"measure\":\"number\",\"at_most\":1"), AT "/to", "unit_mismatch" },
	{ EACH("\"of\":[\"students\"],\"to\":[\"G11.confirmed\"],\"measure\":\"number\",\"at_most\":1"), AT "/to/0", "unknown_field" },
	{ EACH("\"of\":[\"students\",\"teachers\",\"classes\",\"students\",\"students\"],\"measure\":\"persons\",\"at_most\":1"), AT "/of", "too_many" },
	{ RATIO("\"of\":[1],\"measure\":\"persons\",\"at_least\":1"), AT "/of/0", "wrong_type" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":-1"), AT "/at_least", "negative" },
	{ RATIO("\"of\":[\"a\"],\"measure\":\"persons\",\"at_least\":1.0001"), AT "/at_least", "too_many_decimals" },
	{ COND("\"rule\":\"growth\",\"over\":\"each_school\",\"of\":[\"a\"],\"measure\":\"percent\",\"at_least\":1"), AT "/over", "not_allowed" },
	{ COND("\"rule\":\"growth\",\"of\":[\"a\"],\"measure\":\"percent\",\"at_least\":1,\"share\":true"), AT "/share", "unknown_field" },
	{ COND("\"rule\":\"veto\",\"over\":\"county\""),      AT "/over", "unknown_field" },
	{ COND("\"rule\":\"rooms\",\"classes\":0,\"music\":96,\"art\":90"), AT "/classes", "not_allowed" },
	{ COND("\"rule\":\"rooms\",\"classes\":12,\"music\":96"), AT "/art", "required" },
	{ COND("\"rule\":\"rooms\",\"classes\":12,\"music\":96,\"art\":90,\"older\":{\"founded\":2016,\"music\":73,\"art\":67,\"wing\":1}"), AT "/older/wing", "unknown_field" },
};
/* clang-format on */

static enum err resolve(const char *document, const char *base, struct buf *resolved,
			struct standard *out, struct problems *problems)
{
	struct err_info info = { .text = "" };
	const enum err e = json_resolve_standard(document, strlen(document), base, resolved, out,
						 problems, &info);

	return e;
}

static void test_bad(void **state)
{
	auto_free char *national = standard_file_read("national-2017");
	struct standard *auto_free s = calloc(1, sizeof(*s));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(overlays); i++) {
		struct problems *auto_free problems = calloc(1, sizeof(*problems));
		auto_buf struct buf resolved;
		bool found = false;

		buf_init(&resolved, STANDARD_BYTES);
		POISON(*s);
		assert_int_equal(resolve(overlays[i].document, national, &resolved, s, problems),
				 ERR_INVALID);
		assert_poisoned(*s);
		for (size_t k = 0; k < problems->n; k++)
			found = found ||
				(str_equal(problems->items[k].pointer, overlays[i].pointer) &&
				 str_equal(problems->items[k].code, overlays[i].code));
		if (!found) {
			print_message("%s\n  wanted %s %s, got", overlays[i].document,
				      overlays[i].pointer, overlays[i].code);
			for (size_t k = 0; k < problems->n; k++)
				print_message(" %s %s;", problems->items[k].pointer,
					      problems->items[k].code);
			print_message("\n");
		}
		assert_true(found);
		assert_int_equal(resolved.len, 0);
	}
}

static void test_national(void **state)
{
	auto_free char *national = standard_file_read("national-2017");
	struct standard *auto_free s = calloc(1, sizeof(*s));
	struct standard *auto_free again = calloc(1, sizeof(*again));
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	auto_buf struct buf resolved;
	struct err_info info;

	(void)state;
	buf_init(&resolved, STANDARD_BYTES);
	assert_int_equal(resolve(national, NULL, &resolved, s, problems), ERR_OK);
	assert_int_equal(s->threshold[STAGE_JUNIOR][0], 5300);
	assert_int_equal(s->cv_limit[STAGE_JUNIOR], 450);
	assert_int_equal(s->items_n, 32);
	assert_string_equal(s->items[0].name, "G1");
	assert_string_equal(s->items[31].name, "V7");
	assert_int_equal(s->items[2].conditions[0].rooms.area[ROOMS_music_rooms], 9600);
	assert_int_equal(s->items[8].conditions[0].threshold, 100000);
	assert_int_equal(s->weight_rows, 3);
	for (int i = 0; i < RELIEF_COUNT; i++)
		assert_true(s->reliefs[i]);
	assert_int_equal(json_parse_standard(resolved.data, resolved.len, again, &info), ERR_OK);
	assert_memory_equal(s, again, sizeof(*s));
}

/* A whole standard that ships and what is its own in it. */
static void test_anhui(void **state)
{
	struct standard *auto_free s = calloc(1, sizeof(*s));
	const struct condition *c;

	(void)state;
	standard_file_load("anhui-2024", s);
	assert_string_equal(s->region, "34");
	assert_string_equal(s->from, "2025");
	assert_string_equal(s->to, "");
	assert_string_equal(s->base, "national-2017");
	assert_non_null(strstr(s->source, "示例"));
	assert_int_equal(s->threshold[STAGE_PRIMARY][0], 4200);
	assert_int_equal(s->items_n, 35);
	assert_int_equal(s->items[32].group, GROUP_OWN);
	assert_int_equal(s->fields_n, 2);
	c = &s->items[standard_item(s, "AH1")].conditions[0];
	assert_int_equal(c->of.terms[0].source, SOURCE_DECLARED);
	assert_string_equal(s->fields[c->of.terms[0].field].name, "fitness_passed");
	assert_int_equal(c->threshold, 96000);
	assert_true(c->share && !c->each_school);
	c = &s->items[standard_item(s, "AH3")].conditions[0];
	assert_int_equal(c->to.terms[0].item, standard_item(s, "G11"));
}

static void test_shandong(void **state)
{
	struct standard *auto_free s = calloc(1, sizeof(*s));

	(void)state;
	standard_file_load("shandong-2024", s);
	assert_string_equal(s->region, "37");
	assert_string_equal(s->from, "2024");
	assert_non_null(strstr(s->source, "示例"));
	assert_true(s->judge_rounded);
	assert_int_equal(s->cv_limit[STAGE_PRIMARY], 480);
	assert_int_equal(s->cv_limit[STAGE_JUNIOR], 450);
	assert_false(s->reliefs[RELIEF_large_school]);
	assert_true(s->reliefs[RELIEF_older_rooms]);
	assert_int_equal(s->items[10].conditions[0].threshold, 15000);
	assert_int_equal(s->items[10].conditions[1].threshold, 25000);
	assert_int_equal(s->items[standard_item(s, "SD2")].conditions[0].rule, RULE_GROWTH);
	assert_int_equal(s->items[standard_item(s, "SD3")].conditions[0].filters,
			 1u << FILTER_rural);
	assert_int_equal(s->items[standard_item(s, "SD5")].conditions[0].rule, RULE_VETO);
}

/* The order of the base, then what was added; a member that is given again stays in its place. */
static void test_resolved_order(void **state)
{
	auto_free char *national = standard_file_read("national-2017");
	struct standard *auto_free s = calloc(1, sizeof(*s));
	struct standard *auto_free again = calloc(1, sizeof(*again));
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	auto_buf struct buf resolved;
	const char *at = NULL;
	static const char *const order[] = { "\"thresholds\"", "\"R1\":4.321", "\"R2\"",
					     "\"judge\"",      "\"G1\"",       "\"V7\"",
					     "\"X1\"",         "\"title\"" };

	(void)state;
	buf_init(&resolved, STANDARD_BYTES);
	assert_int_equal(
		resolve(WITH("\"thresholds\":{\"primary\":{\"R1\":4.321}},\"items\":{\"X1\":{"
			     "\"zh\":\"x\",\"conditions\":[{\"rule\":\"veto\"}]}}"),
			national, &resolved, s, problems),
		ERR_OK);
	at = resolved.data;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		at = strstr(at, order[i]);
		assert_non_null(at);
	}
	assert_int_equal(s->threshold[STAGE_PRIMARY][0], 4321);
	assert_int_equal(json_parse_standard(resolved.data, resolved.len, again, NULL), ERR_OK);
	assert_memory_equal(s, again, sizeof(*s));
}

/* What frames it is the document's own: never its base's. */
static void test_own_members(void **state)
{
	auto_free char *national = standard_file_read("national-2017");
	struct standard *auto_free s = calloc(1, sizeof(*s));
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	auto_buf struct buf first, second;

	(void)state;
	buf_init(&first, STANDARD_BYTES);
	buf_init(&second, STANDARD_BYTES);
	assert_int_equal(resolve(WITH("\"region\":\"34\",\"valid_to\":\"2030\""), national, &first,
				 s, problems),
			 ERR_OK);
	assert_string_equal(s->region, "34");
	assert_int_equal(resolve("{\"title\":\"u\",\"source\":\"v\",\"valid_from\":\"2031\"}",
				 first.data, &second, s, problems),
			 ERR_OK);
	assert_string_equal(s->title, "u");
	assert_string_equal(s->base, "");
	assert_string_equal(s->region, "");
	assert_string_equal(s->to, "");
}

/* One condition of each shape that the national standard does not have. */
static void test_good(void **state)
{
	static const char *const documents[] = {
		RATIO("\"of\":[\"a\"],\"to\":[\"schools.students\"],\"where\":[\"rural\"],"
		      "\"stage\":\"junior\",\"measure\":\"percent\",\"at_most\":0.125"),
		RATIO("\"of\":[\"m\"],\"to\":[\"a\"],\"measure\":\"yuan\",\"more_than\":0"),
		EACH("\"of\":[\"teaching_area\",\"-indoor_sports_area\"],\"to\":[\"students\"],"
		     "\"measure\":\"area\",\"at_least\":4.5,\"teaching_points\":true,"
		     "\"students_below\":100"),
		COND("\"rule\":\"growth\",\"over\":\"county\",\"of\":[\"m\"],\"to\":[\"a\"],"
		     "\"measure\":\"percent\",\"less_than\":5"),
		COND("\"rule\":\"confirmed\",\"flag\":\"public\""),
		/* An item's field may be named as a school's. */
		ITEM("\"fields\":{\"students\":{\"unit\":\"count\",\"zh\":\"x\"}},\"conditions\":["
		     "{\"rule\":\"ratio\",\"over\":\"county\",\"of\":[\"students\"],"
		     "\"measure\":\"persons\",\"at_least\":1}]"),
		/* What is not there can be taken away. */
		WITH("\"items\":{\"X1\":null,\"G99\":null}"),
	};
	auto_free char *national = standard_file_read("national-2017");
	struct standard *auto_free s = calloc(1, sizeof(*s));

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		struct problems *auto_free problems = calloc(1, sizeof(*problems));
		auto_buf struct buf resolved;

		buf_init(&resolved, STANDARD_BYTES);
		if (resolve(documents[i], national, &resolved, s, problems) != ERR_OK)
			fail_msg("%s: %s %s", documents[i], problems->items[0].pointer,
				 problems->items[0].code);
	}
}

/* A region's own standard that is based on nothing would be compared with nothing. */
static void test_region_needs_a_base(void **state)
{
	auto_free char *national = standard_file_read("national-2017");
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	struct standard *auto_free s = calloc(1, sizeof(*s));
	auto_buf struct buf document, resolved;

	(void)state;
	buf_init(&document, STANDARD_BYTES);
	buf_init(&resolved, STANDARD_BYTES);
	buf_str(&document, "{\"region\":\"34\",");
	buf_str(&document, strchr(national, '{') + 1);
	assert_int_equal(resolve(document.data, NULL, &resolved, s, problems), ERR_INVALID);
	assert_string_equal(problems->items[0].pointer, "/base");
	assert_string_equal(problems->items[0].code, "required");
}

static void test_base_of_itself(void **state)
{
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	const char *document = "{\"base\":\"Not an id\"}";
	char base[STANDARD_ID] = "x";
	struct err_info info;

	(void)state;
	assert_int_equal(json_standard_base(document, strlen(document), base, problems, &info),
			 ERR_INVALID);
	assert_string_equal(problems->items[0].pointer, "/base");
	assert_string_equal(base, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_national),       cmocka_unit_test(test_region_needs_a_base),
		cmocka_unit_test(test_anhui),          cmocka_unit_test(test_shandong),
		cmocka_unit_test(test_resolved_order), cmocka_unit_test(test_own_members),
		cmocka_unit_test(test_good),           cmocka_unit_test(test_bad),
		cmocka_unit_test(test_base_of_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
