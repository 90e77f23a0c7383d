// SPDX-License-Identifier: Apache-2.0
// Figures that are not computed: whoever waits for them is told, once, and told when they are there.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const OTHER = '340208';
const world = new World('late', { monitors: 2, env: { JUNHENG_SWEEP_MS: '50' } });
let admin;
let version;

const events = async (kind = 'late') => (await admin.get('/v1/events?limit=1000')).json.items.filter((e) => e.kind === kind);
const told = (n) => waitFor(`${n} events`, async () => {
  const list = await events();
  return list.length >= n ? list : undefined;
});

// Nothing can be computed of a county, though it goes on sending.
const fail = (county) => world.sql(`ALTER TABLE county_result ADD CONSTRAINT fails CHECK (county <> '${county}' OR verdict IS NULL) NOT VALID`);
const mend = () => world.sql('ALTER TABLE county_result DROP CONSTRAINT fails');
// All of it was so many minutes earlier, also what was computed.
const age = (county, minutes) => world.sql(`
  UPDATE county_version SET at = at - interval '${minutes} minutes' WHERE county = '${county}';
  UPDATE county_result_log SET computed_at = computed_at - interval '${minutes} minutes' WHERE county = '${county}';
  UPDATE county_period SET changed_at = changed_at - interval '${minutes} minutes' WHERE county = '${county}'`);

async function put(figures, school = 2) {
  version = await putReport(admin, PERIOD, schoolCode(school), report(200, { primary: figures }));
}

