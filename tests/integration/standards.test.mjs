// SPDX-License-Identifier: Apache-2.0
// Standards as data: a province asks for more, counties are judged again, drafts are tried, and what was judged
// by an earlier version stays as it was.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, putCounty, putCountyReport, putRegions, putSchool, report, school, schoolCode }
  from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('standards');
const AWAY = '110101';
const NATIONAL = 'national-2017';
const ID = 'anhui-2025';
let country; // admin of the country
let province; // … of 34

const G7 = (at_least) => ({ conditions: [{ rule: 'ratio', over: 'county', of: ['value'], measure: 'yuan', at_least }] });
const FIT = { zh: '学生体质健康达标率不低于96%', en: 'pupils who are physically fit', conditions: [{ rule: 'ratio',
  over: 'county', of: ['schools.fit_students'], to: ['schools.students'], measure: 'percent', at_least: 96, share: true }] };
const FIELDS = { fit_students: { unit: 'count', zh: '体质健康达标学生' } };
const overlay = (more = {}) => ({ title: '示例省实施办法', source: '示例〔2025〕1号', base: NATIONAL, region: '34',
  valid_from: '2025', fields: FIELDS, items: { FIT }, ...more });

const errorsOf = ({ status, json, text }) => {
  assert.equal(status, 422, text);
  return Object.fromEntries(json.errors.map((e) => [e.pointer, e.code]));
};
const put = (id, document, client = country, options) => client.put(`/v1/standards/${id}`, document, options);
const written = async (...args) => {
  const answer = await put(...args);
  assert.ok(answer.status === 200 || answer.status === 201, answer.text);
  return answer.json;
};
const statusUrl = (county, period = PERIOD) => `/v1/counties/${county}/status?period=${period}`;
const judgedBy = (county, standard, version, period = PERIOD) =>
  waitFor(`${county} ${period} to be judged by ${standard} ${version}`, async () => {
    const { json } = await country.get(statusUrl(county, period));
    return json.standard === standard && json.standard_version === version && json;
  });
const explain = async (item, more = '') => {
  const { status, json, text } = await country.get(`/v1/counties/${COUNTY}/explain?item=${item}${more}`);
  assert.equal(status, 200, text);
  return json;
};

