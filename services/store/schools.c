/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "domain/judge.h"
#include "store/columns.h"
#include "store/match.h"
#include "store/org.h"
#include "store/pool.h"

static enum err no_school(struct err_info *info, const char *code)
{
	return err_at(info, ERR_NOT_FOUND, "/school", "unknown_school",
		      "没有登记的学校 %s / no such school: %s", code, code);
}

/* The row of school_get and school_lock. */
static enum err read_school(const PGresult *result, struct school *out, int64_t *ret_version,
			    struct err_info *info)
{
	struct row r = row_at(result, 0);

	school_columns(&r, out);
	*ret_version = row_int(&r);
	return row_end(&r, info);
}

static bool read_bool(const PGresult *result)
{
	struct row r = row_at(result, 0);

	return row_bool(&r);
}

struct get {
	const char *code;
	struct school school;
	int64_t version;
};

static enum err get_work(struct conn *c, void *context, struct err_info *info)
{
	struct get *g = context;
	struct batch auto_batch b = { .n = 0 };
	struct params p;
	enum err err;

	params_init(&p);
	params_text(&p, g->code);
	err = store_query(c, &b, QUERY_SCHOOL_GET, &p, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, 0)))
		return no_school(info, g->code);
	return read_school(batch_result(&b, 0), &g->school, &g->version, info);
}

enum err store_school_get(struct store *store, const char *code, struct school *out,
			  int64_t *ret_version, struct err_info *info)
{
	struct get g = { .code = code };
	const enum err err = store_run(store, get_work, &g, info);

	if (err)
		return err;
	*out = g.school;
	if (ret_version)
		*ret_version = g.version;
	return ERR_OK;
}

struct put {
	const struct actor *actor;
	const struct school *school;
	int64_t match;
	struct write_result *out;
};

/* What is known when a school, its counties and its parent are locked. */
struct found {
	bool exists;
	struct school stored;
	int64_t version;
	bool has_county;
	bool has_parent;
	bool parent_is_campus;
	bool has_campuses;
	bool stages[STAGE_COUNT]; /* that some report of it has */
	int64_t others;           /* schools of the county that it is to be in */
	char parent_county[COUNTY_CODE];
};

enum {
	LOCK_BEGIN,
	LOCK_TURN,
	LOCK_TURN_COUNTIES,
	LOCK_SCHOOL,
	LOCK_PARENT,
	LOCK_COUNTIES,
	LOCK_CAMPUSES,
	LOCK_STAGES,
	LOCK_OTHERS
};

static enum err read_found(const struct batch *b, const struct school *school, struct found *out,
			   struct err_info *info)
{
	const PGresult *counties = batch_result(b, LOCK_COUNTIES);
	struct row stages;
	struct row others;
	enum err err;

	*out = (struct found){ .exists = PQntuples(batch_result(b, LOCK_SCHOOL)) > 0 };
	if (out->exists) {
		err = read_school(batch_result(b, LOCK_SCHOOL), &out->stored, &out->version, info);
		if (err)
			return err;
	}
	for (int i = 0; i < PQntuples(counties); i++) {
		struct row r = row_at(counties, i);

		out->has_county |= str_equal(row_borrow(&r), school->county);
	}
	if (PQntuples(batch_result(b, LOCK_PARENT))) {
		struct row r = row_at(batch_result(b, LOCK_PARENT), 0);

		out->has_parent = true;
		row_text(&r, out->parent_county, sizeof(out->parent_county));
		out->parent_is_campus = row_bool(&r);
		err = row_end(&r, info);
		if (err)
			return err;
	}
	out->has_campuses = read_bool(batch_result(b, LOCK_CAMPUSES));
	stages = row_at(batch_result(b, LOCK_STAGES), 0);
	for (int i = 0; i < STAGE_COUNT; i++)
		out->stages[i] = row_bool(&stages);
	err = row_end(&stages, info);
	if (err)
		return err;
	others = row_at(batch_result(b, LOCK_OTHERS), 0);
	out->others = row_int(&others);
	return row_end(&others, info);
}

static enum err lock_school(struct conn *c, const struct school *school, struct found *out,
			    struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params code;
	struct params counties;
	struct params parent;
	struct params others;
	enum err err;

	params_init(&code);
	params_text(&code, school->code);
	params_init(&counties);
	params_text(&counties, school->code);
	params_text(&counties, school->county);
	params_init(&parent);
	params_text(&parent, school->parent);
	params_init(&others);
	params_text(&others, school->county);
	params_text(&others, school->code);
	params_int(&others, COUNTY_SCHOOLS_MAX);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_SCHOOL_TURN, &code);
	batch_add(&b, QUERY_COUNTY_TURN, &counties);
	batch_add(&b, QUERY_SCHOOL_LOCK, &code);
	/* Rows of schools before those of regions: the parent's writer takes them so, too. */
	batch_add(&b, QUERY_SCHOOL_PARENT_LOCK, &parent);
	batch_add(&b, QUERY_SCHOOL_COUNTIES_LOCK, &counties);
	batch_add(&b, QUERY_SCHOOL_HAS_CAMPUSES, &code);
	batch_add(&b, QUERY_SCHOOL_STAGES, &code);
	batch_add(&b, QUERY_COUNTY_SCHOOLS, &others);
	err = batch_run(&b, info);
	if (err)
		return err;
	return read_found(&b, school, out, info);
}

