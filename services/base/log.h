/* SPDX-License-Identifier: Apache-2.0 */
/* Structured log: one JSON line an event on standard error.
 *
 *	log_event(LOG_INFO, "report accepted", F_STR("county", code), F_INT("version", n));
 *
 * Only the edges log (main, the dispatcher, the loop, workers): code below returns its
 * failure to them. Secrets and bodies are never fields. A line is at most 4 KB, longer
 * texts are cut; control characters and invalid UTF-8 are escaped. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_kind { LOG_END, LOG_STR, LOG_INT, LOG_DOUBLE };

struct log_field {
	const char *name;
	enum log_kind kind;
	const char *text;
	int64_t number;
	double real;
};

#define F_STR(name, value) ((struct log_field){ (name), LOG_STR, (value), 0, 0 })
#define F_INT(name, value) ((struct log_field){ (name), LOG_INT, NULL, (int64_t)(value), 0 })
#define F_MS(name, value)  ((struct log_field){ (name), LOG_DOUBLE, NULL, 0, (value) })
#define F_END              ((struct log_field){ NULL, LOG_END, NULL, 0, 0 })

/* Names the program in every line. false when there is no such level. */
bool log_init(const char *service, const char *level) __attribute__((warn_unused_result));

/* Any thread; lines never mix. */
void log_fields(enum log_level level, const char *event, const struct log_field *fields);

#define log_event(level, ...) log_event_(level, __VA_ARGS__, F_END)
#define log_event_(level, event, ...) \
	log_fields(level, event, (const struct log_field[]){ __VA_ARGS__ })

#endif
