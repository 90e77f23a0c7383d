// SPDX-License-Identifier: Apache-2.0
// What was held back, and still fires when nothing holds it back any more, is told after all: once, to everybody.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { checkMessage } from '../lib/contract.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, countyItems, putCounty, putCountyReport, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { planOf } from '../lib/load.mjs';
import { World } from '../lib/world.mjs';

const world = new World('untold', { monitors: 2, env: { JUNHENG_SWEEP_MS: '50' } });
const ITEM = 'R2.primary.cv';
let admin, subscriber;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const all = async () => ok(await admin.get('/v1/events?after=0&limit=1000')).items;
const last = async () => (await all()).at(-1)?.seq ?? 0;
const next = (from, wanted) => waitFor(`an event ${JSON.stringify(wanted)}`, async () => (await all())
  .find((e) => e.seq > from && Object.entries(wanted).every(([name, value]) => e[name] === value)));
const act = async (id, action, more = {}) => ok(await admin.request('POST', `/v1/alerts/${id}/actions`, { body: { action, ...more } }));
const silence = async (until = null) => ok(await admin.request('POST', '/v1/silences',
  { body: { region: COUNTY, items: [ITEM], rules: [], reason: '学区调整', until } }), 201).id;
const end = async (id) => ok(await admin.delete(`/v1/silences/${id}`));

async function set(figures, wanted) {
  const from = await last();
  await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: figures }));
  return next(from, { item: ITEM, ...wanted });
}
const fire = () => set(R2_FAR, { type: 'alert.firing', kind: 'threshold' });
const resolve = () => set(R2_MET, { type: 'alert.resolved', kind: 'threshold' });
// No more of an alert than this: what comes after it in the log came later.
async function onlyThese(id, types) {
  const { alert } = await fire();
  await resolve();
  assert.notEqual(alert, id);
  assert.deepEqual((await all()).filter((e) => e.alert === id).map((e) => e.type.slice('alert.'.length)), types);
}

