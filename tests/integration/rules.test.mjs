// SPDX-License-Identifier: Apache-2.0
// Rules of alerts as data: what ships, what a province makes of it, and that each kind raises its alert and ends it;
// holds that outlast a restart; and what changing a rule does to alerts that are open.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, R2_FAR, R2_MET, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { planOf, settled } from '../lib/load.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const world = new World('rules');
const ITEM = 'R2.primary.cv';
const LAST = String(thisYear() - 2);
const THIS = String(thisYear() - 1); // the reports of the year after are not due before it ends
let admin, province, reporter, subscriber;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const put = (id, body, client = province, options) => client.put(`/v1/rules/${id}`, { region: '34', ...body }, options);
// Two schools of 200 pupils: with b against 4 backbone teachers the CV is |b - 4| / (b + 4).
const set = async (teachers_backbone, period = THIS) =>
  putReport(admin, period, schoolCode(2), report(200, { primary: { teachers_backbone } }));
const cv = (b) => Math.abs(b - 4) / (b + 4);

const log = new Told();
const events = (rule) => log.events(rule);
const next = (rule) => log.next(rule);
const brief = (e) => [e.type, e.kind, e.reason, e.severity, e.period];
async function current() {
  const [[version]] = await world.sql(`SELECT version FROM county_period WHERE county = '${COUNTY}' AND period = '${THIS}'`);
  return world.status(COUNTY, THIS, Number(version));
}
// All that was asked for is computed.

