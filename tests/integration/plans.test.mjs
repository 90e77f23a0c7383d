// SPDX-License-Identifier: Apache-2.0
// What a county plans: comes back as it was sent, is refused with every mistake named; and what is derived for
// the items that it says nothing of.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { thisYear } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, countyItems, putCounty, putCountyReport, putRegions, putReport, report, schoolCode }
  from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('plans');
const URL = `/v1/plans/${COUNTY}`;
const THERE = '341023';
const NOW = thisYear();
const year = (n) => String(NOW + n);
let supervisor;

const errorsOf = ({ status, json, text }) => {
  assert.equal(status, 422, text);
  return Object.fromEntries(json.errors.map((e) => [e.pointer, e.code]));
};
const header = (name, value) => ({ headers: { [name]: value } });
const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const given = (json) => json.milestones.filter((m) => !m.derived);
const derived = (json, item) => json.milestones.filter((m) => m.derived && (!item || m.item === item))
  .map(({ derived: _, item: name, ...rest }) => (item ? rest : { item: name, ...rest }));

const PLAN = {
  recognition_year: year(4),
  milestones: [
    { item: 'R2.primary.cv', year: year(0), target: 0.612345 },
    { item: 'R2.primary.cv', year: year(2), target: 0.48 },
    { item: 'R2.primary.schools', year: year(1), target: 2 },
    { item: 'schools.primary', year: year(3), target: 0 },
    { item: 'G3', year: year(1), target: 1 },
    { item: 'G7', year: year(1), target: 8123.125 },
    { item: 'G11', year: year(4), target: 12.5 },
    { item: 'G1', year: year(1), target: 'met' },
    { item: 'Q9', year: year(2), target: 'met' },
    { item: 'V2', year: year(0), target: 'met' },
    { item: 'S1', year: year(4), target: 90 },
  ],
  tasks: [
    { year: year(1), text: '新增骨干教师30名', department: '县教育局', responsible: '张某', items: ['R2.primary.cv', 'G11'] },
    { year: year(0), text: '成立专班' },
  ],
  safeguards: ['组织保障: 成立领导小组', '经费保障'],
};
// By item in the standard's order, then by year.
const ORDER = ['R2.primary.cv', 'schools.primary', 'G1', 'G3', 'G7', 'G11', 'Q9', 'S1', 'V2', 'R2.primary.schools'];
const SORTED = [...PLAN.milestones].sort((a, b) => ORDER.indexOf(a.item) - ORDER.indexOf(b.item) || a.year - b.year);

