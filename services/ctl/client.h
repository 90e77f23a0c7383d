/* SPDX-License-Identifier: Apache-2.0 */
/* How a command asks the API: with the key, one exchange after the other. What goes wrong is said
 * on stderr. */
#ifndef CTL_CLIENT_H
#define CTL_CLIENT_H

#include <jansson.h>
#include <stdint.h>

#include "base/config.h"
#include "ctl/http.h"

struct client {
	struct http *http;
	struct http_answer answer; /* of the last exchange; borrowed until the next */
};

/* Every function returns CTL_OK, or the exit code after having said why. */
int client_open(const struct config *config, struct client *out);
void client_close(struct client *c);

/* Anything but 200 or 201 is refused. body may be NULL. */
int client_call(struct client *c, const char *method, const char *path, const char *body,
		size_t len);

/* The last answer as JSON. *ret_answer is owned by the caller. */
int client_json(const struct client *c, json_t **ret_answer);

static inline void auto_client_close(struct client *c)
{
	client_close(c);
}
#define auto_client AUTO(auto_client_close)

/* Members of answers: "-" and 0 where there is none. */
const char *json_text_of(const json_t *object, const char *name);
int64_t json_count_of(const json_t *object, const char *name);

#endif
