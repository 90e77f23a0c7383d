/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ctl/problem.h"

#define CONNECT_TIMEOUT_S 5L
#define CALL_TIMEOUT_S    60L
#define SILENCE_S         60L /* the heartbeats of a stream are more frequent */
#define ANSWER_MAX        (16u << 20)
#define URL_MAX           2048

struct http {
	CURL *curl;
	struct curl_slist *headers; /* of every request */
	char base[URL_MAX];
	char error[CURL_ERROR_SIZE];
	struct buf body;
	http_receive *receive; /* of a stream, else NULL */
	void *context;
	const volatile sig_atomic_t *stop;
};

enum err http_global_init(struct err_info *info)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		return ERR_OK;
	return err_set(info, ERR_IO, "libcurl 无法启动 / libcurl cannot start");
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct http *h = user;
	const size_t len = size * n;
	long status = 0;

	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
	if (h->receive && status == 200)
		return h->receive(data, len, h->context) ? len : 0;
	buf_add(&h->body, data, len);
	return buf_failed(&h->body) ? 0 : len;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct http *h = user;

	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return h->stop && *h->stop;
}

static bool append(struct curl_slist **list, const char *line)
{
	struct curl_slist *more = curl_slist_append(*list, line);

	if (more)
		*list = more;
	return more != NULL;
}

static bool set_headers(struct http *h, const char *key)
{
	char bearer[HTTP_KEY + 32];

	snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s", key);
	/* No "Expect: 100-continue": it costs a round trip. */
	return (!*key || append(&h->headers, bearer)) && append(&h->headers, "Expect:");
}

