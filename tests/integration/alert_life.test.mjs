// SPDX-License-Identifier: Apache-2.0
// What people do with an alert, each an event of its timeline; and what keeps an event from being told: a snooze, a silence,
// another alert that explains it, flapping. The state itself is never kept back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, countyItems, putCounty, putCountyReport, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { planOf } from '../lib/load.mjs';
import { World } from '../lib/world.mjs';

const world = new World('alert_life');
const ITEM = 'R2.primary.cv';
const THERE = '340208';
let admin, county, supervisor, subscriber;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const act = (id, body, client = county, options) => client.request('POST', `/v1/alerts/${id}/actions`, { body, ...options });
const set = (figures, code = schoolCode(2)) => putReport(admin, PERIOD, code, report(200, { primary: figures }));
const timeline = async (id, query = '') => ok(await county.get(`/v1/alerts/${id}/events${query}`)).items;
const alert = async (id) => ok(await county.get(`/v1/alerts/${id}`));
const later = (days) => new Date(Date.now() + days * 86400000).toISOString();

async function all() {
  return ok(await admin.get('/v1/events?after=0&limit=1000')).items;
}

// The next event of a kind behind this one.
async function next(after, wanted) {
  const event = await waitFor(`an event ${JSON.stringify(wanted)}`, async () => (await all())
    .find((e) => e.seq > after && Object.entries(wanted).every(([name, value]) => e[name] === value)));
  checkMessage('alert.v1', event);
  return event;
}

const last = async () => (await all()).at(-1)?.seq ?? 0;
async function fire(figures = R2_FAR, code) {
  const after = await last();
  await set(figures, code);
  return next(after, { type: 'alert.firing', item: ITEM, rule: 'threshold' });
}
async function resolve(code) {
  const after = await last();
  await set(R2_MET, code);
  return next(after, { type: 'alert.resolved', item: ITEM, rule: 'threshold' });
}