describe('standards', () => {
  before(async () => {
    await world.start();
    country = await world.as('admin');
    province = await world.as('admin', '34');
    await putRegions(country, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['11', '北京市'], [AWAY, '东城区']]);
    await putCounty(country, { period: '2024' });
    await world.status(COUNTY, '2024', await putCountyReport(country, { period: '2024' }));
    await world.status(COUNTY, PERIOD, await putCounty(country));
    await world.status(AWAY, PERIOD, await putCounty(country, { county: AWAY, first: 50 }));
  });
  after(() => world.stop());

  it('the national one ships with the schema', async () => {
    const { json } = await country.get('/v1/standards');
    assert.deepEqual(json.items.map((s) => [s.id, s.version, s.base, s.region, s.valid_from, s.valid_to]),
      [[NATIONAL, 1, null, '', '2017', null]]);
    assert.equal(json.next, null);
    const got = await country.get(`/v1/standards/${NATIONAL}`);
    assert.match(got.json.title, /县域义务教育优质均衡/);
    assert.equal(got.headers.etag, '"1"');
    assert.equal(Object.keys(got.json.resolved.items).length, 15 + 9 + 1 + 7);
    assert.equal(got.json.document.thresholds.junior.R5, 10.2);
    assert.equal((await country.get('/v1/standards/nowhere')).status, 404);
    assert.equal((await country.get(`/v1/standards/${NATIONAL}?version=2`)).status, 404);
    assert.equal((await country.get(`/v1/standards/${NATIONAL}?version=x`)).status, 400);
    assert.equal((await country.get('/v1/standards/National')).status, 400);
  });

  it('one county, three standards, three verdicts', async () => {
    const national = (await country.get(statusUrl(COUNTY))).json;
    assert.deepEqual([national.standard, national.standard_version, national.verdict], [NATIONAL, 1, 'met']);

    const made = await written(ID, overlay(), province);
    assert.deepEqual(made, { id: ID, version: 1, changed: true, counties: 1 });
    const judged = await judgedBy(COUNTY, ID, 1);
    assert.deepEqual([judged.verdict, judged.failing, judged.missing], ['incomplete', [], ['FIT']]);
    assert.equal(judged.version, national.version, 'the data are the same');
    const fit = await explain('FIT');
    assert.deepEqual([fit.standard, fit.status, fit.rule.title, fit.rule.group], [ID, 'no_data', '示例省实施办法', 'own']);
    assert.match(fit.conditions[0].text, /各校体质健康达标学生 ÷ 各校在校生数不低于 96% \/ .*fit_students.* ≥ 96 %/);
    assert.deepEqual(fit.conditions[0].inputs.of.map((t) => [t.figure, t.value]), [['/declared/fit_students', null]]);
    assert.deepEqual(fit.conditions[0].inputs.to.map((t) => [t.figure, t.value]), [['/stages/*/students', 400]]);

    const draft = overlay({ items: { FIT, G7: G7(9000) } });
    const supervisor = await world.as('supervisor', '34');
    const counts = await world.tableCounts();
    const tried = await supervisor.request('POST', `/v1/standards/${ID}/try`,
      { body: { region: '34', period: PERIOD, standard: draft } });
    assert.equal(tried.status, 200, tried.text);
    assert.deepEqual(tried.json, { region: '34', period: PERIOD, standard: ID,
      draft: { id: ID, version: null, base: NATIONAL, region: '34', valid_from: '2025', valid_to: null, title: '示例省实施办法' },
      counties: 1, changed: 1, verdicts_changed: 1,
      verdicts: { before: { met: 0, not_met: 0, incomplete: 1 }, after: { met: 0, not_met: 1, incomplete: 0 } },
      items: [{ county: COUNTY, name: '鸠江区', version: national.version, standard: ID, from: 'incomplete', to: 'not_met',
        verdict_changed: true, changes: [{ item: 'G7', from: 'met', to: 'not_met', value: 8123.5, threshold: 9000 }] }],
      more: 0 });
    assert.deepEqual(await world.tableCounts(), counts, 'nothing is written');
    assert.equal((await country.get(`/v1/standards/${ID}`)).json.version, 1);
  });

  it('schools report what it declares, and nothing else', async () => {
    const url = (n) => `/v1/reports/${PERIOD}/${schoolCode(n)}`;
    const bad = await country.patch(url(1), { declared: { fit_students: 1.5, tall_students: 3 } });
    assert.deepEqual(errorsOf(bad), { '/declared/fit_students': 'not_integer', '/declared/tall_students': 'unknown_field' });
    const over = await country.patch(url(1), { declared: { fit_students: 201 } });
    assert.deepEqual(errorsOf(over), { '/declared/fit_students': 'exceeds_whole' }, 'of 200 pupils');
    const far = await country.patch(url(50), { declared: { fit_students: 100 } });
    assert.deepEqual(errorsOf(far), { '/declared/fit_students': 'unknown_field' }, 'its county is judged by another');
    const before = await country.put(`/v1/reports/2012/${schoolCode(1)}`, { ...report(), declared: { fit_students: 1 } });
    assert.deepEqual(errorsOf(before), { '/declared': 'not_allowed' });
    let version;
    for (const [n, fit_students] of [[1, 200], [2, 180]]) {
      const { status, json, text } = await country.patch(url(n), { declared: { fit_students } });
      assert.equal(status, 200, text);
      version = json.version;
    }
    assert.deepEqual((await country.get(url(1))).json.declared, { fit_students: 200 });
    const judged = await world.status(COUNTY, PERIOD, version);
    assert.deepEqual([judged.verdict, judged.failing, judged.items.FIT.value, judged.items.FIT.display],
      ['not_met', ['FIT'], 95, '95.0']);
    assert.deepEqual((await explain('FIT')).conditions[0].inputs.sums, { of: 380, to: 400 });
    const { json } = await country.patch(url(2), { declared: { fit_students: 184 } });
    assert.equal((await world.status(COUNTY, PERIOD, json.version)).verdict, 'met', '384 of 400');
  });

  it('a change judges again whom it touches, and nobody else', async () => {
    const far = (await country.get(statusUrl(AWAY))).text;
    const last = (await country.get(statusUrl(COUNTY, '2024'))).text;
    const was = (await country.get(statusUrl(COUNTY))).json;
    const changed = await written(ID, overlay({ items: { FIT, G7: G7(9000) } }), province);
    assert.deepEqual([changed.version, changed.changed, changed.counties], [2, true, 1]);
    const judged = await judgedBy(COUNTY, ID, 2);
    assert.deepEqual([judged.verdict, judged.failing, judged.version], ['not_met', ['G7'], was.version]);
    assert.equal((await country.get(statusUrl(AWAY))).text, far);
    assert.equal((await country.get(statusUrl(COUNTY, '2024'))).text, last, 'last year by last year’s standard');
    assert.equal(JSON.parse(last).standard, NATIONAL);
    // what was judged by version 1 is still there
    const then = await country.get(`${statusUrl(COUNTY)}&as_of=${was.computed_at}`);
    assert.deepEqual(then.json, was);
    const alerts = await waitFor('the alert', async () =>
      (await country.get(`/v1/alerts?county=${COUNTY}&state=firing`)).json.items.find((a) => a.item === 'G7'));
    assert.deepEqual([alerts.rule, alerts.value, alerts.limit], ['threshold', 8123.5, 9000]);
  });

  it('every version stays readable; the same again is no change', async () => {
    const again = await written(ID, overlay({ items: { FIT, G7: G7(9000) } }), province);
    assert.deepEqual([again.version, again.changed, again.counties], [2, false, 0]);
    const first = (await country.get(`/v1/standards/${ID}?version=1`)).json;
    assert.deepEqual(first.document, overlay());
    assert.equal(first.resolved.items.G7.conditions[0].at_least, 8000);
    const now = await country.get(`/v1/standards/${ID}`);
    assert.equal(now.headers.etag, '"2"');
    assert.equal(now.json.resolved.items.G7.conditions[0].at_least, 9000);
    assert.equal(now.json.resolved.thresholds.primary.R1, 4.2, 'from its base');
    const stale = await put(ID, overlay(), province, { headers: { 'If-Match': '"1"' } });
    assert.equal(stale.status, 412, stale.text);
  });

  it('comes in pages, to every key', async () => {
    const page = await country.get('/v1/standards?limit=1');
    assert.deepEqual(page.json.items.map((s) => s.id), [ID]);
    assert.match(page.headers.link, /rel="next"/);
    const next = await country.get(`/v1/standards?limit=1&cursor=${page.json.next}`);
    assert.deepEqual([next.json.items.map((s) => s.id), next.json.next], [[NATIONAL], null]);
    const own = await world.as('reporter', schoolCode(1));
    assert.equal((await own.get('/v1/standards')).json.items.length, 2);
    assert.equal((await own.get(`/v1/standards/${ID}`)).status, 200);
    assert.equal((await world.client().get('/v1/standards')).status, 401);
  });

  it('is written by an admin of its region only', async () => {
    for (const [role, region] of [['supervisor', '34'], ['reporter', 'all'], ['admin', '3402'], ['admin', '11']]) {
      const client = await world.as(role, region);
      assert.equal((await put(ID, overlay(), client)).status, 403, `${role} ${region}`);
      assert.equal((await client.delete(`/v1/standards/${ID}`)).status, 403, `${role} ${region}`);
    }
    const { json: { document } } = await country.get(`/v1/standards/${NATIONAL}`);
    assert.equal((await put(NATIONAL, document, province)).status, 403, 'the country’s');
    assert.equal((await put('other', overlay({ region: '11' }), province)).status, 403);
    assert.equal((await put('other', { ...document, valid_from: '2030' }, province)).status, 403);
    const seized = await put(ID, overlay({ region: '11' }), await world.as('admin', '11'));
    assert.equal(seized.status, 403, 'it was another region’s');
  });

  it('names every mistake of a document', async () => {
    const errors = errorsOf(await put('bad-1', { title: 'x', base: NATIONAL, region: '3', valid_from: '2026', valid_to: '2025',
      thresholds: { primary: { R1: 'high', R9: 1 } }, judge: 'roughly', nonsense: 1, fields: { students: { unit: 'count', zh: '重名' } },
      items: { R9: FIT, g1: FIT, EDU: { zh: 'x', en: 'x', conditions: [{ rule: 'ratio', over: 'county', of: ['nothing'], measure: 'percent',
        at_least: 1, at_most: 2 }] } } }));
    for (const pointer of ['/region', '/valid_to', '/thresholds/primary/R1', '/thresholds/primary/R9', '/judge', '/nonsense']) {
      assert.ok(errors[pointer], `${pointer}: ${JSON.stringify(errors)}`);
    }
    for (const start of ['/fields/students', '/items/R9', '/items/g1', '/items/EDU']) {
      assert.ok(Object.keys(errors).some((p) => p.startsWith(start)), `${start}: ${JSON.stringify(errors)}`);
    }
    assert.equal((await put('bad-1', '[')).status, 400);
    assert.equal((await country.get('/v1/standards/bad-1')).status, 404);
  });

  it('refuses bases that are none, circles, and what rests on too much', async () => {
    assert.deepEqual(errorsOf(await put('a', overlay({ base: 'nowhere' }))), { '/base': 'unknown_standard' });
    assert.deepEqual(errorsOf(await put('a', overlay({ base: 'a' }))), { '/base': 'cycle' });
    const { json: { document } } = await country.get(`/v1/standards/${NATIONAL}`);
    assert.deepEqual(errorsOf(await put(NATIONAL, { ...document, base: ID })), { '/base': 'cycle' });
    assert.deepEqual(errorsOf(await put('a', overlay({ base: ID, region: '11' }))), { '/base': 'not_allowed' });
    assert.deepEqual(errorsOf(await put('a', overlay({ base: ID, region: undefined, valid_from: '2040' }))), { '/base': 'not_allowed' });
    await written('wuhu', { title: '芜湖', source: 'x', base: ID, region: '3402', valid_from: '2030' });
    await written('jiujiang', { title: '鸠江', source: 'x', base: 'wuhu', region: COUNTY, valid_from: '2030' });
    assert.deepEqual(errorsOf(await put('deeper', { title: 'x', source: 'x', base: 'jiujiang', region: COUNTY, valid_from: '2040' })),
      { '/base': 'too_deep' });
    assert.deepEqual(errorsOf(await put(ID, overlay({ base: 'jiujiang' }))), { '/base': 'cycle' });
  });

  it('may ask for more than its base, never for less', async () => {
    const weaker = [[{ thresholds: { junior: { R5: 10.1 } } }, '/thresholds/junior/R5'], [{ cv_limit: { primary: 0.51 } }, '/cv_limit/primary'],
      [{ floor_percent: 80 }, '/floor_percent'], [{ indicators_needed: 5 }, '/indicators_needed'], [{ items: { G7: G7(7999) } }, '/items/G7'],
      [{ items: { V3: null } }, '/items/V3']];
    for (const [more, pointer] of weaker) {
      const errors = errorsOf(await put('weak', { title: 'x', source: 'x', base: NATIONAL, region: '11', valid_from: '2026', ...more }));
      const [[at, code]] = Object.entries(errors);
      assert.ok(at.startsWith(pointer) && code === 'weaker', JSON.stringify(errors));
    }
    const stricter = { title: 'x', source: 'x', base: NATIONAL, region: '11', valid_from: '2026', thresholds: { junior: { R5: 10.3 } },
      cv_limit: { primary: 0.45 }, items: { G7: G7(8000.5) } };
    assert.equal((await put('beijing', stricter)).status, 201);
    assert.equal((await country.delete('/v1/standards/beijing')).status, 200);
  });

  it('two of a region do not share a period, but a later one takes over from an open one', async () => {
    const other = (more) => put('anhui-2027', overlay({ valid_from: '2027', ...more }));
    const same = await other({ valid_from: '2025' });
    assert.deepEqual(errorsOf(same), { '/valid_from': 'overlaps' });
    assert.match(same.json.errors[0].detail, /anhui-2025/);
    assert.equal((await other({ valid_to: '2028' })).status, 201, 'the earlier one is open');
    const within = await put('anhui-2026', overlay({ valid_from: '2026' }));
    assert.equal(within.status, 201, 'open until 2027 begins');
    assert.deepEqual(errorsOf(await put('late', overlay({ valid_from: '2028' }))), { '/valid_from': 'overlaps' });
    assert.equal((await put('late', overlay({ valid_from: '2029' }))).status, 201);
    assert.equal((await put('anhui-2027', overlay({ valid_from: '2027', valid_to: '2029' }))).status, 422);
    for (const id of ['anhui-2026', 'anhui-2027', 'late']) assert.equal((await country.delete(`/v1/standards/${id}`)).status, 200);
  });

  it('takes those that are based on it along, or leaves all as they are', async () => {
    const was = (await country.get('/v1/standards/jiujiang')).json;
    assert.equal(was.resolved.items.G7.conditions[0].at_least, 9000);
    await written('wuhu', { title: '芜湖', source: 'x', base: ID, region: '3402', valid_from: '2030', items: { G7: G7(9500) } });
    const now = (await country.get('/v1/standards/jiujiang')).json;
    assert.deepEqual([now.document, now.resolved.items.G7.conditions[0].at_least], [was.document, 9500]);
    assert.ok(now.version > was.version);
    const broken = await put(ID, overlay({ items: { FIT, G7: G7(9600) } }), province);
    assert.equal(broken.status, 409, broken.text);
    assert.match(broken.json.detail, /wuhu.*\/items\/G7/);
    const moved = await put(ID, overlay({ region: '11', items: { FIT, G7: G7(9000) } }));
    assert.equal(moved.status, 409, moved.text);
    assert.equal((await country.get(`/v1/standards/${ID}`)).json.version, 2);
  });

  it('is not removed while others rest on it, and the only national one never', async () => {
    for (const id of [ID, 'wuhu', NATIONAL]) assert.equal((await country.delete(`/v1/standards/${id}`)).status, 409, id);
    assert.equal((await country.delete('/v1/standards/nowhere')).status, 404);
    const stale = await country.delete('/v1/standards/jiujiang', { headers: { 'If-Match': '"99"' } });
    assert.equal(stale.status, 412);
    for (const id of ['jiujiang', 'wuhu']) assert.equal((await country.delete(`/v1/standards/${id}`)).status, 200, id);
    const gone = await province.delete(`/v1/standards/${ID}`);
    assert.deepEqual([gone.status, gone.json.counties], [200, 1]);
    assert.equal((await country.get(`/v1/standards/${ID}`)).status, 404);
    assert.equal((await country.get(`/v1/standards/${ID}?version=2`)).status, 200, 'its versions stay');
    const judged = await judgedBy(COUNTY, NATIONAL, 1);
    assert.equal(judged.verdict, 'met');
    // the school's figure stays as it was reported, and may stay when something else is corrected
    const url = `/v1/reports/${PERIOD}/${schoolCode(1)}`;
    assert.deepEqual((await country.get(url)).json.declared, { fit_students: 200 });
    assert.equal((await country.patch(url, { stages: { primary: { migrant_students: 3 } } })).status, 200);
    assert.equal((await country.patch(url, { declared: { fit_students: 199 } })).status, 422);
  });

  it('no period that was judged is left without any', async () => {
    const was = (await country.get(`/v1/standards/${NATIONAL}`)).json;
    const from = (year) => put(NATIONAL, { ...was.document, valid_from: year });
    const refused = await from(PERIOD); // there are figures of the year before
    assert.deepEqual([refused.status, refused.json.type], [409, '/problems/conflict']);
    assert.match(refused.json.detail, /1 个县.*2024.*no standard/);
    assert.equal((await country.get(`/v1/standards/${NATIONAL}`)).json.version, was.version);
    // a year that another one judges is another matter
    assert.equal((await put('anhui-2024', overlay({ fields: undefined, items: undefined, valid_from: '2024', valid_to: '2024' }))).status, 201);
    await judgedBy(COUNTY, 'anhui-2024', 1, '2024');
    assert.equal((await from(PERIOD)).status, 200);
    assert.equal((await country.delete('/v1/standards/anhui-2024')).status, 409, 'it is the only one to judge 2024 now');
    assert.equal((await from('2017')).status, 200);
    assert.equal((await country.delete('/v1/standards/anhui-2024')).status, 200);
    await judgedBy(COUNTY, NATIONAL, was.version + 2, '2024');
  });

  it('takes changes that come at the same time one after the other', async () => {
    const codes = ['3401', '3403', '3404', '3405', '3406'];
    const done = await Promise.all(codes.map((region) =>
      put(`city-${region}`, { title: region, source: 'x', base: NATIONAL, region, valid_from: '2025' })));
    for (const { status, text } of done) assert.equal(status, 201, text);
    assert.equal((await country.get('/v1/standards')).json.items.length, 1 + codes.length);
  });
});