describe('rules', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    log.use(admin);
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['35', '福建省']]);
    province = await world.as('admin', '34');
    reporter = await world.as('reporter', COUNTY);
    subscriber = world.subscribe();
    await subscriber.connected();
    await putCounty(admin, { period: LAST });
    await putCounty(admin, { period: THIS });
    await settled(world);
  });
  after(() => world.stop());

  it('ships one of each kind; how much is near, late or a jump is off until a province says', async () => {
    const { items } = ok(await reporter.get('/v1/rules'));
    assert.deepEqual(items.map((r) => [r.id, r.kind, r.region, r.enabled]), ['forecast', 'jump', 'late', 'near', 'overdue', 'plan', 'stale', 'threshold', 'veto']
      .map((kind) => [kind, kind, '', !['jump', 'near', 'stale'].includes(kind)]));
  });

  it('a province has its own of the same id, which comes back as it was sent', async () => {
    const sent = { title: '接近上限', kind: 'near', items: ['R*.cv'], margin: 0.1, clear: 0.02, severity: [{ severity: 'info' }, { severity: 'warning', schools: 3 }] };
    const made = await put('near', sent);
    assert.deepEqual(ok(made, 201), { region: '34', id: 'near', version: 1, changed: true });
    assert.deepEqual(ok(await put('near', sent)), { region: '34', id: 'near', version: 1, changed: false });
    const got = ok(await reporter.get('/v1/rules/near'));
    for (const [name, value] of Object.entries(sent)) assert.deepEqual(got[name], value, name);
    assert.deepEqual([got.region, got.enabled, got.hold], ['34', true, { confirmations: 1, days: 0, terms: 0, working: false }]);
    assert.equal(ok(await admin.get('/v1/rules/near')).region, '', 'the nation keeps its own');
    assert.equal((await put('near', { ...sent, margin: 0.2 }, province, { headers: { 'If-Match': '"7"' } })).status, 412);
    assert.equal((await province.get('/v1/rules/nothing')).status, 404);
  });

  it('is made by a key of role admin, for what is below its region', async () => {
    assert.equal((await put('near', { kind: 'near', margin: 0.1 }, reporter)).status, 403);
    assert.equal((await province.put('/v1/rules/near', { region: '', kind: 'near', margin: 0.1 })).status, 403);
    assert.equal((await province.put('/v1/rules/near', { region: '35', kind: 'near', margin: 0.1 })).status, 403);
    assert.equal((await province.get('/v1/rules?region=35')).status, 403);
    assert.equal((await reporter.delete('/v1/rules/near')).status, 403);
    assert.equal((await province.delete('/v1/rules/plan')).status, 404, 'what is above is not its own');
  });

  it('is not for those whom it watches to make: no prefecture or county switches off, or loosens, what is told of it', async () => {
    const off = { kind: 'threshold', enabled: false };
    for (const region of [COUNTY, '3402']) {
      const watched = await world.as('admin', region);
      ok(await watched.get('/v1/rules/threshold'));
      for (const answer of [await put('threshold', { region, ...off }, watched), await put('mine', { region, kind: 'near', margin: 0.1 }, watched)]) {
        assert.deepEqual([answer.status, answer.json.type], [403, '/problems/forbidden']);
        assert.match(answer.json.detail, /市、县密钥不能更改 .* not for keys of prefectures or counties/);
      }
      // the province may, for one of them; and that is not for it to undo
      ok(await put('threshold', { region, ...off, enabled: true, severity: 'critical' }), 201);
      assert.equal((await put('threshold', { region, ...off }, watched)).status, 403);
      assert.equal((await watched.delete(`/v1/rules/threshold?region=${region}`)).status, 403);
      assert.deepEqual(((r) => [r.region, r.enabled, r.severity])(ok(await watched.get('/v1/rules/threshold'))), [region, true, [{ severity: 'critical' }]]);
      ok(await province.delete(`/v1/rules/threshold?region=${region}`));
    }
  });

  it('names what is wrong with a rule, by pointer', async () => {
    const refused = async (body, want) => {
      const { status, json, text } = await put('mine', body);
      assert.equal(status, 422, text);
      assert.deepEqual(Object.fromEntries(json.errors.map((e) => [e.pointer, e.code])), want);
    };
    await refused({ region: '341', kind: 'far' }, { '/region': 'not_allowed', '/kind': 'not_allowed' });
    await refused({ kind: 'near' }, { '/margin': 'required' });
    await refused({ kind: 'stale' }, { '/due': 'required' });
    await refused({ kind: 'veto', due: '12-31' }, { '/due': 'not_allowed' });
    await refused({ kind: 'stale', due: '02-29' }, { '/due': 'not_allowed' });
    await refused({ kind: 'near', margin: 1, of: 'schools' }, { '/of': 'not_allowed' });
    await refused({ kind: 'jump', margin: 1, of: 'counties' }, { '/of': 'not_allowed' });
    await refused({ kind: 'jump', margin: 1, of: 'schools', items: ['G7'], clear: 0.1 }, { '/items': 'not_allowed', '/clear': 'not_allowed' });
    await refused({ kind: 'stale', due: 1231 }, { '/due': 'wrong_type' });
    await refused({ kind: 'stale', due: {} }, { '/due/term': 'required', '/due/working_days': 'required' });
    await refused({ kind: 'stale', due: { term: 'autumn', working_days: 121, days: 1 } },
      { '/due/term': 'not_allowed', '/due/working_days': 'too_big', '/due/days': 'unknown_field' });
    await refused({ kind: 'jump', margin: 11, clear: -1 }, { '/margin': 'too_big', '/clear': 'negative' });
    await refused({ kind: 'plan', items: ['R2 primary', ''] }, { '/items/0': 'not_allowed', '/items/1': 'not_allowed' });
    await refused({ kind: 'plan', items: Array(17).fill('G1') }, { '/items': 'too_many' });
    await refused({ kind: 'plan', hold: { confirmations: 0, days: 400, hours: 1 } },
      { '/hold/confirmations': 'too_small', '/hold/days': 'too_big', '/hold/hours': 'unknown_field' });
    await refused({ kind: 'plan', hold: { days: 1, terms: 1 }, clear_hold: { terms: 7 } }, { '/hold/terms': 'not_allowed', '/clear_hold/terms': 'too_big' });
    await refused({ kind: 'plan', hold: { terms: 1, working: true } }, { '/hold/terms': 'not_allowed' });
    await refused({ kind: 'plan', severity: [{ severity: 'bad' }, { beyond: 0.1 }] }, { '/severity/0/severity': 'not_allowed', '/severity/1/severity': 'required' });
    await refused({ kind: 'plan', severity: [{ severity: 'info', beyond: 0.1 }] }, { '/severity/0': 'not_allowed' });
    await refused({ kind: 'plan', severity: [] }, { '/severity': 'not_allowed' });
    assert.equal((await put('Near', { kind: 'plan' })).status, 400);
    assert.equal((await put('a-name-too-long-', { kind: 'plan' })).status, 400);
  });

  it('is told in the list of changes, with where it is to be had, to all those that it may hold for', async () => {
    const { last } = ok(await reporter.get('/v1/changes?limit=1000'));
    const { version } = ok(await put('stale', { kind: 'stale', due: '11-30', enabled: false }), 201);
    assert.equal(ok(await put('stale', { kind: 'stale', due: '11-30', enabled: false })).changed, false);
    const path = '/v1/rules/stale?region=34';
    assert.equal(ok(await reporter.get(path)).due, '11-30', 'a county reads the province\'s');
    assert.equal(ok(await reporter.get('/v1/rules/stale?region=')).due, '12-31', 'and the nation\'s');
    ok(await province.delete(path));
    const { items } = ok(await reporter.get(`/v1/changes?after=${last}`));
    assert.deepEqual(items.map(({ seq, at, ...rest }) => rest), ['put', 'delete'].map((action) =>
      ({ type: 'rule', action, region: '34', id: 'stale', version, path })));
    assert.equal(ok(await reporter.get(path)).region, '', 'the nation\'s is in force again');
    assert.deepEqual(ok(await (await world.as('reporter', '35')).get(`/v1/changes?after=${last}`)).items, []);
    assert.equal((await reporter.get('/v1/rules/stale?region=35')).status, 403);
    assert.equal((await reporter.get('/v1/rules/stale?region=3x')).status, 400);
    assert.equal((await province.delete('/v1/rules/stale?region=')).status, 403);
  });

  it('a region has sixteen at most', async () => {
    for (let i = 1; i <= 15; i++) ok(await put(`more-${i}`, { kind: 'jump', margin: 1, enabled: false }), 201);
    const { status, json } = await put('more-16', { kind: 'jump', margin: 1, enabled: false });
    assert.deepEqual([status, json.type], [409, '/problems/conflict']);
    for (let i = 1; i <= 15; i++) ok(await province.delete(`/v1/rules/more-${i}?region=34`));
    await settled(world);
  });

  it('near: it is met, but worse than the year before, and within the margin', async () => {
    await set(10, LAST);
    await set(11);
    const fired = await next('near');
    assert.deepEqual(brief(fired), ['alert.firing', 'near', 'tripped', 'info', THIS]);
    assert.ok(Math.abs(fired.value - cv(11)) < 1e-9 && fired.limit === 0.5);
    const told = await subscriber.event({ type: 'alert.firing', item: ITEM });
    assert.deepEqual(told, fired);
    const { items } = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=firing`));
    assert.deepEqual(items.map((a) => [a.rule, a.kind, a.item, a.severity]), [['near', 'near', ITEM, 'info']]);
    await set(9); // 0.385 is more than a tenth, and what it takes to clear, below the limit
    assert.deepEqual(brief(await next('near')), ['alert.resolved', 'near', 'cleared', 'info', THIS]);
  });

  it('over the limit it is the threshold that tells, as ever', async () => {
    await set(R2_FAR.teachers_backbone);
    assert.deepEqual(brief(await next('threshold')), ['alert.firing', 'threshold', 'tripped', 'critical', THIS]);
    await set(R2_MET.teachers_backbone);
    assert.deepEqual(brief(await next('threshold')), ['alert.resolved', 'threshold', 'cleared', 'critical', THIS]);
  });

  it('a threshold of its own: two confirmations, more severe the farther it is; the nation\'s is hidden', async () => {
    ok(await put('threshold', { kind: 'threshold', hold: { confirmations: 2 }, severity: [{ severity: 'warning' }, { severity: 'critical', beyond: 0.5 }] }), 201);
    await settled(world);
    await set(13);
    assert.deepEqual(brief(await next('threshold')), ['alert.pending', 'threshold', 'tripped', 'warning', THIS]);
    const { items } = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=pending`));
    assert.deepEqual(items.map((a) => a.item), [ITEM]);
    await set(14);
    assert.deepEqual(brief(await next('threshold')), ['alert.firing', 'threshold', 'held', 'warning', THIS]);
    await set(30); // 0.765 is 53 % beyond
    assert.deepEqual(brief(await next('threshold')), ['alert.changed', 'threshold', 'worse', 'critical', THIS]);
    await set(14);
    assert.deepEqual(brief(await next('threshold')), ['alert.changed', 'threshold', 'better', 'warning', THIS]);
    await set(4);
    assert.deepEqual(brief(await next('threshold')), ['alert.resolved', 'threshold', 'cleared', 'warning', THIS]);
    await set(13);
    const { type, alert, seq } = await next('threshold');
    assert.equal(type, 'alert.pending');
    const digest = async (after) => Object.entries(ok(await admin.get(`/v1/digest?after=${after}`)))
      .filter(([, list]) => Array.isArray(list) && list.some((a) => a.alert === alert)).map(([name]) => name);
    const { last } = ok(await admin.get(`/v1/digest?after=${seq - 1}`));
    assert.deepEqual(await digest(seq - 1), ['pending']);
    await set(4);
    assert.deepEqual(brief(await next('threshold')), ['alert.resolved', 'threshold', 'passed', 'warning', THIS]);
    assert.deepEqual(await digest(last), ['over'], 'whoever read that it waits reads that it has passed');
    assert.deepEqual(await digest(seq - 1), [], 'and nobody else');
  });

  it('days are counted in the database: a monitor that was down takes up where it was, without any data', async () => {
    ok(await put('threshold', { kind: 'threshold', hold: { days: 10 }, repeat_days: 7, severity: 'critical' }));
    await settled(world);
    await set(14);
    assert.equal((await next('threshold')).type, 'alert.pending');
    const [[days]] = await world.sql(`SELECT round(extract(epoch FROM due_at - now()) / 86400) FROM county_result WHERE county = '${COUNTY}' AND period = '${THIS}'`);
    assert.equal(days, '10');
    const later = async (n) => {
      await world.monitors[0].kill();
      await world.sql(`UPDATE alert SET since = since - interval '${n} days', told_at = told_at - interval '${n} days' WHERE state IN ('pending', 'firing');
        UPDATE county_result SET due_at = due_at - interval '${n} days'`);
      await world.startMonitor();
    };
    await later(10);
    assert.deepEqual(brief(await next('threshold')), ['alert.firing', 'threshold', 'held', 'critical', THIS]);
    await later(6);
    await settled(world);
    await later(1);
    assert.deepEqual(brief(await next('threshold')), ['alert.reminded', 'threshold', 'reminder', 'critical', THIS]);
    assert.equal((await events('threshold')).length, log.seen.threshold, 'and once');
  });

  it('working days are those of the calendar, also of one that comes later', async () => {
    ok(await put('threshold', { kind: 'threshold', hold: { days: 5, working: true }, severity: 'critical' }));
    await set(4);
    assert.equal((await next('threshold')).type, 'alert.resolved');
    await set(14);
    assert.equal((await next('threshold')).type, 'alert.pending');
    const dueDay = async () => (await world.sql(`SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') FROM county_result
      WHERE county = '${COUNTY}' AND period = '${THIS}'`))[0][0];
    const [[today]] = await world.sql("SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')");
    const fifth = async () => ok(await reporter.get(`/v1/calendars/${today.slice(0, 4)}/working-days?from=${today}&days=5`)).to;
    const first = await fifth();
    assert.equal(await dueDay(), first);
    // the province has the first four of them off
    const off = ok(await reporter.get(`/v1/calendars/${today.slice(0, 4)}/working-days?from=${today}&days=4`)).to;
    if (off.slice(0, 4) === today.slice(0, 4)) {
      const { status, text } = await province.put(`/v1/calendars/${today.slice(0, 4)}`, { region: '34', source: '虚构 / made up', holidays: [{ name: '试验', from: off }] });
      assert.equal(status, 201, text);
      const second = await fifth();
      assert.ok(second > first);
      await waitFor('the hold to end later', async () => (await dueDay()) === second);
    }
    await set(4);
    assert.deepEqual(brief(await next('threshold')), ['alert.resolved', 'threshold', 'passed', 'critical', THIS]);
  });

  it('terms are those of the calendar: while nobody knows them it waits, provisionally, and nothing comes due', async () => {
    const [[today]] = await world.sql("SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')");
    const year = Number(today.slice(0, 4)) - (today.slice(5) < '08-01'); // the school year
    // from 1 August to the last of July: each day is of a term, and at most two end in a school year
    const know = async (y) => {
      const terms = { first: { begin: `${y}-08-01`, end: `${y}-12-31` }, second: { begin: `${y + 1}-01-01`, end: `${y + 1}-07-31` } };
      const answer = await province.put(`/v1/calendars/${y}`, { region: '34', source: '虚构 / made up', terms });
      assert.ok([200, 201].includes(answer.status), answer.text);
    };
    const ends = [`${year}-12-31`, `${year + 1}-07-31`, `${year + 1}-12-31`, `${year + 2}-07-31`].filter((day) => day >= today);
    await know(year);
    assert.ok([200, 404].includes((await admin.delete(`/v1/calendars/${year + 1}?region=`)).status), 'nobody knows the next one');
    ok(await put('threshold', { kind: 'threshold', hold: { terms: 3 }, severity: 'critical' }));
    assert.deepEqual(ok(await reporter.get('/v1/rules/threshold')).hold, { confirmations: 1, days: 0, terms: 3, working: false });
    await set(14);
    const pending = await next('threshold');
    assert.deepEqual([...brief(pending), pending.provisional], ['alert.pending', 'threshold', 'tripped', 'critical', THIS, true]);
    const due = async () => (await world.sql(`SELECT coalesce(to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS'), 'never') FROM county_result
      WHERE county = '${COUNTY}' AND period = '${THIS}'`))[0][0];
    await settled(world);
    assert.equal(await due(), 'never');
    await know(year + 1);
    const behind = new Date(Date.parse(ends[2]) + 86400000).toISOString().slice(0, 10);
    await waitFor('the hold to have an end', async () => (await due()) === `${behind} 00:00:00`);
    const { items: [held] } = ok(await admin.get(`/v1/alerts?county=${COUNTY}&state=pending`));
    assert.equal(held.provisional, false);
    ok(await province.delete(`/v1/calendars/${year + 1}?region=34`));
    await waitFor('nobody to know it again', async () => (await due()) === 'never');
    await set(4);
    assert.deepEqual(brief(await next('threshold')), ['alert.resolved', 'threshold', 'passed', 'critical', THIS]);
    await set(14);
    ok(await put('threshold', { kind: 'threshold', severity: 'critical' }));
    await waitFor('it to fire', async () => (await events('threshold')).at(-1).type === 'alert.firing');
    await log.skip('threshold');
  });

  it('a rule that is switched off or removed withdraws its alerts; the nation\'s takes its place', async () => {
    ok(await put('threshold', { kind: 'threshold', enabled: false }));
    assert.deepEqual(brief(await next('threshold')), ['alert.withdrawn', 'threshold', 'rule_gone', 'critical', THIS]);
    ok(await province.delete('/v1/rules/threshold'));
    assert.deepEqual(brief(await next('threshold')), ['alert.firing', 'threshold', 'tripped', 'critical', THIS]);
    await set(4);
    assert.equal((await next('threshold')).type, 'alert.resolved');
    const [[kept]] = await world.sql("SELECT count(*) FROM rule_history WHERE region = '34' AND id = 'threshold'");
    assert.equal(kept, '6');
    assert.equal(ok(await put('threshold', { kind: 'threshold', enabled: false }), 201).version, 7, 'versions go on');
    ok(await province.delete('/v1/rules/threshold'));
  });

  it('plan: behind the line that the county drew from where it was', async () => {
    const year = thisYear();
    const plan = { recognition_year: String(year + 3), milestones: [{ item: ITEM, year: String(year + 3), target: 0.1 }] };
    ok(await (await world.as('supervisor', COUNTY)).put(`/v1/plans/${COUNTY}`, plan), 201);
    await planOf(world, COUNTY, Number(LAST));
    await set(10, LAST); // 0.4286 at the end of that year
    await set(11);
    const fired = await next('plan');
    assert.deepEqual(brief(fired).slice(0, 3), ['alert.firing', 'plan', 'tripped']);
    const wanted = cv(10) - (cv(10) - 0.1) / (year + 3 - LAST);
    assert.ok(Math.abs(fired.limit - wanted) < 1e-6, `${fired.limit} ${wanted}`);
    await set(5);
    assert.deepEqual(brief(await next('plan')).slice(0, 3), ['alert.resolved', 'plan', 'cleared']);
  });

  it('jump: another figure than the year before by more than the margin', async () => {
    ok(await put('jump', { kind: 'jump', items: [ITEM], margin: 0.5, severity: 'info' }), 201);
    const fired = await next('jump');
    assert.deepEqual(brief(fired), ['alert.firing', 'jump', 'tripped', 'info', THIS]);
    assert.ok(Math.abs(fired.limit - cv(10)) < 1e-9 && Math.abs(fired.value - cv(5)) < 1e-9);
    await set(9);
    assert.equal((await next('jump')).type, 'alert.resolved');
  });

  it('a corrected report of the year before has this one looked at again, where its figures say another thing', async () => {
    const looks = async () => Number((await world.sql(`SELECT count(*) FROM county_result_log WHERE county = '${COUNTY}' AND period = '${THIS}'`))[0][0]);
    await set(5, LAST);
    const fired = await next('jump');
    assert.deepEqual(brief(fired), ['alert.firing', 'jump', 'tripped', 'info', THIS]);
    assert.ok(Math.abs(fired.limit - cv(5)) < 1e-9 && Math.abs(fired.value - cv(9)) < 1e-9);
    await set(10, LAST);
    assert.deepEqual(brief(await next('jump')), ['alert.resolved', 'jump', 'cleared', 'info', THIS]);
    await settled(world);
    const were = await looks();
    await putReport(admin, LAST, schoolCode(2), report(200, { primary: { teachers_backbone: 10 }, site: { music_rooms: [96, 96] } }));
    await settled(world);
    assert.equal(await looks(), were, 'a room more is no figure of the county');
    ok(await (await world.as('supervisor', COUNTY)).delete(`/v1/plans/${COUNTY}`)); // without one it is the year after alone
    await settled(world);
    await set(5, LAST);
    assert.equal((await next('jump')).type, 'alert.firing');
    await set(10, LAST);
    assert.equal((await next('jump')).type, 'alert.resolved');
  });

  it('jump of schools: a figure of a school\'s report is another one than the year before', async () => {
    const sent = { kind: 'jump', of: 'schools', margin: 0.5, severity: [{ severity: 'info' }, { severity: 'warning', schools: 2 }] };
    ok(await put('leap', sent), 201);
    assert.deepEqual(((r) => [r.of, r.items, r.margin])(ok(await reporter.get('/v1/rules/leap'))), ['schools', [], 0.5]);
    await settled(world);
    assert.deepEqual(await events('leap'), [], 'both have the 200 pupils of the year before');
    // 300 pupils are half as many more, and 300 is not more than that; the equipment follows
    await putReport(admin, THIS, schoolCode(1), report(300));
    await settled(world);
    assert.deepEqual(await events('leap'), []);
    await putReport(admin, THIS, schoolCode(1), report(400));
    const fired = await next('leap');
    assert.deepEqual([...brief(fired), fired.item, fired.value, fired.limit], ['alert.firing', 'jump', 'tripped', 'info', THIS, 'schools', 1, 0]);
    assert.deepEqual([fired.schools, fired.schools_count], [[schoolCode(1)], 1]);
    await putReport(admin, THIS, schoolCode(2), report(200, { primary: { teachers_backbone: 9 }, site: { teaching_area: 600 } }));
    const worse = await next('leap');
    assert.deepEqual(brief(worse), ['alert.changed', 'jump', 'worse', 'warning', THIS]);
    assert.deepEqual([worse.schools, worse.schools_count], [[schoolCode(1), schoolCode(2)], 2]);
    await putReport(admin, THIS, schoolCode(1), report());
    assert.deepEqual(brief(await next('leap')), ['alert.changed', 'jump', 'better', 'info', THIS]);
    await set(9);
    assert.deepEqual(brief(await next('leap')), ['alert.resolved', 'jump', 'cleared', 'info', THIS]);
    const tried = async (body) => ok(await province.request('POST', '/v1/rules/leap/try', { body: { region: '34', ...body } }));
    const [one] = await log.sameAs(await tried(sent), 'leap');
    assert.deepEqual([one.county, one.item, one.period, one.severity, one.end], [COUNTY, 'schools', THIS, 'warning', 'resolved']);
    // 400 pupils are twice as many: no more than that; and by a tenth, 300 were too many before
    assert.equal((await tried({ ...sent, margin: 1 })).fired, 0);
    const strict = await tried({ ...sent, margin: 0.1 });
    assert.deepEqual([strict.fired, strict.open], [1, 0]);
    assert.ok(strict.items[0].fired_at < one.fired_at && strict.items[0].value === 1);
    // the year before is corrected, and no figure of the county is another one: all of the teachers are certified and trained
    await settled(world);
    const figures = () => world.sql(`SELECT figure_items, figures FROM county_result WHERE county = '${COUNTY}' AND period = '${LAST}'`);
    const were = await figures();
    await putReport(admin, LAST, schoolCode(1), report(200, { primary: { teachers: 200 } }));
    const back = await next('leap');
    assert.deepEqual([back.type, back.value, back.schools], ['alert.firing', 1, [schoolCode(1)]]);
    assert.deepEqual(await figures(), were);
    await putReport(admin, LAST, schoolCode(1), report());
    assert.equal((await next('leap')).type, 'alert.resolved');
    ok(await province.delete('/v1/rules/leap?region=34'));
    await settled(world);
    await log.skip('near', 'threshold', 'plan', 'jump');
  });

  it('stale: a school has not reported though the day has come', async () => {
    ok(await put('stale', { kind: 'stale', due: '12-31', severity: 'warning' }), 201);
    await settled(world);
    await putSchool(admin, schoolCode(3), school(COUNTY));
    const fired = await next('stale');
    assert.deepEqual([...brief(fired), fired.item, fired.value], ['alert.firing', 'stale', 'tripped', 'warning', THIS, 'reports', 1]);
    await putReport(admin, THIS, schoolCode(3), report());
    assert.deepEqual(brief(await next('stale')), ['alert.resolved', 'stale', 'cleared', 'warning', THIS]);
    await current();
  });

  it('a rule is tried on what has been: it raises what the one in force has raised, and nothing is written', async () => {
    const tried = (body, query = '') => province.request('POST', `/v1/rules/trial/try${query}`, { body: { region: '34', ...body } });
    const before_ = ok(await admin.get('/v1/events?after=0&limit=1000')).items;
    // with no hold, each time that the item was not met
    const all = ok(await tried({ kind: 'threshold', items: [ITEM], severity: 'critical' }));
    assert.deepEqual([all.counties, all.more], [1, 0]);
    const [[runs]] = await world.sql(`SELECT count(*) FROM (SELECT cv_status, lag(cv_status) OVER (ORDER BY at) AS was FROM indicator_result_log
      WHERE county = '${COUNTY}' AND stage = 'primary' AND indicator = 'R2' AND period = '${THIS}') l WHERE cv_status = 'not_met' AND was IS DISTINCT FROM 'not_met'`);
    assert.equal(all.fired, Number(runs));
    assert.ok(all.items.every((a) => a.item === ITEM && a.limit === 0.5 && a.value > 0.5 && a.end === 'resolved'));
    // two confirmations: one life, of those that saw the item not met twice
    const held = ok(await tried({ kind: 'threshold', items: [ITEM], hold: { confirmations: 2 }, severity: [{ severity: 'warning' }, { severity: 'critical', beyond: 0.5 }] }));
    assert.ok(held.fired > 0 && held.fired < all.fired, `${held.fired} of ${all.fired}`);
    assert.ok(held.items.some((a) => a.severity === 'critical'));
    const near = ok(await tried({ kind: 'near', items: ['R*.cv'], margin: 0.1, clear: 0.02 }, `?county=${COUNTY}&limit=1`));
    assert.ok(near.fired >= 1 && near.items.length === 1 && near.more === near.fired - 1);
    assert.deepEqual(ok(await admin.get('/v1/events?after=0&limit=1000')).items, before_);
    // as the nation's raised it above
    assert.equal(ok(await tried({ kind: 'plan' })).fired, (await events('plan')).filter((e) => e.type === 'alert.firing').length);
    assert.equal((await tried({ kind: 'veto' }, '?county=35')).status, 403);
    const many = `FROM county_result_log WHERE county = '${COUNTY}' AND period = '${THIS}' AND computed_at = (SELECT max(computed_at) FROM county_result_log WHERE county = '${COUNTY}' AND period = '${THIS}')`;
    await world.sql(`INSERT INTO county_result_log (county, period, computed_at, version, standard, verdict, missing_schools)
      SELECT county, '2001', computed_at + i * interval '1 microsecond', version, standard, verdict, missing_schools ${many.replace('WHERE', ', generate_series(1, 5001) i WHERE')}`);
    assert.equal((await tried({ kind: 'veto' })).status, 409, 'half of it would be told as the whole');
    await world.sql("DELETE FROM county_result_log WHERE period = '2001'");
    assert.equal((await reporter.request('POST', '/v1/rules/trial/try', { body: { region: COUNTY, kind: 'veto' } })).status, 403);
  });

  it('… by as many pairs of a school\'s reports as it can hold, and not by a part of more', async () => {
    const tried = () => province.request('POST', '/v1/rules/trial/try', { body: { region: '34', kind: 'jump', of: 'schools', margin: 0.5 } });
    const fired = ok(await tried()).fired;
    // a school that corrected its report again and again, beside one of the year before
    const correct = (from, to) => world.sql(`INSERT INTO report_history (superseded_at, school, period, county, version, received_at)
      SELECT timestamptz '2001-01-01' + (i + 1) * interval '1 second', '${schoolCode(1)}', '2001', '${COUNTY}', i,
        timestamptz '2001-01-01' + i * interval '1 second' FROM generate_series(${from}, ${to}) i`);
    await world.sql(`INSERT INTO report_history (superseded_at, school, period, county, version, received_at)
      VALUES ('2002-01-01', '${schoolCode(1)}', '2000', '${COUNTY}', 1, '2000-01-01')`);
    const [[pairs]] = await world.sql(`WITH known AS (SELECT school, period, received_at AS since, 'infinity'::timestamptz AS until FROM report WHERE county = '${COUNTY}'
      UNION ALL SELECT school, period, received_at, superseded_at FROM report_history WHERE county = '${COUNTY}')
      SELECT count(*) FROM known n JOIN known b ON b.school = n.school AND b.period::integer = n.period::integer - 1 AND b.since < n.until AND n.since < b.until`);
    await correct(1, 50000 - pairs);
    assert.equal(ok(await tried()).fired, fired, '50,000 are held');
    await correct(50001 - pairs, 50001 - pairs);
    const { status, json } = await tried();
    assert.deepEqual([status, json.type], [409, '/problems/conflict']);
    assert.match(json.detail, new RegExp(`县 ${COUNTY} 的历史过长.*50000 对`));
    await world.sql("DELETE FROM report_history WHERE period IN ('2000', '2001')");
  });

  it('the log has no gap, and whoever was told of a beginning was told of its end', async () => {
    const { items } = ok(await admin.get('/v1/events?after=0&limit=1000'));
    assert.deepEqual(items.map((e) => e.seq), items.map((_, i) => i + 1));
    const open = new Map();
    for (const e of items) {
      if (e.type === 'alert.pending' || (e.type === 'alert.firing' && !open.has(e.alert))) {
        assert.ok(!open.has(e.alert));
        open.set(e.alert, e);
      } else if (e.type === 'alert.resolved' || e.type === 'alert.withdrawn') {
        assert.ok(open.delete(e.alert), JSON.stringify(e));
      } else {
        assert.ok(open.has(e.alert), JSON.stringify(e));
      }
    }
    const stored = await world.sql("SELECT id FROM alert WHERE state IN ('pending', 'firing', 'acknowledged') ORDER BY id");
    assert.deepEqual([...open.keys()].sort((a, b) => a - b).map(String), stored.flat());
  });
});
