/* SPDX-License-Identifier: Apache-2.0 */
/* Provinces, prefectures and counties. */
#include <string.h>

#include "api/handlers.h"
#include "base/str.h"
#include "store/org.h"
#include "json/documents.h"
#include "json/write.h"

enum err region_get(struct call *c)
{
	struct buf *out = &c->rp->body;
	struct region_document document;
	struct region region;
	const enum err e = store_region_get(c->api->store, call_path(c, "code"), &region, &c->info);

	if (e != ERR_OK)
		return e;
	str_copy(document.name, sizeof(document.name), region.name);
	str_copy(document.targets, sizeof(document.targets), region.targets);
	str_copy(document.recognised, sizeof(document.recognised), region.recognised);
	buf_str(out, "{");
	json_member_text(out, "code", region.code);
	json_write_region(&document, out);
	json_name(out, "version");
	buf_printf(out, "%lld}", (long long)region.version);
	reply_etag_version(c->rp, region.version);
	return ERR_OK;
}

/* Counties are recognised; and not later than next year. */
static enum err check_recognised(struct call *c, const char *year)
{
	if (!year[0])
		return ERR_OK;
	if (!str_is_digits(call_path(c, "code"), COUNTY_CODE - 1))
		return err_at(&c->info, ERR_INVALID, "/recognised", "not_allowed",
			      "只有县可以被认定 / only a county is recognised");
	if (call_is_far_off(year))
		return err_at(&c->info, ERR_INVALID, "/recognised", "too_big",
			      "最晚为明年 / next year at the latest");
	return ERR_OK;
}

enum err region_put(struct call *c)
{
	const struct actor actor = call_actor(c);
	struct buf *out = &c->rp->body;
	struct region_document document;
	struct write_result result;
	struct region region;
	enum err e =
		json_read_region(c->rq->body, c->rq->body_len, &document, &c->problems, &c->info);

	if (e == ERR_OK)
		e = check_recognised(c, document.recognised);
	if (e != ERR_OK)
		return e;
	memset(&region, 0, sizeof(region));
	str_copy(region.code, sizeof(region.code), call_path(c, "code"));
	str_copy(region.name, sizeof(region.name), document.name);
	str_copy(region.targets, sizeof(region.targets), document.targets);
	str_copy(region.recognised, sizeof(region.recognised), document.recognised);
	e = store_region_put(c->api->store, &actor, &region, c->match, &result, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	buf_str(out, "{");
	json_member_text(out, "code", region.code);
	json_name(out, "version");
	buf_printf(out, "%lld,\"changed\":%s}", (long long)result.version,
		   result.changed ? "true" : "false");
	call_written(c, &result);
	return ERR_OK;
}

enum err region_delete(struct call *c)
{
	const struct actor actor = call_actor(c);
	const char *code = call_path(c, "code");
	const enum err e = store_region_delete(c->api->store, &actor, code, c->match, &c->info);

	if (e != ERR_OK)
		return e;
	buf_printf(&c->rp->body, "{\"code\":\"%s\"}", code);
	return ERR_OK;
}
