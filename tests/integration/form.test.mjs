// SPDX-License-Identifier: Apache-2.0
// The official application form: the published figures of a county, and the same cells as JSON, as CSV and in a
// workbook that a foreign library reads.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { countyItems, putCountyReport, putReport, putSchool, report, school, schoolCode, site, stage }
  from '../lib/fixtures.mjs';
import { NAMES, STATUS, TABLES, parseCsv, readSheet, readWorkbook, shown } from '../lib/form.mjs';
import { COUNTY, PERIOD, importJiujiang } from '../lib/jiujiang.mjs';
import { World } from '../lib/world.mjs';

const world = new World('form');
const OTHER = '340101';
const CROWDED = '2134001001'; // has a class of one too many
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const ITEMS = { G10: { confirmed: false }, G11: { eligible: 100, moved: 9, backbone_moved: 3 }, Q2: undefined,
  V3: { confirmed: true, evidence: '通报' } };
let admin;
let version;

const url = (what, county = COUNTY, more = `period=${PERIOD}`) => `/v1/counties/${county}/form.${what}?${more}`;
const get = async (what, ...args) => {
  const answer = await admin.get(url(what, ...args));
  assert.equal(answer.status, 200, answer.text);
  return answer;
};
const form = async (county, more) => (await get('json', county, more)).json;
const tableOf = ({ tables }, name) => tables.find((t) => t.name === name);
// Rows as objects by English headings.
const rowsOf = (json, name) => {
  const { columns, rows } = tableOf(json, name);
  return rows.map((row) => Object.fromEntries(columns.map((c, i) => [c.en, row[i]])));
};
const basics = (json) => Object.fromEntries(tableOf(json, 'Ⅰ').rows.map(([name, value]) => [name, value]));
const line = (json, name, column, value) => rowsOf(json, name).find((r) => r[column] === value);

async function putOther(code, schoolMore, body) {
  await putSchool(admin, code, school(OTHER, schoolMore));
  return putReport(admin, '2025', code, body);
}

