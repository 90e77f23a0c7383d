/* SPDX-License-Identifier: Apache-2.0 */
/* Pages for people, and what they consist of: the files of services/api/web, linked in. */
#include <string.h>

#include "api/handlers.h"
#include "base/str.h"

/* Scripts and styles of ours alone, and requests to us alone; nothing inline. */
#define WEB_POLICY                                                                      \
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " \
	"img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

#define HTML   "text/html; charset=utf-8"
#define STYLE  "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"

/* The linker chooses these names. */
#define FILES                                \
	FILE_OF(intake, html, HTML)          \
	FILE_OF(intake, css, STYLE)          \
	FILE_OF(intake, mjs, SCRIPT)         \
	FILE_OF(intake_service, mjs, SCRIPT) \
	FILE_OF(intake_upload, mjs, SCRIPT)  \
	FILE_OF(intake_view, mjs, SCRIPT)

#define FILE_OF(name, end, type)                            \
	extern const char _binary_##name##_##end##_start[]; \
	extern const char _binary_##name##_##end##_end[];
FILES
#undef FILE_OF

static const struct web_file {
	const char *name;
	const char *type;
	const char *start;
	const char *end;
} files[] = {
#define FILE_OF(name, end, type) \
	{ #name "." #end, type, _binary_##name##_##end##_start, _binary_##name##_##end##_end },
	FILES
#undef FILE_OF
};

/* The bytes change with the program: whoever has them asks whether they did. */
static enum err answer(struct call *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		if (!str_equal(files[i].name, name))
			continue;
		buf_add(&c->rp->body, files[i].start, (size_t)(files[i].end - files[i].start));
		c->rp->content_type = files[i].type;
		c->rp->policy = WEB_POLICY;
		reply_etag_body(c->rp);
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

enum err intake_page(struct call *c)
{
	return answer(c, "intake.html");
}

enum err intake_file(struct call *c)
{
	const char *name = call_path(c, "file");

	return str_equal(name, "intake.html") ? ERR_NOT_FOUND : answer(c, name);
}