describe('trials', () => {
  const tryIt = async (id, body, { client = admin, more = '' } = {}) =>
    client.request('POST', `/v1/standards/${id}/try${more}`, { body });
  const trials = new World('trials', { monitors: 0 });
  let supervisor;
  let admin;

  before(async () => {
    await trials.start({ monitor: false });
    admin = await trials.as('admin');
    supervisor = await trials.as('supervisor', '34');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], ['340202', '甲区'], [COUNTY, '鸠江区'], [AWAY, '东城区'], ['3410', '黄山市'],
      ['341023', '黟县']]);
    await putCounty(admin);
    await putCounty(admin, { county: '340202', first: 10, own: false });
    await putCounty(admin, { county: '341023', first: 20 });
    await putSchool(admin, schoolCode(30), school('341023', { name: '未报小学' }));
  });
  after(() => trials.stop());

  it('counts before and after, county by county', async () => {
    const body = { region: '34', period: PERIOD, standard: overlay({ fields: {}, items: {}, thresholds: { primary: { R4: 7.01 } } }) };
    const { status, json, text } = await tryIt('draft', body, { client: supervisor });
    assert.equal(status, 200, text);
    // 7 m² are under 7.01, but one of seven may be at 85 %: nobody falls
    assert.deepEqual([json.counties, json.changed, json.verdicts_changed], [3, 0, 0]);
    assert.deepEqual(json.verdicts.before, { met: 1, not_met: 0, incomplete: 2 });
    assert.equal(json.standard, NATIONAL);
    assert.deepEqual(json.verdicts.after, json.verdicts.before);
  });

  it('with several conditions at once, the limit caps the list only', async () => {
    const strict = overlay({ fields: {}, items: { G7: G7(8200) }, thresholds: { primary: { R4: 8, R5: 12, R6: 3001 } } });
    const whole = (await tryIt('draft', { region: '34', period: PERIOD, standard: strict })).json;
    assert.deepEqual([whole.counties, whole.changed, whole.more], [3, 3, 0]);
    assert.deepEqual(whole.items.map((i) => i.county), [340202, 340207, 341023].map(String));
    assert.deepEqual(whole.verdicts.after, { met: 0, not_met: 3, incomplete: 0 });
    const there = whole.items.find((i) => i.county === COUNTY);
    assert.deepEqual(there.changes.map((c) => [c.item, c.from, c.to]), [['schools.primary', 'met', 'not_met'], ['G7', 'met', 'not_met']]);
    const silent = whole.items.find((i) => i.county === '340202');
    assert.ok(silent.changes.every((c) => c.item !== 'G7'), 'no data before and after');
    const one = (await tryIt('draft', { region: '34', period: PERIOD, standard: strict }, { more: '?limit=1' })).json;
    assert.deepEqual([one.items, one.more, one.changed], [whole.items.slice(0, 1), 2, 3]);
  });

  it('the stored one, where it is not in force, and where nothing is', async () => {
    await put('anhui-2040', overlay({ valid_from: '2040', fields: {}, items: { G7: G7(9000) } }), admin);
    const { json } = await tryIt('anhui-2040', { region: COUNTY, period: PERIOD });
    assert.deepEqual([json.draft.version, json.counties, json.changed], [1, 1, 1]);
    const none = (await tryIt('anhui-2040', { region: AWAY, period: PERIOD })).json;
    assert.deepEqual([none.counties, none.changed, none.items, none.standard], [0, 0, [], null]);
    assert.equal((await tryIt('nowhere', { region: COUNTY, period: PERIOD })).status, 404);
  });

  it('names mistakes by where they are', async () => {
    assert.deepEqual(errorsOf(await tryIt('draft', {})), { '/region': 'required', '/period': 'required' });
    assert.deepEqual(errorsOf(await tryIt('draft', { region: '340', period: '25', standard: 7, more: 1 })),
      { '/region': 'bad_format', '/period': 'bad_format', '/standard': 'wrong_type', '/more': 'unknown_field' });
    const draft = overlay({ base: 'nowhere' });
    assert.deepEqual(errorsOf(await tryIt('draft', { region: '34', period: PERIOD, standard: draft })), { '/standard/base': 'unknown_standard' });
    const weak = errorsOf(await tryIt('draft', { region: '34', period: PERIOD, standard: overlay({ thresholds: { primary: { R1: 4 } } }) }));
    assert.deepEqual(weak, { '/standard/thresholds/primary/R1': 'weaker' });
    assert.deepEqual(errorsOf(await tryIt(NATIONAL, { region: '99', period: PERIOD }, { client: await trials.as('supervisor') })),
      { '/region': 'unknown_region' });
    assert.equal((await tryIt('draft', { region: '34', period: PERIOD }, { more: '?limit=0' })).status, 400);
  });

  it('is for supervisors, of their region', async () => {
    const body = { region: '34', period: PERIOD, standard: overlay() };
    assert.equal((await tryIt('draft', body, { client: await trials.as('reporter', '34') })).status, 403);
    assert.equal((await tryIt('draft', body, { client: await trials.as('supervisor', '3402') })).status, 403);
    assert.equal((await tryIt('draft', { ...body, region: '3402' }, { client: await trials.as('supervisor', '3402') })).status, 200);
    assert.equal((await supervisor.get('/v1/standards/draft/try')).status, 405);
  });

  it('is bounded', async () => {
    await trials.sql(`INSERT INTO region (code, name) SELECT (370000 + n)::text, '县' || n FROM generate_series(101, 301) n`);
    await trials.sql(`INSERT INTO county_period (county, period, version) SELECT code, '2025', 1 FROM region WHERE code LIKE '37____'`);
    const answer = await tryIt('draft', { region: '37', period: PERIOD, standard: overlay({ region: '37' }) });
    assert.deepEqual(errorsOf(answer), { '/region': 'too_many' });
  });
});