/* A school does not become of a kind that cannot have what it reported. */
static enum err check_kind(const struct school *school, const struct found *f,
			   struct err_info *info)
{
	for (int i = 0; i < STAGE_COUNT; i++) {
		if (f->stages[i] && !kind_has_stage(kind_find(school->kind), (enum stage)i))
			return err_at(info, ERR_INVALID, "/kind", "not_of_kind",
				      "已上报该类学校没有的学段 %s / it has reported a stage that "
				      "this kind "
				      "does not have: %s",
				      stage_names[i], stage_names[i]);
	}
	return ERR_OK;
}

/* What the row cannot say by itself: a campus and its parent are in one county, and no
 * campus has campuses. */
static enum err check_place(const struct school *school, const struct found *f,
			    struct err_info *info)
{
	if (!f->has_county)
		return err_at(info, ERR_INVALID, "/county", "unknown_county",
			      "没有登记的县 %s / no such county: %s", school->county,
			      school->county);
	if (f->exists && f->has_campuses && !str_equal(f->stored.county, school->county))
		return err_at(info, ERR_INVALID, "/county", "not_allowed",
			      "其校区还在原县 / its campuses are in the former county");
	/* More of them could not be judged: see county_judge(). */
	if (f->others >= COUNTY_SCHOOLS_MAX &&
	    !(f->exists && str_equal(f->stored.county, school->county)))
		return err_set(info, ERR_CONFLICT,
			       "一个县最多 %d 所学校 / a county has at most %d schools",
			       COUNTY_SCHOOLS_MAX, COUNTY_SCHOOLS_MAX);
	if (!school->parent[0])
		return ERR_OK;
	if (!f->has_parent)
		return err_at(info, ERR_INVALID, "/parent", "unknown_parent",
			      "没有登记的学校 %s / no such school: %s", school->parent,
			      school->parent);
	if (f->parent_is_campus || f->has_campuses || str_equal(school->parent, school->code))
		return err_at(info, ERR_INVALID, "/parent", "not_allowed",
			      "校区不能再有校区 / a campus cannot have campuses");
	if (!str_equal(f->parent_county, school->county))
		return err_at(info, ERR_INVALID, "/parent", "not_allowed",
			      "本部在另一个县 / the parent is in another county");
	return ERR_OK;
}

/* The county's periods count one change more, a former county's too. The counting comes
 * before what it counts: its time is the time of all that follows. */
static void add_counting(struct batch *b, const struct params *counties, const struct params *open)
{
	if (open)
		batch_add(b, QUERY_PERIOD_OPEN, open);
	batch_add(b, QUERY_PERIOD_LOCK, counties);
	batch_add(b, QUERY_PERIOD_BUMP, counties);
}

static enum err write_school(struct conn *c, const struct put *put, const struct found *f,
			     int64_t *ret_version, struct err_info *info)
{
	const struct school *school = put->school;
	const char *former = f->exists ? f->stored.county : school->county;
	const bool moves = !str_equal(former, school->county);
	struct batch auto_batch b = { .n = 0 };
	struct params row;
	struct params counties;
	struct params open;
	struct params move;
	struct row r;
	int written;
	enum err err;

	params_init(&row);
	school_params(&row, school);
	params_int_or(&row, put->actor->key, 0);
	params_init(&counties);
	params_text(&counties, former);
	params_text(&counties, school->county);
	params_init(&open);
	params_text(&open, school->code);
	params_text(&open, school->county);
	params_init(&move);
	params_text(&move, school->code);
	params_text(&move, former);
	params_text(&move, school->county);
	params_int_or(&move, put->actor->key, 0);
	batch_init(&b, c);
	add_counting(&b, &counties, moves ? &open : NULL);
	written = b.n;
	batch_add(&b, f->exists ? QUERY_SCHOOL_UPDATE : QUERY_SCHOOL_INSERT, &row);
	if (moves) /* it takes its reports along */
		batch_add(&b, QUERY_REPORT_MOVE, &move);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	err = batch_run(&b, info);
	if (err && str_equal(c->sqlstate, "23505"))
		c->again = true; /* the same new school, put at the same time */
	if (err)
		return err;
	r = row_at(batch_result(&b, written), 0);
	*ret_version = row_int(&r);
	return row_end(&r, info);
}

