// SPDX-License-Identifier: Apache-2.0
// Who does not act is told higher up: steps in working days from the firing, kept in the database, whoever restarts. Time
// goes by here by moving what is remembered into the past.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('escalation');
const ITEM = 'R2.primary.cv';
const STEPS = [['county', 5, 'unacknowledged'], ['city', 10, 'unacknowledged'], ['province', 20, 'unacknowledged'],
  ['notice', 120, 'unresolved'], ['interview', 240, 'unresolved']].map(([to, working_days, while_]) => ({ to, working_days, while: while_ }));
let admin, county, province, subscriber, fired;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const act = (body) => county.request('POST', `/v1/alerts/${fired.alert}/actions`, { body });
const alert = async () => ok(await county.get(`/v1/alerts/${fired.alert}`));
const set = (figures) => putReport(admin, PERIOD, schoolCode(2), report(200, { primary: figures }));
const timeline = async () => ok(await county.get(`/v1/alerts/${fired.alert}/events`)).items;

let seen = 0;
async function next(wanted) {
  const event = await waitFor(`an event ${JSON.stringify(wanted)}`, async () => ok(await admin.get(`/v1/events?after=${seen}&limit=1000`)).items
    .find((e) => e.item === ITEM && e.rule === 'threshold' && Object.entries(wanted).every(([name, value]) => e[name] === value)));
  seen = event.seq;
  checkMessage('alert.v1', event);
  return event;
}

async function fire() {
  await set(R2_FAR);
  return next({ type: 'alert.firing' });
}

// It fired so many days ago, and its next step has come due.
const pass = (days) => world.sql(`
  UPDATE alert SET fired_at = now() - interval '${days} days' WHERE id = ${fired.alert};
  UPDATE county_result SET due_at = now() WHERE county = '${COUNTY}' AND due_at IS NOT NULL`);
const due = async () => (await world.sql(`SELECT due_at > now() FROM county_result WHERE county = '${COUNTY}' AND period = '${PERIOD}'`))[0][0];
const settled = () => waitFor('the county to be looked at', async () => (await world.sql(
  `SELECT count(*) FROM county_result WHERE county = '${COUNTY}' AND (stale OR due_at <= now())`))[0][0] === '0');

