// SPDX-License-Identifier: Apache-2.0
// A county that sends nothing of a whole year: it is told of when the day is over, once, though there is no period that could be
// computed; and that is no period, no change, and nobody's figures. With a clock of its own.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster, migrate } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { settled } from '../lib/load.mjs';
import { Told } from '../lib/told.mjs';
import { World } from '../lib/world.mjs';

const LAST = '2024';
const YEAR = '2025';
const OTHER = '340208'; // never reports
const cluster = new Cluster('silent', { clock: '2025-06-02T09:00:00+08:00' });
const told = new Told();
let world, admin, province;

const ok = ({ status, text, json }, wanted = 200) => {
  assert.equal(status, wanted, text);
  return json;
};
const brief = (e) => [e.type, e.reason, e.period, e.value];
const next = async (rule = 'stale') => brief(await told.next(rule));
const codes = (...numbers) => numbers.map((n) => schoolCode(n));
const dues = async () => (await world.sql(`SELECT period, coalesce(to_char(due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'), 'never')
  FROM county_result WHERE county = '${COUNTY}' ORDER BY period`)).map((r) => r.join(' '));
const stale = (more = {}) => province.put('/v1/rules/stale', { region: '34', kind: 'stale', due: '10-31', repeat_days: 30, severity: 'warning',
  escalation: [{ to: 'city', working_days: 20, while: 'unacknowledged' }], ...more });
// What the rule would have raised of the year; of the one before it may have, while its reports came.
const tried = async () => ok(await province.request('POST', '/v1/rules/stale/try', { body: { region: '34', kind: 'stale', due: '10-31' } })).items
  .filter((a) => a.period === YEAR).map((a) => [a.value, a.limit, a.fired_at, a.end]);
const DUE = `${YEAR}-10-31T16:00:00.000000Z`; // the day is over in China
const idle = async () => {
  await settled(world);
  assert.deepEqual(await world.sql('SELECT county, period FROM county_result WHERE due_at <= clock_timestamp()'), []);
};
const setClock = async (at) => {
  cluster.clock.set(at);
  await waitFor('what is due', async () => (await idle(), true));
};

