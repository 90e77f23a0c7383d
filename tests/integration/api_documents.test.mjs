// SPDX-License-Identifier: Apache-2.0
// What is sent comes back as it was sent: round trips of every field, versions and ETags.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTY, PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('api_documents', { monitors: 0 });
let admin;
let reporter;

const contains = (actual, wanted) => {
  for (const [key, value] of Object.entries(wanted)) assert.deepEqual(actual[key], value, key);
};

const STAGE = { students: 320, classes: 8, largest_class: 45, oversized_classes: 0, teachers: 30,
  teachers_above_degree: 29, teachers_backbone: 7, teachers_pe_art: 6, teachers_pe_art_visiting: 2,
  teachers_certified: 30, teachers_trained: 28, zone_students: 310, migrant_students: 12 };
const FULL = {
  stages: { primary: STAGE, junior: { ...STAGE, students: 311 }, senior: { students: 55 } },
  site: { teaching_area: 4.2, indoor_sports_area: 0.05, sports_ground_area: 9000000000000,
    extra_sports_area: 0, equipment_value: 1234567.89, multimedia_rooms: 12, public_funds: 100.1,
    public_funds_budget: 200.99, training_budget: 10.01, music_rooms: [96, 73.5], art_rooms: [] },
};

describe('documents', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    reporter = await world.as('reporter', COUNTY);
    await putRegions(admin);
  });
  after(() => world.stop());

  it('keeps a region, its name and targets', async () => {
    const body = { name: '太湖县', targets: { ensure: [{ year: '2027', share: 0.3 }], strive: { 2027: '五成', share: 50, 1999: 7 }, note: 'x' } };
    const made = await admin.put('/v1/regions/340825', body);
    assert.equal(made.status, 201);
    contains(made.json, { code: '340825', changed: true, version: 1 });
    const got = await admin.get('/v1/regions/340825');
    assert.equal(got.status, 200);
    contains(got.json, { code: '340825', ...body });
    assert.equal(got.headers.etag, '"1"');
    const again = await admin.put('/v1/regions/340825', body);
    assert.equal(again.status, 200);
    contains(again.json, { changed: false, version: 1 });
    const renamed = await admin.put('/v1/regions/340825', { name: '太湖县 (新)' });
    contains(renamed.json, { changed: true, version: 2 });
    assert.equal((await admin.get('/v1/regions/340825')).json.name, '太湖县 (新)');
    assert.equal((await admin.delete('/v1/regions/340825')).status, 200);
    assert.equal((await admin.get('/v1/regions/340825')).status, 404);
  });

  it('refuses to delete a region that others are below', async () => {
    assert.equal((await admin.delete('/v1/regions/34')).status, 409);
    assert.equal((await admin.delete('/v1/regions/3402')).status, 409);
  });

  it('keeps every field of a school', async () => {
    await putSchool(reporter, schoolCode(1), school());
    const body = { name: '鸠江区“一”校 \\ "x" 😀', county: COUNTY, kind: '345', locale: '210', sponsor: '10',
      founded: 1958, boarding: true, dense_centre: true, closed: true, parent: schoolCode(1) };
    const made = await reporter.put(`/v1/schools/${schoolCode(2)}`, body);
    assert.equal(made.status, 201, made.text);
    contains(made.json, { code: schoolCode(2), changed: true });
    const got = await reporter.get(`/v1/schools/${schoolCode(2)}`);
    contains(got.json, { code: schoolCode(2), ...body });
    assert.equal((await reporter.put(`/v1/schools/${schoolCode(2)}`, body)).json.changed, false);
    const { parent: _, ...without } = { ...body, closed: false };
    assert.equal((await reporter.put(`/v1/schools/${schoolCode(2)}`, without)).json.changed, true);
    const now = (await reporter.get(`/v1/schools/${schoolCode(2)}`)).json;
    assert.ok(!now.parent, 'a PUT replaces all: the parent is gone');
    assert.equal((await reporter.delete(`/v1/schools/${schoolCode(2)}`)).status, 200);
    assert.equal((await reporter.get(`/v1/schools/${schoolCode(2)}`)).status, 404);
  });

  it('keeps every field of a report, numbers exact', async () => {
    await putSchool(reporter, schoolCode(3), school(COUNTY, { kind: '345' }));
    const url = `/v1/reports/${PERIOD}/${schoolCode(3)}`;
    const made = await reporter.put(url, FULL);
    assert.equal(made.status, 201, made.text);
    contains(made.json, { county: COUNTY, period: PERIOD, school: schoolCode(3), changed: true });
    const got = await reporter.get(url);
    contains(got.json, FULL);
    assert.match(got.text, /"teaching_area":4\.2[,}]/);
    assert.match(got.text, /"sports_ground_area":9000000000000[,}]/);
    assert.equal(got.headers.etag, `"${made.json.version}"`);
  });

  it('takes equal numbers for equal: 4.20 is 4.2', async () => {
    const url = `/v1/reports/${PERIOD}/${schoolCode(3)}`;
    const text = JSON.stringify(FULL).replace('"teaching_area":4.2,', '"teaching_area":4.20,');
    const again = await reporter.put(url, text);
    assert.equal(again.status, 200, again.text);
    assert.equal(again.json.changed, false);
  });

  it('answers an identical PUT with the version that is stored, and keeps no history of it', async () => {
    const url = `/v1/reports/${PERIOD}/${schoolCode(3)}`;
    const { version } = (await reporter.get(url)).json;
    const counts = await world.tableCounts();
    const again = await reporter.put(url, FULL);
    contains(again.json, { changed: false, version });
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('keeps what was superseded', async () => {
    const url = `/v1/reports/2024/${schoolCode(1)}`;
    await reporter.put(url, report(200));
    await reporter.put(url, report(300));
    await reporter.delete(url);
    const rows = await world.sql(`SELECT primary_students FROM report_history
      WHERE school = '${schoolCode(1)}' AND period = '2024' ORDER BY version`);
    assert.deepEqual(rows, [['200'], ['300']]);
    assert.equal((await reporter.get(url)).status, 404);
    assert.equal((await reporter.delete(url)).status, 404);
    assert.equal((await reporter.put(url, report(400))).status, 201);
  });

  it('raises the version of the county with each accepted change', async () => {
    const versions = [];
    for (let i = 0; i < 3; i++) {
      const { json } = await reporter.put(`/v1/reports/2023/${schoolCode(1)}`, report(200 + 100 * i));
      versions.push(json.version);
    }
    assert.deepEqual(versions, [versions[0], versions[0] + 1, versions[0] + 2]);
    const moved = await reporter.put(`/v1/schools/${schoolCode(1)}`, school(COUNTY, { founded: 1999 }));
    assert.equal(moved.json.changed, true);
    const next = await reporter.put(`/v1/reports/2023/${schoolCode(1)}`, report(900));
    assert.equal(next.json.version, versions[2] + 2, 'a change of the school counts as well');
  });

  it('patches: sets, removes with null, leaves the rest', async () => {
    const url = `/v1/reports/${PERIOD}/${schoolCode(3)}`;
    const patch = { stages: { primary: { teachers_backbone: 9, classes: null }, senior: null },
      site: { music_rooms: [80.25], art_rooms: null } };
    const done = await reporter.patch(url, patch);
    assert.equal(done.status, 200, done.text);
    assert.equal(done.json.changed, true);
    const { classes: _, ...primary } = { ...STAGE, teachers_backbone: 9 };
    const { art_rooms: __, ...site } = { ...FULL.site, music_rooms: [80.25] };
    const got = (await reporter.get(url)).json;
    assert.deepEqual(got.stages, { primary, junior: FULL.stages.junior });
    assert.deepEqual(got.site, site);
    const same = await reporter.patch(url, patch, { type: 'application/json' });
    contains(same.json, { changed: false, version: done.json.version });
    const nothing = await reporter.patch(`/v1/reports/2012/${schoolCode(3)}`, patch);
    assert.equal(nothing.status, 404);
  });

  it('honours If-None-Match and If-Match', async () => {
    const url = `/v1/reports/${PERIOD}/${schoolCode(3)}`;
    const { etag } = (await reporter.get(url)).headers;
    const header = (name, value) => ({ headers: { [name]: value } });
    const unchanged = await reporter.get(url, header('If-None-Match', etag));
    assert.equal(unchanged.status, 304);
    assert.equal(unchanged.headers.etag, etag);
    assert.equal((await reporter.get(url, header('If-None-Match', `"0", ${etag}`))).status, 304);
    assert.equal((await reporter.get(url, header('If-None-Match', `W/${etag}`))).status, 304);
    assert.equal((await reporter.get(url, header('If-None-Match', '"0"'))).status, 200);
    const counts = await world.tableCounts();
    for (const done of [
      await reporter.put(url, report(200), header('If-Match', '"999999"')),
      await reporter.patch(url, { site: { teaching_area: 1 } }, header('If-Match', '"999999"')),
      await reporter.delete(url, header('If-Match', '"999999"')),
      await reporter.put(`/v1/reports/2013/${schoolCode(3)}`, report(200), header('If-Match', '*')),
    ]) assert.equal(done.status, 412, done.text);
    assert.deepEqual(await world.tableCounts(), counts);
    assert.equal((await reporter.patch(url, { site: { public_funds: 7 } },
      header('If-Match', etag))).status, 200);
    assert.equal((await reporter.delete(url, header('If-Match', etag))).status, 412);
    assert.equal((await reporter.delete(url, header('If-Match', '*'))).status, 200);
  });

  it('refuses to delete a school that has reports', async () => {
    await reporter.put(`/v1/reports/${PERIOD}/${schoolCode(3)}`, FULL);
    assert.equal((await reporter.delete(`/v1/schools/${schoolCode(3)}`)).status, 409);
  });

  it('moves a school with its reports to another county', async () => {
    await admin.put('/v1/regions/340208', { name: '三山区' });
    await putSchool(admin, schoolCode(7), school());
    await admin.put(`/v1/reports/${PERIOD}/${schoolCode(7)}`, report());
    await putSchool(admin, schoolCode(7), school('340208'));
    const got = await admin.get(`/v1/reports/${PERIOD}/${schoolCode(7)}`);
    assert.equal(got.json.county, '340208');
    contains(got.json, report());
  });
});
