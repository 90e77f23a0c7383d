// SPDX-License-Identifier: Apache-2.0
// The judged county: published figures come out, and every other status that there is.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../lib/env.mjs';
import { FIVE, R2_FAR, close, computeStage, putCounty, putRegions, putReport, putSchool, report, school,
  schoolCode, site, stage } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('status');
let admin;
let supervisor;

const statusOf = (county, version, period = '2025') => world.status(county, period, version);

// Rows of deploy/sample/jiujiang.csv as schools and reports.
function jiujiang() {
  const text = fs.readFileSync(path.join(ROOT, 'deploy/sample/jiujiang.csv'), 'utf8');
  const [names, ...rows] = text.split('\n').filter((l) => l && !l.startsWith('#')).map((l) => l.split(','));
  return rows.map((row) => {
    const cell = Object.fromEntries(names.map((name, i) => [name, row[i]]));
    const part = (prefix) => Object.fromEntries(Object.entries(cell)
      .filter(([name, value]) => name.startsWith(`${prefix}.`) && value !== '')
      .map(([name, value]) => [name.slice(prefix.length + 1), Number(value)]));
    const stages = { primary: part('primary'), junior: part('junior') };
    for (const s of Object.keys(stages)) if (!Object.keys(stages[s]).length) delete stages[s];
    const { name, kind, locale, sponsor, founded } = cell;
    return { code: cell.school, school: { name, county: '340207', kind, locale, sponsor,
      founded: Number(founded) }, report: { stages, site: part('site') } };
  });
}

