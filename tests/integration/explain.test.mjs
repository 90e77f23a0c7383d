// SPDX-License-Identifier: Apache-2.0
// Why an item is what it is: shares that add up, and lacks that are exactly enough.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../lib/env.mjs';
import { FIVE, close, putCounty, putRegions, putReport, putSchool, report, school, schoolCode, site, stage }
  from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('explain', { monitors: 0 }); // it is judged as it is read
let admin;

const explain = async (county, item, more = '') => {
  const got = await admin.get(`/v1/counties/${county}/explain?item=${item}${more}`);
  assert.equal(got.status, 200, got.text);
  return got.json;
};
const sum = (list) => list.reduce((a, b) => a + b, 0);

// Σ shares = CV² and Σ percent = 100, to twelve digits; largest first.
function addsUp({ inputs, items }) {
  const square = inputs.cv ** 2;
  assert.ok(Math.abs(sum(items.map((i) => i.share)) - square) <= 1e-12 * square, `${inputs.cv}`);
  assert.ok(Math.abs(sum(items.map((i) => i.percent)) - 100) <= 1e-10);
  for (let i = 1; i < items.length; i++) assert.ok(items[i - 1].share >= items[i].share);
}

// Every share and every "without" again, from the values alone.
function checkContributions({ inputs, items }) {
  const cvOf = (list) => {
    const P = sum(list.map((i) => i.students));
    const mean = sum(list.map((i) => i.students * i.value)) / P;
    return Math.sqrt(sum(list.map((i) => (i.students / P) * (i.value - mean) ** 2))) / mean;
  };
  const P = sum(items.map((i) => i.students));
  assert.equal(inputs.records, items.length);
  assert.equal(inputs.students, P);
  for (const item of items) {
    const deviation = item.value - inputs.mean;
    assert.ok(close(item.deviation, deviation, 1e-12), item.school);
    assert.ok(close(item.share, (item.students / P) * (deviation / inputs.mean) ** 2, 1e-12), item.school);
    const rest = items.filter((i) => i !== item);
    assert.ok(close(item.without, rest.some((i) => i.value) ? cvOf(rest) : null, 1e-9), item.school);
  }
}

// deploy/sample/jiujiang.csv, primary and junior, in one county.
async function putJiujiang(county, period) {
  const text = fs.readFileSync(path.join(ROOT, 'deploy/sample/jiujiang.csv'), 'utf8');
  const [names, ...rows] = text.split('\n').filter((l) => l && !l.startsWith('#')).map((l) => l.split(','));
  let version;
  for (const row of rows) {
    const body = { stages: {}, site: {} };
    const head = { county };
    names.forEach((name, i) => {
      const [part, field] = name.split('.');
      if (!field) head[part] = part === 'founded' ? Number(row[i]) : row[i];
      else if (part === 'site') body.site[field] = Number(row[i]);
      else if (row[i] !== '') (body.stages[part] ??= {})[field] = Number(row[i]);
    });
    const { school: code, ...rest } = head;
    await putSchool(admin, code, rest);
    version = await putReport(admin, period, code, body);
  }
  return version;
}

// The merge patch that sets one figure of a report.
function patchOf(pointer, value) {
  return pointer.split('/').slice(1).reduceRight((inner, name) => ({ [name]: inner }), value);
}
const figureOf = (body, pointer) => pointer.split('/').slice(1).reduce((at, name) => at[name], body);
const plus = (a, b) => Math.round((a + b) * 100) / 100;

async function raise(code, pointer, by) {
  const { json } = await admin.get(`/v1/reports/2025/${code}`);
  const value = plus(figureOf(json, pointer), by);
  const { status, text } = await admin.patch(`/v1/reports/2025/${code}`, patchOf(pointer, value));
  assert.equal(status, 200, text);
}

const unitStep = { teachers: 1, rooms: 1, m2: 0.01, yuan: 0.01 };

// A repeatable stream of numbers in [0, 1).
function random(seed) {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    return x / 2 ** 32;
  };
}

