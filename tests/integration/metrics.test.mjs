// SPDX-License-Identifier: Apache-2.0
// What the monitors count: each answers nobody, an API shows the sums of all. What an API counts of itself.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hold, sql, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, R2_MET, putCounty, putRegions, putReport, report, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('metrics', { apis: 2, monitors: 2, env: { JUNHENG_LATE_S: '1', JUNHENG_SWEEP_MS: '100' } });
let admin;
let version;

// Name with labels → number.
async function metrics(client = admin) {
  const { text } = await client.get('/metrics');
  return new Map([...text.matchAll(/^(junheng_\S+) (\S+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

// Metrics once one of them is no less than that: monitors add what they have counted at their sweeps.
async function atLeast(name, wanted) {
  let all;
  await waitFor(`${name} ≥ ${wanted}`, async () => {
    all = await metrics();
    return all.get(name) >= wanted;
  });
  return all;
}

async function put(figures) {
  version = await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: figures }));
}

describe('metrics of the monitors', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    version = await putCounty(admin);
    await world.status(COUNTY, PERIOD, version);
  });
  after(() => world.stop());

  it('ages from the acceptance to the figures, the event and its publishing', async () => {
    const before = await atLeast('junheng_computed_age_seconds_count', 1);
    await put(R2_FAR);
    await world.status(COUNTY, PERIOD, version);
    const events = (await admin.get('/v1/events?limit=1000')).json.items;
    assert.ok(events.length > 0);
    const all = await atLeast('junheng_published_age_seconds_count', events.length);
    const more = (name) => all.get(name) - before.get(name);
    assert.ok(more('junheng_computed_age_seconds_count') >= 1);
    assert.equal(all.get('junheng_published_age_seconds_count'), events.length);
    const told = new Set(events.map((e) => e.version)).size;
    assert.equal(all.get('junheng_event_age_seconds_count'), told);
    assert.ok(all.get('junheng_evaluations_total') >= all.get('junheng_computed_age_seconds_count'));
    for (const name of ['computed', 'event', 'published']) {
      const n = all.get(`junheng_${name}_age_seconds_count`);
      assert.equal(all.get(`junheng_${name}_age_seconds_bucket{le="+Inf"}`), n);
      assert.ok(all.get(`junheng_${name}_age_seconds_sum`) > 0);
    }
  });

  it('the same from every API', async () => {
    const other = world.client(await world.key('admin'), world.apis[1]);
    const [here, there] = [await metrics(), await metrics(other)];
    for (const [name, value] of here) {
      if (/junheng_(evaluations|\w+_age_seconds)/.test(name)) assert.equal(there.get(name), value, name);
    }
  });

  it('what is computed late is counted, with its age', async () => {
    const before = await metrics();
    await Promise.all(world.monitors.map((m) => m.stop()));
    await put(R2_MET);
    // by the database's clock, as the monitors take it
    await waitFor('the change to be late', async () => (await sql(world.url,
      `SELECT 1 FROM county_period WHERE county = '${COUNTY}' AND changed_at < clock_timestamp() - interval '1.1 s'`)).length > 0);
    for (const m of world.monitors) await world.startMonitor(m);
    await world.status(COUNTY, PERIOD, version);
    const all = await atLeast('junheng_evaluations_late_total', before.get('junheng_evaluations_late_total') + 1);
    assert.equal(all.get('junheng_computed_age_seconds_bucket{le="1"}'), before.get('junheng_computed_age_seconds_bucket{le="1"}'));
    assert.equal(all.get('junheng_computed_age_seconds_count'), before.get('junheng_computed_age_seconds_count') + 1);
  });

  it('what fails is counted, and is computed when it can be', async () => {
    const before = await metrics();
    await sql(world.url, 'ALTER TABLE county_result ADD CONSTRAINT nothing_goes CHECK (verdict IS NULL) NOT VALID');
    await put(R2_FAR);
    await atLeast('junheng_evaluations_failed_total', before.get('junheng_evaluations_failed_total') + 1);
    await sql(world.url, 'ALTER TABLE county_result DROP CONSTRAINT nothing_goes');
    await world.status(COUNTY, PERIOD, version);
  });
});

describe('a pool of connections that is exhausted', () => {
  const small = new World('metrics_pool', { monitors: 0, env: { JUNHENG_POOL_SIZE: '1', JUNHENG_POOL_WAIT_MS: '500' } });
  before(() => small.start({ monitor: false }));
  after(() => small.stop());

  it('refuses, counts whom, and serves again', async () => {
    const admin = await small.as('admin');
    const url = `/v1/reports/${PERIOD}/${schoolCode(1)}`;
    await putRegions(admin);
    await putCounty(admin);
    const release = await hold(small.url, 'LOCK TABLE report IN ACCESS EXCLUSIVE MODE');
    const first = admin.get(url);
    await waiting(small.url);
    const { status, json } = await admin.get(url);
    assert.equal(status, 503);
    assert.match(json.type, /busy/);
    await release();
    await first;
    assert.equal((await admin.get(url)).status, 200);
    assert.ok((await metrics(admin)).get('junheng_database_pool_timeouts') >= 1);
  });
});