describe('a year of which nothing comes', () => {
  before(async () => {
    await cluster.start();
    await migrate(cluster.url);
    world = new World('silent', { url: cluster.url, clock: cluster.clock, monitors: 2, env: { JUNHENG_SWEEP_MS: '50' } });
    [admin, province] = await told.begin(world);
    await putRegions(admin, [[OTHER, '三山区']]);
    await putSchool(admin, schoolCode(11), school(OTHER));
    await world.status(COUNTY, LAST, await putCounty(admin, { period: LAST, n: 3 }));
    ok(await stale(), 201);
    await idle();
  });
  after(async () => {
    try {
      await world.stop();
    } finally {
      await cluster.destroy();
    }
  });

  it('is not late before its day is over, in China', async () => {
    await setClock('2025-10-31T23:58:00+08:00');
    assert.deepEqual(await dues(), [`${LAST} 2025-11-01 00:00`]);
    assert.deepEqual(await told.events('stale'), []);
  });

  it('is told of when it is, by one of several monitors, also when none was there that day', async () => {
    await Promise.all(world.monitors.map((m) => m.stop()));
    cluster.clock.set('2025-11-02T09:00:00+08:00');
    for (const m of world.monitors) await world.startMonitor(m);
    const fired = await told.next('stale');
    assert.deepEqual([...brief(fired), fired.county, fired.item, fired.limit, fired.version, fired.held],
      ['alert.firing', 'tripped', YEAR, 3, COUNTY, 'reports', 0, 0, null]);
    assert.deepEqual([fired.schools, fired.schools_count], [codes(1, 2, 3), 3]);
    const { items } = ok(await admin.get('/v1/alerts?state=firing'));
    assert.deepEqual(items.map((a) => [a.county, a.rule, a.period]), [[COUNTY, 'stale', YEAR]], 'and no county that has never reported');
  });

  it('is no period, no change, and has no figures', async () => {
    const { json: { items: changes } } = await admin.get('/v1/changes?after=0&limit=1000');
    assert.ok(changes.every((c) => c.period !== YEAR));
    assert.equal((await admin.get(`/v1/counties/${COUNTY}/status?period=${YEAR}`)).status, 404);
    assert.equal(ok(await admin.get(`/v1/counties/${COUNTY}/status`)).period, LAST);
    const { counties } = ok(await admin.get(`/v1/regions/34/summary?period=${YEAR}`));
    assert.deepEqual([counties.total, counties.no_reports], [2, 2]);
    assert.deepEqual(await world.sql(`SELECT county, period FROM county_period UNION SELECT county, period FROM county_version`), [[COUNTY, LAST]]);
  });

  it('goes up by the calendar that there is, also one that comes later', async () => {
    const step = (day) => waitFor(`the step of ${day}`, async () => (await dues())[0].startsWith(`${LAST} ${day}`));
    await step('2025-11-28');
    ok(await province.put(`/v1/calendars/${YEAR}`, { region: '34', source: '虚构 / made up', worked: ['2025-11-08', '2025-11-09'] }), 201);
    await step('2025-11-26');
    ok(await province.delete(`/v1/calendars/${YEAR}?region=34`));
    await step('2025-11-28');
  });

  it('is not told of again with each look, but as the rule wants', async () => {
    ok(await admin.put(`/v1/schools/${schoolCode(4)}`, school(COUNTY, { founded: 2025 })), 201); // awaited as well
    await idle();
    await setClock('2025-11-29T09:00:00+08:00');
    assert.deepEqual(await next(), ['alert.escalated', 'unacknowledged', YEAR, 4]);
    await setClock('2026-01-05T09:00:00+08:00');
    assert.deepEqual(await next(), ['alert.reminded', 'reminder', YEAR, 4]);
    assert.equal((await told.events('stale')).length, 3);
    assert.deepEqual(await tried(), [[3, 0, DUE, null]], 'tried on what has been, the same');
  });

  it('is looked at by the rule that there is', async () => {
    ok(await stale({ enabled: false }));
    assert.deepEqual((await next()).slice(0, 3), ['alert.withdrawn', 'rule_gone', YEAR]);
    ok(await stale());
    assert.deepEqual(await next(), ['alert.firing', 'tripped', YEAR, 4]);
    ok(await stale({ due: { term: 'first', working_days: 120 } })); // some day in March
    assert.deepEqual((await next()).slice(0, 3), ['alert.resolved', 'cleared', YEAR]);
    ok(await admin.delete(`/v1/calendars/${YEAR}?region=`));
    await waitFor('nobody to know the day', async () => (await dues())[0] === `${LAST} never`);
    ok(await province.put(`/v1/calendars/${YEAR}`, { region: '34', source: '虚构 / made up', terms: {
      first: { begin: `${YEAR}-09-01`, end: '2026-01-20' }, second: { begin: '2026-02-20', end: '2026-07-10' } } }), 201);
    await waitFor('the day to be known', async () => /2026-0[23]-/.test((await dues())[0]));
    ok(await stale());
    assert.deepEqual(await next(), ['alert.firing', 'tripped', YEAR, 4]);
    await idle();
    assert.equal((await told.events('stale')).length, 7);
  });

  it('becomes a period with its first report, and is over with its last', async () => {
    for (const n of [1, 2, 3]) await world.status(COUNTY, YEAR, await putReport(admin, YEAR, schoolCode(n), report()));
    await idle();
    const { items: [alert] } = ok(await admin.get('/v1/alerts?state=firing'));
    assert.deepEqual([alert.rule, alert.period, alert.value], ['stale', YEAR, 1]);
    const version = await putReport(admin, YEAR, schoolCode(4), report());
    assert.deepEqual(await next(), ['alert.resolved', 'cleared', YEAR, 0]);
    assert.equal(version, 4);
    await idle();
    assert.deepEqual(await tried(), [[3, 0, DUE, 'resolved']]);
    assert.equal((await told.events('stale')).length, 8);
  });

  it('behind one of which schools are missing still, it takes its alert over', async () => {
    await putSchool(admin, schoolCode(5), school(COUNTY, { founded: 2025 }));
    assert.deepEqual(await next(), ['alert.firing', 'tripped', YEAR, 1]);
    await setClock('2026-11-02T09:00:00+08:00');
    const { items } = ok(await admin.get('/v1/alerts?state=firing'));
    assert.deepEqual(items.map((a) => [a.rule, a.period, a.value]), [['stale', '2026', 5]]);
    await told.skip('stale');
  });

  it('… and gives it back when the rule wants it later', async () => {
    ok(await stale({ due: '12-31' }));
    assert.deepEqual((await next()).slice(0, 3), ['alert.resolved', 'cleared', '2026']);
    assert.deepEqual(await next(), ['alert.firing', 'tripped', YEAR, 1]);
    await idle();
  });

  it('of a year that nobody judges nobody waits, until somebody does', async () => {
    const period = async () => ok(await admin.get('/v1/alerts?state=firing')).items.find((a) => a.rule === 'stale').period;
    const { document } = ok(await admin.get('/v1/standards/national-2017'));
    ok(await admin.put('/v1/standards/national-2017', { ...document, valid_to: YEAR }));
    await idle();
    await setClock('2027-01-02T09:00:00+08:00');
    assert.equal(await period(), YEAR);
    ok(await admin.put('/v1/standards/later', { title: '以后 / later', source: 'x', base: 'national-2017', region: '34', valid_from: '2026' }), 201);
    await waitFor('the alert to be of the silent year', async () => (await period()) === '2026');
    await told.skip('stale');
    ok(await admin.delete('/v1/standards/later'));
    assert.deepEqual(await next(), ['alert.resolved', 'cleared', '2026', 0]);
    assert.deepEqual(await next(), ['alert.firing', 'tripped', YEAR, 1]);
  });
});