describe('status', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    supervisor = await world.as('supervisor');
    await putRegions(admin, [['34', '安徽省'], ['340207', '鸠江区'], ['341023', '黟县'], ['340104', '蜀山区'],
      ['341125', '定远县'], ['341524', '金寨县'], ['341623', '利辛县'], ['340101', '甲县'], ['340102', '乙县']]);
  });
  after(() => world.stop());

  it('five schools: CV 0.5152566, over the limit', async () => {
    let version;
    const reports = [];
    for (const [i, [pupils, amount]] of FIVE.entries()) {
      await putSchool(admin, schoolCode(i + 1), school('341023'));
      reports.push({ stages: { primary: stage(pupils) }, site: site(pupils, { teaching_area: amount }) });
      version = await putReport(admin, '2025', schoolCode(i + 1), reports[i]);
    }
    const got = await statusOf('341023', version);
    const { primary } = got.resources;
    assert.ok(close(primary.indicators.R4.cv, 0.5152566, 5e-8), primary.indicators.R4.cv);
    assert.equal(primary.indicators.R4.mean.toFixed(2), '6.33');
    assert.equal(primary.indicators.R4.sd.toFixed(2), '3.26');
    assert.deepEqual(primary.indicators.R4.display, { mean: '6.33', cv: '0.515' });
    assert.equal(primary.indicators.R4.cv_limit, 0.5);
    assert.equal(primary.indicators.R4.cv_status, 'not_met');
    assert.equal(got.verdict, 'not_met');
    assert.equal(got.standard, 'national-2017');
    assert.ok(got.failing.includes('R4.primary.cv'));
    assert.equal(primary.records, 5);
    assert.equal(primary.students, 302);
    const wanted = computeStage(reports, 'primary');
    for (const [code, w] of Object.entries(wanted)) {
      const is = primary.indicators[code];
      assert.ok(close(is.mean, w.mean) && close(is.sd, w.sd) && close(is.cv, w.cv), code);
      assert.equal(is.cv_status, w.status, code);
    }
    const mean = Object.values(wanted).reduce((sum, w) => sum + w.cv, 0) / 7;
    assert.ok(close(primary.composite_cv, mean));
  });

  it('鸠江区 2023, primary: the seven published CVs to six decimals, only R2 over its limit', async () => {
    let version;
    for (const s of jiujiang()) {
      await putSchool(admin, s.code, s.school);
      version = await putReport(admin, '2023', s.code, s.report);
    }
    const { primary } = (await statusOf('340207', version, '2023')).resources;
    const of = (part) => Object.values(primary.indicators).map((i) => i[part].toFixed(6));
    assert.deepEqual(Object.keys(primary.indicators), ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7']);
    assert.deepEqual(of('cv'), ['0.297929', '0.501787', '0.401952', '0.288419', '0.375450', '0.312782', '0.394205']);
    assert.deepEqual(of('mean'), ['5.515273', '0.887611', '0.879277', '4.563288', '7.925946', '2496.674864', '2.784743']);
    assert.deepEqual(of('sd'), ['1.643162', '0.445392', '0.353427', '1.316139', '2.975795', '780.914372', '1.097759']);
    assert.equal(primary.composite_cv.toFixed(6), '0.367503');
    const failing = Object.entries(primary.indicators).filter(([, i]) => i.cv_status !== 'met');
    assert.deepEqual(failing.map(([code]) => code), ['R2']);
    assert.equal(primary.indicators.R2.cv_status, 'not_met');
  });

  it('a county that meets everything', async () => {
    const version = await putCounty(admin, { county: '340104', first: 100, n: 3 });
    const got = await statusOf('340104', version);
    assert.equal(got.verdict, 'met');
    assert.deepEqual([got.failing, got.missing], [[], []]);
    assert.equal(got.resources.primary.status, 'met');
    assert.equal(got.resources.primary.records_met, 3);
    assert.equal(got.resources.junior.status, 'not_applicable');
    assert.equal(got.resources.primary.indicators.R1.cv, 0);
    assert.match(got.computed_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  });

  it('a school that has not reported: no_data, incomplete, and it is named', async () => {
    await putCounty(admin, { county: '341125', first: 200, n: 2 });
    await putSchool(admin, schoolCode(299), school('341125'));
    const version = await putReport(admin, '2025', schoolCode(200), report(300));
    const got = await statusOf('341125', version);
    assert.equal(got.verdict, 'incomplete');
    assert.equal(got.resources.primary.indicators.R1.cv_status, 'no_data');
    assert.equal(typeof got.resources.primary.indicators.R1.cv, 'number', 'of those who reported');
    assert.ok(JSON.stringify(got).includes(schoolCode(299)));
    await putSchool(admin, schoolCode(299), school('341125', { closed: true }));
    const after_ = await statusOf('341125', got.version + 1);
    assert.equal(after_.verdict, 'met', 'a closed school need not report');
  });

  it('a figure that is missing: no_data where it is needed', async () => {
    await putCounty(admin, { county: '341623', first: 300, n: 1 });
    const { multimedia_rooms: _, ...rest } = site();
    await putSchool(admin, schoolCode(301), school('341623'));
    const version = await putReport(admin, '2025', schoolCode(301), { stages: { primary: stage() }, site: rest });
    const got = await statusOf('341623', version);
    assert.equal(got.verdict, 'incomplete');
    assert.equal(got.resources.primary.indicators.R7.cv_status, 'no_data');
    assert.equal(got.resources.primary.indicators.R6.cv_status, 'met');
  });

  it('a mean of zero: undefined, never 0', async () => {
    const nobody = { primary: { teachers_backbone: 0 } };
    let version;
    for (const n of [400, 401]) {
      await putSchool(admin, schoolCode(n), school('341524'));
      version = await putReport(admin, '2025', schoolCode(n), report(200, nobody));
    }
    const { R2 } = (await statusOf('341524', version)).resources.primary.indicators;
    assert.equal(R2.cv_status, 'undefined');
    assert.equal(R2.mean, 0);
    assert.ok(R2.cv === null || R2.cv === undefined);
  });

  it('the records of the schools, values and floors', async () => {
    const { json } = await supervisor.get('/v1/counties/341023/schools?period=2025');
    assert.equal(json.items.length, 5);
    const [first] = json.items;
    assert.equal(first.school, schoolCode(1));
    assert.equal(first.stage, 'primary');
    assert.equal(first.students, 45);
    assert.ok(close(first.values.R4.value, 279 / 45));
    assert.equal(first.values.R4.status, 'met');
    const poor = json.items[3]; // 160 m² for 76 pupils: 2.1 of 4.5
    assert.deepEqual([poor.values.R4.status, poor.values.R4.floor_met], ['not_met', false]);
    assert.deepEqual([poor.met_count, poor.status], [6, 'not_met']);
    assert.deepEqual(json.items.map((i) => i.school), json.items.map((i) => i.school).sort());
  });

  it('a nine-year school shares its site 1 : 1.1', async () => {
    await putSchool(admin, schoolCode(500, '31'), school('340101', { kind: '312' }));
    const body = { stages: { primary: stage(600), junior: stage(300) }, site: site(900, { teaching_area: 6000 }) };
    const version = await putReport(admin, '2025', schoolCode(500, '31'), body);
    const got = await statusOf('340101', version);
    assert.equal(got.resources.primary.indicators.R4.mean.toFixed(6), '6.451613');
    assert.equal(got.resources.junior.indicators.R4.mean.toFixed(6), '7.096774');
  });

  it('has an ETag that changes with the figures, and the latest period by default', async () => {
    const url = '/v1/counties/340102/status';
    assert.equal((await admin.get(url)).status, 404, 'no report yet');
    await putCounty(admin, { county: '340102', period: '2024', first: 600 });
    const version = await putCounty(admin, { county: '340102', period: '2025', first: 600 });
    await statusOf('340102', version);
    const got = await supervisor.get(url);
    assert.equal(got.json.period, '2025');
    assert.match(got.headers.etag, /^"[0-9a-f]{32}"$/);
    const unchanged = { headers: { 'If-None-Match': got.headers.etag } };
    assert.equal((await supervisor.get(url, unchanged)).status, 304);
    const next = await putReport(admin, '2025', schoolCode(601), report(200, { primary: R2_FAR }));
    await statusOf('340102', next);
    assert.equal((await supervisor.get(url, unchanged)).status, 200);
  });

  it('judges each period by its own reports', async () => {
    assert.equal((await supervisor.get('/v1/counties/340102/status?period=2024')).json.verdict, 'met');
    assert.equal((await supervisor.get('/v1/counties/340102/status?period=2025')).json.verdict, 'not_met');
  });
});