describe('the life of an alert', () => {
  let fired;
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], [THERE, '三山区']]);
    county = await world.as('reporter', COUNTY);
    supervisor = await world.as('supervisor', '3402');
    subscriber = world.subscribe();
    await subscriber.connected();
    await putCounty(admin);
    await putCounty(admin, { county: THERE, first: 50 });
    fired = await fire();
  });
  after(() => world.stop());

  it('is acknowledged with a comment: an event with who and what, told like any other', async () => {
    const done = ok(await act(fired.alert, { action: 'acknowledge', comment: '已约谈校长' }));
    assert.deepEqual([done.changed, done.alert.state, done.event.type, done.event.comment, done.event.reason, done.event.held],
      [true, 'acknowledged', 'alert.acknowledged', '已约谈校长', 'person', null]);
    assert.ok(done.event.by, 'who');
    assert.equal(done.event.seq, fired.seq + 1);
    const told = await subscriber.event({ type: 'alert.acknowledged', item: ITEM });
    assert.deepEqual(told, done.event);
    assert.match(told.summary, /已确认.* acknowledged/);
    assert.deepEqual((await timeline(fired.alert)).map((e) => e.type), ['alert.firing', 'alert.acknowledged']);
  });

  it('what is so already is no event, unless there is something to say', async () => {
    assert.deepEqual(((a) => [a.changed, a.event])(ok(await act(fired.alert, { action: 'acknowledge' }))), [false, null]);
    const said = ok(await act(fired.alert, { action: 'acknowledge', comment: '再次' }));
    assert.deepEqual([said.changed, said.event.type], [true, 'alert.commented']);
  });

  it('is assigned, snoozed, woken and released; a key of another county does nothing', async () => {
    assert.equal((await act(fired.alert, { action: 'comment', comment: '?' }, await world.as('supervisor', THERE))).status, 403);
    assert.equal((await act(999999, { action: 'comment', comment: '?' })).status, 404);
    assert.equal(ok(await act(fired.alert, { action: 'assign', assignee: '张某' }, supervisor)).alert.assignee, '张某');
    assert.equal(ok(await act(fired.alert, { action: 'assign', assignee: '张某' })).changed, false);
    assert.equal(ok(await act(fired.alert, { action: 'assign', assignee: null })).alert.assignee, null);
    const until = later(3);
    assert.equal(Date.parse(ok(await act(fired.alert, { action: 'snooze', until })).alert.snoozed_until), Date.parse(until));
    assert.equal(ok(await act(fired.alert, { action: 'snooze', until })).changed, false);
    assert.equal(ok(await act(fired.alert, { action: 'snooze', until: null })).alert.snoozed_until, 'resolved');
    assert.equal(ok(await act(fired.alert, { action: 'snooze', until: null })).changed, false);
    assert.equal(ok(await act(fired.alert, { action: 'wake' })).alert.snoozed_until, null);
    assert.equal(ok(await act(fired.alert, { action: 'wake' })).changed, false);
    assert.equal(ok(await act(fired.alert, { action: 'release' })).alert.state, 'firing');
    assert.deepEqual((await timeline(fired.alert)).map((e) => e.type.slice(6)), ['firing', 'acknowledged', 'commented', 'assigned', 'assigned',
      'snoozed', 'snoozed', 'woken', 'released']);
    const page = ok(await county.get(`/v1/alerts/${fired.alert}/events?limit=4`));
    assert.equal(page.items.length, 4);
    assert.equal(ok(await county.get(`/v1/alerts/${fired.alert}/events?limit=4&cursor=${page.next}`)).items[0].type, 'alert.assigned');
  });

  it('names what is wrong with an action', async () => {
    const refused = async (body, want) => {
      const { status, json, text } = await act(fired.alert, body);
      assert.equal(status, 422, text);
      assert.deepEqual(Object.fromEntries(json.errors.map((e) => [e.pointer, e.code])), want);
    };
    await refused({}, { '/action': 'required' });
    await refused({ action: 'delete' }, { '/action': 'not_allowed' });
    await refused({ action: 'comment' }, { '/comment': 'required' });
    await refused({ action: 'comment', comment: '长'.repeat(501) }, { '/comment': 'too_long' });
    await refused({ action: 'assign' }, { '/assignee': 'required' });
    await refused({ action: 'snooze' }, { '/until': 'required' });
    await refused({ action: 'snooze', until: 'tomorrow' }, { '/until': 'bad_format' });
    await refused({ action: 'snooze', until: '2020-01-01T00:00:00Z' }, { '/until': 'too_early' });
    await refused({ action: 'snooze', until: later(500) }, { '/until': 'too_late' });
    await refused({ action: 'wake', until: null, assignee: 'x', more: 1 }, { '/until': 'not_allowed', '/assignee': 'not_allowed', '/more': 'unknown_field' });
  });

  it('an action that is sent again by its key is done once', async () => {
    const options = { headers: { 'Idempotency-Key': 'one-comment' } };
    const first = ok(await act(fired.alert, { action: 'comment', comment: '一次' }, county, options));
    assert.deepEqual(ok(await act(fired.alert, { action: 'comment', comment: '一次' }, county, options)), first);
    assert.equal((await timeline(fired.alert)).filter((e) => e.comment === '一次').length, 1);
  });

  it('many at once make events without gaps, while the county is judged again and again', async () => {
    await Promise.all([...Array.from({ length: 20 }, (_, i) => act(fired.alert, { action: 'comment', comment: `第${i}` })),
      ...[41, 42, 43, 44].map((n) => set({ teachers_backbone: n }))]);
    const events = await all();
    assert.deepEqual(events.map((e) => e.seq), events.map((_, i) => i + 1));
    assert.equal(events.filter((e) => /^第\d+$/.test(e.comment)).length, 20);
  });

  it('acknowledged, it ends when its condition does; then there is only something to say', async () => {
    ok(await act(fired.alert, { action: 'acknowledge' }));
    const done = await resolve();
    assert.equal(done.alert, fired.alert);
    assert.equal((await alert(fired.alert)).state, 'resolved');
    const { status, json } = await act(fired.alert, { action: 'acknowledge' });
    assert.deepEqual([status, json.type], [409, '/problems/conflict']);
    assert.equal((await act(fired.alert, { action: 'snooze', until: null })).status, 409);
    assert.equal(ok(await act(fired.alert, { action: 'comment', comment: '已补充教师' })).event.type, 'alert.commented');
  });

  it('snoozed, nothing more of it is told, but for its end to those who were told of it; it lives on', async () => {
    const levels = [{ severity: 'warning' }, { severity: 'critical', beyond: 0.7 }];
    ok(await admin.put('/v1/rules/threshold', { region: COUNTY, kind: 'threshold', severity: levels }), 201);
    fired = await fire({ teachers_backbone: 20 }); // 0.667 is a third beyond the limit
    assert.deepEqual([fired.severity, fired.held], ['warning', null]);
    ok(await act(fired.alert, { action: 'snooze', until: null }));
    await set({ teachers_backbone: 60 }); // 0.875 is three quarters
    const worse = await next(fired.seq, { type: 'alert.changed', alert: fired.alert });
    assert.deepEqual([worse.severity, worse.held], ['critical', 'snooze']);
    const done = await resolve();
    assert.equal(done.held, null);
    assert.equal((await alert(fired.alert)).state, 'resolved');
    ok(await admin.delete(`/v1/rules/threshold?region=${COUNTY}`));
  });

  it('a silence holds back what it is about, where it is about, until it is ended', async () => {
    const body = { region: COUNTY, items: ['R2.*.cv'], rules: ['threshold'], reason: '学区调整', until: null };
    const post = (b, client = supervisor) => client.request('POST', '/v1/silences', { body: b });
    assert.equal((await post(body, county)).status, 403, 'a reporter silences nobody');
    assert.equal((await post({ ...body, region: '34' })).status, 403);
    const made = ok(await post(body), 201);
    assert.deepEqual([made.region, made.items, made.rules, made.reason, made.until, made.active, made.ended_at],
      [COUNTY, body.items, body.rules, body.reason, null, true, null]);
    fired = await fire();
    assert.equal(fired.held, `silence:${made.id}`);
    assert.equal((await alert(fired.alert)).state, 'firing', 'it fires all the same');
    const there = await fire(R2_FAR, schoolCode(51));
    assert.deepEqual([there.county, there.held], [THERE, null]);
    assert.deepEqual(ok(await county.get('/v1/silences?active=true')).items.map((s) => s.id), [made.id]);
    assert.equal(ok(await county.get(`/v1/silences/${made.id}`)).author, made.author);
    const above = ok(await admin.request('POST', '/v1/silences', { body: { ...body, region: '34', items: ['G1'] } }), 201);
    assert.equal(ok(await county.get(`/v1/silences/${above.id}`)).region, '34', 'of a region above, to be read');
    assert.equal((await supervisor.delete(`/v1/silences/${above.id}`)).status, 403);
    ok(await admin.delete(`/v1/silences/${above.id}`));
    assert.equal((await supervisor.delete(`/v1/silences/${made.id}`)).json.active, false);
    await next(fired.seq, { type: 'alert.reminded', alert: fired.alert });
    assert.equal((await resolve()).held, null);
    assert.deepEqual(ok(await county.get('/v1/silences?active=true')).items, []);
    assert.equal(ok(await county.get('/v1/silences')).items.length, 2, 'its record stays');
    // one that is over by itself
    const over = ok(await post({ ...body, until: later(1) }), 201);
    await world.sql(`UPDATE silence SET until = now() - interval '1 second' WHERE id = ${over.id}`);
    fired = await fire();
    assert.equal(fired.held, null);
    const wrong = await post({ region: '3', items: ['a b'], rules: ['Not one'], until: 1 });
    assert.deepEqual(Object.fromEntries(wrong.json.errors.map((e) => [e.pointer, e.code])), { '/region': 'not_allowed', '/items/0': 'not_allowed',
      '/rules/0': 'not_allowed', '/reason': 'required', '/until': 'wrong_type' });
    await resolve();
  });

  it('… what people do with an alert is told to those who were told of it: of one that nobody was told of, to nobody', async () => {
    const silence = async () => ok(await supervisor.request('POST', '/v1/silences',
      { body: { region: COUNTY, items: [ITEM], rules: ['threshold'], reason: '学区调整', until: null } }), 201).id;
    const done = async (body) => ok(await act(fired.alert, body)).event.held;
    await world.sql(`UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing' AND county = '${COUNTY}'`);
    let id = await silence();
    fired = await fire();
    for (const body of [{ action: 'comment', comment: '学区调整所致' }, { action: 'assign', assignee: '张某' }, { action: 'acknowledge' }]) {
      assert.equal(await done(body), `silence:${id}`, body.action);
    }
    ok(await supervisor.delete(`/v1/silences/${id}`));
    assert.equal(await done({ action: 'comment', comment: '已有人处理' }), `silence:${id}`, 'still nobody was told');
    assert.equal((await resolve()).held, `silence:${id}`);
    assert.equal(await done({ action: 'comment', comment: '后记' }), `silence:${id}`);
    fired = await fire();
    assert.equal(fired.held, null);
    id = await silence();
    assert.equal(await done({ action: 'acknowledge' }), null);
    assert.equal((await resolve()).held, null);
    ok(await supervisor.delete(`/v1/silences/${id}`));
  });

  it('… 50 open ones of a region at most, so that none takes all 1,000', async () => {
    const post = (region) => supervisor.request('POST', '/v1/silences', { body: { region, items: ['G1'], rules: [], reason: '学区调整', until: null } });
    const insert = (region, n, ended = 'NULL', until = 'NULL') => world.sql(`INSERT INTO silence (region, items, patterns, rules, reason, author, until, ended_at)
      SELECT '${region}', '{G1}', '{G1}', '{}', 'many', 'x', ${until}, ${ended} FROM generate_series(1, ${n})`);
    const refused = ({ status, json, text }, detail) => {
      assert.deepEqual([status, json.type], [409, '/problems/conflict'], text);
      assert.match(json.detail, detail);
    };
    const OF_REGION = /^同一地区生效中的静默最多 50 条 \/ at most 50 silences of one region are open$/;
    await insert(COUNTY, 60, 'now()'); // what is over does not count, …
    await insert(COUNTY, 60, 'NULL', "now() - interval '1 second'");
    for (const region of ['3402', THERE]) await insert(region, 49); // … nor what is of a region above, or beside it
    await insert(COUNTY, 49);
    for (const s of ok(await supervisor.get('/v1/silences')).items) {
      if (s.author === 'x') assert.equal(s.author_region, s.region, 'as long as nobody knows better');
    }
    // Two at once do not pass the limit together.
    const release = await hold(world.url, 'LOCK TABLE silence IN SHARE MODE');
    const both = [post(COUNTY), post(COUNTY)];
    await waiting(world.url, 2);
    await release();
    const [made, late] = (await Promise.all(both)).sort((a, b) => a.status - b.status);
    const { id } = ok(made, 201);
    refused(late, OF_REGION);
    ok(await post('3402'), 201);
    refused(await post('3402'), OF_REGION);
    ok(await supervisor.delete(`/v1/silences/${id}`));
    ok(await post(COUNTY), 201);
    const [[open]] = await world.sql('SELECT count(*) FROM silence WHERE ended_at IS NULL AND (until IS NULL OR until > now())');
    await insert('341023', 1000 - open);
    refused(await post(THERE), /^生效中的静默最多 1000 条 \/ at most 1000 silences are open$/);
    await world.sql("DELETE FROM silence WHERE items = '{G1}'");
  });

  it('what an open veto explains is held back', async () => {
    const year = thisYear();
    ok(await supervisor.put(`/v1/plans/${COUNTY}`, { recognition_year: String(year + 1), milestones: [{ item: ITEM, year: String(year + 1), target: 0 }] }), 201);
    await putCounty(admin, { period: '2024' }); // from where the plan's line begins
    await planOf(world, COUNTY, 2024);
    let after = await last();
    await putCountyReport(admin, { items: countyItems({ V1: { confirmed: true, evidence: '通报' } }) });
    const veto = await next(after, { type: 'alert.firing', kind: 'veto' });
    assert.equal(veto.held, null);
    after = await last();
    await set({ teachers_backbone: 5 });
    const behind = await next(after, { type: 'alert.firing', kind: 'plan' });
    assert.equal(behind.held, `alert:${veto.alert}`);
    await putCountyReport(admin, {});
    await next(after, { type: 'alert.resolved', kind: 'veto' });
    await next(after, { type: 'alert.reminded', alert: behind.alert });
    assert.equal((await resolvePlan()).held, null);
  });

  it('… also what begins together with it', async () => {
    const from = await last();
    await together({ teachers_backbone: 5 }, { V1: { confirmed: true, evidence: '通报' } });
    const veto = await next(from, { type: 'alert.firing', kind: 'veto' });
    const behind = await next(from, { type: 'alert.firing', kind: 'plan' });
    assert.equal(behind.version, veto.version, 'one computation');
    assert.deepEqual([veto.held, behind.held], [null, `alert:${veto.alert}`]);
    await putCountyReport(admin, {});
    const over = await next(veto.seq, { type: 'alert.resolved', kind: 'veto' });
    assert.equal((await next(over.seq, { type: 'alert.reminded', alert: behind.alert })).reason, 'untold');
    assert.equal((await resolvePlan()).held, null);
  });

  it('… its end, too, if it is over together with the veto: nobody was told that it had begun', async () => {
    let from = await last();
    await putCountyReport(admin, { items: countyItems({ V1: { confirmed: true, evidence: '通报' } }) });
    const veto = await next(from, { type: 'alert.firing', kind: 'veto' });
    await set({ teachers_backbone: 5 });
    const behind = await next(from, { type: 'alert.firing', kind: 'plan' });
    assert.equal(behind.held, `alert:${veto.alert}`);
    from = await last();
    await together(R2_MET, {});
    const ends = [await next(from, { type: 'alert.resolved', kind: 'veto' }), await next(from, { type: 'alert.resolved', kind: 'plan' })];
    assert.equal(ends[0].version, ends[1].version, 'one computation');
    assert.deepEqual(ends.map((e) => [e.alert, e.held]), [[veto.alert, null], [behind.alert, behind.held]]);
  });

  // A report and the county's own, in one change.
  async function together(figures, items) {
    const lines = [{ type: 'report', period: PERIOD, school: schoolCode(2), ...report(200, { primary: figures }) },
      { type: 'county_report', period: PERIOD, county: COUNTY, items: countyItems(items) }];
    const sent = await admin.request('POST', '/v1/imports', { body: lines.map((l) => JSON.stringify(l)).join('\n'), type: 'application/x-ndjson' });
    assert.ok([200, 202].includes(sent.status), sent.text);
  }

  async function resolvePlan() {
    const after = await last();
    await set(R2_MET);
    return next(after, { type: 'alert.resolved', kind: 'plan' });
  }

  it('a digest tells what has become of what, for the region, since then', async () => {
    const begun = ok(await supervisor.get('/v1/digest'));
    assert.equal(begun.region, '3402');
    assert.ok(begun.brief.length >= 4, 'what came and went today');
    assert.equal(begun.more, 0);
    const there = begun.new.find((a) => a.county === THERE);
    assert.deepEqual([there.item, there.kind, there.state, there.was, there.name], [ITEM, 'threshold', 'firing', null, '三山区']);
    assert.equal(begun.open.firing, begun.new.filter((a) => a.state === 'firing').length);
    const since = new Date().toISOString();
    assert.deepEqual(((d) => [d.new, d.over, d.same])(ok(await county.get(`/v1/digest?since=${since}`))), [[], [], []]);
    fired = await fire();
    ok(await act(there.alert, { action: 'acknowledge' }, supervisor));
    let digest = ok(await supervisor.get(`/v1/digest?since=${since}`));
    const own = (list) => list.filter((a) => a.rule === 'threshold').map((a) => a.alert); // and not what the plan says
    assert.deepEqual([own(digest.new), digest.same.map((a) => [a.alert, a.state])], [[fired.alert], [[there.alert, 'acknowledged']]]);
    assert.deepEqual(ok(await county.get(`/v1/digest?since=${since}`)).same, [], 'a county reads of itself');
    await resolve();
    const after = await last();
    await set(R2_MET, schoolCode(51));
    await next(after, { type: 'alert.resolved', county: THERE });
    digest = ok(await supervisor.get(`/v1/digest?since=${since}`));
    assert.deepEqual([own(digest.brief), digest.over.map((a) => [a.alert, a.was])], [[fired.alert], [[there.alert, 'critical']]]);
    const now = new Date().toISOString();
    ok(await act(fired.alert, { action: 'comment', comment: '后记' }));
    digest = ok(await county.get(`/v1/digest?since=${now}`));
    assert.deepEqual([digest.over, digest.brief, digest.same.map((a) => a.alert)], [[], [], [fired.alert]], 'it was over before');
    assert.equal((await county.get('/v1/digest?region=34')).status, 403);
    assert.equal((await county.get('/v1/digest?since=2001-01-01')).status, 400);
    assert.equal((await county.get('/v1/digest?since=soon')).status, 400);
  });

  it('… or behind the last event of the digest before: nothing is missed that was committed meanwhile', async () => {
    fired = await fire();
    const digest = async (query) => ok(await county.get(`/v1/digest?${query}`));
    const of = (list) => list.filter((a) => a.alert === fired.alert).map((a) => a.was); // and not what the plan says
    const latest = (await all()).at(-1);
    const begun = await digest('');
    assert.deepEqual([begun.after, begun.last], [null, latest.seq]);
    await world.sql(`CREATE FUNCTION commit_late() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(1, 1); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER commit_late AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION commit_late()`);
    const commit = await hold(world.url, 'SELECT pg_advisory_xact_lock(1, 1)');
    const saying = act(fired.alert, { action: 'comment', comment: '迟到' });
    await waiting(world.url);
    const between = await digest(`after=${begun.last}`);
    const [[readAt]] = await world.sql(`SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);
    assert.deepEqual([between.after, between.last, between.new, between.same], [latest.seq, latest.seq, [], []]);
    await commit();
    const { event } = ok(await saying);
    await world.sql('DROP TRIGGER commit_late ON event; DROP FUNCTION commit_late');
    assert.ok(event.time < readAt, 'it has the time at which it could not be seen');
    assert.deepEqual((await digest(`since=${readAt}`)).same, []);
    const following = await digest(`after=${between.last}`);
    assert.deepEqual([following.last, following.since, of(following.same), following.same.length], [event.seq, event.time, ['critical'], 1]);
    assert.deepEqual((await digest(`after=${following.last}`)).same, [], 'nor told twice');
    // what was then, and what has become of it, is held against the number, too
    await resolve();
    assert.deepEqual(of((await digest(`after=${following.last}`)).over), ['critical']);
    const whole = await digest(`after=${fired.seq - 1}`);
    assert.deepEqual(of(whole.brief), [null]);
    const everything = await digest('after=0');
    assert.deepEqual([everything.since, everything.brief.length + everything.new.length > 1], [(await all())[0].time, true]);
    for (const query of [`after=${whole.last + 1}`, `after=1&since=${readAt}`, 'after=-1', 'after=x']) {
      assert.equal((await county.get(`/v1/digest?${query}`)).status, 400, query);
    }
  });

  it('overdue entries of the ledger are in it', async () => {
    await set(R2_FAR, schoolCode(51));
    const { items } = await waitFor('an entry', async () => {
      const list = ok(await supervisor.get(`/v1/ledger?county=${THERE}&item=${ITEM}&state=open`));
      return list.items.length && list;
    });
    const { status, text } = await supervisor.request('PATCH', `/v1/ledger/${items[0].id}`, { body: { deadline: '2020-01-01', department: '县教育局' } });
    assert.equal(status, 200, text);
    const digest = ok(await supervisor.get('/v1/digest'));
    assert.deepEqual(digest.overdue.map((e) => [e.entry, e.county, e.department, e.deadline]), [[items[0].id, THERE, '县教育局', '2020-01-01']]);
    assert.equal(digest.more_overdue, false);
  });

  it('events of a county that come close together are one story', async () => {
    const before_ = (await all()).filter((e) => e.county === COUNTY);
    assert.ok(before_.every((e) => e.story <= e.seq));
    assert.equal(new Set(before_.slice(-6).map((e) => e.story)).size, 1, 'all of the last minutes');
    await world.sql(`UPDATE event SET time = time - interval '11 minutes' WHERE county = '${COUNTY}'`);
    const then = await last();
    fired = await fire();
    assert.equal(fired.story, then + 1, 'a new one');
    const said = ok(await act(fired.alert, { action: 'comment', comment: '一事' }));
    assert.equal(said.event.story, fired.story);
    assert.equal((await resolve()).story, fired.story);
  });

  it('what fires again and again within a day is held back, the state is not', async () => {
    const held = [];
    for (let i = 0; i < 4; i++) {
      fired = await fire(R2_FAR);
      held.push(fired.held);
      assert.equal((await alert(fired.alert)).state, 'firing');
      held.push((await resolve()).held);
    }
    assert.equal(held.at(-1), 'flapping');
    assert.equal(held.at(-2), 'flapping');
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    assert.equal((await fire()).held, null);
    await resolve();
  });
});
