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
// All of it was so many minutes earlier.
const age = (county, minutes) => world.sql(`
  UPDATE county_version SET at = at - interval '${minutes} minutes' WHERE county = '${county}';
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

  it('a rule says for how many minutes, and is not tried on the past', async () => {
    for (const [body, pointer] of [[{ region: '34', kind: 'late' }, '/minutes'], [{ region: '34', kind: 'late', minutes: 0 }, '/minutes'],
      [{ region: '34', kind: 'threshold', minutes: 5 }, '/minutes']]) {
      const { status, json } = await admin.put('/v1/rules/late', body);
      assert.equal(status, 422);
      assert.deepEqual(json.errors.map((e) => e.pointer), [pointer]);
    }
    for (const body of [{ region: '34', kind: 'late', minutes: 5 }, { region: '34', kind: 'overdue' }]) {
      const { status, json } = await admin.post('/v1/rules/late/try', body);
      assert.equal(status, 422);
      assert.deepEqual(json.errors.map((e) => e.pointer), ['/kind']);
    }
  });
});
