// SPDX-License-Identifier: Apache-2.0
// Whose clock: what people say of instants is held against the database's, by which it ends and events are told, not against that
// of the host that answers. Here the two are years apart.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Cluster, migrate } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, R2_FAR, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const HERE = new Date().getUTCFullYear();
const PERIOD = String(HERE);
const cluster = new Cluster('clocks', { clock: `${HERE + 3}-03-03T09:00:00Z` });
let world, admin, alert;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
// By the database's clock, so many days from now.
const then = (days) => new Date(cluster.clock.now() + days * 86400000).toISOString();
const here = (days) => new Date(Date.now() + days * 86400000).toISOString();
const post = (path, body) => admin.request('POST', path, { body });
const refused = (answer, code) => {
  assert.equal(answer.status, 422, answer.text);
  assert.deepEqual(answer.json.errors.map((e) => [e.pointer, e.code]), [['/until', code]]);
};

describe('two clocks', () => {
  before(async () => {
    await cluster.start();
    await migrate(cluster.url);
    world = new World('clocks', { url: cluster.url });
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
    await putCounty(admin, { period: PERIOD });
    await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: R2_FAR }));
    alert = await waitFor('an alert', async () => ok(await admin.get('/v1/alerts?state=firing')).items.find((a) => a.rule === 'threshold' && a.item === 'R2.primary.cv'));
  });
  after(async () => {
    try {
      await world.stop();
    } finally {
      await cluster.destroy();
    }
  });

  it('a silence ends by the one that ends it', async () => {
    const silence = (until) => post('/v1/silences', { region: COUNTY, items: [], rules: ['near'], reason: '学区调整', until });
    refused(await silence(here(30)), 'too_early'); // over at once
    refused(await silence(then(-1)), 'too_early');
    refused(await silence(then(401)), 'too_late');
    assert.equal(ok(await silence(then(1)), 201).active, true);
  });

  it('so does a snooze', async () => {
    const snooze = (until) => post(`/v1/alerts/${alert.id}/actions`, { action: 'snooze', until });
    refused(await snooze(here(30)), 'too_early');
    refused(await snooze(then(401)), 'too_late');
    const until = then(1);
    assert.equal(Date.parse(ok(await snooze(until)).alert.snoozed_until), Date.parse(until));
  });

  it('a digest is of the last day of the events', async () => {
    const digest = ok(await admin.get('/v1/digest'));
    const since = Date.parse(digest.since);
    assert.ok(since > Date.parse(then(-2)) && since < Date.parse(then(0)), digest.since);
    assert.ok(digest.new.some((a) => a.alert === alert.id));
    assert.ok(ok(await admin.get(`/v1/digest?since=${then(-0.5)}`)).new.some((a) => a.alert === alert.id));
    assert.equal((await admin.get(`/v1/digest?since=${then(1)}`)).status, 400);
    assert.equal((await admin.get(`/v1/digest?since=${here(-1)}`)).status, 400, 'years ago');
  });

  it('a rule is tried by what is due by now', async () => {
    const next = String(HERE + 1); // whose reports are due next year, or two years ago
    const silent = String(HERE + 2); // and those of the year after it, of which nothing comes, one year ago
    const rule = { region: '34', kind: 'stale', due: '12-31' };
    ok(await admin.put('/v1/rules/stale', rule), 201);
    await putSchool(admin, schoolCode(3), school(COUNTY));
    await putReport(admin, next, schoolCode(1), report());
    await waitFor('it to be told of', async () => ok(await admin.get('/v1/alerts?state=firing')).items.some((a) => a.rule === 'stale' && a.period === silent));
    const { items } = ok(await post('/v1/rules/trial/try', rule));
    assert.deepEqual(items.filter((a) => !a.end).map((a) => a.period), [silent]);
  });
});

describe('the new year begins in China, and a leap year with the others', () => {
  const eve = new Cluster('new_year', { clock: '2027-12-31T17:00:00Z' }); // there it is the first of January 2028
  const [LAST, FAR] = ['2029', '2030'];
  let china, client;

  before(async () => {
    await eve.start();
    await migrate(eve.url);
    china = new World('new_year', { url: eve.url, clock: eve.clock, monitors: 0 });
    await china.start();
    client = await china.as('admin');
    await putRegions(client);
    await putSchool(client, schoolCode(1), school(COUNTY));
  });
  after(async () => {
    try {
      await china.stop();
    } finally {
      await eve.destroy();
    }
  });

  it('the year that begins next is the last there may be, sent one by one and in a file', async () => {
    assert.equal((await client.put(`/v1/reports/${FAR}/${schoolCode(1)}`, report())).status, 400);
    const file = [LAST, FAR].map((period) => JSON.stringify({ type: 'report', period, school: schoolCode(1), ...report() })).join('\n');
    const job = ok(await client.request('POST', '/v1/imports?dry_run=true', { body: file, type: 'application/x-ndjson' }));
    assert.deepEqual(job.errors.map((e) => [e.row, e.pointer, e.code]), [[2, '/period', 'impossible_period']]);
    assert.equal((await client.put(`/v1/reports/${LAST}/${schoolCode(1)}`, report())).status, 201);
  });
});