describe('escalation', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    county = await world.as('reporter', COUNTY);
    province = await world.as('admin', '34');
    subscriber = world.subscribe();
    await subscriber.connected();
    await putCounty(admin);
    fired = await fire();
  });
  after(() => world.stop());

  it('ships with what is not met and with vetoes', async () => {
    const rule = ok(await admin.get('/v1/rules/threshold'));
    assert.deepEqual([rule.version, rule.escalation], [2, STEPS]);
    assert.equal(ok(await admin.get('/v1/rules/veto')).escalation.length, 5);
    assert.deepEqual(ok(await admin.get('/v1/rules/plan')).escalation, []);
    assert.deepEqual([fired.level, (await alert()).level], [null, null]);
    assert.equal(await due(), 't', 'it comes due without any data');
  });

  it('names what is wrong with the steps, by pointer', async () => {
    const refused = async (escalation, want) => {
      const { status, json, text } = await province.put('/v1/rules/mine', { region: '34', kind: 'threshold', escalation });
      assert.equal(status, 422, text);
      assert.deepEqual(Object.fromEntries(json.errors.map((e) => [e.pointer, e.code])), want);
    };
    const step = (more) => ({ ...STEPS[1], ...more });
    await refused({}, { '/escalation': 'wrong_type' });
    await refused([...STEPS, STEPS[4]], { '/escalation': 'too_many' });
    await refused([{}], { '/escalation/0/to': 'required', '/escalation/0/working_days': 'required', '/escalation/0/while': 'required' });
    await refused([step({ to: 'nation', while: 'always', hours: 1 })],
      { '/escalation/0/to': 'not_allowed', '/escalation/0/while': 'not_allowed', '/escalation/0/hours': 'unknown_field' });
    await refused([step({ working_days: 0 })], { '/escalation/0/working_days': 'too_small' });
    await refused([step({ working_days: 367 })], { '/escalation/0/working_days': 'too_big' });
    await refused([step(), step({ working_days: 11 })], { '/escalation/1/to': 'not_allowed' });
    await refused([step(), step({ to: 'province' })], { '/escalation/1/working_days': 'not_allowed' });
  });

  it('goes up when the days are over, once, told like any other event', async () => {
    await pass(4);
    await settled();
    assert.equal((await alert()).level, null, 'four days are not five working days');
    await pass(20); // five working days at least, and fifteen at most, whatever the holidays
    const up = await next({ type: 'alert.escalated' });
    assert.equal(up.reason, 'unacknowledged');
    assert.ok(['county', 'city'].includes(up.level));
    assert.deepEqual([up.severity, up.schools.length, up.held], [fired.severity, 1, null]);
    assert.match(up.summary, /升级至.级 .*escalated to (county|city)/);
    assert.deepEqual(await subscriber.event({ type: 'alert.escalated', item: ITEM }), up);
    assert.equal((await alert()).level, up.level);
    await pass(20);
    await settled();
    assert.equal((await timeline()).filter((e) => e.type === 'alert.escalated').length, 1, 'once');
  });

  it('passes by what it has passed, also when monitors were away; what comes next outlasts their restart', async () => {
    await world.monitors[0].kill();
    await pass(60); // 20 working days are behind it
    await world.startMonitor();
    const up = await next({ type: 'alert.escalated' });
    assert.deepEqual([up.level, up.reason], ['province', 'unacknowledged']);
    assert.equal(await due(), 't');
  });

  it('acknowledged, it goes on to those steps only that wait for the cure', async () => {
    ok(await act({ action: 'acknowledge', comment: '已制定措施' }));
    await pass(60);
    await settled();
    assert.equal((await alert()).level, 'province');
    await pass(230);
    const up = await next({ type: 'alert.escalated' });
    assert.deepEqual([up.level, up.reason, (await alert()).state], ['notice', 'unresolved', 'acknowledged']);
    await pass(500);
    assert.equal((await next({ type: 'alert.escalated' })).level, 'interview');
  });

  it('a list says who is due, a digest what went up, a comment that it was done', async () => {
    const list = async (query) => ok(await county.get(`/v1/alerts?${query}`)).items.filter((a) => a.item === ITEM && a.rule === 'threshold').map((a) => a.id);
    assert.deepEqual(await list('level=interview'), [fired.alert]);
    assert.deepEqual(await list('level=county'), [fired.alert], 'at least so far');
    assert.deepEqual(await list('level=interview&state=firing'), []);
    assert.equal((await county.get('/v1/alerts?level=nation')).status, 400);
    const said = ok(await act({ action: 'comment', comment: '12月7日已约谈县政府负责人' }));
    assert.equal(said.event.level, 'interview');
    const since = new Date(Date.parse(fired.time) + 1).toISOString();
    const digest = ok(await county.get(`/v1/digest?since=${since}`));
    assert.deepEqual(digest.escalated.map((a) => [a.alert, a.level, a.was]), [[fired.alert, 'interview', 'critical']]);
    assert.ok(ok(await county.get('/v1/digest')).new.some((a) => a.alert === fired.alert && a.level === 'interview'));
  });

  it('over, it stays on record, and on no list; the next one begins below', async () => {
    await set(R2_MET);
    const over = await next({ type: 'alert.resolved' });
    assert.equal(over.level, 'interview');
    assert.ok(!ok(await county.get('/v1/alerts?level=county')).items.some((a) => a.id === fired.alert));
    assert.ok(ok(await county.get('/v1/alerts?level=interview&state=resolved')).items.some((a) => a.id === fired.alert));
    fired = await fire();
    assert.deepEqual([fired.level, (await alert()).level], [null, null]);
  });

  describe('of what is silenced', () => {
    const steps = [['county', 1], ['city', 60], ['province', 200]].map(([to, working_days]) => ({ to, working_days, while: 'unacknowledged' }));
    const silence = async (region) => ok(await (await world.as('supervisor', region)).request('POST', '/v1/silences',
      { body: { region: COUNTY, items: [ITEM], rules: ['threshold'], reason: '学区调整', until: null } }), 201);
    const up = async (days) => {
      await pass(days);
      const { level, held } = await next({ type: 'alert.escalated', alert: fired.alert });
      return [level, held];
    };
    // It was told two days ago, and is told each day.
    const reminded = async () => {
      await world.sql(`UPDATE alert SET told_at = now() - interval '2 days' WHERE id = ${fired.alert};
        UPDATE county_result SET due_at = now() WHERE county = '${COUNTY}' AND period = '${PERIOD}'`);
      const { level, held } = await next({ type: 'alert.reminded', alert: fired.alert });
      return [level, held];
    };
    before(async () => {
      ok(await province.put('/v1/rules/threshold', { region: '34', kind: 'threshold', severity: 'critical', repeat_days: 1, escalation: steps }), 201);
      await set(R2_MET);
      await next({ type: 'alert.resolved' });
      await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    });
    after(async () => {
      await set(R2_MET);
      await next({ type: 'alert.resolved' });
      ok(await province.delete('/v1/rules/threshold?region=34'));
      fired = await fire();
      assert.equal(fired.held, null);
    });

    it('those above who silenced it are told, in time; those to whom it has gone are not', async () => {
      const own = await silence(COUNTY);
      assert.equal(own.author_region, COUNTY);
      fired = await fire();
      assert.equal(fired.held, `silence:${own.id}`);
      assert.deepEqual(await up(30), ['county', `silence:${own.id}`]);
      assert.deepEqual(await reminded(), ['county', `silence:${own.id}`]);
      assert.deepEqual(await up(150), ['city', null]);
      assert.deepEqual(await reminded(), ['city', null]);
      const citys = await silence('3402');
      assert.deepEqual([citys.region, citys.author_region], [COUNTY, '3402']);
      assert.deepEqual(await reminded(), ['city', `silence:${citys.id}`]);
      assert.deepEqual(await up(400), ['province', null]);
      const provinces = await silence('34');
      assert.deepEqual(await reminded(), ['province', `silence:${provinces.id}`]);
      // over, what it held back is told, whatever those below still silence
      ok(await admin.delete(`/v1/silences/${provinces.id}`));
      const told = await next({ type: 'alert.reminded', alert: fired.alert });
      assert.deepEqual([told.reason, told.level, told.held], ['untold', 'province', null]);
      const [ofCity, ofCounty] = [await world.as('supervisor', '3402'), await world.as('supervisor', COUNTY)];
      const { text } = await ofCounty.delete(`/v1/silences/${citys.id}`);
      assert.match(text, /author_region/);
      assert.equal(ok(await ofCounty.get(`/v1/silences/${citys.id}`)).active, true, 'those below end nothing of those above');
      for (const { id } of [own, citys]) ok(await ofCity.delete(`/v1/silences/${id}`));
    });

    it('a province silences all of it, also what goes up to itself', async () => {
      await set(R2_MET);
      await next({ type: 'alert.resolved' });
      const { id } = await silence('34');
      fired = await fire();
      assert.equal(fired.held, `silence:${id}`);
      assert.deepEqual(await up(400), ['province', `silence:${id}`]);
      ok(await admin.delete(`/v1/silences/${id}`));
      assert.equal((await next({ type: 'alert.reminded', alert: fired.alert })).level, 'province');
    });
  });

  it('released, it takes the step that has come meanwhile, without any data', async () => {
    ok(await act({ action: 'acknowledge' }));
    await pass(60);
    await settled();
    assert.equal((await alert()).level, null);
    ok(await act({ action: 'release' }));
    assert.equal((await next({ type: 'alert.escalated' })).level, 'province');
  });

  it('goes up past a snooze: those above are told, though the county wants to hear nothing', async () => {
    ok(await act({ action: 'snooze', until: null }));
    await pass(230);
    const up = await next({ type: 'alert.escalated' });
    assert.deepEqual([up.level, up.held], ['notice', null]);
    ok(await act({ action: 'wake' }));
  });

  it('a region without steps has none; with some, they are its own', async () => {
    ok(await province.put('/v1/rules/threshold', { region: '34', kind: 'threshold', severity: 'critical' }), 201);
    await pass(500);
    await settled();
    assert.equal((await alert()).level, 'notice', 'what was reached stays');
    ok(await province.put('/v1/rules/threshold', { region: '34', kind: 'threshold', severity: 'critical',
      escalation: [{ to: 'interview', working_days: 30, while: 'unresolved' }] }));
    assert.deepEqual(((e) => [e.level, e.reason])(await next({ type: 'alert.escalated' })), ['interview', 'unresolved']);
    await set(R2_MET);
    await next({ type: 'alert.resolved' });
  });

  it('a calendar that comes later moves the next step, also of what fires just then', async () => {
    ok(await province.put('/v1/rules/threshold', { region: '34', kind: 'threshold', severity: 'critical',
      escalation: [{ to: 'interview', working_days: 5, while: 'unresolved' }] }));
    fired = await fire();
    await settled();
    const from = new Date(Date.parse(fired.time) + 8 * 3600000).toISOString().slice(0, 10); // in China
    const year = Number(from.slice(0, 4));
    await admin.put(`/v1/calendars/${year + 1}`, { source: '虚构 / made up', holidays: [{ name: '元旦', from: `${year + 1}-01-01` }] });
    const after = async (days) => ok(await county.get(`/v1/calendars/${year}/working-days?from=${from}&days=${days}`)).to;
    const dueDay = async () => (await world.sql(`SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') FROM county_result
      WHERE county = '${COUNTY}' AND period = '${PERIOD}'`))[0][0];
    const [off, first] = [await after(1), await after(5)];
    await waitFor('the step to come due', async () => (await dueDay()) === first);
    const calendar = `/v1/calendars/${off.slice(0, 4)}`;
    ok(await province.put(calendar, { region: '34', source: '虚构 / made up', holidays: [{ name: '试验', from: off }] }), 201);
    const second = await after(5);
    assert.ok(second > first);
    await waitFor('the step to come later', async () => (await dueDay()) === second);
    await set(R2_MET);
    await next({ type: 'alert.resolved' });
    // the computation that makes it fire has counted by that calendar, and is not over yet
    const release = await hold(world.url, 'LOCK TABLE alert IN SHARE MODE');
    await set(R2_FAR);
    await waiting(world.url);
    const removed = province.delete(`${calendar}?region=34`);
    await Promise.race([removed, waiting(world.url, 2)]);
    await release();
    ok(await removed);
    fired = await next({ type: 'alert.firing' });
    await waitFor('the step to come sooner', async () => (await dueDay()) === first);
    await set(R2_MET);
    await next({ type: 'alert.resolved' });
  });

  it('a step over a year that nobody has announced is provisional', async () => {
    await world.sql('DELETE FROM calendar; UPDATE rule_epoch SET epoch = epoch + 1');
    ok(await province.delete('/v1/rules/threshold?region=34'));
    fired = await fire();
    assert.equal(fired.provisional, false, 'nothing was counted');
    await pass(60);
    const up = await next({ type: 'alert.escalated' });
    assert.deepEqual([up.level, up.provisional, (await alert()).provisional], ['province', true, true]);
  });
});