describe('what was held back', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    subscriber = world.subscribe();
    await subscriber.connected(2);
    await world.status(COUNTY, PERIOD, await putCounty(admin));
  });
  after(() => world.stop());

  it('by a silence: is told when that is ended, with what was known, on the bus as in the list', async () => {
    const id = await silence();
    const fired = await fire();
    assert.equal(fired.held, `silence:${id}`);
    await end(id);
    const told = await next(fired.seq, { type: 'alert.reminded', alert: fired.alert });
    checkMessage('alert.v1', told);
    assert.deepEqual([told.reason, told.held, told.by], ['untold', null, null]);
    for (const name of ['county', 'period', 'item', 'rule', 'kind', 'severity', 'value', 'limit', 'version', 'schools', 'schools_count', 'level']) {
      assert.deepEqual(told[name], fired[name], name);
    }
    assert.deepEqual(await subscriber.event({ type: 'alert.reminded', item: ITEM }), told);
    assert.equal((await resolve()).held, null);
    await onlyThese(fired.alert, ['firing', 'reminded', 'resolved']);
  });

  it('by a silence that is over by itself; not while another one holds it', async () => {
    const [id, other] = [await silence(new Date(Date.now() + 86400000).toISOString()), await silence()];
    const fired = await fire();
    await world.sql(`UPDATE silence SET until = now() - interval '1 second' WHERE id = ${id}`);
    await end(other);
    const told = await next(fired.seq, { type: 'alert.reminded', alert: fired.alert });
    const [[ended]] = await world.sql(`SELECT to_char(ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') FROM silence WHERE id = ${other}`);
    assert.ok(told.time > ended);
    await resolve();
  });

  it('is told to nobody when it is over by then, or somebody has it in hand', async () => {
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    let id = await silence();
    const over = await fire();
    await resolve();
    await end(id);
    await onlyThese(over.alert, ['firing', 'resolved']);
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    id = await silence();
    const fired = await fire();
    await act(fired.alert, 'acknowledge');
    await end(id);
    // it is told when he lets go of it
    const released = (await act(fired.alert, 'release')).event;
    const told = await next(released.seq, { type: 'alert.reminded', alert: fired.alert });
    assert.equal(told.reason, 'untold');
    await resolve();
    await onlyThese(fired.alert, ['firing', 'acknowledged', 'released', 'reminded', 'resolved']);
  });

  it('by a veto that explains it: is told when that is over', async () => {
    const year = thisYear();
    ok(await admin.put(`/v1/plans/${COUNTY}`, { recognition_year: String(year + 1), milestones: [{ item: ITEM, year: String(year + 1), target: 0 }] }), 201);
    await putCounty(admin, { period: '2024' }); // from where the plan's line begins
    await planOf(world, COUNTY, 2024);
    let from = await last();
    await putCountyReport(admin, { items: countyItems({ V1: { confirmed: true, evidence: '通报' } }) });
    const veto = await next(from, { type: 'alert.firing', kind: 'veto' });
    const behind = await set({ teachers_backbone: 5 }, { type: 'alert.firing', kind: 'plan' });
    assert.equal(behind.held, `alert:${veto.alert}`);
    from = await last();
    await putCountyReport(admin, {});
    const over = await next(from, { type: 'alert.resolved', kind: 'veto' });
    const told = await next(over.seq, { type: 'alert.reminded', alert: behind.alert });
    assert.deepEqual([told.reason, told.value, told.limit], ['untold', behind.value, behind.limit]);
  });

  it('by a snooze: is told when that is over, and so is no reminder for as long as what was told needs none', async () => {
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    const levels = [{ severity: 'warning' }, { severity: 'critical', beyond: 0.7 }];
    ok(await admin.put('/v1/rules/threshold', { region: COUNTY, kind: 'threshold', severity: levels, repeat_days: 1 }), 201);
    const { alert } = await set({ teachers_backbone: 20 }, { type: 'alert.firing', kind: 'threshold', severity: 'warning' });
    await act(alert, 'snooze', { until: new Date(Date.now() + 2 * 86400000).toISOString() });
    const worse = await set({ teachers_backbone: 60 }, { type: 'alert.changed', alert });
    assert.deepEqual([worse.severity, worse.held], ['critical', 'snooze']);
    const computed = () => waitFor('the county to be looked at', async () => (await world.sql(
      `SELECT count(*) FROM county_result WHERE county = '${COUNTY}' AND (stale OR due_at <= now())`))[0][0] === '0');
    await computed();
    // two days later
    await world.sql(`UPDATE alert SET snoozed_until = now() - interval '1 second', told_at = told_at - interval '2 days' WHERE id = ${alert}`);
    const told = await next(worse.seq, { type: 'alert.reminded', alert });
    assert.deepEqual([told.reason, told.severity, told.held], ['untold', 'critical', null]);
    await world.sql(`UPDATE county_result SET due_at = now() WHERE county = '${COUNTY}' AND period = '${PERIOD}'`);
    await computed();
    const [[due]] = await world.sql(`SELECT round(extract(epoch FROM due_at - '${told.time}') * 1000) FROM county_result
      WHERE county = '${COUNTY}' AND period = '${PERIOD}'`);
    assert.ok(Math.abs(due - 86400000) < 1000, `a reminder is due a day later, not after ${due} ms`);
    await resolve();
    ok(await admin.delete(`/v1/rules/threshold?region=${COUNTY}`));
    await onlyThese(alert, ['firing', 'snoozed', 'changed', 'reminded', 'resolved']);
  });

  it('by a silence: waits for who has something to do with the county, which stops no other one', async () => {
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    const THERE = '340208';
    await putRegions(admin, [[THERE, '三山区']]);
    await putCounty(admin, { county: THERE, first: 50 });
    const { id } = ok(await admin.request('POST', '/v1/silences',
      { body: { region: '3402', items: [ITEM], rules: [], reason: '学区调整', until: null } }), 201);
    const here = await fire();
    await putReport(admin, PERIOD, schoolCode(51), report(200, { primary: R2_FAR }));
    const there = await next(here.seq, { type: 'alert.firing', county: THERE, item: ITEM });
    const release = await hold(world.url, `SELECT pg_advisory_xact_lock(x'4a48'::integer, ${COUNTY})`);
    const acknowledged = act(here.alert, 'acknowledge');
    await waiting(world.url);
    await end(id);
    await next(there.seq, { type: 'alert.reminded', alert: there.alert });
    await release();
    await acknowledged;
    await resolve();
    await onlyThese(here.alert, ['firing', 'acknowledged', 'resolved']);
    await putReport(admin, PERIOD, schoolCode(51), report(200, { primary: R2_MET }));
    await next(there.seq, { type: 'alert.resolved', alert: there.alert });
  });

  describe('of an alert that goes up', () => {
    const levels = [{ severity: 'warning' }, { severity: 'critical', beyond: 0.7 }];
    const escalation = [{ to: 'county', working_days: 1, while: 'unresolved' }, { to: 'province', working_days: 60, while: 'unresolved' }];
    const pass = (alert, days) => world.sql(`UPDATE alert SET fired_at = now() - interval '${days} days' WHERE id = ${alert};
      UPDATE county_result SET due_at = now() WHERE county = '${COUNTY}' AND due_at IS NOT NULL`);
    before(async () => ok(await admin.put('/v1/rules/threshold', { region: COUNTY, kind: 'threshold', severity: levels, escalation }), 201));
    after(async () => ok(await admin.delete(`/v1/rules/threshold?region=${COUNTY}`)));
    beforeEach(() => world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'"));

    it('is told though it was acknowledged: who did so knows of it, and not those to whom it has gone up', async () => {
      const { alert, seq } = await set({ teachers_backbone: 20 }, { type: 'alert.firing', kind: 'threshold', severity: 'warning' });
      await act(alert, 'acknowledge');
      let id = await silence();
      await pass(alert, 30);
      let up = await next(seq, { type: 'alert.escalated', alert });
      assert.deepEqual([up.level, up.held], ['county', `silence:${id}`]);
      await end(id);
      let told = await next(up.seq, { type: 'alert.reminded', alert });
      assert.deepEqual([told.level, told.reason, told.held, told.schools], ['county', 'untold', null, up.schools]);
      assert.equal(ok(await admin.get(`/v1/alerts/${alert}`)).state, 'acknowledged');
      // also behind something else that was held back
      id = await silence();
      await pass(alert, 200);
      up = await next(told.seq, { type: 'alert.escalated', alert, level: 'province' });
      const worse = await set({ teachers_backbone: 60 }, { type: 'alert.changed', alert, severity: 'critical' });
      assert.deepEqual([up.held, worse.held], [`silence:${id}`, `silence:${id}`]);
      await end(id);
      told = await next(worse.seq, { type: 'alert.reminded', alert });
      assert.deepEqual([told.level, told.severity], ['province', 'critical']);
      // and nothing more of what is in hand
      id = await silence();
      await set({ teachers_backbone: 20 }, { type: 'alert.changed', alert, held: `silence:${id}` });
      await end(id);
      await resolve();
      await onlyThese(alert, ['firing', 'acknowledged', 'escalated', 'reminded', 'escalated', 'changed', 'reminded', 'changed', 'resolved']);
    });

    it('is told though it was acknowledged, if it has got worse since: who did so knew of less', async () => {
      const under = async (figures, wanted) => {
        const id = await silence();
        const event = await set(figures, { ...wanted, held: `silence:${id}` });
        return [event, () => end(id)];
      };
      const CHANGED = { type: 'alert.changed', kind: 'threshold' };
      const { alert } = await set({ teachers_backbone: 20 }, { type: 'alert.firing', kind: 'threshold', severity: 'warning' });
      await act(alert, 'acknowledge');
      const [worse, over] = await under({ teachers_backbone: 60 }, { ...CHANGED, severity: 'critical' });
      await over();
      const told = await next(worse.seq, { type: 'alert.reminded', alert });
      assert.deepEqual([told.reason, told.severity, told.held, told.value], ['untold', 'critical', null, worse.value]);
      assert.equal(ok(await admin.get(`/v1/alerts/${alert}`)).state, 'acknowledged');
      // once; and not of what became as it was told, nor of what somebody has acknowledged as it is
      const id = await silence();
      await set({ teachers_backbone: 20 }, { ...CHANGED, severity: 'warning', held: `silence:${id}` });
      await set({ teachers_backbone: 60 }, { ...CHANGED, severity: 'critical', held: `silence:${id}` });
      await end(id);
      await resolve();
      const types = ['firing', 'acknowledged', 'changed', 'reminded', 'changed', 'changed', 'resolved'];
      await onlyThese(alert, types);
      await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
      const again = await set({ teachers_backbone: 20 }, { type: 'alert.firing', kind: 'threshold', severity: 'warning' });
      const [, ended] = await under({ teachers_backbone: 60 }, { ...CHANGED, severity: 'critical' });
      await act(again.alert, 'acknowledge');
      await ended();
      assert.equal((await resolve()).held, null);
      await onlyThese(again.alert, ['firing', 'changed', 'acknowledged', 'resolved']);
    });

    it('a snooze holds back what comes to the county, not what goes above it, when no silence does', async () => {
      let { alert, seq } = await fire();
      await act(alert, 'snooze', { until: null });
      await pass(alert, 30);
      const up = await next(seq, { type: 'alert.escalated', alert });
      assert.deepEqual([up.level, up.held], ['county', 'snooze']);
      await pass(alert, 200);
      const above = await next(up.seq, { type: 'alert.escalated', alert });
      assert.deepEqual([above.level, above.held], ['province', null]);
      await act(alert, 'wake');
      await resolve();
      await onlyThese(alert, ['firing', 'snoozed', 'escalated', 'escalated', 'woken', 'resolved']);
      ({ alert, seq } = await fire());
      await act(alert, 'snooze', { until: null });
      const id = await silence();
      await pass(alert, 200);
      assert.equal((await next(seq, { type: 'alert.escalated', alert })).held, `silence:${id}`);
      await end(id);
      assert.equal((await next(seq, { type: 'alert.reminded', alert })).level, 'province');
      await resolve();
      await onlyThese(alert, ['firing', 'snoozed', 'escalated', 'reminded', 'resolved']);
    });
  });

  it('by flapping: is told when it has been calm for a day', async () => {
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    for (let i = 0; i < 4; i++) {
      await fire();
      await resolve();
    }
    const fired = await fire();
    assert.equal(fired.held, 'flapping');
    await world.sql("UPDATE event SET time = time - interval '2 days' WHERE type = 'alert.firing'");
    const told = await next(fired.seq, { type: 'alert.reminded', alert: fired.alert });
    assert.equal(told.reason, 'untold');
    // numbers go on without a gap, whoever gave them
    assert.deepEqual((await all()).map((e) => e.seq), (await all()).map((_, i) => i + 1));
  });
});
