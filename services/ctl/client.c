/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/client.h"

#include <stdio.h>

#include "ctl/exits.h"

#define EXPLAIN_MAX 8192

int client_open(const struct config *config, struct client *out)
{
	struct err_info info = { .text = "" };
	char key[HTTP_KEY];
	enum err e;

	*out = (struct client){ .http = NULL };
	e = http_global_init(&info);
	if (e == ERR_OK)
		e = http_key(config, key, &info);
	if (e == ERR_OK)
		e = http_new(config->url, key, &out->http, &info);
	return e == ERR_OK ? CTL_OK : exit_saying(e, &info);
}

void client_close(struct client *c)
{
	http_free(c->http);
	c->http = NULL;
}

int client_call(struct client *c, const char *method, const char *path, const char *body,
		size_t len)
{
	struct err_info info = { .text = "" };
	auto_buf struct buf why;

	buf_init(&why, EXPLAIN_MAX);
	if (!http_call(c->http, method, path, body, len, &c->answer, &info)) {
		fprintf(stderr, "junhengctl: %s\n", info.text);
		return CTL_UNREACHABLE;
	}
	if (c->answer.status == 200 || c->answer.status == 201)
		return CTL_OK;
	http_explain(&c->answer, &why);
	fprintf(stderr, "junhengctl: %s\n", why.data);
	return exit_of_status(c->answer.status);
}

int client_json(const struct client *c, json_t **ret_answer)
{
	json_t *answer = json_loadb(c->answer.body, c->answer.len, 0, NULL);

	if (json_is_object(answer)) {
		*ret_answer = answer;
		return CTL_OK;
	}
	json_decref(answer);
	fprintf(stderr, "junhengctl: 答复不是 JSON / the answer is not JSON\n");
	return CTL_FAILED;
}

const char *json_text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "-";
}

int64_t json_count_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}
