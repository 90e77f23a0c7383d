/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/database.h"
#include "ctl/exits.h"
#include "ctl/ship_calendars.h"
#include "store/migrate.h"
#include "store/standards.h"
#include "json/documents.h"

/* The standard that every county is judged by unless its province has one: it comes with the
 * program, and is the database's from then on. */
#define SHIPPED "national-2017"

/* sql/standards/national-2017.json, linked in. The linker chooses these names. */
extern const char _binary_national_2017_json_start[];
extern const char _binary_national_2017_json_end[];

static void report(int version, const char *name, void *context)
{
	int *applied = context;

	printf("%04d %s\n", version, name);
	++*applied;
}

static enum err put(struct store *store, struct standard_document *d, struct err_info *info)
{
	const struct actor nobody = { .key = 0, .region = "" };
	struct standard_documents auto_documents list = { .n = 0 };
	struct standard_write done;
	enum err e = store_standard_documents(store, &list, info);

	if (e == ERR_OK)
		e = store_standard_put(store, &nobody, d, 1, list.epoch, 0, &done, info);
	if (e == ERR_OK)
		printf("%s\n", d->id);
	return e;
}

static enum err resolve_and_put(struct store *store, struct err_info *info)
{
	const char *text = _binary_national_2017_json_start;
	const size_t len = (size_t)(_binary_national_2017_json_end - text);
	struct standard *auto_free s = calloc(1, sizeof(*s));
	struct problems *auto_free problems = calloc(1, sizeof(*problems));
	struct standard_document auto_document d = { .id = SHIPPED };
	auto_buf struct buf resolved, document;
	enum err e;

	buf_init(&resolved, STANDARD_BYTES);
	buf_init(&document, STANDARD_BYTES);
	if (!s || !problems)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	e = json_resolve_standard(text, len, NULL, &resolved, s, problems, info);
	if (e == ERR_INVALID)
		return err_set(info, ERR_INVALID, SHIPPED " %s: %s", problems->items[0].pointer,
			       problems->items[0].detail);
	if (e != ERR_OK)
		return e;
	buf_add(&document, text, len);
	str_copy(d.from, sizeof(d.from), s->from);
	d.document = buf_detach(&document, &(size_t){ 0 });
	d.resolved = buf_detach(&resolved, &(size_t){ 0 });
	if (!d.document || !d.resolved)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	return put(store, &d, info);
}

#define SHIP_TRIES 5

/* Once: what was changed or removed since stays so. Whoever migrates at the same moment may be
 * faster. */
static enum err ship(const struct config *config, struct err_info *info)
{
	auto_store struct store *store = NULL;
	enum err e = database_open(config, &store, info);

	if (e != ERR_OK)
		return e;
	for (int i = 0; i < SHIP_TRIES; i++) {
		struct standard_document auto_document first = { .version = 0 };

		e = store_standard_document(store, SHIPPED, 1, &first, info);
		if (e == ERR_NOT_FOUND)
			e = resolve_and_put(store, info);
		if (e != ERR_BUSY && e != ERR_PRECONDITION)
			break;
	}
	return e == ERR_OK ? ship_calendars(store, info) : e;
}

int cmd_migrate(const struct config *config, const struct args *args)
{
	struct err_info info = { .text = "" };
	int applied = 0;
	enum err e;

	(void)args;
	e = database_url(config, &info);
	if (e == ERR_OK)
		e = store_migrate(config->database_url, report, &applied, &info);
	if (e == ERR_OK)
		e = ship(config, &info);
	if (e != ERR_OK)
		return exit_saying(e, &info);
	fprintf(stderr, "结构版本 / schema version %d, 本次应用 / applied now %d\n",
		store_schema_version(), applied);
	return CTL_OK;
}
