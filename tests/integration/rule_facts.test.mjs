// SPDX-License-Identifier: Apache-2.0
// Rules that rest on more than a figure: a forecast from the figures of several years and a plan, the plan's own line,
// reports that are due by a school term. Each fires and ends as it should, by numbers reckoned here by hand; and tried on
// what has been, it raises the same.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { thisYear, waitFor } from '../lib/env.mjs';
import { COUNTY, countyItems, putCounty, putCountyReport, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { planOf, settled } from '../lib/load.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const world = new World('rule_facts');
const ITEM = 'G7'; // yuan a pupil of special schools: at least 8,000
const LIMIT = 8000;
const THIS = '2025';
const PAY = { 2022: 8600, 2023: 8500, 2024: 8400, 2025: 8300 }; // 100 less each year: made up
const PLANNED = thisYear() + 3;
const PLAN = `/v1/plans/${COUNTY}`;
let admin, province, county;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const pay = async (value, period = THIS) => {
  const version = await putCountyReport(admin, { period, items: countyItems({ G7: { value } }) });
  await world.status(COUNTY, period, version);
};
const told = new Told();
const events = (rule) => told.events(rule);
const next = (rule) => told.next(rule);
const brief = (e) => [e.type, e.reason, e.item, e.period, e.value, e.limit];
const tried = async (body, query = '') => ok(await province.request('POST', `/v1/rules/trial/try${query}`, { body: { region: '34', ...body } }));
const same = async (body, rule) => told.sameAs(await tried(body), rule);

describe('rules that rest on more than a figure', () => {
  before(async () => {
    [admin, province] = await told.begin(world);
    county = await world.as('supervisor', COUNTY);
    for (const [id, body] of [['forecast', { kind: 'forecast' }], ['plan', { kind: 'plan' }]]) {
      ok(await province.put(`/v1/rules/${id}`, { region: '34', items: [ITEM], severity: 'warning', ...body }), 201);
    }
    for (const [period, value] of Object.entries(PAY)) {
      await putCounty(admin, { period, own: false });
      await pay(value, period);
    }
    await settled(world);
  });
  after(() => world.stop());

  it('nothing is foretold before there is a plan: nobody knows by when', async () => {
    assert.deepEqual(await events('forecast'), []);
    assert.equal((await tried({ kind: 'forecast', items: [ITEM] })).fired, 0);
  });

  it('forecast: the item is met, and the trend will not have it so in the planned year', async () => {
    ok(await county.put(PLAN, { recognition_year: String(PLANNED) }), 201);
    const fired = await next('forecast'); // the plan alone has the county looked at again
    assert.deepEqual(brief(fired), ['alert.firing', 'tripped', ITEM, THIS, PAY[THIS], LIMIT]);
    const { items: [foretold] } = ok(await county.get(`/v1/counties/${COUNTY}/forecast?item=${ITEM}&period=${THIS}`));
    assert.deepEqual([foretold.status, foretold.limit], ['met', LIMIT]);
    // 8,300 in 2025, and 100 less a year: the 8,000 of 2028 reach it still, the 7,900 of 2029 do not
    assert.equal(foretold.on_time, PLANNED > 2028 ? 'no' : 'yes');
    assert.deepEqual([foretold.crossing.kind, foretold.crossing.likely], ['leaves', '2029']);
  });

  it('… and is over when what comes is better', async () => {
    // the slopes between the years are now -100 (three times), 100, 200 and 500: the median is 0
    await pay(8900);
    assert.deepEqual(brief(await next('forecast')), ['alert.resolved', 'cleared', ITEM, THIS, 8900, LIMIT]);
    const { items: [foretold] } = ok(await county.get(`/v1/counties/${COUNTY}/forecast?item=${ITEM}&period=${THIS}`));
    assert.ok(['yes', 'likely'].includes(foretold.on_time), foretold.on_time);
    const [one] = await same({ kind: 'forecast', items: [ITEM] }, 'forecast');
    assert.deepEqual([one.county, one.period, one.end], [COUNTY, THIS, 'resolved']);
  });

  it('plan: tried by the plan that was in force then', async () => {
    // a plan of 2024: from the 8,500 of 2023 in a straight line to 9,000, whatever 2024 came to
    const wanted = 8500 + (2 * 500) / (PLANNED - 2023);
    ok(await county.put(PLAN, { recognition_year: String(PLANNED), milestones: [{ item: ITEM, year: String(PLANNED), target: 9000 }] }));
    await pay(8410);
    await settled(world);
    assert.deepEqual(await events('plan'), [], 'nobody is behind a plan of this year with a figure of the last');
    await planOf(world, COUNTY, 2024);
    const fired = await next('plan');
    assert.deepEqual(brief(fired).slice(0, 5), ['alert.firing', 'tripped', ITEM, THIS, 8410]);
    assert.ok(Math.abs(fired.limit - wanted) < 1e-6, `${fired.limit} ${wanted}`);
    ok(await county.delete(PLAN));
    assert.equal((await next('plan')).type, 'alert.withdrawn');
    const [one] = await same({ kind: 'plan', items: [ITEM] }, 'plan');
    assert.ok(Math.abs(one.limit - wanted) < 1e-6);
    assert.equal((await tried({ kind: 'plan', items: [ITEM], margin: 0.9 })).fired, 0);
    await same({ kind: 'forecast', items: [ITEM] }, 'forecast');
  });

  it('plan: so many records are to reach a threshold', async () => {
    const reach = 'R2.primary.schools';
    const backbone = async (teachers) => putReport(admin, THIS, schoolCode(2), report(200, { primary: { teachers_backbone: teachers } }));
    ok(await province.put('/v1/rules/reach', { region: '34', kind: 'plan', items: ['R*.schools'], severity: 'warning' }), 201);
    // both did in 2023, and both are to in the end
    ok(await county.put(PLAN, { recognition_year: String(PLANNED), milestones: [{ item: reach, year: String(PLANNED), target: 2 }] }), 201);
    await planOf(world, COUNTY, 2024);
    await settled(world);
    assert.deepEqual(await events('reach'), []);
    await backbone(1);
    const fired = await next('reach');
    assert.deepEqual(brief(fired), ['alert.firing', 'tripped', reach, THIS, 1, 2]);
    assert.deepEqual([fired.schools, fired.schools_count], [[schoolCode(2)], 1]);
    await backbone(4);
    assert.deepEqual(brief(await next('reach')), ['alert.resolved', 'cleared', reach, THIS, 2, 2]);
    await same({ kind: 'plan', items: ['R*.schools'] }, 'reach');
    ok(await county.delete(PLAN));
    await settled(world);
    await told.skip('plan', 'forecast');
  });

  it('a history with too many plans is not replayed by half', async () => {
    await world.sql(`INSERT INTO county_plan_history SELECT now(), NULL::bigint, '${COUNTY}', 1000 + i, 2025, now() - i * interval '1 s', NULL, '{}'
      FROM generate_series(1, 201) i`);
    const answer = await province.request('POST', '/v1/rules/trial/try', { body: { region: '34', kind: 'plan' } });
    assert.deepEqual([answer.status, answer.json.type], [409, '/problems/conflict']);
    ok(await province.request('POST', '/v1/rules/trial/try', { body: { region: '34', kind: 'near', margin: 0.1 } }));
    await world.sql("DELETE FROM county_plan_history WHERE version > 1000");
  });

  it('stale: due so many working days behind the beginning of a term, by the province\'s calendar', async () => {
    const due = { term: 'first', working_days: 20 };
    ok(await admin.delete(`/v1/calendars/${Number(THIS) + 1}?region=`)); // of which nothing is sent: nobody knows by when
    const made = ok(await province.put('/v1/rules/stale', { region: '34', kind: 'stale', due, severity: 'warning' }), 201);
    assert.equal(made.version, 1);
    assert.deepEqual(ok(await county.get('/v1/rules/stale')).due, due);
    await settled(world);
    await putSchool(admin, schoolCode(3), school(COUNTY));
    const late = await next('stale');
    assert.deepEqual(brief(late), ['alert.firing', 'tripped', 'reports', THIS, 1, 0]);
    await putReport(admin, THIS, schoolCode(3), report());
    assert.equal((await next('stale')).type, 'alert.resolved');
    // what was late while the schools were put in one by one comes first: the rule was not there yet
    const { items } = await tried({ kind: 'stale', due });
    const { fired_at: at, ended_at: until, ...last } = items.at(-1);
    assert.deepEqual(last, { county: COUNTY, item: 'reports', period: THIS, severity: 'warning', value: 1, limit: 0, end: 'resolved' });
    assert.ok(at < until && items.slice(0, -1).every((a) => a.end && a.ended_at < at));
  });

  it('… a calendar that comes later moves the day, and what is late by it', async () => {
    const year = PLANNED - 2;
    const period = String(year);
    assert.ok([200, 404].includes((await admin.delete(`/v1/calendars/${year}?region=`)).status)); // its notice is not there yet
    for (const n of [1, 2]) await putReport(admin, period, schoolCode(n), report());
    await pay(8400, period);
    await settled(world);
    const due = async () => (await world.sql(`SELECT coalesce(to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), 'never') FROM county_result
      WHERE county = '${COUNTY}' AND period = '${period}'`))[0][0];
    assert.equal(await due(), 'never', 'a term that nobody knows makes nothing due');
    ok(await province.put(`/v1/calendars/${year}`, { region: '34', source: '虚构 / made up',
      terms: { first: { begin: `${year}-09-01`, end: `${year + 1}-01-20` }, second: { begin: `${year + 1}-02-20`, end: `${year + 1}-07-10` } } }), 201);
    // the 20th weekday behind 1 September: nobody knows the holidays of that year
    let day = new Date(Date.UTC(year, 8, 1));
    for (let n = 0; n < 20;) {
      day = new Date(day.getTime() + 86400000);
      n += ![0, 6].includes(day.getUTCDay());
    }
    const over = new Date(day.getTime() + 86400000).toISOString().slice(0, 10);
    await waitFor('the day to be known', async () => (await due()) === `${over} 00:00`);
    const { provisional, items } = await tried({ kind: 'stale', due: { term: 'first', working_days: 20 } });
    assert.ok(provisional && items.every((a) => a.period <= THIS), 'what is not due yet raises nothing');
    assert.equal((await tried({ kind: 'stale', due: '12-31' })).provisional, false);
  });
});
