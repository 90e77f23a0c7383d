// SPDX-License-Identifier: Apache-2.0
// Office workbooks: filled templates and tables of statistics come in as CSV and NDJSON do.
// The office is exceljs: it makes the workbooks and reads ours.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import ExcelJS from 'exceljs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, PERIOD, countyItems, putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { World } from '../lib/world.mjs';

const world = new World('workbooks');
const THERE = '341023';
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
let reporter, admin;

async function send(body, { query = '', type = XLSX, client = reporter, headers, status: wanted = [200, 202] } = {}) {
  const { status, json, text } = await client.request('POST', `/v1/imports${query}`, { body, type, headers });
  assert.ok(wanted.includes(status), text);
  return ended(json, client);
}

const ended = (json, client = reporter) => (!['queued', 'running'].includes(json.state) ? json
  : waitFor(`the end of import ${json.id}`, async () => {
    const got = (await client.get(`/v1/imports/${json.id}`)).json;
    return !['queued', 'running'].includes(got.state) && got;
  }, { deadline: 60000 }));

const counts = ({ state, rows, created, updated, unchanged, rejected }) => [state, rows, created, updated, unchanged, rejected];
const errors = (job) => job.errors.map((e) => `${e.pointer} ${e.code}`).sort();
const bytesOf = async (book) => Buffer.from(await book.xlsx.writeBuffer());

// A sheet from rows of cells, with merged ranges.
function sheetOf(book, name, rows, merges = []) {
  const sheet = book.addWorksheet(name);
  rows.forEach((row, i) => row.forEach((value, c) => {
    if (value !== null && value !== undefined) sheet.getCell(i + 1, c + 1).value = value;
  }));
  for (const range of merges) sheet.mergeCells(range);
  return sheet;
}

const columnOf = (mapping, sheet, letter) => mapping.sheets.find((s) => s.sheet === sheet).columns.find((c) => c.column === letter);

// A county's export: titles, a header of three rows, units in it, column numbers, totals, a note.
function statistics(rows, name = '附表 1') {
  const book = new ExcelJS.Workbook();
  const head = [
    ['鸠江区义务教育学校基本情况统计表(虚构)'],
    [null, '2025-2026学年', null, null, '填表单位:某某局'],
    ['序号', '学校(机构)标识码', '学校名称', '县代码', '小学', null, null, null, '初中', null, '校舍与设施', null, null, null],
    [null, null, null, null, '在校生数(人)', '班数', '专任教师', null, '在校生数(人)', '班数', '教学及辅助用房面积(平方米)', '教学仪器设备资产值(万元)', '网络多媒体教室(间)', '图书(册)'],
    [null, null, null, null, null, null, '合计', '其中:县级以上骨干教师', null, null, null, null, null, null],
    ['甲', '乙', '丙', '丁', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  ];
  const total = ['合计', null, null, null, 900, null, 60, null, null, null, null, null, null, null];
  const merges = ['A1:N1', 'E3:H3', 'I3:J3', 'K3:N3', 'G4:H4', ...['A', 'B', 'C', 'D'].map((c) => `${c}3:${c}5`),
    ...['E', 'F', 'I', 'J', 'K', 'L', 'M', 'N'].map((c) => `${c}4:${c}5`)];
  sheetOf(book, name, [...head, ...rows, total, ['注:虚构数据']], merges);
  return book;
}

describe('workbooks', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['3410', '黄山市'], [THERE, '黟县']]);
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2, 3]) await putSchool(reporter, schoolCode(n), school(COUNTY, { name: `第${n}小学` }));
    await putSchool(reporter, schoolCode(9, '31'), school(COUNTY, { name: '九年一贯制学校', kind: '312' }));
  });
  after(() => world.stop());

  it('a county\'s table of statistics: found by its headings, 万元 in yuan, totals and notes left out', async () => {
    const rows = [[1, schoolCode(1), '第1小学', COUNTY, 480, 12, 30, 3, null, null, 2160.5, 96.000001, 14, 9000],
      [2, Number(schoolCode(9, '31')), '九年一贯制学校', COUNTY, '600', 14, 40, 5, 300, 7, 6000, 120.5, 20, 100]];
    const bytes = await bytesOf(statistics(rows));
    const job = await send(bytes, { query: '?preview=true', status: [201] });
    assert.equal(job.state, 'receiving');
    const { mapping } = job;
    assert.deepEqual([mapping.settled, mapping.to_settle], [true, []], JSON.stringify(mapping, null, 1));
    const [sheet] = mapping.sheets;
    assert.deepEqual([sheet.form, sheet.header_rows, sheet.period], ['school-reports', [3, 4, 5], '2025']);
    assert.deepEqual(Object.fromEntries(sheet.columns.map((c) => [c.column, c.field])), {
      A: null, B: 'school', C: null, D: 'county', E: 'primary.students', F: 'primary.classes', G: 'primary.teachers',
      H: 'primary.teachers_backbone', I: 'junior.students', J: 'junior.classes', K: 'site.teaching_area',
      L: 'site.equipment_value', M: 'site.multimedia_rooms', N: null });
    const money = columnOf(mapping, '附表 1', 'L');
    assert.deepEqual([money.unit, money.factor, money.problem], ['万元', 10000, null]);
    assert.equal(columnOf(mapping, '附表 1', 'N').problem.code, 'unknown_column');
    const committed = await reporter.post(`/v1/imports/${job.id}/commit`);
    const done = await ended(committed.json);
    assert.deepEqual([counts(done), done.errors], [['done', 2, 2, 0, 0, 0], []]);
    const nine = (await reporter.get(`/v1/reports/${PERIOD}/${schoolCode(9, '31')}`)).json;
    assert.deepEqual([nine.stages, nine.site], [
      { primary: { students: 600, classes: 14, teachers: 40, teachers_backbone: 5 }, junior: { students: 300, classes: 7 } },
      { teaching_area: 6000, equipment_value: 1205000, multimedia_rooms: 20 }]);
    const one = (await reporter.get(`/v1/reports/${PERIOD}/${schoolCode(1)}`)).json;
    assert.equal(one.site.equipment_value, 960000.01);
    assert.deepEqual((await reporter.get(`/v1/imports/${job.id}/mapping`)).json, mapping);
    // nothing was in doubt: the same at once
    assert.deepEqual(counts(await send(bytes)), ['done', 2, 0, 0, 2, 0]);
  });
});