static void set_options(struct http *h)
{
	curl_easy_setopt(h->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(h->curl, CURLOPT_USERAGENT, "junhengctl");
	curl_easy_setopt(h->curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(h->curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(h->curl, CURLOPT_ERRORBUFFER, h->error);
	curl_easy_setopt(h->curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(h->curl, CURLOPT_WRITEDATA, h);
	curl_easy_setopt(h->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(h->curl, CURLOPT_XFERINFODATA, h);
	/* A proxy of the environment is never meant for this machine itself. */
	if (!getenv("no_proxy") && !getenv("NO_PROXY"))
		curl_easy_setopt(h->curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
}

enum err http_new(const char *base_url, const char *key, struct http **ret_http,
		  struct err_info *info)
{
	auto_http struct http *h = calloc(1, sizeof(*h));
	size_t len = strlen(base_url);

	if (!h)
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	buf_init(&h->body, ANSWER_MAX);
	while (len && base_url[len - 1] == '/')
		len--;
	if (len >= sizeof(h->base))
		return err_set(info, ERR_CONFIG, "JUNHENG_URL: 过长 / too long");
	memcpy(h->base, base_url, len);
	h->curl = curl_easy_init();
	if (!h->curl || !set_headers(h, key))
		return err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
	set_options(h);
	*ret_http = STEAL(h);
	return ERR_OK;
}

void http_free(struct http *http)
{
	if (!http)
		return;
	curl_easy_cleanup(http->curl);
	curl_slist_free_all(http->headers);
	buf_release(&http->body);
	free(http);
}

/* Performs what is set up; the answer's body is in h->body. */
static bool perform(struct http *h, const char *path, struct http_answer *out,
		    struct err_info *info)
{
	curl_off_t retry_after = 0;
	char url[URL_MAX + 512];
	CURLcode code;

	snprintf(url, sizeof(url), "%s%s", h->base, path);
	buf_release(&h->body);
	h->error[0] = '\0';
	out->status = 0;
	curl_easy_setopt(h->curl, CURLOPT_URL, url);
	code = curl_easy_perform(h->curl);
	curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &out->status);
	curl_easy_getinfo(h->curl, CURLINFO_RETRY_AFTER, &retry_after);
	out->retry_after_s = (long)retry_after;
	out->body = h->body.data;
	out->len = h->body.len;
	if (code == CURLE_OK)
		return true;
	err_set(info, ERR_IO, "无法连接 / cannot reach %s: %s", h->base,
		h->error[0] ? h->error : curl_easy_strerror(code));
	return false;
}

/* Those of the request, and those of all. NULL when there is no memory. */
static struct curl_slist *headers_of(const struct http *http, const struct http_request *rq)
{
	struct curl_slist *list = NULL;
	char type[160];
	bool ok;

	snprintf(type, sizeof(type), "Content-Type: %s", rq->type ? rq->type : "application/json");
	ok = append(&list, type);
	for (size_t i = 0; ok && i < HTTP_HEADERS && rq->headers[i]; i++)
		ok = append(&list, rq->headers[i]);
	for (const struct curl_slist *h = http->headers; ok && h; h = h->next)
		ok = append(&list, h->data);
	if (ok)
		return list;
	curl_slist_free_all(list);
	return NULL;
}

bool http_send(struct http *http, const struct http_request *rq, struct http_answer *out,
	       struct err_info *info)
{
	struct curl_slist *headers = headers_of(http, rq);
	CURL *curl = http->curl;
	bool answered;

	if (!headers) {
		*out = (struct http_answer){ .body = "" };
		err_set(info, ERR_NOMEM, "%s", err_text(ERR_NOMEM));
		return false;
	}
	http->receive = rq->receive;
	http->context = rq->context;
	http->stop = rq->stop;
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, rq->stop ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, rq->timeout_s);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, rq->timeout_s ? 0L : SILENCE_S);
	curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	if (rq->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, rq->body);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, rq->method);
	answered = perform(http, rq->path, out, info);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(headers);
	return answered;
}

bool http_call(struct http *http, const char *method, const char *path, const char *body,
	       size_t len, struct http_answer *out, struct err_info *info)
{
	const struct http_request rq = { .method = method,
					 .path = path,
					 .body = body,
					 .len = len,
					 .timeout_s = CALL_TIMEOUT_S };

	return http_send(http, &rq, out, info);
}

bool http_stream(struct http *http, const char *path, const char *last_event_id,
		 http_receive *receive, void *context, const volatile sig_atomic_t *stop,
		 struct http_answer *out, struct err_info *info)
{
	char last[64];
	const struct http_request rq = { .method = "GET",
					 .path = path,
					 .headers = { "Accept: text/event-stream",
						      *last_event_id ? last : NULL },
					 .receive = receive,
					 .context = context,
					 .stop = stop };

	snprintf(last, sizeof(last), "Last-Event-ID: %s", last_event_id);
	return http_send(http, &rq, out, info);
}

/* The first word of a file: a key has no blanks. */
static bool read_key_file(const char *path, char out[HTTP_KEY])
{
	auto_fclose FILE *file = fopen(path, "re");
	char text[HTTP_KEY + 1];
	size_t len;

	if (!file)
		return false;
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	len = strcspn(text, " \t\r\n");
	if (len == 0 || len >= HTTP_KEY)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

enum err http_key(const struct config *config, char out[HTTP_KEY], struct err_info *info)
{
	char path[1100];

	out[0] = '\0';
	if (*config->key)
		str_copy(out, HTTP_KEY, config->key);
	else if (*config->key_file && !read_key_file(config->key_file, out))
		return err_set(info, ERR_CONFIG, "没有密钥 / no key in JUNHENG_KEY_FILE %s",
			       config->key_file);
	if (!*out) {
		snprintf(path, sizeof(path), "%s/admin.key", config->var);
		if (!read_key_file(path, out))
			out[0] = '\0'; /* without one: the service says that it needs one */
	}
	/* It becomes a header line. */
	for (const char *p = out; *p; p++) {
		if (*p <= ' ' || *p > '~')
			return err_set(info, ERR_CONFIG, "密钥含有非法字符 / the key is malformed");
	}
	return ERR_OK;
}

void http_explain(const struct http_answer *answer, struct buf *out)
{
	problem_explain(answer->status, answer->body, answer->len, out);
}
