/* SPDX-License-Identifier: Apache-2.0 */
#include "json/ledger_json.h"

#include <string.h>

#include "base/str.h"
#include "base/timeutil.h"
#include "json/merge_patch.h"
#include "json/reader.h"

#define EVIDENCE_BYTES (4 * LEDGER_EVIDENCE_CHARS + 1)

/* --- members ------------------------------------------------------------------------------ */

static void read_person(struct reader *r, const json_t *value)
{
	char text[LEDGER_PERSON];

	(void)reader_text(r, value, LEDGER_PERSON_CHARS, text, sizeof(text));
}

static void read_notes(struct reader *r, const json_t *value)
{
	char text[LEDGER_NOTE];

	(void)reader_text(r, value, LEDGER_NOTE_CHARS, text, sizeof(text));
}

static void read_deadline(struct reader *r, const json_t *value)
{
	const char *text = json_string_value(value);
	int64_t us = 0;

	if (!reader_is_string(r, value))
		return;
	if (!time_parse_date(text, &us))
		reader_problem(r, "bad_format",
			       "须为日期,如 2026-06-30 / must be a date, as 2026-06-30");
}

static void read_evidence(struct reader *r, const json_t *value)
{
	const json_t *one;
	size_t i;

	if (!reader_is_array(r, value))
		return;
	if (json_array_size(value) > LEDGER_EVIDENCE_MAX) {
		reader_problem(r, "too_many", "最多 %d 项 / at most %d", LEDGER_EVIDENCE_MAX,
			       LEDGER_EVIDENCE_MAX);
		return;
	}
	json_array_foreach(value, i, one)
	{
		const size_t mark = reader_enter_index(r, i);
		char text[EVIDENCE_BYTES];

		(void)reader_text(r, one, LEDGER_EVIDENCE_CHARS, text, sizeof(text));
		reader_leave(r, mark);
	}
}

static const struct member {
	const char *name;
	void (*read)(struct reader *r, const json_t *value);
} members[] = {
	{ "department", read_person }, { "responsible", read_person },
	{ "deadline", read_deadline }, { "evidence", read_evidence },
	{ "notes", read_notes },
};

static const struct member *member_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (str_equal(members[i].name, name))
			return &members[i];
	}
	return NULL;
}

/* --- the document ------------------------------------------------------------------------- */

static enum err read_document(struct reader *r, json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach(root, key, value)
	{
		const struct member *m = member_find(key);
		const size_t mark = reader_enter(r, key);

		if (m)
			m->read(r, value);
		else
			reader_problem(r, "unknown_field", "没有此字段 / no such field");
		reader_leave(r, mark);
	}
	return reader_result(r);
}

/* NULL without memory, or when the stored evidence is no JSON. */
static json_t *document_of(const struct ledger_people *p)
{
	const char *const texts[] = { p->department, p->responsible, p->deadline, NULL, p->notes };
	json_t *evidence = json_loads(p->evidence, 0, NULL);
	json_t *document = json_object();
	int failed = !evidence || json_object_set_new(document, "evidence", evidence);

	for (size_t i = 0; i < ARRAY_LEN(members) && !failed; i++) {
		if (texts[i] && texts[i][0])
			failed = json_object_set_new(document, members[i].name,
						     json_string(texts[i]));
	}
	if (!failed)
		return document;
	json_decref(document);
	return NULL;
}

static enum err write_document(json_t *root, struct buf *out)
{
	auto_free char *text = NULL;
	int failed = 0;

	for (size_t i = 0; i < ARRAY_LEN(members) && !failed; i++) {
		const char *name = members[i].name;

		if (!json_object_get(root, name))
			failed = json_object_set_new(root, name,
						     str_equal(name, "evidence") ? json_array()
										 : json_null());
	}
	if (!failed)
		text = json_dumps(root, JSON_COMPACT);
	if (!text)
		return ERR_NOMEM;
	buf_str(out, text);
	return buf_failed(out) ? out->err : ERR_OK;
}

enum err json_patch_ledger(const struct ledger_people *current, const char *patch, size_t len,
			   struct buf *ret_text, struct problems *problems, struct err_info *info)
{
	auto_json json_t *target = document_of(current);
	auto_json json_t *root = NULL, *result = NULL;
	struct reader r;
	enum err e;

	if (!target)
		return err_set(info, ERR_DB, "a stored entry is no JSON");
	reader_init(&r, problems);
	e = reader_load(&r, patch, len, &root, info);
	if (!root)
		return e;
	e = merge_patch(target, root, &result);
	if (e != ERR_OK)
		return err_set(info, e, "%s", err_text(e));
	e = read_document(&r, result);
	return e == ERR_OK ? write_document(result, ret_text) : e;
}

/* --- notes ---------------------------------------------------------------------------------- */

enum err json_read_ledger_note(const char *body, size_t len, const char *name, bool needed,
			       char out[LEDGER_NOTE], struct problems *problems,
			       struct err_info *info)
{
	auto_json json_t *root = NULL;
	char note[LEDGER_NOTE] = "";
	struct reader r;
	const char *key;
	json_t *value;
	enum err e;

	out[0] = '\0';
	if (!len && !needed)
		return ERR_OK;
	reader_init(&r, problems);
	e = reader_load(&r, body, len, &root, info);
	if (!root)
		return e;
	json_object_foreach(root, key, value)
	{
		const size_t mark = reader_enter(&r, key);

		if (str_equal(key, name))
			(void)reader_text(&r, value, LEDGER_NOTE_CHARS, note, sizeof(note));
		else
			reader_problem(&r, "unknown_field", "没有此字段 / no such field");
		reader_leave(&r, mark);
	}
	if (needed && !json_object_get(root, name))
		reader_missing(&r, name);
	e = reader_result(&r);
	if (e == ERR_OK)
		str_copy(out, LEDGER_NOTE, note);
	return e;
}
