/* SPDX-License-Identifier: Apache-2.0 */
/* The school directory. */
#include <string.h>

#include "api/access.h"
#include "api/handlers.h"
#include "base/str.h"
#include "store/org.h"
#include "json/documents.h"
#include "json/write.h"

enum err school_get(struct call *c)
{
	struct buf *out = &c->rp->body;

	buf_str(out, "{");
	json_member_text(out, "code", c->school.code);
	json_write_school(&c->school, out);
	json_name(out, "version");
	buf_printf(out, "%lld}", (long long)c->school_version);
	reply_etag_version(c->rp, c->school_version);
	return ERR_OK;
}

/* The county that a school is in was checked before; here, the one it is to be in. */
static enum err read_school(struct call *c, struct school *out)
{
	enum err e;

	memset(out, 0, sizeof(*out));
	str_copy(out->code, sizeof(out->code), call_path(c, "code"));
	e = json_read_school(c->rq->body, c->rq->body_len, out, &c->problems, &c->info);
	if (e != ERR_OK)
		return e;
	if (str_equal(out->parent, out->code))
		return err_at(&c->info, ERR_INVALID, "/parent", "not_allowed",
			      "学校不能是自己的分校 / a school is no campus of itself");
	return access_region(&c->key, out->county, "", &c->info);
}

enum err school_put(struct call *c)
{
	const struct actor actor = call_actor(c);
	struct buf *out = &c->rp->body;
	struct write_result result;
	struct school school;
	enum err e = read_school(c, &school);

	if (e != ERR_OK)
		return e;
	e = store_school_put(c->api->store, &actor, &school, c->match, &result, &c->info);
	if (e != ERR_OK)
		return e;
	c->rp->status = result.created ? 201 : 200;
	buf_str(out, "{");
	json_member_text(out, "code", school.code);
	json_member_text(out, "county", school.county);
	json_name(out, "version");
	buf_printf(out, "%lld,\"changed\":%s}", (long long)result.version,
		   result.changed ? "true" : "false");
	call_written(c, &result);
	return ERR_OK;
}

enum err school_delete(struct call *c)
{
	const struct actor actor = call_actor(c);
	const enum err e =
		store_school_delete(c->api->store, &actor, c->school.code, c->match, &c->info);

	if (e != ERR_OK)
		return e;
	buf_printf(&c->rp->body, "{\"code\":\"%s\"}", c->school.code);
	return ERR_OK;
}