static enum err put_work(struct conn *c, void *context, struct err_info *info)
{
	const struct put *put = context;
	struct write_result result = { .changed = true };
	struct found f;
	enum err err;

	err = lock_school(c, put->school, &f, info);
	if (err)
		return err;
	if (f.exists)
		err = reach_check(put->actor, f.stored.county, put->school->code, info);
	if (!err)
		err = match_check(put->match, f.version, info);
	if (!err)
		err = check_place(put->school, &f, info);
	if (!err)
		err = check_kind(put->school, &f, info);
	if (err)
		return err;
	str_copy(result.county, sizeof(result.county), put->school->county);
	result.created = !f.exists;
	result.changed = !f.exists || !school_equal(put->school, &f.stored);
	result.version = f.version;
	if (result.changed) {
		err = write_school(c, put, &f, &result.version, info);
		if (err)
			return err;
	}
	*put->out = result;
	return ERR_OK;
}

enum err store_school_put(struct store *store, const struct actor *actor,
			  const struct school *school, int64_t match, struct write_result *out,
			  struct err_info *info)
{
	struct put put = { actor, school, match, out };

	return store_run(store, put_work, &put, info);
}

struct removal {
	const struct actor *actor;
	const char *code;
	int64_t match;
};

enum {
	REMOVE_BEGIN,
	REMOVE_TURN,
	REMOVE_TURN_COUNTY,
	REMOVE_SCHOOL,
	REMOVE_COUNTIES,
	REMOVE_REPORTS,
	REMOVE_CAMPUSES
};

static enum err lock_for_removal(struct conn *c, const struct removal *rm,
				 char ret_county[COUNTY_CODE], struct err_info *info)
{
	struct batch auto_batch b = { .n = 0 };
	struct params code;
	struct params counties;
	struct params turn;
	struct row r;
	int64_t version;
	enum err err;

	params_init(&code);
	params_text(&code, rm->code);
	params_init(&counties);
	params_text(&counties, rm->code);
	params_text(&counties, "");
	params_init(&turn);
	params_text(&turn, rm->code);
	params_text(&turn, NULL);
	batch_init(&b, c);
	batch_add(&b, QUERY_TXN_BEGIN, NULL);
	batch_add(&b, QUERY_SCHOOL_TURN, &code);
	batch_add(&b, QUERY_COUNTY_TURN, &turn);
	batch_add(&b, QUERY_SCHOOL_LOCK_DELETE, &code);
	batch_add(&b, QUERY_SCHOOL_COUNTIES_LOCK, &counties);
	batch_add(&b, QUERY_SCHOOL_HAS_REPORTS, &code);
	batch_add(&b, QUERY_SCHOOL_HAS_CAMPUSES, &code);
	err = batch_run(&b, info);
	if (err)
		return err;
	if (!PQntuples(batch_result(&b, REMOVE_SCHOOL)))
		return no_school(info, rm->code);
	r = row_at(batch_result(&b, REMOVE_SCHOOL), 0);
	row_text(&r, ret_county, COUNTY_CODE);
	version = row_int(&r);
	err = row_end(&r, info);
	if (!err)
		err = reach_check(rm->actor, ret_county, rm->code, info);
	if (!err)
		err = match_check(rm->match, version, info);
	if (!err && (read_bool(batch_result(&b, REMOVE_REPORTS)) ||
		     read_bool(batch_result(&b, REMOVE_CAMPUSES))))
		err = err_set(info, ERR_CONFLICT,
			      "该校还有上报或校区 / it has reports or campuses");
	return err;
}

static enum err removal_work(struct conn *c, void *context, struct err_info *info)
{
	const struct removal *rm = context;
	struct batch auto_batch b = { .n = 0 };
	struct params code;
	struct params counties;
	char county[COUNTY_CODE];
	const enum err err = lock_for_removal(c, rm, county, info);

	if (err)
		return err;
	params_init(&code);
	params_text(&code, rm->code);
	params_int_or(&code, rm->actor->key, 0);
	params_init(&counties);
	params_text(&counties, county);
	params_text(&counties, county);
	batch_init(&b, c);
	add_counting(&b, &counties, NULL);
	batch_add(&b, QUERY_SCHOOL_DELETE, &code);
	batch_add(&b, QUERY_TXN_COMMIT, NULL);
	return batch_run(&b, info);
}

enum err store_school_delete(struct store *store, const struct actor *actor, const char *code,
			     int64_t match, struct err_info *info)
{
	struct removal rm = { actor, code, match };

	return store_run(store, removal_work, &rm, info);
}
