// SPDX-License-Identifier: Apache-2.0
// A plan that does not say by when is judged by the year that it is read with: that of the targets of the prefecture or
// the province. Leaving the year out ends no alert; and who changes the targets has the counties looked at again.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hold } from '../lib/database.mjs';
import { thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, countyItems, putCounty, putCountyReport } from '../lib/fixtures.mjs';
import { planOf, settled } from '../lib/load.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const world = new World('rule_targets');
const ITEM = 'G7'; // yuan a pupil of special schools: at least 8,000
const NOW = thisYear();
const [BEFORE, LAST] = [NOW - 2, NOW - 1];
const PAY = { [BEFORE]: 7000, [LAST]: 7100 }; // made up; at this pace 8,000 are reached in NOW + 8
const NEAR = NOW + 3;
const FAR = NOW + 14;
const PLAN = `/v1/plans/${COUNTY}`;
const told = new Told();
let admin, province, county;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const next = (rule) => told.next(rule);
const tried = async (kind) => ok(await province.request('POST', '/v1/rules/trial/try', { body: { region: '34', kind, items: [ITEM] } }));
const computations = async () => Number((await world.sql('SELECT count(*) FROM county_result_log'))[0][0]);
const target = async (code, name, targets) => ok(await admin.put(`/v1/regions/${code}`, { name, targets }));
// At the end of LAST, from the 7,000 of the year before in a straight line to the 8,000 of the year.
const wanted = (year) => 7000 + 1000 / (year - BEFORE);
const close = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} ${b}`);
const foretold = async () => ok(await county.get(`/v1/counties/${COUNTY}/forecast?item=${ITEM}&period=${LAST}`)).items[0];

describe('rules that go by a plan which does not say by when', () => {
  before(async () => {
    [admin, province] = await told.begin(world);
    county = await world.as('supervisor', COUNTY);
    for (const kind of ['forecast', 'plan']) {
      ok(await province.put(`/v1/rules/${kind}`, { region: '34', items: [ITEM], severity: 'warning', kind }), 201);
    }
    for (const [period, value] of Object.entries(PAY)) {
      await putCounty(admin, { period, own: false });
      const version = await putCountyReport(admin, { period, items: countyItems({ G7: { value } }) });
      await world.status(COUNTY, period, version);
    }
  });
  after(() => world.stop());

  it('where nobody says, no year is read and nothing is raised', async () => {
    ok(await county.put(PLAN, {}), 201);
    await planOf(world, COUNTY, LAST);
    await settled(world);
    assert.equal(ok(await county.get(PLAN)).derivation.target_year, null);
    for (const rule of ['plan', 'forecast']) assert.deepEqual(await told.events(rule), []);
  });

  it('the targets of the province alone have the county looked at again, and judged by the line that is shown', async () => {
    await target('34', '安徽省', { ensure: { [NEAR]: 0.6 } });
    const { type, item, value, limit } = await next('plan');
    assert.deepEqual([type, item, value], ['alert.firing', ITEM, 7100]);
    close(limit, wanted(NEAR));
    const { derivation, milestones } = ok(await county.get(PLAN));
    assert.deepEqual([derivation.target_year, derivation.target_of], [String(NEAR), '34']);
    const last = milestones.filter((m) => m.item === ITEM).at(-1);
    assert.deepEqual([last.year, last.target, last.derived], [String(NEAR), 8000, true]);
    assert.equal((await next('forecast')).type, 'alert.firing');
    const one = await foretold();
    assert.deepEqual([one.planned.year, one.planned.of, one.on_time], [String(NEAR), '34', 'unlikely']);
    for (const kind of ['plan', 'forecast']) await told.sameAs(await tried(kind), kind); // as the targets are now
  });

  it('… and again when the year is over, for then another\'s may count', async () => {
    await settled(world);
    // the last period has alerts, which are told again before that
    const due = await world.sql(`SELECT to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') FROM county_result
      WHERE county = '${COUNTY}' AND period = '${BEFORE}'`);
    assert.deepEqual(due, [[`${NEAR + 1}-01-01 00:00`]]);
  });

  it('the nearer region goes first', async () => {
    await target('3402', '芜湖市', { strive: { [FAR]: 1 } });
    assert.equal((await next('plan')).type, 'alert.resolved');
    assert.equal((await next('forecast')).type, 'alert.resolved');
    assert.ok(PAY[LAST] > wanted(FAR));
    assert.deepEqual([(await foretold()).planned.year, (await foretold()).on_time], [String(FAR), 'likely']);
  });

  it('targets that an import brings count the same', async () => {
    const row = { type: 'region', code: '3402', name: '芜湖市', targets: { ensure: { [NEAR]: 1 } } };
    const done = ok(await admin.request('POST', '/v1/imports', { body: JSON.stringify(row), type: 'application/x-ndjson' }));
    assert.deepEqual([done.state, done.updated, done.rejected], ['done', 1, 0]);
    close((await next('plan')).limit, wanted(NEAR));
    assert.equal((await next('forecast')).type, 'alert.firing');
  });

  it('what says nothing of the year has nobody looked at again', async () => {
    await settled(world);
    const before = await computations();
    await target('34', '安徽省', { ensure: { [NEAR]: 0.6 } }); // the same
    await target('34', '安徽', { ensure: { [NEAR]: 0.6 } }); // another name
    ok(await county.put(PLAN, { recognition_year: String(FAR) }));
    assert.equal((await next('plan')).type, 'alert.resolved');
    await settled(world);
    const by = await computations();
    assert.equal(by, before + 2, 'the plan alone, of two periods');
    await target('34', '安徽', { ensure: { [NEAR + 1]: 0.6 } }); // the plan says the year itself
    await target('3402', '芜湖市', {});
    assert.deepEqual(await world.sql('SELECT FROM county_result WHERE stale'), []);
    await settled(world);
    assert.equal(await computations(), by);
  });

  it('a county without a plan has no line, whatever the targets', async () => {
    ok(await county.put(PLAN, {}));
    assert.equal((await next('plan')).type, 'alert.firing');
    ok(await county.delete(PLAN));
    const gone = await next('plan');
    assert.deepEqual([gone.type, gone.reason], ['alert.withdrawn', 'plan_gone'], 'that is no cure');
    assert.match(gone.summary, /规划已删除.*no plan any more/);
    assert.equal((await county.get(PLAN)).status, 404);
    assert.equal((await foretold()).planned, null);
  });

  // A computation that is under way knows the plan and the targets before the change, and is about to say that nothing
  // is stale any more.
  describe('a computation that is under way does not swallow', () => {
    const importRegion = (row) => admin.request('POST', '/v1/imports', { body: JSON.stringify({ type: 'region', ...row }), type: 'application/x-ndjson' });
    const changes = {
      'a plan': () => county.put(PLAN, {}),
      'targets that an import brings': () => importRegion({ code: '3402', name: '芜湖市', targets: { ensure: { [FAR]: 1 } } }),
      'the removal of a plan': () => county.delete(PLAN),
    };
    before(() => world.monitors[0].stop());

    for (const [name, change] of Object.entries(changes)) {
      it(name, async () => {
        await world.sql('UPDATE county_result SET stale = true');
        const commit = await hold(world.url, `UPDATE county_result SET stale = false WHERE county = '${COUNTY}'`);
        const changed = change();
        try {
          await waitFor('the change to wait for it', async () => (await world.sql(`SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`))[0][0] !== '0');
        } finally {
          await commit();
        }
        const answer = await changed;
        assert.ok([200, 201].includes(answer.status), answer.text);
        assert.deepEqual(await world.sql(`SELECT DISTINCT stale FROM county_result WHERE county = '${COUNTY}'`), [['t']]);
      });
    }
  });
});
