/* SPDX-License-Identifier: Apache-2.0 */
/* Bars of the seven indicators, drawn as SVG. Colours are never alone: every bar has its figure,
 * and what fails says so. */
#include "api/evaluation.h"

#define WIDTH     420
#define LEFT      34 /* of the bars: the indicators' codes are before it */
#define BARS      270
#define TOP       42
#define STEP      24
#define THICKNESS 14
#define HEIGHT    (TOP + INDICATORS * STEP + 6)

#define COLOUR_MET     "#2a7d4f"
#define COLOUR_NOT_MET "#c0392b"
#define COLOUR_UNKNOWN "#8a8a8a"

static const char *colour(enum status status)
{
	switch (status) {
	case STATUS_MET:
		return COLOUR_MET;
	case STATUS_NOT_MET:
		return COLOUR_NOT_MET;
	case STATUS_NO_DATA:
	case STATUS_UNDEFINED:
	case STATUS_NOT_APPLICABLE:
	case STATUS_COUNT:
		break;
	}
	return COLOUR_UNKNOWN;
}

static void begin(struct buf *out, int stage, const char *title)
{
	buf_printf(out,
		   "<svg class=\"chart\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		   "role=\"img\" aria-label=\"%s:%s\">"
		   "<text x=\"0\" y=\"14\" font-size=\"13\" font-weight=\"bold\">%s:%s</text>",
		   WIDTH, HEIGHT, WIDTH, HEIGHT, stage_zh[stage], title, stage_zh[stage], title);
}

/* One bar of a length, with its code before and its text behind. */
static void bar(struct buf *out, int place, const char *code, double length, enum status status)
{
	const int y = TOP + place * STEP;

	buf_printf(out, "<text x=\"0\" y=\"%d\" font-size=\"12\">%s</text>", y + 12, code);
	buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>", LEFT,
		   y, length, THICKNESS, colour(status));
}

/* The figure, in a column of its own. */
static void label(struct buf *out, int place, const char *figure, const char *word,
		  enum status status)
{
	buf_printf(out, "<text x=\"%d\" y=\"%d\" font-size=\"12\" fill=\"%s\">%s %s</text>",
		   LEFT + BARS + 8, TOP + place * STEP + 12, colour(status), figure, word);
}

/* The limit, across all bars. */
static void limit_line(struct buf *out, double at, const char *text)
{
	buf_printf(out,
		   "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222\" "
		   "stroke-width=\"1\" stroke-dasharray=\"4 3\"/>",
		   LEFT + at, TOP - 6, LEFT + at, HEIGHT);
	buf_printf(out,
		   "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\">%s</text>",
		   LEFT + at, TOP - 9, text);
}

/* What the longest bar stands for, in thousandths. */
static int64_t scale_of(const struct stage_judgement *j, int64_t limit)
{
	int64_t most = limit + limit / 2;

	for (int i = 0; i < INDICATORS; i++) {
		if (j->indicators[i].has_cv && j->indicators[i].cv_rounded > most)
			most = j->indicators[i].cv_rounded;
	}
	return most > 0 ? most : 1;
}

void evaluation_differences_chart(struct buf *out, const struct evaluation *e, int stage)
{
	const struct stage_judgement *j = &e->county->judgement.stages[stage];
	const int64_t limit = e->county->standard->cv_limit[stage];
	const double unit = (double)BARS / (double)scale_of(j, limit);
	char text[FORM_NUMBER_TEXT];

	begin(out, stage, "校际差异系数(虚线为限值)");
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_judgement *x = &j->indicators[i];
		const double length = x->has_cv ? unit * (double)x->cv_rounded : 0;

		bar(out, i, indicators[i].code, length, x->cv_status);
		label(out, i, x->has_cv ? form_decimal_text(x->cv_rounded, 3, text) : "",
		      x->cv_status == STATUS_MET ? "" : form_status_zh[x->cv_status], x->cv_status);
	}
	limit_line(out, unit * (double)limit, form_decimal_text(limit, 3, text));
	buf_str(out, "</svg>");
}

void evaluation_shares_chart(struct buf *out, const struct evaluation *e, int stage)
{
	const struct stage_judgement *j = &e->county->judgement.stages[stage];
	char text[FORM_NUMBER_TEXT];

	begin(out, stage, "达到各项标准的学校比例(%)");
	for (int i = 0; i < INDICATORS; i++) {
		const struct indicator_judgement *x = &j->indicators[i];
		const int64_t share = form_share(x->records_met, j->records);
		const double length = BARS * (double)share / 1000;

		bar(out, i, indicators[i].code, length, x->schools);
		label(out, i, j->records ? form_decimal_text(share, 1, text) : "",
		      x->schools == STATUS_MET ? "" : form_status_zh[x->schools], x->schools);
	}
	buf_str(out, "</svg>");
}
