/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger as the table that offices keep (整改台账): a row an entry, those that are overdue
 * marked, and a sheet that says what the columns mean. Rows go to a temporary file as they are read
 * from the store, page by page: memory stays small however long the ledger is. */
#include <stdio.h>
#include <string.h>
#include <xlsxwriter.h>

#include "api/handlers.h"
#include "api/ledger_view.h"
#include "api/xlsx_file.h"
#include "base/str.h"
#include "base/timeutil.h"
#include "domain/day.h"
#include "json/shortfall_text.h"

#define XLSX        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define ROWS_MAX    20000 /* a province has some 3,000 */
#define PAGE_ROWS   500
#define HEADING_ROW 1
#define FIRST_ROW   2
#define A4          9
#define NOTES_WIDTH 100
#define FILE_BYTES  128
#define OVERDUE_RED 0xFFC7CE

enum { PLAIN, LATE, HEADING, TITLE, NOTE, FORMATS };

static const struct {
	const char *zh;
	double width;
} columns[] = {
	{ "序号", 6 },      { "县", 12 },      { "县代码", 9 },
	{ "指标", 14 },     { "问题", 30 },    { "现状", 12 },
	{ "标准", 14 },     { "差距", 12 },    { "所涉学校与数量", 48 },
	{ "责任部门", 14 }, { "责任人", 10 },  { "整改期限", 12 },
	{ "状态", 10 },     { "是否逾期", 9 }, { "佐证", 30 },
	{ "备注", 24 },     { "学年", 8 },     { "立项日期", 12 },
	{ "销号日期", 12 }, { "条目编号", 9 },
};

static const char *const notes[] = {
	"整改台账:每县每项未达标的指标一行,由监测自动立项;数据达标后为“待销号”,经督导确认,"
	"或下一学年的"
	"数据仍达标时销号;再次不达标时恢复为“整改中”。",
	"现状、标准、差距和所涉学校由最新数据算得;责任部门、责任人、整改期限、佐证、备注由人填写。",
	"所涉学校与数量:每所学校至少须增加的数量,其他数据不变;“至下限”指该项不必达到标准,"
	"达到其下限即可;"
	"“至县均值”仅供参考,因为均值会随之变动。",
	"状态:整改中、退回(督导退回)、待销号、已销号、已撤回(数据不足或标准不再要求)。",
	"红色的行已逾期:整改中或退回,且已过整改期限(北京时间)。",
	"立项日期、销号日期为北京时间的日期。",
};

/* A workbook under way. */
struct book {
	struct call *c;
	struct ledger_query q;
	bool none;
	lxw_worksheet *to;
	lxw_format *formats[FORMATS];
	lxw_row_t row;
	enum err failed; /* of the store: what the library cannot say */
};

static bool make_formats(lxw_workbook *book, lxw_format *f[FORMATS])
{
	for (int i = 0; i < FORMATS; i++) {
		f[i] = workbook_add_format(book);
		if (!f[i])
			return false;
		format_set_text_wrap(f[i]);
	}
	xlsx_set_border(f[PLAIN], LXW_ALIGN_LEFT);
	xlsx_set_border(f[LATE], LXW_ALIGN_LEFT);
	format_set_bg_color(f[LATE], OVERDUE_RED);
	xlsx_set_border(f[HEADING], LXW_ALIGN_CENTER);
	format_set_bold(f[HEADING]);
	format_set_bold(f[TITLE]);
	format_set_font_size(f[TITLE], 14);
	format_set_align(f[TITLE], LXW_ALIGN_CENTER);
	return true;
}

