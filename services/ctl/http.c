/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ctl/problem.h"

#define CONNECT_TIMEOUT_S 5L
#define CALL_TIMEOUT_S    60L
#define SILENCE_S         60L /* of a stream: the service's heartbeats are more frequent */
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

static bool add_header(struct http *h, const char *header)
{
	struct curl_slist *list = curl_slist_append(h->headers, header);

	if (list)
		h->headers = list;
	return list != NULL;
}

static bool set_headers(struct http *h, const char *key)
{
	char bearer[HTTP_KEY + 32];

	snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s", key);
	/* No "Expect: 100-continue": it costs a round trip. */
	return (!*key || add_header(h, bearer)) &&
	       add_header(h, "Content-Type: application/json") && add_header(h, "Expect:");
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

bool http_call(struct http *http, const char *method, const char *path, const char *body,
	       size_t len, struct http_answer *out, struct err_info *info)
{
	http->receive = NULL;
	http->stop = NULL;
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->headers);
	curl_easy_setopt(http->curl, CURLOPT_NOPROGRESS, 1L);
	curl_easy_setopt(http->curl, CURLOPT_TIMEOUT, CALL_TIMEOUT_S);
	curl_easy_setopt(http->curl, CURLOPT_LOW_SPEED_TIME, 0L);
	curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	if (body) {
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
		curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, body);
	}
	curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, method);
	return perform(http, path, out, info);
}

bool http_call_with(struct http *http, const char *header, const char *method, const char *path,
		    const char *body, size_t len, struct http_answer *out, struct err_info *info)
{
	char line[201];
	struct curl_slist first = { .data = line, .next = http->headers };
	struct curl_slist *const common = http->headers;
	bool answered;

	str_copy(line, sizeof(line), header);
	http->headers = &first;
	answered = http_call(http, method, path, body, len, out, info);
	http->headers = common;
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, common);
	return answered;
}

bool http_stream(struct http *http, const char *path, const char *last_event_id,
		 http_receive *receive, void *context, const volatile sig_atomic_t *stop,
		 struct http_answer *out, struct err_info *info)
{
	struct curl_slist *headers = NULL;
	struct curl_slist *more;
	char line[64];
	bool answered;

	/* A list of its own that ends in the common one. */
	snprintf(line, sizeof(line), "Last-Event-ID: %s", last_event_id);
	headers = curl_slist_append(NULL, "Accept: text/event-stream");
	if (headers && *last_event_id && (more = curl_slist_append(headers, line)))
		headers = more;
	for (const struct curl_slist *h = http->headers; headers && h; h = h->next) {
		more = curl_slist_append(headers, h->data);
		if (more)
			headers = more;
	}
	http->receive = receive;
	http->context = context;
	http->stop = stop;
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(http->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(http->curl, CURLOPT_TIMEOUT, 0L);
	curl_easy_setopt(http->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(http->curl, CURLOPT_LOW_SPEED_TIME, SILENCE_S);
	curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(http->curl, CURLOPT_CUSTOMREQUEST, "GET");
	answered = perform(http, path, out, info);
	curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, http->headers);
	curl_slist_free_all(headers);
	return answered;
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
