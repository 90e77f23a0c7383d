// SPDX-License-Identifier: Apache-2.0
// What a county itself reports: comes back as it was sent, is refused with every mistake named, and counts
// as a change of the county.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTY, PERIOD, countyItems, putCounty, putCountyReport, putRegions, putSchool, school, schoolCode }
  from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('county_reports');
const URL = `/v1/county-reports/${PERIOD}/${COUNTY}`;
const THERE = '341023';
let reporter;

const errorsOf = ({ status, json, text }) => {
  assert.equal(status, 422, text);
  return Object.fromEntries(json.errors.map((e) => [e.pointer, e.code]));
};
const put = (items, options) => reporter.put(URL, { items }, options);

describe('county reports', () => {
  before(async () => {
    await world.start();
    await putRegions(await world.as('admin'), [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], [THERE, '黟县']]);
    reporter = await world.as('reporter', COUNTY);
  });
  after(() => world.stop());

  it('comes back as it was sent, with a version and an ETag', async () => {
    const items = countyItems();
    const made = await put(items);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual(made.json, { county: COUNTY, period: PERIOD, version: made.json.version, changed: true });
    assert.equal(made.headers.etag, `"${made.json.version}"`);
    const got = await reporter.get(URL);
    assert.deepEqual(got.json, { county: COUNTY, period: PERIOD, version: made.json.version, items });
    assert.match(got.text, /"value":8123\.5[,}]/);
    assert.match(got.text, /"difference":0\.149999[,}]/);
    assert.equal(got.headers.etag, made.headers.etag);
    const same = await reporter.get(URL, { headers: { 'If-None-Match': got.headers.etag } });
    assert.equal(same.status, 304);
  });

  it('the same again, in any order and spelling, changes nothing', async () => {
    const { version } = (await reporter.get(URL)).json;
    const reversed = Object.fromEntries(Object.entries(countyItems()).reverse());
    const spelt = JSON.stringify({ items: reversed }, null, 2).replace('8123.5', '8123.50');
    const counted = () => world.sql('SELECT count(*) FROM county_report_history');
    const before = await counted();
    const again = await reporter.put(URL, spelt);
    assert.equal(again.status, 200, again.text);
    assert.deepEqual([again.json.changed, again.json.version], [false, version]);
    assert.deepEqual(await counted(), before);
  });

  it('counts as a change of the county: its status rests on it', async () => {
    await putCounty(reporter, { own: false });
    const version = await putCountyReport(reporter, { items: countyItems({ G7: { value: 7999.99 } }) });
    const { items, failing, verdict } = await world.status(COUNTY, PERIOD, version);
    assert.equal(verdict, 'not_met');
    assert.deepEqual(failing, ['G7']);
    assert.deepEqual([items.G7.status, items.G7.value, items.G7.threshold], ['not_met', 7999.99, 8000]);
    const met = await world.status(COUNTY, PERIOD, await putCountyReport(reporter));
    assert.deepEqual([met.verdict, met.failing, met.missing], ['met', [], []]);
  });

  it('patches: sets, removes with null, leaves the rest', async () => {
    const done = await reporter.patch(URL, { items: { G7: { value: 8300 }, V2: null, G14: { evidence: '新方案' } } });
    assert.equal(done.status, 200, done.text);
    assert.equal(done.json.changed, true);
    const { V2: _, ...rest } = countyItems();
    const wanted = { ...rest, G7: { value: 8300 }, G14: { ...rest.G14, evidence: '新方案' } };
    assert.deepEqual((await reporter.get(URL)).json.items, wanted);
    const same = await reporter.patch(URL, { items: { G7: { value: 8300 } } }, { type: 'application/json' });
    assert.deepEqual([same.json.changed, same.json.version], [false, done.json.version]);
    const bad = await reporter.patch(URL, { items: { G14: { evidence: null }, G11: { moved: 101 } } });
    assert.deepEqual(errorsOf(bad), { '/items/G14/evidence': 'required', '/items/G11/moved': 'exceeds_whole' });
    assert.deepEqual((await reporter.get(URL)).json.items, wanted, 'nothing of it was written');
    assert.equal((await reporter.patch(`/v1/county-reports/2019/${COUNTY}`, { items: {} })).status, 404);
  });

  it('If-Match', async () => {
    const { etag } = (await reporter.get(URL)).headers;
    const header = (name, value) => ({ headers: { [name]: value } });
    assert.equal((await put(countyItems(), header('If-Match', '"1"'))).status, 412);
    assert.equal((await reporter.patch(URL, { items: {} }, header('If-Match', '"1"'))).status, 412);
    assert.equal((await put(countyItems(), header('If-Match', etag))).status, 200);
    assert.equal((await reporter.delete(URL, header('If-Match', etag))).status, 412);
    const other = `/v1/county-reports/2024/${COUNTY}`;
    assert.equal((await reporter.put(other, { items: {} }, header('If-Match', '*'))).status, 412);
  });

  it('names every mistake by pointer, and writes nothing', async () => {
    const counts = await world.tableCounts();
    const items = {
      G99: { value: 1 }, // no such item
      R2: { value: 1 }, // judged from the schools' reports
      G3: { confirmed: true, evidence: 'x' }, // … as this is: the county reports nothing for it
      G1: { confirmed: 'yes' },
      G2: { confirmed: true }, // without evidence
      G10: { confirmed: true, evidence: '' },
      G7: { value: 8000.001 },
      G8: { teacher: -1, civil_servant: 99000, extra: 1 },
      G11: { eligible: 100, moved: 10.5, backbone_moved: 3 },
      G14: { plan: 100, allocated: 101, rural_tilt: true, evidence: 'x' }, // a part above its whole
      G15: { eligible: 10, public: 8, purchased: 3, care: false },
      Q3: { confirmed: true, evidence: ' \u3000' }, // spaces show nothing
      Q2: { children: '40', enrolled: 39 },
      Q9: { subjects: [{ subject: '语文', level: 'VII', difference: 0.1 }, { subject: '数学', level: 'III', difference: -0.1 },
        { level: 'III', difference: 0.1 }] },
      S1: { groups: { students: { valid: 10, satisfied: 11 }, pets: { valid: 1, satisfied: 1 }, parents: { valid: 3 } } },
      V1: { confirmed: true },
      V2: 7,
    };
    const errors = errorsOf(await put(items));
    const wanted = {
      '/items/G99': 'unknown_item', '/items/R2': 'unknown_item', '/items/G1/confirmed': 'wrong_type',
      '/items/G2/evidence': 'required', '/items/G10/evidence': 'empty', '/items/G7/value': 'too_many_decimals',
      '/items/G8/teacher': 'negative', '/items/G8/extra': 'unknown_field', '/items/G11/moved': 'not_integer',
      '/items/G14/allocated': 'exceeds_whole', '/items/Q2/children': 'wrong_type', '/items/Q3/evidence': 'empty',
      '/items/Q9/subjects/0/level': 'not_allowed', '/items/Q9/subjects/1/difference': 'negative',
      '/items/Q9/subjects/2/subject': 'required', '/items/S1/groups/students/satisfied': 'exceeds_whole',
      '/items/S1/groups/pets': 'unknown_field', '/items/S1/groups/parents/satisfied': 'required',
      '/items/V1/evidence': 'required', '/items/V2': 'wrong_type',
    };
    for (const [pointer, code] of Object.entries(wanted)) assert.equal(errors[pointer], code, pointer);
    assert.ok(Object.keys(errors).some((p) => p.startsWith('/items/G3')), 'nothing is reported for G3');
    assert.ok(Object.keys(errors).some((p) => p.startsWith('/items/G15')), '8 + 3 of 10');
    const part = await put({ G15: { eligible: 10, public: 11, care: false } });
    assert.deepEqual(errorsOf(part), { '/items/G15/public': 'exceeds_whole' }, 'whatever is purchased besides');
    assert.deepEqual(errorsOf(await reporter.put(URL, {})), { '/items': 'required' });
    assert.deepEqual(errorsOf(await reporter.put(URL, { items: [], G7: {} })), { '/items': 'wrong_type', '/G7': 'unknown_field' });
    assert.deepEqual(errorsOf(await reporter.put(URL, '{"items":{"G7":{"value":1},"G7":{"value":2}}}')), { '/items/G7': 'duplicate_key' });
    assert.equal((await reporter.put(URL, '{"items":')).status, 400);
    assert.equal((await reporter.put(URL, '{}', { type: 'text/plain' })).status, 415);
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('a period that no standard judges, a county that is not known, a path that is none', async () => {
    const old = await reporter.put(`/v1/county-reports/2012/${COUNTY}`, { items: {} });
    assert.equal(old.status, 404);
    assert.match(old.json.detail, /2012.*340207/);
    const admin = await world.as('admin');
    assert.equal((await admin.put('/v1/county-reports/2025/349999', { items: {} })).status, 404);
    assert.equal((await admin.get('/v1/county-reports/2025/349999')).status, 404);
    for (const path of ['/v1/county-reports/2025/3402', '/v1/county-reports/25/340207', '/v1/county-reports/1999/340207',
      '/v1/county-reports/2098/340207']) {
      assert.equal((await admin.put(path, { items: {} })).status, 400, path);
    }
    assert.equal((await admin.request('POST', URL, { body: {} })).status, 405);
  });

  it('is for keys of the county and above; a school’s own may not', async () => {
    await putSchool(reporter, schoolCode(9), school());
    for (const region of [THERE, '3410', schoolCode(9)]) {
      const stranger = await world.as('reporter', region);
      for (const [method, body] of [['GET'], ['PUT', { items: countyItems() }], ['PATCH', { items: {} }], ['DELETE']]) {
        assert.equal((await stranger.request(method, URL, { body })).status, 403, `${region} ${method}`);
      }
    }
    for (const region of ['34', '3402']) {
      assert.equal((await (await world.as('reporter', region)).get(URL)).status, 200);
    }
    assert.equal((await world.client().get(URL)).status, 401);
  });

  it('is deleted, its history stays, and its items have no data', async () => {
    const gone = await reporter.delete(URL);
    assert.equal(gone.status, 200, gone.text);
    assert.deepEqual(Object.keys(gone.json), ['county', 'period', 'version']);
    assert.equal((await reporter.get(URL)).status, 404);
    assert.equal((await reporter.delete(URL)).status, 404);
    const { verdict, missing, items } = await world.status(COUNTY, PERIOD, gone.json.version);
    assert.equal(verdict, 'incomplete');
    assert.ok(['G1', 'G7', 'Q9', 'S1', 'V6'].every((name) => missing.includes(name)), missing.join());
    assert.equal(items.G7.value, undefined);
    const [[n]] = await world.sql(`SELECT count(*) FROM county_report_history WHERE county = '${COUNTY}'`);
    assert.ok(Number(n) >= 4, n);
    assert.equal((await put(countyItems())).status, 201);
  });

  it('two who patch at once both get their way', async () => {
    const values = [1, 2, 3, 4].map((i) => [`G${i === 1 ? 1 : i === 2 ? 2 : 10}`, `文件${i}`]);
    const done = await Promise.all(values.map(([name, evidence]) =>
      reporter.patch(URL, { items: { [name]: { evidence } } })));
    for (const { status, text } of done) assert.equal(status, 200, text);
    const { items } = (await reporter.get(URL)).json;
    assert.equal(items.G1.evidence, '文件1');
    assert.equal(items.G2.evidence, '文件2');
    assert.match(items.G10.evidence, /文件[34]/);
  });
});