describe('the application form', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await importJiujiang(world);
    const crowded = await admin.patch(`/v1/reports/${PERIOD}/${CROWDED}`, { stages: { primary: { largest_class: 46 } } });
    assert.equal(crowded.status, 200, crowded.text);
    version = await putCountyReport(admin, { county: COUNTY, period: PERIOD, items: countyItems(ITEMS) });
    await world.status(COUNTY, PERIOD, version);
    await admin.put(`/v1/regions/${OTHER}`, { name: '甲县' });
  });
  after(() => world.stop());

  it('the seven tables come first, in their order; then vetoes', async () => {
    const json = await form();
    assert.deepEqual(json.tables.map((t) => t.name), [...NAMES, '否决']);
    assert.deepEqual(json.tables.map((t) => t.table), [...TABLES, 'veto']);
    const { bytes, headers } = await get('xlsx');
    assert.equal(headers['content-type'], XLSX);
    assert.match(headers['content-disposition'], /^attachment; filename="junheng-340207-2023-form\.xlsx"; filename\*=UTF-8''/);
    assert.equal(decodeURIComponent(headers['content-disposition'].split("''")[1]), '鸠江区-2023-申报表.xlsx');
    const book = await readWorkbook(bytes);
    assert.deepEqual(book.worksheets.map((s) => s.name), [...NAMES, '否决']);
  });

  it('Ⅲ: the published differences of 鸠江区', async () => {
    const book = await readWorkbook((await get('xlsx')).bytes);
    const { rows } = readSheet(book.getWorksheet('Ⅲ'));
    assert.deepEqual(rows[0], ['小学', '县域均值', 5.52, 0.89, 0.88, 4.56, 7.93, 2496.67, 2.78, null]);
    assert.deepEqual(rows[1], ['小学', '差异系数', 0.298, 0.502, 0.402, 0.288, 0.375, 0.313, 0.394, 0.368]);
    assert.deepEqual(rows[2], ['小学', '限值', ...Array(7).fill(0.5), null]);
    assert.deepEqual(rows[3], ['小学', '是否达标', '达标', '未达标', ...Array(5).fill('达标'), null]);
    assert.equal(rows[6][2], 0.45);
    assert.equal(book.getWorksheet('Ⅲ').getCell('D5').numFmt, '0.000');
    assert.equal(book.getWorksheet('Ⅲ').getCell('D4').numFmt, '0.00');
  });

  it('JSON, workbook and CSV agree cell by cell', async () => {
    const json = await form();
    const book = await readWorkbook((await get('xlsx')).bytes);
    for (const table of json.tables) {
      const sheet = readSheet(book.getWorksheet(table.name));
      const headings = table.columns.map((c) => c.zh);
      const wanted = table.rows.map((row) => row.map((v, i) => shown(v, /是否达标/.test(row[1]) && v in STATUS ? 'status'
        : table.columns[i].kind)));
      assert.deepEqual([sheet.headings, sheet.rows], [headings, wanted], table.name);
      assert.equal(sheet.title, `${table.name} ${table.zh}`);
      assert.match(sheet.subtitle, /^鸠江区\(340207\) {2}学年 2023 {2}标准 national-2017 第 1 版 {2}数据版本 \d+$/);
      assert.equal(sheet.note, table.note);

      const { text, headers } = await get('csv', COUNTY, `period=${PERIOD}&table=${table.table}`);
      assert.match(headers['content-type'], /^text\/csv; charset=utf-8$/);
      assert.equal(text[0], '\uFEFF');
      const [first, ...rows] = parseCsv(text.slice(1));
      assert.deepEqual(first, headings);
      assert.deepEqual(rows.map((r) => r.map((field, i) => (typeof wanted[rows.indexOf(r)][i] === 'number'
        ? Number(field) : field === '' ? null : field))), wanted, `${table.name} as CSV`);
      const named = await get('csv', COUNTY, `period=${PERIOD}&table=${encodeURIComponent(table.name)}`);
      assert.equal(named.text, text);
    }
  });

  it('every row has its columns, every cell the kind of its column', async () => {
    const kinds = { number: 'number', text: 'string', status: 'string' };
    for (const { name, columns, rows } of (await form()).tables) {
      for (const row of rows) {
        assert.equal(row.length, columns.length, name);
        row.forEach((value, i) => {
          const { kind } = columns[i];
          if (value === null || kind === 'any') return;
          assert.equal(typeof value, kinds[kind], `${name} ${columns[i].zh}: ${value}`);
          if (kind === 'status') assert.ok(value in STATUS, value);
        });
      }
    }
  });

  it('Ⅱ-2 and Ⅱ-1 are what the list of schools says', async () => {
    const json = await form();
    const { items } = (await admin.get(`/v1/counties/${COUNTY}/schools?period=${PERIOD}&limit=1000`)).json;
    const lines = rowsOf(json, 'Ⅱ-2');
    const zh = { primary: '小学', junior: '初中' };
    assert.equal(lines.length, items.length);
    assert.ok(lines.length >= 50);
    items.forEach((r, i) => {
      assert.deepEqual([lines[i].number, lines[i].school, lines[i].code, lines[i].stage, lines[i].pupils, lines[i].met],
        [i + 1, r.name, r.school, zh[r.stage], r.students, r.status]);
      for (const [code, v] of Object.entries(r.values)) assert.equal(lines[i][code], Number(v.display), `${r.school} ${code}`);
    });
    for (const { stage: name, indicator, schools, 'schools that meet it': met, percent } of rowsOf(json, 'Ⅱ-1')) {
      const ofStage = items.filter((r) => zh[r.stage] === name);
      const reach = ofStage.filter((r) => (indicator === '综合' ? r.status : r.values[indicator].status) === 'met');
      assert.deepEqual([schools, met], [ofStage.length, reach.length], `${name} ${indicator}`);
      assert.equal(percent, Math.round((reach.length * 1000) / ofStage.length) / 10);
    }
    assert.ok(lines.some((l) => /共用校舍/.test(l.remark ?? '')), 'an integrated school says so');
  });

  it('Ⅳ, Ⅴ and vetoes are what the status says', async () => {
    const json = await form();
    const status = await world.status(COUNTY, PERIOD, version);
    const lines = ['Ⅳ', 'Ⅴ', '否决'].flatMap((name) => rowsOf(json, name));
    assert.deepEqual(lines.map((l) => l.item), Object.keys(status.items).filter((n) => n !== 'S1'));
    assert.deepEqual(['Ⅳ', 'Ⅴ', '否决'].map((name) => rowsOf(json, name).length), [15, 9, 7]);
    for (const l of lines) {
      const item = status.items[l.item];
      assert.equal(l.met, item.status, l.item);
      if (item.display !== undefined) assert.equal(l.value, Number(item.display), l.item);
      if (item.schools_total !== undefined) {
        assert.deepEqual([l.schools, l['schools that meet it']], [item.schools_total, item.schools_met], l.item);
        if (l.schools) assert.equal(l.value, Math.round((item.schools_met * 1000) / item.schools_total) / 10, l.item);
      }
    }
    const of = (name) => lines.find((l) => l.item === name);
    assert.deepEqual([of('G7').value, of('G7').unit, of('G7').rule], [8123.5, '元', '≥ 8000元']);
    assert.deepEqual([of('G10').value, of('G10').met], ['未确认', 'not_met']);
    assert.deepEqual([of('G11').value, of('G11').unit, of('G11').rule], [9, '%', '≥ 10%;≥ 20%']);
    assert.match(of('G11').remark, /≥ 20%:33\.3%/);
    assert.match(of('G14').remark, /rural_tilt.*已确认/);
    assert.deepEqual([of('Q2').value, of('Q2').met], [null, 'no_data']);
    assert.deepEqual(of('Q9').value, '语文 Ⅲ级 0.1;数学 Ⅳ级 0.149999');
    assert.deepEqual([of('V1').value, of('V1').met, of('V3').value, of('V3').met], ['未发生', 'met', '发生', 'not_met']);
    const crowded = line(json, 'Ⅱ-2', 'code', CROWDED).school;
    assert.deepEqual([of('G5').met, of('G5').schools - of('G5')['schools that meet it']], ['not_met', 1]);
    assert.equal(of('G5').remark, `未达标:${crowded}`);
  });

  it('Ⅵ: recognition by group and in total', async () => {
    const lines = rowsOf(await form(), 'Ⅵ');
    assert.deepEqual(lines.map((l) => [l.group, l['valid answers'], l.satisfied, l.percent, l.met]), [
      ['学生', 500, 480, 96, null], ['家长', 800, 720, 90, null], ['教师', 100, 95, 95, null], ['校长', null, null, null, null],
      ['人大代表、政协委员', null, null, null, null], ['其他群众', null, null, null, null], ['合计', 1400, 1295, 92.5, 'met']]);
    assert.equal(lines.at(-1).rule, '≥ 85%');
  });

  it('Ⅰ: the county, its schools, the verdict and what it rests on', async () => {
    const json = await form();
    const facts = basics(json);
    const { computed_at: at } = await world.status(COUNTY, PERIOD, version);
    const { items } = (await admin.get(`/v1/counties/${COUNTY}/schools?period=${PERIOD}&limit=1000`)).json;
    const pupils = items.filter((r) => r.stage === 'primary').reduce((n, r) => n + r.students, 0);
    assert.deepEqual([facts['县(市、区)名称'], facts['行政区划代码'], facts['学年'], facts['评估标准版本'], facts['总人口'],
      facts['小学:在校生数'], facts['未上报学校数'], facts['一票否决事项'], facts['评估结论'], facts['数据版本'], facts['计算时间']],
    ['鸠江区', COUNTY, PERIOD, 1, null, pupils, 0, 'V3', '未达标', version, at]);
    assert.equal(facts['学校数'], new Set(items.map((r) => r.school)).size);
    assert.deepEqual([json.verdict, json.version, json.computed_at], ['not_met', version, at]);
    assert.match(facts['评估标准出处'], /教督〔2017〕6号/);
  });

  it('is never behind: judged from what was accepted, with the monitor stopped', async () => {
    await world.monitors[0].stop();
    const next = await putCountyReport(admin, { county: COUNTY, period: PERIOD, items: countyItems({ ...ITEMS, V3: { confirmed: false } }) });
    const json = await form();
    assert.equal(json.version, next);
    assert.equal(line(json, '否决', 'item', 'V3').met, 'met');
    await world.startMonitor();
    await world.status(COUNTY, PERIOD, next);
    for (const [what, query] of [['json'], ['xlsx'], ['csv', `period=${PERIOD}&table=3`]]) {
      const { headers } = await get(what, COUNTY, query);
      const again = await admin.get(url(what, COUNTY, query), { headers: { 'If-None-Match': headers.etag } });
      assert.equal(again.status, 304, what);
    }
  });

  it('names that a spreadsheet would run are texts', async () => {
    const names = ['=1+1小学', '+2小学', '-3小学', '@SUM小学', '引"号,逗小学', '<b>&小学'];
    for (const [i, name] of names.entries()) await putOther(schoolCode(i + 1), { name }, report());
    const json = await form(OTHER, 'period=2025');
    assert.deepEqual(rowsOf(json, 'Ⅱ-2').map((l) => l.school), names);
    const sheet = (await readWorkbook((await get('xlsx', OTHER, 'period=2025')).bytes)).getWorksheet('Ⅱ-2');
    names.forEach((name, i) => assert.equal(sheet.getCell(4 + i, 2).value, name));
    const { text } = await get('csv', OTHER, 'period=2025&table=2-2');
    const rows = parseCsv(text.slice(1)).slice(1);
    assert.deepEqual(rows.map((r) => r[1]), [...names.slice(0, 4).map((n) => `'${n}`), ...names.slice(4)]);
  });

  it('what is missing is empty, and the remark says which figure; reliefs and floors, too', async () => {
    const { teachers_backbone: _, classes: __, ...partial } = stage();
    await putOther(schoolCode(11), { name: '缺数小学' }, { stages: { primary: partial }, site: site() });
    await putOther(schoolCode(12), { name: '底线小学' }, report(1000, { primary: { teachers_backbone: 9 } }));
    await putOther(schoolCode(13), { name: '走教小学', locale: '220' },
      report(60, { primary: { teachers_pe_art: 0, teachers_pe_art_visiting: 1 } }));
    await putSchool(admin, schoolCode(14), school(OTHER, { name: '未报小学' }));
    const json = await form(OTHER, 'period=2025');
    const missing = line(json, 'Ⅱ-2', 'school', '缺数小学');
    assert.deepEqual([missing.R2, missing.classes, missing.met, missing.remark], [null, null, 'no_data', '缺:小学县级以上骨干教师']);
    assert.match(line(json, 'Ⅱ-2', 'school', '底线小学').remark, /R2 不低于标准的 85%/);
    assert.match(line(json, 'Ⅱ-2', 'school', '走教小学').remark, /^R3:乡村小规模学校走教/);
    assert.equal(line(json, 'Ⅱ-2', 'school', '未报小学'), undefined);
    const facts = basics(json);
    assert.deepEqual([facts['未上报学校数'], facts['评估结论']], [1, '数据不全']);
    const classes = tableOf(json, 'Ⅰ').rows.find(([name]) => name === '小学:班数');
    assert.equal(classes[3], '另有 1 所学校缺此数据');
    assert.deepEqual(tableOf(json, 'Ⅲ').rows[4], ['初中', '县域均值', ...Array(8).fill(null)]);
    assert.ok(tableOf(json, 'Ⅲ').rows[7].slice(2, 9).every((s) => s === 'not_applicable'));
  });

  it("a province's own items are a table of their own", async () => {
    const wanted = url('csv', OTHER, 'period=2025&table=own');
    assert.equal((await admin.get(wanted)).status, 404);
    const put = await admin.put('/v1/standards/anhui', { title: '示例省办法', source: '示例〔2025〕1号', base: 'national-2017',
      region: '34', valid_from: '2025', items: { AH1: { zh: '生均公用经费达到省定基准', en: 'funds per pupil',
        fields: { base: { unit: 'money', zh: '生均公用经费' } }, conditions: [{ rule: 'ratio', over: 'county', of: ['base'],
          measure: 'yuan', at_least: 900 }] } } });
    assert.equal(put.status, 201, put.text);
    await putCountyReport(admin, { county: OTHER, period: '2025', items: countyItems({ AH1: { base: 899.99 } }) });
    const json = await form(OTHER, 'period=2025');
    assert.deepEqual(json.tables.map((t) => t.name), [...NAMES, '否决', '附']);
    assert.deepEqual(json.standard, 'anhui');
    const own = line(json, '附', 'item', 'AH1');
    assert.deepEqual([own.title, own.rule, own.value, own.unit, own.met], ['生均公用经费达到省定基准', '≥ 900元', 899.99, '元', 'not_met']);
    assert.match((await get('csv', OTHER, 'period=2025&table=own')).text, /AH1,生均公用经费达到省定基准/);
  });

  it('is ready for paper', async () => {
    const book = await readWorkbook((await get('xlsx')).bytes);
    for (const sheet of book.worksheets) {
      const { orientation, paperSize, fitToWidth, fitToHeight } = sheet.pageSetup;
      assert.deepEqual([orientation, paperSize, fitToWidth, fitToHeight], ['landscape', 9, 1, 0], sheet.name);
      assert.deepEqual([sheet.views[0].state, sheet.views[0].ySplit], ['frozen', 3]);
      assert.ok(sheet.getCell(1, 1).isMerged && sheet.getColumn(1).width > 1);
    }
  });

  it('the latest period by default; what is not there, or not allowed', async () => {
    assert.equal((await form(OTHER, '')).period, '2025');
    const status = async (client, path) => (await client.get(path)).status;
    assert.equal(await status(admin, url('xlsx', COUNTY, 'period=2019')), 404);
    assert.equal(await status(admin, url('json', '349999', '')), 404);
    assert.equal(await status(admin, url('csv', COUNTY, `period=${PERIOD}&table=7`)), 400);
    assert.equal(await status(admin, url('csv')), 400);
    assert.equal(await status(admin, url('json', COUNTY, 'period=23')), 400);
    for (const what of ['json', 'xlsx', 'csv']) {
      const path = url(what, COUNTY, `period=${PERIOD}${what === 'csv' ? '&table=1' : ''}`);
      assert.equal(await status(world.client(), path), 401);
      assert.equal(await status(await world.as('reporter', OTHER), path), 403);
      assert.equal(await status(await world.as('reporter', COUNTY), path), 200);
    }
  });
});