static lxw_error write_headings(const struct book *b)
{
	lxw_error e = xlsx_text_over(b->to, 0, 0, 0, (lxw_col_t)(ARRAY_LEN(columns) - 1),
				     "义务教育优质均衡整改台账", b->formats[TITLE]);

	for (size_t i = 0; i < ARRAY_LEN(columns) && e == LXW_NO_ERROR; i++) {
		e = worksheet_set_column(b->to, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
		if (e == LXW_NO_ERROR)
			e = xlsx_text(b->to, HEADING_ROW, (lxw_col_t)i, columns[i].zh,
				      b->formats[HEADING]);
	}
	worksheet_freeze_panes(b->to, FIRST_ROW, 0);
	worksheet_set_landscape(b->to);
	worksheet_set_paper(b->to, A4);
	worksheet_fit_to_pages(b->to, 1, 0);
	return e == LXW_NO_ERROR ? worksheet_repeat_rows(b->to, 0, HEADING_ROW) : e;
}

/* The date of an instant in China, beside which deadlines stand; "": there is none. */
static const char *date_of(const char *at, char out[DAY_TEXT])
{
	int64_t us = 0;

	out[0] = '\0';
	return time_parse(at, &us) ? day_format(day_in_china(us), out) : out;
}

/* Texts are written as texts: one that begins with = is no formula. */
static lxw_error write_texts(const struct book *b, const char *const *texts, size_t n, bool late)
{
	lxw_format *format = b->formats[late ? LATE : PLAIN];
	lxw_error e = worksheet_write_number(b->to, b->row, 0, b->row - FIRST_ROW + 1, format);

	for (size_t i = 0; i < n && e == LXW_NO_ERROR; i++)
		e = xlsx_text(b->to, b->row, (lxw_col_t)(i + 1), texts[i], format);
	return e;
}

static lxw_error write_entry(struct book *b, const struct ledger_entry *e)
{
	auto_shortfall_words struct shortfall_words w = { .title = "" };
	auto_buf struct buf evidence;
	char opened[DAY_TEXT], struck[DAY_TEXT], id[INT64_TEXT];
	lxw_error failed;

	buf_init(&w.details, SHORTFALL_TEXT_BYTES);
	buf_init(&evidence, SHORTFALL_TEXT_BYTES);
	b->failed = json_shortfall_words(e->shortfall, e->has_value ? &e->value : NULL,
					 e->has_limit ? &e->limit : NULL, &w, &b->c->info);
	if (b->failed != ERR_OK)
		return LXW_ERROR_PARAMETER_VALIDATION;
	json_text_lines(e->evidence, &evidence);
	str_from_int64(e->id, id);
	{
		const char *const texts[] = {
			e->name,
			e->county,
			e->item,
			w.title,
			w.value,
			w.limit,
			w.gap,
			w.details.data,
			e->department,
			e->responsible,
			e->deadline,
			ledger_state_zh[e->state],
			e->overdue ? "逾期" : "",
			evidence.data,
			e->notes,
			e->period,
			date_of(e->opened_at, opened),
			date_of(e->struck_at, struck),
			id,
		};

		failed = write_texts(b, texts, ARRAY_LEN(texts), e->overdue);
	}
	b->row++;
	return failed;
}

static lxw_error write_page(struct book *b, const struct ledger_list *list)
{
	lxw_error e = LXW_NO_ERROR;

	for (size_t i = 0; i < list->n && e == LXW_NO_ERROR; i++) {
		if (b->row - FIRST_ROW == ROWS_MAX) {
			b->failed = err_set(&b->c->info, ERR_TOO_BIG,
					    "台账超过 %d 行,请按县或状态分别导出 / the ledger has "
					    "more than %d rows: ask by county or state",
					    ROWS_MAX, ROWS_MAX);
			return LXW_ERROR_PARAMETER_VALIDATION;
		}
		e = write_entry(b, &list->items[i]);
		b->q.after = list->items[i].id;
	}
	return e;
}

static lxw_error write_rows(struct book *b)
{
	lxw_error e = LXW_NO_ERROR;
	bool more = !b->none;

	while (more && e == LXW_NO_ERROR) {
		auto_ledger_list struct ledger_list list = { .n = 0 };

		b->failed = store_ledger_list(b->c->api->store, &b->q, &list, &b->c->info);
		if (b->failed != ERR_OK)
			return LXW_ERROR_PARAMETER_VALIDATION;
		more = list.n == PAGE_ROWS;
		e = write_page(b, &list);
	}
	return e;
}

static lxw_error write_notes(lxw_workbook *book, const struct book *b)
{
	lxw_worksheet *to = workbook_add_worksheet(book, "说明");
	lxw_error e = LXW_ERROR_MEMORY_MALLOC_FAILED;

	if (to)
		e = worksheet_set_column(to, 0, 0, NOTES_WIDTH, NULL);
	for (size_t i = 0; i < ARRAY_LEN(notes) && e == LXW_NO_ERROR; i++)
		e = xlsx_text(to, (lxw_row_t)i, 0, notes[i], b->formats[NOTE]);
	return e;
}

static lxw_error write_book(const char *path, const void *context)
{
	/* The one who asked waits for it to be filled, and looks at what failed. */
	struct book *b = *(struct book *const *)context;
	lxw_workbook_options options = { .constant_memory = LXW_TRUE };
	/* Not the time of this request: the same entries are the same bytes. */
	lxw_doc_properties properties = { .created = 1 };
	lxw_workbook *book = workbook_new_opt(path, &options);
	lxw_error e = LXW_ERROR_MEMORY_MALLOC_FAILED;
	lxw_error closed;

	if (!book)
		return e;
	b->to = workbook_add_worksheet(book, "整改台账");
	if (b->to && make_formats(book, b->formats))
		e = workbook_set_properties(book, &properties);
	if (e == LXW_NO_ERROR)
		e = write_headings(b);
	if (e == LXW_NO_ERROR)
		e = write_rows(b);
	if (e == LXW_NO_ERROR)
		e = write_notes(book, b);
	closed = workbook_close(book);
	return e == LXW_NO_ERROR ? closed : e;
}

enum err ledger_workbook(struct call *c)
{
	struct book b = { .c = c, .q = { .limit = PAGE_ROWS }, .row = FIRST_ROW };
	struct book *context = &b;
	struct err_info info = { .code = ERR_OK };
	char ascii[FILE_BYTES], name[FILE_BYTES];
	enum err e = ledger_view_query(c, &b.q, &b.none);

	if (e != ERR_OK)
		return e;
	e = xlsx_write(write_book, &context, &c->rp->body, &info);
	if (b.failed != ERR_OK) /* which the library's error only stands for */
		return b.failed;
	if (e != ERR_OK) {
		c->info = info;
		return e;
	}
	c->rp->content_type = XLSX;
	if (snprintf(ascii, sizeof(ascii), "junheng-ledger%s%s.xlsx", b.q.region[0] ? "-" : "",
		     b.q.region) < 0 ||
	    snprintf(name, sizeof(name), "整改台账%s%s.xlsx", b.q.region[0] ? "-" : "",
		     b.q.region) < 0)
		return ERR_DB;
	reply_file(c->rp, "attachment", ascii, name);
	return ERR_OK;
}
