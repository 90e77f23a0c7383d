/* SPDX-License-Identifier: Apache-2.0 */
#include "api/reply.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "api/gzip.h"
#include "base/str.h"
#include "json/write.h"

void reply_init(struct reply *rp)
{
	*rp = (struct reply){ .status = 200,
			      .content_type = "application/json",
			      .cache_control = "no-cache" };
	buf_init(&rp->body, REPLY_BYTES_MAX);
}

void reply_release(struct reply *rp)
{
	buf_release(&rp->body);
}

static void write_error(struct buf *out, const char *pointer, const char *code, const char *detail)
{
	buf_str(out, "{");
	json_member_text(out, "pointer", pointer);
	json_member_text(out, "code", code);
	json_member_text(out, "detail", detail);
	buf_str(out, "}");
}

static void write_errors(struct buf *out, const struct err_info *info,
			 const struct problems *problems)
{
	if (!problems->n && !info->reason[0])
		return;
	json_name(out, "errors");
	buf_str(out, "[");
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *p = &problems->items[i];

		if (i)
			buf_str(out, ",");
		write_error(out, p->pointer, p->code, p->detail);
	}
	if (!problems->n)
		write_error(out, info->pointer, info->reason, info->text);
	buf_str(out, "]");
}

static void write_detail(struct buf *out, enum err code, const struct err_info *info,
			 const struct problems *problems)
{
	if (problems->n) {
		json_name(out, "detail");
		buf_printf(out, "\"%zu 处有误 / %zu mistakes\"", problems->n + problems->more,
			   problems->n + problems->more);
	} else if (info->text[0] && err_http(code) < 500) {
		json_member_text(out, "detail", info->text);
	}
}

void reply_problem(struct reply *rp, enum err code, const struct err_info *info,
		   const struct problems *problems, const char *request_id)
{
	struct buf *out = &rp->body;
	const int status = err_http(code);

	buf_release(out);
	if (rp->stream.state)
		rp->stream.close(rp->stream.state);
	rp->stream = (struct body_stream){ .state = NULL };
	rp->status = status;
	rp->content_type = "application/problem+json";
	rp->cache_control = "no-cache";
	rp->etag[0] = '\0';
	rp->link[0] = '\0';
	rp->disposition[0] = '\0';
	rp->policy = NULL;
	rp->authenticate = code == ERR_UNAUTHORIZED;
	rp->retry_after_s = status == 503 ? 1 : 0;
	buf_str(out, "{");
	json_name(out, "type");
	buf_printf(out, "\"/problems/%s\"", status == 500 ? "internal" : err_slug(code));
	json_member_text(out, "title", err_text(status == 500 ? ERR_DB : code));
	json_member_int(out, "status", status);
	write_detail(out, code, info, problems);
	json_member_text(out, "request_id", request_id);
	if (status < 500)
		write_errors(out, info, problems);
	buf_str(out, "}");
}

void reply_headers(const struct reply *rp, reply_header_fn *fn, void *context)
{
	const bool streams = rp->stream.state || rp->streams;
	const bool has_body = rp->body.len || streams;
	char retry[16] = "";

	if (rp->retry_after_s && snprintf(retry, sizeof(retry), "%d", rp->retry_after_s) < 0)
		retry[0] = '\0';
	const struct {
		const char *name;
		const char *value; /* NULL or "": not sent */
	} headers[] = {
		{ "X-Request-Id", rp->request_id },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Cache-Control", streams ? "no-store" : rp->cache_control },
		{ "ETag", rp->etag },
		{ "Link", rp->link },
		{ "Vary", rp->vary ? "Accept-Encoding" : NULL },
		{ "Content-Encoding", rp->packed ? "gzip" : NULL },
		{ "Allow", rp->allow },
		{ "Content-Disposition", rp->disposition },
		{ "Content-Security-Policy", rp->policy },
		{ "Content-Type", has_body ? rp->content_type : NULL },
		{ "WWW-Authenticate", rp->authenticate ? "Bearer realm=\"junheng\"" : NULL },
		{ "Connection", rp->close ? "close" : NULL },
		{ "Retry-After", retry },
	};

	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		if (headers[i].value && headers[i].value[0])
			fn(context, headers[i].name, headers[i].value);
	}
}

/* What RFC 5987 lets stand as it is. */
static bool is_plain(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '-' || ch == '.' || ch == '_';
}

void reply_file(struct reply *rp, const char *how, const char *ascii, const char *name)
{
	auto_buf struct buf text;

	buf_init(&text, sizeof(rp->disposition) - 1);
	buf_printf(&text, "%s; filename=\"%s\"; filename*=UTF-8''", how, ascii);
	for (; *name; name++) {
		if (is_plain(*name))
			buf_add(&text, name, 1);
		else
			buf_printf(&text, "%%%02X", (unsigned char)*name);
	}
	if (!buf_failed(&text))
		str_copy(rp->disposition, sizeof(rp->disposition), text.data);
}

void reply_etag_version(struct reply *rp, int64_t version)
{
	if (snprintf(rp->etag, sizeof(rp->etag), "\"%lld\"", (long long)version) < 0)
		rp->etag[0] = '\0';
}

static bool hash_body(const struct reply *rp, char out[BODY_TAG_DIGITS + 1])
{
	unsigned char hash[BODY_TAG_DIGITS / 2];

	if (crypto_generichash(hash, sizeof(hash), (const unsigned char *)rp->body.data,
			       rp->body.len, NULL, 0) != 0)
		return false;
	sodium_bin2hex(out, BODY_TAG_DIGITS + 1, hash, sizeof(hash));
	return true;
}

void reply_etag_version_body(struct reply *rp, int64_t version)
{
	char text[BODY_TAG_DIGITS + 1];

	if (!hash_body(rp, text) ||
	    snprintf(rp->etag, sizeof(rp->etag), "\"%lld-%s\"", (long long)version, text) < 0)
		rp->etag[0] = '\0';
}

void reply_etag_body(struct reply *rp)
{
	char text[BODY_TAG_DIGITS + 1];

	if (rp->etag[0] || rp->stream.state || !hash_body(rp, text))
		return;
	if (snprintf(rp->etag, sizeof(rp->etag), "\"%s\"", text) < 0)
		rp->etag[0] = '\0';
}

void reply_etag_packed(struct reply *rp)
{
	const size_t len = strlen(rp->etag);

	if (len && len + strlen(GZIP_TAG) < sizeof(rp->etag))
		str_copy(rp->etag + len - 1, sizeof(rp->etag) - len + 1, GZIP_TAG "\"");
}