describe('explain', () => {
  before(async () => {
    await world.start({ monitor: false });
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['340207', '鸠江区'], ['341023', '黟县'], ['340101', '甲县'],
      ['340102', '乙县'], ['340103', '丙县'], ['340104', '丁县'], ['340105', '戊县'], ['340106', '己县']]);
  });
  after(() => world.stop());

  it('five schools: shares of 0.5152566², and the CV without each', async () => {
    let version;
    for (const [i, [pupils, amount]] of FIVE.entries()) {
      await putSchool(admin, schoolCode(i + 1), school('341023'));
      version = await putReport(admin, '2025', schoolCode(i + 1),
        { stages: { primary: stage(pupils) }, site: site(pupils, { teaching_area: amount }) });
    }
    const got = await explain('341023', 'R4.primary.cv');
    assert.equal(got.period, '2025');
    assert.equal(got.version, version);
    assert.equal(got.status, 'not_met');
    assert.equal(got.rounding_sensitive, false);
    assert.equal(got.rule.limit, 0.5);
    assert.match(got.rule.title, /县域义务教育优质均衡/);
    assert.match(got.rule.source, /教督〔2017〕6号/);
    assert.ok(close(got.inputs.cv, 0.5152566, 5e-8));
    assert.equal(got.inputs.total, 1913);
    assert.equal(got.inputs.unit, 'm2');
    assert.deepEqual(got.inputs.display, { mean: '6.33', cv: '0.515' });
    assert.equal(got.items[0].school, schoolCode(3), '89 pupils with 10.5 m² each');
    assert.equal(got.more, 0);
    assert.deepEqual(got.missing, []);
    addsUp(got);
    checkContributions(got);
    const top = await explain('341023', 'R4.primary.cv', '&limit=2');
    assert.deepEqual([top.items, top.more], [got.items.slice(0, 2), 3]);
  });

  it('鸠江区 2023: all seven CVs of both stages', async () => {
    const version = await putJiujiang('340207', '2023');
    const { json } = await admin.get('/v1/counties/340207/schools?limit=1000');
    for (const name of ['primary', 'junior']) {
      for (const code of ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7']) {
        const got = await explain('340207', `${code}.${name}.cv`, '&period=2023');
        assert.equal(got.version, version);
        addsUp(got);
        checkContributions(got);
        const records = json.items.filter((r) => r.stage === name);
        assert.equal(got.items.length, records.length);
        const counted = await explain('340207', `${code}.${name}.schools`);
        assert.equal(counted.inputs.records_met, records.filter((r) => r.values[code].status === 'met').length);
        assert.equal(counted.items.length, counted.inputs.records_not_met);
        for (const i of counted.items) assert.equal(i.lacks[0].indicator, code);
      }
    }
    const r2 = await explain('340207', 'R2.primary.cv');
    assert.equal(r2.inputs.cv.toFixed(6), '0.501787');
    assert.equal(r2.status, 'not_met');
  });

  it('nothing to compare, a mean of zero, equal schools, one school', async () => {
    await putCounty(admin, { county: '340101', first: 100, n: 2 });
    const equal = await explain('340101', 'R4.primary.cv');
    assert.deepEqual([equal.status, equal.inputs.cv], ['met', 0]);
    assert.deepEqual(equal.items.map((i) => [i.share, i.percent, i.without, i.deviation]), [[0, null, 0, 0], [0, null, 0, 0]]);
    const none = await explain('340101', 'R4.junior.cv');
    assert.deepEqual([none.status, none.inputs.cv, none.inputs.mean, none.items], ['not_applicable', null, null, []]);
    assert.equal((await explain('340101', 'schools.junior')).inputs.percent_met, null);
    for (const n of [100, 101]) await putReport(admin, '2025', schoolCode(n), report(200, { primary: { teachers_backbone: 0 } }));
    const zero = await explain('340101', 'R2.primary.cv');
    assert.deepEqual([zero.status, zero.inputs.mean, zero.inputs.cv], ['undefined', 0, null]);
    assert.deepEqual(zero.items.map((i) => [i.share, i.percent, i.without]), [[null, null, null], [null, null, null]]);
  });

  it('names the schools and records that have no figure', async () => {
    await putCounty(admin, { county: '340102', first: 200, n: 3 });
    await putSchool(admin, schoolCode(298), school('340102', { name: '未报小学' }));
    const { indoor_sports_area: _, multimedia_rooms: __, ...rest } = site();
    await putReport(admin, '2025', schoolCode(200), { stages: { primary: stage() }, site: rest });
    const got = await explain('340102', 'R5.primary.cv');
    assert.equal(got.status, 'no_data');
    assert.equal(got.inputs.records, 2);
    assert.equal(got.inputs.cv, 0, 'of those who reported');
    assert.deepEqual(got.missing, [
      { school: schoolCode(298), name: '未报小学', reason: 'report' },
      { school: schoolCode(200), name: '第200小学', reason: 'figure', figures: ['/site/indoor_sports_area'] }]);
    const all = await explain('340102', 'schools.primary');
    assert.equal(all.status, 'no_data');
    assert.deepEqual(all.missing.map((m) => m.school), [schoolCode(298)]);
    assert.deepEqual(all.items.map((i) => [i.status, i.lacks.map((l) => [l.indicator, l.missing]), i.lift]),
      [['no_data', [['R4', ['/site/indoor_sports_area']], ['R5', ['/site/indoor_sports_area']],
        ['R7', ['/site/multimedia_rooms']]], []]]);
    assert.deepEqual(all.inputs, { records: 3, records_met: 2, records_not_met: 0, records_no_data: 1, percent_met: '66.7' });
  });

  it('what is lacking, in whole units; one that may stay short', async () => {
    await putSchool(admin, schoolCode(300), school('340103'));
    await putReport(admin, '2025', schoolCode(300), { stages: { primary: stage(500, { teachers_above_degree: 17, teachers_backbone: 4 }) },
      site: site(500) });
    const { items: [item] } = await explain('340103', 'schools.primary');
    const lacks = item.lacks.map((l) => [l.indicator, l.threshold, l.floor, l.figure, l.to_threshold, l.to_floor]);
    assert.deepEqual(lacks, [['R1', 4.2, 3.57, '/stages/primary/teachers_above_degree', 4, 1],
      ['R2', 1, 0.85, '/stages/primary/teachers_backbone', 1, 1]]);
    // one may stay at its floor: R1, where that spares three teachers; R2's floor takes all it needs
    assert.deepEqual(item.lift, [{ indicator: 'R1', to: 'floor', by: 1 }, { indicator: 'R2', to: 'threshold', by: 1 }]);
  });

  it('a shared site: the whole site grows, and the share of the stage is told', async () => {
    await putSchool(admin, schoolCode(400, '31'), school('340104', { kind: '312' }));
    await putReport(admin, '2025', schoolCode(400, '31'), { stages: { primary: stage(600), junior: stage(300) },
      site: site(900, { sports_ground_area: 6000 }) });
    for (const name of ['primary', 'junior']) {
      const { items: [item] } = await explain('340104', `R5.${name}.schools`);
      const [lack] = item.lacks;
      const weight = name === 'primary' ? 100 : 110;
      const need = Math.ceil((lack.threshold * 93000 * 100) / weight - 1e-6) / 100; // (600 + 300 × 1.1) × 7.5 or 10.2, / w
      assert.equal(lack.figure, '/site/sports_ground_area');
      assert.equal(lack.to_threshold, plus(need, -6000), name);
      const share = (item.students * weight) / 93000;
      assert.ok(Math.abs(lack.stage_share.to_threshold - lack.to_threshold * share) <= 0.011, name);
    }
  });

  it('tells which relief was decisive', async () => {
    const rural = (visiting) => ({ stages: { primary: stage(80, { teachers_pe_art: 0, teachers_pe_art_visiting: visiting }) }, site: site(80) });
    await putSchool(admin, schoolCode(500), school('340105', { locale: '220' }));
    await putReport(admin, '2025', schoolCode(500), rural(1));
    await putSchool(admin, schoolCode(501), school('340105', { dense_centre: true }));
    await putReport(admin, '2025', schoolCode(501), { stages: { primary: stage(200) }, site: site(200, { extra_sports_area: 10 }) });
    const { items } = await explain('340105', 'R3.primary.cv');
    const small = items.find((i) => i.school === schoolCode(500));
    assert.deepEqual([small.relief, small.relief_decisive, small.status], ['visiting_pe_art', true, 'met']);
    const { json } = await admin.get('/v1/counties/340105/schools');
    assert.deepEqual([json.items[0].values.R3.relief, json.items[0].values.R3.relief_decisive], ['visiting_pe_art', true]);
    assert.deepEqual([json.items[1].values.R5.relief, json.items[1].values.R5.relief_decisive], ['extra_sports_area', false]);
    assert.equal(json.items[1].values.R3.relief, undefined);
  });

  it('every failing school, raised by exactly what it lacks, meets; by one unit less it does not', async () => {
    const county = '340106';
    const next = random(20170419);
    const kinds = ['211', '311', '312', '345', '211', '312'];
    const figures = (n, levels) => ({ students: n, teachers: n, teachers_above_degree: Math.floor(n * 0.07 * levels()),
      teachers_backbone: Math.floor(n * 0.014 * levels()), teachers_pe_art: Math.floor(n * 0.012 * levels()) });
    const codes = [];
    for (let i = 0; i < 18; i++) {
      const kind = kinds[i % kinds.length];
      const level = () => 0.35 + next(); // about half reach a threshold
      const stages = {};
      if (kind !== '311') stages.primary = figures(100 + Math.floor(next() * 900), level);
      if (kind !== '211') stages.junior = figures(100 + Math.floor(next() * 900), level);
      if (kind === '345') stages.senior = { students: 300 };
      const n = sum(Object.values(stages).map((s) => s.students));
      const cents = (x) => Math.round(x * 100) / 100;
      const code = schoolCode(600 + i, kind === '211' ? '21' : '31');
      codes.push(code);
      await putSchool(admin, code, school(county, { kind, name: `第${i}校` }));
      await putReport(admin, '2025', code, { stages, site: { teaching_area: cents(n * 9 * level()), indoor_sports_area: 0,
        sports_ground_area: cents(n * 14 * level()), equipment_value: cents(n * 3300 * level()),
        multimedia_rooms: Math.floor(n * 0.034 * level()) } });
    }
    let failed = 0;
    for (const name of ['primary', 'junior']) {
      const item = `schools.${name}`;
      const { items } = await explain(county, item);
      for (const { school: code, lift, lacks } of items) {
        failed += 1;
        assert.ok(lift.length > 0, code);
        // all but the last step of the last indicator: still not met
        for (const [i, { indicator, to, by }] of lift.entries()) {
          const { figure, unit, [`to_${to}`]: amount } = lacks.find((l) => l.indicator === indicator);
          assert.equal(by, amount);
          assert.ok(by > 0, `${code} ${indicator}`);
          const step = unitStep[unit];
          if (by > step) await raise(code, figure, plus(by, -step));
          const is = (await explain(county, item)).items.find((s) => s.school === code);
          assert.ok(is, JSON.stringify({ code, indicator, to, by, lift, lacks }));
          const now = is.lacks.find((l) => l.indicator === indicator);
          assert.equal(now[`to_${to}`], step, `${code} ${indicator}: one unit is left`);
          assert.equal(is.status, 'not_met');
          await raise(code, figure, step);
          const left = (await explain(county, item)).items.some((s) => s.school === code);
          assert.equal(left, i < lift.length - 1, `${code} ${indicator}`);
        }
      }
      const done = await explain(county, item);
      assert.deepEqual([done.status, done.items, done.inputs.records_met], ['met', [], done.inputs.records]);
    }
    assert.ok(failed > 10, `${failed} records failed`);
    // what is still short by one indicator is raised to all seven thresholds
    for (const name of ['primary', 'junior']) {
      for (const code of ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7']) {
        const { items } = await explain(county, `${code}.${name}.schools`);
        for (const { school: which, lacks: [lack] } of items) await raise(which, lack.figure, lack.to_threshold);
        assert.equal((await explain(county, `${code}.${name}.schools`)).status, 'met');
      }
    }
    const { json } = await admin.get(`/v1/counties/${county}/schools?limit=1000`);
    assert.ok(json.items.every((r) => r.met_count === 7));
  });

  it('refuses what is no item, and finds no county without reports', async () => {
    const bad = async (query) => {
      const { status, json } = await admin.get(`/v1/counties/341023/explain${query}`);
      assert.deepEqual([status, json.type], [400, '/problems/invalid-parameter'], query);
      return json.detail;
    };
    assert.match(await bad(''), /item.*schools\.<stage>$/);
    for (const name of ['R8.primary.cv', 'R2.senior.cv', 'R2.primary', 'R2.primary.cvx', 'schools', 'schools.primary.cv',
      'R2.primary.school', 'r2.primary.cv', 'g7', 'G99', '.schools']) {
      assert.match(await bad(`?item=${name}`), /item/);
    }
    await bad('?item=R2.primary.cv&limit=0');
    await bad('?item=R2.primary.cv&period=25');
    await bad('?item=R2.primary.cv&cursor=MTAw');
    assert.equal((await admin.get('/v1/counties/340199/explain?item=R2.primary.cv')).status, 404);
    assert.equal((await admin.get('/v1/counties/341023/explain?item=R2.primary.cv&period=2019')).status, 404);
    assert.equal((await admin.get('/v1/counties/34/explain?item=R2.primary.cv')).status, 400);
  });

  it('is for those who may see the county, and has an ETag', async () => {
    const url = '/v1/counties/341023/explain?item=schools.primary';
    assert.equal((await world.client().get(url)).status, 401);
    assert.equal((await (await world.as('supervisor', '340207')).get(url)).status, 403);
    assert.equal((await (await world.as('reporter', schoolCode(1))).get(url)).status, 403);
    const reader = await world.as('reporter', '341023');
    const got = await reader.get(url);
    assert.equal(got.status, 200);
    assert.equal((await reader.get(url, { headers: { 'If-None-Match': got.headers.etag } })).status, 304);
    await putReport(admin, '2025', schoolCode(1), report(200));
    assert.equal((await reader.get(url, { headers: { 'If-None-Match': got.headers.etag } })).status, 200);
  });
});