describe('plans', () => {
  before(async () => {
    await world.start();
    const admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], ['3410', '黄山市'], [COUNTY, '鸠江区'], [THERE, '黟县']]);
    supervisor = await world.as('supervisor', COUNTY);
  });
  after(() => world.stop());

  it('comes back as it was sent, with a version of its own', async () => {
    const made = await supervisor.put(URL, PLAN);
    assert.deepEqual(ok(made, 201), { county: COUNTY, version: 1, changed: true });
    assert.equal(made.headers.etag, '"1"');
    const got = await supervisor.get(URL);
    const { changed_at: at, ...rest } = ok(got);
    assert.deepEqual(rest, { county: COUNTY, version: 1, first_year: year(0), ...PLAN, milestones: SORTED,
      derivation: { target_year: year(4), target_of: 'plan', period: null, standard: 'national-2017' } });
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 600000, at);
    assert.match(got.text, /"target":0\.612345[,}]/);
    assert.match(got.text, /"target":8123\.125[,}]/);
    assert.equal((await supervisor.get(URL, header('If-None-Match', got.headers.etag))).status, 304);
  });

  it('the same again, in any order and spelling, changes nothing', async () => {
    const mixed = { ...PLAN, milestones: [...PLAN.milestones].reverse() };
    const spelt = JSON.stringify(mixed, null, 2).replace('0.48', '0.480');
    const again = ok(await supervisor.put(URL, spelt));
    assert.deepEqual(again, { county: COUNTY, version: 1, changed: false });
    assert.deepEqual(await world.sql('SELECT count(*) FROM county_plan_history'), [['0']]);
    assert.deepEqual(await world.sql(`SELECT count(*) FROM county_period WHERE county = '${COUNTY}'`), [['0']],
      'a plan is no change of the county’s periods');
  });

  it('patches: sets, removes with null, replaces lists', async () => {
    const done = ok(await supervisor.patch(URL, { safeguards: ['督导保障'], tasks: null, recognition_year: year(5) }));
    assert.deepEqual(done, { county: COUNTY, version: 2, changed: true });
    const { json } = await supervisor.get(URL);
    assert.deepEqual([json.safeguards, json.tasks, json.recognition_year], [['督导保障'], [], year(5)]);
    assert.deepEqual(given(json), SORTED);
    const same = ok(await supervisor.patch(URL, { safeguards: ['督导保障'] }, { type: 'application/json' }));
    assert.equal(same.changed, false);
    const bad = await supervisor.patch(URL, { recognition_year: year(3), tasks: [{ text: '' }] });
    assert.equal(errorsOf(bad)['/tasks/0/text'], 'empty');
    assert.equal(errorsOf(bad)['/tasks/0/year'], 'required');
    assert.equal(Object.values(errorsOf(bad)).filter((c) => c === 'too_late').length, 2, 'G11 and S1');
    assert.equal((await supervisor.get(URL)).json.version, 2, 'nothing of it was written');
    assert.equal((await (await world.as('supervisor', THERE)).patch(`/v1/plans/${THERE}`, {})).status, 404);
  });

  it('If-Match takes the version, also of the tag that GET gave', async () => {
    const { etag } = (await supervisor.get(URL)).headers;
    assert.match(etag, /^"2-[0-9a-f]{32}"$/);
    assert.equal((await supervisor.put(URL, PLAN, header('If-Match', '"1"'))).status, 412);
    assert.equal((await supervisor.patch(URL, {}, header('If-Match', '"1"'))).status, 412);
    ok(await supervisor.put(URL, PLAN, header('If-Match', etag)));
    assert.equal((await supervisor.delete(URL, header('If-Match', etag))).status, 412);
    ok(await supervisor.patch(URL, { tasks: [] }, header('If-Match', '"3"')));
    const packed = `${(await supervisor.get(URL)).headers.etag.slice(0, -1)}-gzip"`;
    ok(await supervisor.put(URL, PLAN, header('If-Match', packed)));
    const none = `/v1/plans/${THERE}`;
    const there = await world.as('supervisor', THERE);
    assert.equal((await there.put(none, {}, header('If-Match', '*'))).status, 412);
  });

  it('names every mistake by pointer, and writes nothing', async () => {
    const counts = await world.tableCounts();
    const m = (item, n, target, more = {}) => ({ item, year: year(n), target, ...more });
    const milestones = [
      [m('G99', 1, 1), '/item', 'unknown_item'],
      [m('R2', 1, 1), '/item', 'unknown_item'],
      [m(7, 1, 1), '/item', 'wrong_type'],
      [m('R2.primary.cv', -1, 0.4), '/year', 'too_early'],
      [m('R2.primary.cv', 5, 0.4), '/year', 'too_late'],
      [{ item: 'R2.primary.cv', year: NOW, target: 0.4 }, '/year', 'wrong_type'],
      [{ item: 'R2.primary.cv', year: '27', target: 0.4 }, '/year', 'bad_format'],
      [m('R2.primary.cv', 1, -0.1), '/target', 'negative'],
      [m('R2.primary.cv', 1, 10.5), '/target', 'too_big'],
      [m('R2.primary.cv', 1, 0.1234567), '/target', 'too_many_decimals'],
      [m('R2.primary.cv', 1, 'met'), '/target', 'wrong_type'],
      [m('schools.primary', 1, 1.5), '/target', 'not_integer'],
      [m('R1.junior.schools', 1, 5001), '/target', 'too_big'],
      [m('G3', 1, -1), '/target', 'negative'],
      [m('G7', 1, 8000.1234), '/target', 'too_many_decimals'],
      [m('G11', 1, 100.5), '/target', 'too_big'], // a part of a whole
      [m('S1', 1, 101), '/target', 'too_big'],
      [m('G1', 1, 1), '/target', 'not_allowed'],
      [m('Q9', 1, 'nearly'), '/target', 'not_allowed'],
      [m('G8', 1, 101, { note: 'x' }), '/note', 'unknown_field'],
      [{ item: 'G8' }, '/year', 'required'],
      [7, '', 'wrong_type'],
      [m('R3.primary.cv', 1, 0.4), undefined],
      [m('R3.primary.cv', 1, 0.3), '', 'duplicate_key'],
    ];
    const tasks = [
      [{ year: year(1), text: 'x'.repeat(501) }, '/text', 'too_long'],
      [{ year: year(9), text: 'x' }, '/year', 'too_late'],
      [{ year: year(1), text: 'x', items: ['R2.primary.cv', 'nothing'] }, '/items/1', 'unknown_item'],
      [{ year: year(1), text: 'x', items: ['G1', 'G1'] }, '/items/1', 'duplicate_key'],
      [{ year: year(1), text: 'x', department: 7 }, '/department', 'wrong_type'],
      [{ year: year(1), text: 'x', responsible: '人'.repeat(61) }, '/responsible', 'too_long'],
      [{ year: year(1), text: 'x', budget: 1 }, '/budget', 'unknown_field'],
    ];
    const wanted = { '/goal': 'unknown_field', '/safeguards/1': 'empty', '/milestones/20/target': 'required' };
    for (const [name, list] of Object.entries({ milestones, tasks })) {
      list.forEach(([, at, code], i) => { if (code) wanted[`/${name}/${i}${at}`] = code; });
    }
    const bad = await supervisor.put(URL, { recognition_year: year(4), goal: 1, milestones: milestones.map(([x]) => x),
      tasks: tasks.map(([x]) => x), safeguards: ['x', ' '] });
    assert.deepEqual(errorsOf(bad), wanted);
    const code = async (body, pointer) => errorsOf(await supervisor.put(URL, body))[pointer];
    assert.equal(await code({ recognition_year: year(-1) }, '/recognition_year'), 'too_early');
    assert.equal(await code({ recognition_year: year(21) }, '/recognition_year'), 'too_late');
    assert.equal(await code({ recognition_year: null }, '/recognition_year'), 'wrong_type');
    assert.equal(await code({ milestones: {} }, '/milestones'), 'wrong_type');
    assert.equal(await code({ milestones: Array(601).fill(m('G1', 1, 'met')) }, '/milestones'), 'too_many');
    assert.equal(await code({ tasks: Array(201).fill({}) }, '/tasks'), 'too_many');
    assert.equal(await code({ safeguards: Array(51).fill('x') }, '/safeguards'), 'too_many');
    assert.equal((await supervisor.put(URL, '{"milestones":')).status, 400);
    assert.equal((await supervisor.put(URL, '{}', { type: 'text/plain' })).status, 415);
    assert.deepEqual(await world.tableCounts(), counts);
  });

  it('is written by supervisors of the county and above, and read below one’s region', async () => {
    for (const [role, region, get, put] of [['reporter', COUNTY, 200, 403], ['supervisor', '3402', 200, 200],
      ['admin', '34', 200, 200], ['supervisor', THERE, 403, 403], ['admin', '3410', 403, 403]]) {
      const client = await world.as(role, region);
      const name = `${role} ${region}`;
      assert.equal((await client.get(URL)).status, get, name);
      assert.equal((await client.put(URL, PLAN)).status, put, name);
      if (put === 403) {
        assert.equal((await client.patch(URL, {})).status, 403, name);
        assert.equal((await client.delete(URL)).status, 403, name);
      }
    }
    assert.equal((await world.client().get(URL)).status, 401);
    const admin = await world.as('admin');
    assert.equal((await admin.put('/v1/plans/349999', {})).status, 404, 'no such county');
    assert.equal((await admin.get('/v1/plans/349999')).status, 404);
    assert.equal((await admin.put('/v1/plans/3402', {})).status, 400);
    assert.equal((await admin.request('POST', URL, { body: {} })).status, 405);
  });

  it('is listed by county, page by page, below one’s region', async () => {
    const there = await world.as('supervisor', THERE);
    ok(await there.put(`/v1/plans/${THERE}`, { tasks: PLAN.tasks.map(({ items: _, ...t }) => t) }), 201);
    const province = await world.as('reporter', '34');
    const { items, next } = ok(await province.get('/v1/plans'));
    assert.equal(next, null);
    assert.deepEqual(items.map(({ changed_at: _, version: __, ...rest }) => rest), [
      { county: COUNTY, name: '鸠江区', recognition_year: year(4), milestones: 11, tasks: 2 },
      { county: THERE, name: '黟县', recognition_year: null, milestones: 0, tasks: 2 }]);
    const first = ok(await province.get('/v1/plans?limit=1'));
    assert.deepEqual(first.items, [items[0]]);
    const second = ok(await province.get(`/v1/plans?limit=1&cursor=${first.next}`));
    assert.deepEqual([second.items, second.next], [[items[1]], null]);
    assert.deepEqual(ok(await province.get('/v1/plans?region=3410')).items, [items[1]]);
    assert.deepEqual(ok(await there.get('/v1/plans')).items, [items[1]]);
    assert.equal((await there.get('/v1/plans?region=3402')).status, 403);
    assert.equal((await province.get('/v1/plans?region=345')).status, 400);
    assert.equal((await province.get('/v1/plans?cursor=MTI')).status, 400);
  });

  it('derives, for what is not met and not planned, a straight line to the limit', async () => {
    await putCounty(supervisor, { own: false });
    await putReport(supervisor, PERIOD, schoolCode(2), report(200, { primary: { ...R2_FAR, teachers_trained: 70 } }));
    const version = await putCountyReport(supervisor, { items: countyItems({ G7: { value: 7000 }, G1: { confirmed: false },
      G11: { eligible: 100, moved: 12, backbone_moved: 1 } }) });
    const status = await world.status(COUNTY, PERIOD, version);
    assert.deepEqual(status.failing, ['R2.primary.cv', 'G1', 'G7', 'G9', 'G11']);
    const base = Number(PERIOD);
    const target = NOW + 4;
    const years = Array.from({ length: target - base }, (_, i) => base + 1 + i);
    const line = (from, to) => years.map((y) => ({ year: String(y),
      target: Math.round(1e6 * (from + ((to - from) * (y - base)) / (target - base))) / 1e6 }));
    ok(await supervisor.put(URL, { recognition_year: String(target) }));
    const json = ok(await supervisor.get(URL));
    assert.deepEqual(json.derivation, { target_year: String(target), target_of: 'plan', period: PERIOD, standard: 'national-2017' });
    assert.deepEqual([...new Set(json.milestones.map((m) => m.item))], status.failing);
    assert.ok(json.milestones.every((m) => m.derived === true));
    assert.deepEqual(derived(json, 'G7'), line(7000, 8000));
    const cv = derived(json, 'R2.primary.cv');
    line(status.resources.primary.indicators.R2.cv, 0.5).forEach((wanted, i) => {
      assert.equal(cv[i].year, wanted.year);
      assert.ok(Math.abs(cv[i].target - wanted.target) <= 2e-6, `${cv[i].target} ${wanted.target}`);
    });
    assert.equal(cv.at(-1).target, 0.5);
    // one school does not meet it: at most none, as soon as the line is below one
    assert.deepEqual(derived(json, 'G9'), years.map((y) => ({ year: String(y), target: 0 })));
    assert.deepEqual(derived(json, 'G1'), [{ year: String(target), target: 'met' }]);
    assert.deepEqual(derived(json, 'G11'), [{ year: String(target), target: 'met' }], 'its figure is met, another condition is not');
  });

  it('… and follows the figures, while the plan stays', async () => {
    const before = await supervisor.get(URL);
    const version = await putCountyReport(supervisor, { items: countyItems({ G7: { value: 7500 }, G1: { confirmed: false } }) });
    await world.status(COUNTY, PERIOD, version);
    const after_ = await supervisor.get(URL, header('If-None-Match', before.headers.etag));
    const json = ok(after_);
    assert.equal(json.version, before.json.version);
    assert.notEqual(after_.headers.etag, before.headers.etag);
    assert.ok(derived(json, 'G7')[0].target > derived(before.json, 'G7')[0].target);
    assert.deepEqual(derived(json, 'G11'), [], 'it is met now');
    ok(await supervisor.put(URL, { recognition_year: year(4), milestones: [{ item: 'G7', year: year(2), target: 7900 }] },
      header('If-Match', before.headers.etag)));
    const planned = ok(await supervisor.get(URL));
    assert.deepEqual(given(planned), [{ item: 'G7', year: year(2), target: 7900 }]);
    assert.deepEqual(derived(planned, 'G7'), [], 'what is planned is not derived');
    assert.ok(derived(planned, 'R2.primary.cv').length > 1);
  });

  it('takes the year of the region above where the plan does not say one', async () => {
    const admin = await world.as('admin');
    ok(await supervisor.put(URL, {}));
    let json = ok(await supervisor.get(URL));
    assert.deepEqual([json.derivation.target_year, json.derivation.target_of, json.milestones], [null, null, []]);
    ok(await admin.put('/v1/regions/34', { name: '安徽省', targets: { ensure: { [year(2)]: 0.3, [year(6)]: 0.6 }, strive: { [year(8)]: 1 } } }));
    json = ok(await supervisor.get(URL));
    assert.deepEqual([json.derivation.target_year, json.derivation.target_of], [year(6), '34']);
    assert.equal(derived(json, 'R2.primary.cv').at(-1).year, year(6));
    ok(await admin.put('/v1/regions/3402', { name: '芜湖市', targets: { strive: { [year(3)]: 1 } } }));
    json = ok(await supervisor.get(URL));
    assert.deepEqual([json.derivation.target_year, json.derivation.target_of], [year(3), '3402'], 'the nearest first');
    ok(await admin.put('/v1/regions/3402', { name: '芜湖市', targets: { ensure: { [year(-1)]: 1 } } }));
    json = ok(await supervisor.get(URL));
    assert.equal(json.derivation.target_of, '34', 'a year that is over is no aim');
  });

  it('takes from the period before what the latest does not tell yet', async () => {
    const later = String(Number(PERIOD) + 1);
    await world.status(COUNTY, later, await putReport(supervisor, later, schoolCode(1), report()));
    ok(await supervisor.put(URL, { recognition_year: year(4) }));
    const json = ok(await supervisor.get(URL));
    assert.equal(json.derivation.period, later);
    const cv = derived(json, 'R2.primary.cv');
    assert.equal(cv[0].year, String(Number(PERIOD) + 1), 'the school that is missing leaves the CV of the new year unknown');
    assert.equal(cv.at(-1).target, 0.5);
  });

  it('is kept as it was: as_of', async () => {
    ok(await supervisor.put(URL, { safeguards: ['一'] }));
    const one = (await supervisor.get(URL)).json;
    ok(await supervisor.put(URL, { safeguards: ['二'] }));
    const two = (await supervisor.get(URL)).json;
    assert.ok(two.changed_at > one.changed_at);
    const then = ok(await supervisor.get(`${URL}?as_of=${one.changed_at}`));
    assert.deepEqual(then, { ...one, milestones: [], derivation: null });
    assert.deepEqual(ok(await supervisor.get(`${URL}?as_of=${two.changed_at}`)), { ...two, milestones: [], derivation: null });
    assert.equal((await supervisor.get(`${URL}?as_of=2020-01-01`)).status, 404);
    assert.equal((await supervisor.get(`${URL}?as_of=${NOW + 1}-01-01`)).status, 400);
    assert.equal((await supervisor.get(`${URL}?as_of=yesterday`)).status, 400);
  });

  it('past years stay where they were planned; years before the plan do not come in', async () => {
    ok(await supervisor.delete(URL));
    ok(await supervisor.put(URL, PLAN), 201);
    // as if it had been made three years ago
    await world.sql(`UPDATE county_plan SET first_year = first_year - 3 WHERE county = '${COUNTY}'`);
    const old = { item: 'G8', year: year(-3), target: 90 };
    ok(await supervisor.put(URL, { ...PLAN, milestones: [...PLAN.milestones, old] }));
    assert.ok(given((await supervisor.get(URL)).json).some((m) => m.year === year(-3)));
    const bad = await supervisor.patch(URL, { milestones: [{ ...old, year: year(-4) }] });
    assert.deepEqual(errorsOf(bad), { '/milestones/0/year': 'too_early' });
  });

  it('is deleted, its history stays, and its versions go on', async () => {
    const { version } = (await supervisor.get(URL)).json;
    assert.deepEqual(ok(await supervisor.delete(URL)), { county: COUNTY, version });
    assert.equal((await supervisor.get(URL)).status, 404);
    assert.equal((await supervisor.delete(URL)).status, 404);
    assert.equal(ok(await supervisor.put(URL, PLAN), 201).version, version + 1);
    assert.equal(ok(await supervisor.get(URL)).first_year, year(0), 'a new plan has its own first year');
    const [[n]] = await world.sql(`SELECT count(*) FROM county_plan_history WHERE county = '${COUNTY}'`);
    assert.equal(Number(n), version);
    const { items } = (await supervisor.get(`/v1/changes?county=${COUNTY}&limit=1000`)).json;
    const told = items.filter((i) => i.type === 'plan');
    assert.ok(told.every((i) => i.path === URL && i.county === COUNTY && i.region === COUNTY && i.period === undefined));
    assert.deepEqual(told.filter((i) => i.action === 'put').map((i) => i.version),
      Array.from({ length: version + 1 }, (_, i) => i + 1));
    assert.deepEqual(told.slice(-2).map((i) => [i.action, i.version]), [['delete', version], ['put', version + 1]]);
  });

  it('two who patch at once both get their way', async () => {
    const done = await Promise.all([{ safeguards: ['甲'] }, { tasks: [{ year: year(1), text: '乙' }] },
      { recognition_year: year(6) }].map((body) => supervisor.patch(URL, body)));
    for (const answer of done) ok(answer);
    const json = ok(await supervisor.get(URL));
    assert.deepEqual([json.safeguards, json.tasks, json.recognition_year], [['甲'], [{ year: year(1), text: '乙' }], year(6)]);
  });

  it('the examples of the contract are plans', async () => {
    const { document } = await import('../lib/contract.mjs');
    const { example } = document.components.schemas.PlanDocument;
    ok(await supervisor.put(URL, example));
    assert.deepEqual(given(ok(await supervisor.get(URL))).length, example.milestones.length);
  });
});