describe('figures that are late', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    for (const m of world.monitors) m.expected.push(/recompute failed|figures are late/);
    await putRegions(admin);
    await admin.put(`/v1/regions/${OTHER}`, { name: '三山区' });
    for (const [county, first] of [[COUNTY, 1], [OTHER, 101]]) await world.status(county, PERIOD, await putCounty(admin, { county, first }));
  });
  after(() => world.stop());

  it('is told once, with how long and of which version, by whichever monitor', async () => {
    await fail(COUNTY);
    await put(R2_FAR);
    const { json } = await admin.get('/v1/rules/late?region=');
    assert.deepEqual([json.kind, json.minutes, json.enabled], ['late', 10, true]);
    await age(COUNTY, 9);
    await put({ ...R2_FAR, migrant_students: 1 }); // what came last is not what waits
    await age(COUNTY, 2);
    const [event] = await told(1);
    assert.deepEqual([event.type, event.county, event.period, event.item, event.rule, event.value, event.limit, event.version, event.held],
      ['alert.firing', COUNTY, PERIOD, 'figures', 'late', 11, 10, version, null]);
    const { json: open } = await admin.get(`/v1/alerts?county=${COUNTY}&state=firing`);
    assert.deepEqual(open.items.filter((a) => a.kind === 'late').map((a) => a.item), ['figures']);
    // several rounds of both monitors later: the event of a county that is late now comes after all of them
    await mend();
    await world.status(COUNTY, PERIOD, version);
    const list = await told(2);
    assert.deepEqual(list.map((e) => [e.type, e.county, e.reason]), [['alert.firing', COUNTY, 'tripped'], ['alert.resolved', COUNTY, 'cleared']]);
    const firing = (await events('threshold')).filter((e) => e.county === COUNTY);
    assert.equal(firing.at(-1).version, version, 'and what the figures say');
  });

  it('also when no monitor was there', async () => {
    await Promise.all(world.monitors.map((m) => m.stop()));
    await put(R2_MET);
    await age(COUNTY, 30);
    await fail(COUNTY);
    for (const m of world.monitors) await world.startMonitor(m);
    const list = await told(3);
    assert.deepEqual([list[2].type, list[2].value], ['alert.firing', 30]);
    await mend();
    await world.status(COUNTY, PERIOD, version);
    await told(4);
  });

  it('not where the region does not want it, nor what is only asked to be computed again', async () => {
    assert.equal((await admin.put('/v1/rules/late', { region: OTHER, kind: 'late', minutes: 10, enabled: false })).status, 201);
    await fail(OTHER);
    await putReport(admin, PERIOD, schoolCode(102), report(200, { primary: R2_FAR }));
    await age(OTHER, 60);
    await age(COUNTY, 60);
    await world.sql(`ALTER TABLE county_result ADD CONSTRAINT none CHECK (county <> '${COUNTY}' OR stale) NOT VALID`);
    await world.sql(`UPDATE county_result SET stale = true WHERE county = '${COUNTY}'`);
    // one that waits for less long is told, and so they had their chance
    await admin.put('/v1/regions/340209', { name: '弋江区' });
    await world.sql(`ALTER TABLE county_result ADD CONSTRAINT third CHECK (county <> '340209' OR verdict IS NULL) NOT VALID`);
    await putCounty(admin, { county: '340209', first: 201 });
    await age('340209', 20);
    const list = await told(5);
    assert.equal(list[4].county, '340209');
    assert.equal(list.length, 5);
    await world.sql('ALTER TABLE county_result DROP CONSTRAINT third, DROP CONSTRAINT none');
    await mend();
    await told(6);
  });

  it('tried on what has been: ten minutes after what was not computed, until it was; also where it was switched off', async () => {
    const [[sent]] = await world.sql(`SELECT version FROM county_period WHERE county = '${OTHER}' AND period = '${PERIOD}'`);
    await world.status(OTHER, PERIOD, Number(sent));
    const tried = async (minutes, query = '') => {
      const { status, json, text } = await admin.post(`/v1/rules/late/try${query}`, { region: '34', kind: 'late', minutes });
      assert.equal(status, 200, text);
      return json;
    };
    const real = (await events()).filter((e) => e.type === 'alert.firing').map((e) => e.county).sort();
    const ten = await tried(10);
    assert.deepEqual(ten.items.map((a) => a.county).sort(), [...real, OTHER].sort());
    assert.ok(ten.items.every((a) => a.item === 'figures' && a.period === PERIOD && a.value === 10 && a.limit === 10 && a.end === 'resolved'), JSON.stringify(ten.items));
    // of what waited for 11 minutes, 20, 30, and, where nobody was to be told, 60
    assert.deepEqual((await tried(29)).items.map((a) => a.county), [COUNTY, OTHER]);
    assert.equal((await tried(59, `?county=${COUNTY}`)).fired, 0);
    assert.equal((await tried(61)).fired, 0);
    const [first] = (await tried(10, `?county=${COUNTY}`)).items;
    const [[accepted]] = await world.sql(`SELECT round(extract(epoch FROM min(v.at)) * 1000000) FROM county_version v
      WHERE v.county = '${COUNTY}' AND v.at >= '${first.fired_at}'::timestamptz - interval '10 minutes'`);
    assert.equal(Number(accepted) + 600e6, Number((await world.sql(`SELECT round(extract(epoch FROM '${first.fired_at}'::timestamptz) * 1000000)`))[0][0]));
  });

  it('… not by half, where more was sent than is replayed', async () => {
    await world.sql(`INSERT INTO county_version SELECT '${COUNTY}', '${PERIOD}', '2001-01-01'::timestamptz + i * interval '1 s', 0 FROM generate_series(1, 50001) i`);
    for (const body of [{ kind: 'late', minutes: 10 }, { kind: 'jump', of: 'schools', margin: 1 }]) {
      const { status, json } = await admin.post('/v1/rules/late/try', { region: '34', ...body });
      assert.deepEqual([status, json.type], [409, '/problems/conflict']);
    }
    await world.sql("DELETE FROM county_version WHERE at < '2002-01-01'");
  });

  it('a rule says for how many minutes', async () => {
    for (const [body, pointer] of [[{ region: '34', kind: 'late' }, '/minutes'], [{ region: '34', kind: 'late', minutes: 0 }, '/minutes'],
      [{ region: '34', kind: 'threshold', minutes: 5 }, '/minutes']]) {
      const { status, json } = await admin.put('/v1/rules/late', body);
      assert.equal(status, 422);
      assert.deepEqual(json.errors.map((e) => e.pointer), [pointer]);
    }
  });
});
