/* SPDX-License-Identifier: Apache-2.0 */
/* A file as what it is sent as: stretches of rows, each an import of the service, and lines between
 * them that are requests of their own (import_line.h). Only NDJSON has such lines; any other file
 * is one stretch. Which it is, the file's first bytes say.
 *
 * A stretch of NDJSON begins with as many empty lines as the file has lines before it: so the
 * service names rows by the file's own numbers. */
#ifndef CTL_IMPORT_SOURCE_H
#define CTL_IMPORT_SOURCE_H

#include "ctl/input.h"
#include "ctl/lines.h"

#define IMPORT_PART_BYTES (1u << 20) /* of a part, unless the file is too large for it … */
#define IMPORT_PART_MAX   (2u << 20) /* … or the service wants less */
#define IMPORT_PARTS_MOST 1024       /* of the service */

enum import_kind { IMPORT_END, IMPORT_ROWS, IMPORT_LINE };

struct import_source {
	char name[256];   /* for a person: "a.csv"; "stdin" */
	const char *type; /* its media type */
	bool lined;       /* NDJSON */
	bool workbook;    /* .xlsx */
	int64_t size;     /* 0: not known */
	struct input input;
	struct lines lines; /* NDJSON: text is the line of IMPORT_LINE, number its number */
	bool owned;         /* the descriptor is to be closed */
	/* Where the line in `lines` began, and the stretch: bytes and lines before it. */
	struct import_mark {
		int64_t bytes;
		int64_t lines;
	} line_began, began;
	int64_t pad;     /* empty lines that are still to come */
	bool line_waits; /* lines.text is still to come */
	bool over;       /* the stretch is */
	bool begun;
	char *held; /* bytes of the stretch that come before what is read */
	size_t held_at;
	size_t held_n;
};

/* path NULL: standard input. ERR_IO and ERR_MALFORMED with a text. */
enum err import_source_open(struct import_source *s, const char *path,
			    const volatile sig_atomic_t *stop, struct err_info *info) MUST_CHECK;
void import_source_close(struct import_source *s); /* accepts one of zeros */

/* What comes next; of a stretch all parts have been taken. IMPORT_END also when reading failed. */
enum import_kind import_source_next(struct import_source *s);

/* The next n bytes of the stretch: fewer only at its end. n is at most IMPORT_PART_MAX. */
size_t import_source_part(struct import_source *s, char *out, size_t n);

/* Gives back what was taken last: it comes again. */
void import_source_unread(struct import_source *s, const char *bytes, size_t n);

/* Back to where the stretch began: import_source_next gives it again. False of a pipe. */
bool import_source_rewind(struct import_source *s);

/* Why reading failed, NULL when it did not. */
const char *import_source_failure(const struct import_source *s);

/* Bytes of a part, so that the whole file has at most as many parts as the service takes. */
size_t import_source_part_bytes(const struct import_source *s);

static inline void auto_import_source_release(struct import_source *s)
{
	import_source_close(s);
}
#define auto_import_source AUTO(auto_import_source_release)

#endif
