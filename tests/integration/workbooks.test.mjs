// SPDX-License-Identifier: Apache-2.0
// Office workbooks: filled templates and tables of statistics come in as CSV and NDJSON do.
// The office is exceljs: it makes the workbooks and reads ours.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTY, PERIOD, countyItems, putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { XLSX, bookOf, bytesOf, columnOf, counts, errors, importEnd, sendImport, sheetOf, statistics, templateOf } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('workbooks');
const THERE = '341023';
let reporter, admin;

const send = (body, { client = reporter, ...options } = {}) => sendImport(client, body, options);

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
    const done = await importEnd(reporter, committed.json);
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

  // --- templates ---------------------------------------------------------------------------

  const template = (form, query) => templateOf(reporter, form, query);

  // Headings by their text, with the group above: "小学/在校生数(人)" -> column number.
  const headings = (sheet, row = 4) => Object.fromEntries(Array.from({ length: sheet.columnCount }, (_, i) =>
    [`${sheet.getCell(row - 1, i + 1).value ?? ''}/${sheet.getCell(row, i + 1).value}`, i + 1]));

  it('a template has the county\'s schools, lists to choose from, and says how to fill in', async () => {
    const book = await template('school-reports', `?county=${COUNTY}&period=${PERIOD}`);
    assert.deepEqual(book.worksheets.map((w) => w.name), ['学校填报', '填报说明']);
    const [sheet, notes] = book.worksheets;
    assert.equal(sheet.getCell('A1').value, '鸠江区学校填报表');
    assert.deepEqual([1, 2, 3, 4].map((n) => sheet.getCell(5, n).value), [schoolCode(1), '第1小学', '小学', PERIOD]);
    assert.equal(sheet.getCell('A9').value, null, 'four schools');
    const at = headings(sheet);
    assert.ok(at['校舍与设施/教学仪器设备资产值(万元)']);
    assert.ok(at['校舍与设施/音乐专用教室各间面积(㎡)']);
    const [students, junior, area] = ['小学/在校生数(人)', '初中/在校生数(人)', '校舍与设施/运动场地面积(㎡)'].map((h) => sheet.getCell(5, at[h]));
    assert.equal(students.dataValidation.type, 'whole');
    assert.equal(area.dataValidation.type, 'decimal');
    assert.match(sheet.getCell('D5').dataValidation.formulae[0], new RegExp(PERIOD));
    assert.equal(junior.fill.fgColor.argb, 'FFD9D9D9', 'a primary school has no junior stage');
    assert.deepEqual([sheet.views[0].state, sheet.views[0].ySplit, sheet.views[0].xSplit], ['frozen', 4, 2]);
    const text = notes.getColumn(1).values.join('\n');
    assert.match(text, /缺失.*不等于 0[^]*missing, which is not zero/);
    const blank = await template('school-reports');
    assert.equal(blank.worksheets[0].getCell('A5').value, null);
    assert.deepEqual(headings(blank.worksheets[0]), at);
    // nothing was filled in: there is nothing to import
    const none = await send(await bytesOf(book));
    assert.deepEqual(counts(none), ['done', 0, 0, 0, 0, 0]);
  });

  it('a template is for whoever has a key, and filled in below the key\'s region only', async () => {
    const there = await world.as('reporter', THERE);
    assert.equal((await there.get('/v1/templates/school-reports.xlsx')).status, 200);
    for (const form of ['school-reports', 'county-items']) {
      assert.equal((await there.get(`/v1/templates/${form}.xlsx?county=${COUNTY}`)).status, 403);
      assert.equal((await world.client().get(`/v1/templates/${form}.xlsx`)).status, 401);
    }
    const nothing = await reporter.get('/v1/templates/school-reports');
    assert.deepEqual([nothing.status, /school-reports\.xlsx, county-items\.xlsx/.test(nothing.json.detail)], [404, true], nothing.text);
    assert.equal((await reporter.get('/v1/templates/county-items.xlsx?county=34')).status, 400);
    assert.equal((await reporter.get('/v1/templates/school-reports.xlsx?period=1999')).status, 400);
    assert.equal((await reporter.get('/v1/templates/school-reports.xlsx?county=340299')).status, 404);
  });

  // One school's figures by the names of CSV, and where a template has them.
  const FIELDS = [
    ['primary.students', '小学/在校生数(人)'], ['primary.classes', '小学/班数(班)'], ['primary.largest_class', '小学/最大班额(人)'],
    ['primary.oversized_classes', '小学/超班额班数(班)'], ['primary.teachers', '小学/专任教师(人)'],
    ['primary.teachers_above_degree', '小学/高于规定学历教师(人)'], ['primary.teachers_backbone', '小学/县级以上骨干教师(人)'],
    ['primary.teachers_pe_art', '小学/体育、艺术专任教师(人)'], ['primary.teachers_pe_art_visiting', '小学/走教/兼职体育、艺术教师(人)'],
    ['primary.teachers_certified', '小学/持证上岗教师(人)'], ['primary.teachers_trained', '小学/5年360学时培训完成教师(人)'],
    ['primary.zone_students', '小学/就近划片入学学生(人)'], ['primary.migrant_students', '小学/进城务工人员随迁子女(人)'],
    ['site.teaching_area', '校舍与设施/教学及辅助用房面积(㎡)'], ['site.indoor_sports_area', '校舍与设施/其中:室内体育用房面积(㎡)'],
    ['site.sports_ground_area', '校舍与设施/运动场地面积(㎡)'], ['site.extra_sports_area', '校舍与设施/屋顶/校外场馆面积(㎡)'],
    ['site.equipment_value', '校舍与设施/教学仪器设备资产值(万元)'], ['site.multimedia_rooms', '校舍与设施/网络多媒体教室(间)'],
    ['site.public_funds', '经费/上年公用经费拨款(元)'], ['site.public_funds_budget', '经费/年度公用经费预算(元)'],
    ['site.training_budget', '经费/教师培训经费(元)'], ['site.music_rooms', '校舍与设施/音乐专用教室各间面积(㎡)'],
    ['site.art_rooms', '校舍与设施/美术专用教室各间面积(㎡)'],
  ];
  const FIGURES = [500, 12, 45, 0, 40, 30, 8, 6, null, 40, 39, 500, 12, 3000.25, 300, 4200.1, null, 1300000.01, 14, 480000, 480000.5, 24000, [96, 90.5], []];

  it('a filled template, a CSV and NDJSON of the same data give the same end state', async () => {
    const period = '2023';
    const values = FIGURES.map((v, i) => [FIELDS[i], v]).filter(([, v]) => v !== null);
    const book = await template('school-reports', `?county=${COUNTY}&period=${period}`);
    const [sheet] = book.worksheets;
    const at = headings(sheet);
    for (const row of [5, 6]) {
      for (const [[field, heading], v] of values) {
        assert.ok(at[heading], heading);
        // 万元 as an office computes it; rooms as text
        sheet.getCell(row, at[heading]).value = Array.isArray(v) ? v.join(';') || 0
          : field === 'site.equipment_value' ? { formula: '1300000.01/10000', result: 1300000.01 / 10000 } : v;
      }
    }
    const state = async () => Promise.all([1, 2].map(async (n) => {
      const { stages, site, declared } = (await reporter.get(`/v1/reports/${period}/${schoolCode(n)}`)).json;
      return { stages, site, declared };
    }));
    const filled = await send(await bytesOf(book));
    assert.deepEqual([counts(filled), filled.errors], [['done', 2, 2, 0, 0, 0], []]);
    const first = await state();
    const wanted = { stages: { primary: {} }, site: {} };
    for (const [[field], v] of values) {
      const [part, name] = field.split('.');
      (part === 'site' ? wanted.site : wanted.stages[part])[name] = v;
    }
    assert.deepEqual(first[0], { ...wanted, declared: undefined });
    const columns = ['school', 'period', ...values.map(([[field]]) => field)];
    const cells = values.map(([, v]) => (Array.isArray(v) ? v.join(';') || ';' : v));
    const csv = [columns, ...[1, 2].map((n) => [schoolCode(n), period, ...cells])].map((r) => r.join(',')).join('\n');
    assert.deepEqual(counts(await send(csv, { type: 'text/csv' })), ['done', 2, 0, 0, 2, 0]);
    const lines = [1, 2].map((n) => JSON.stringify({ type: 'report', period, school: schoolCode(n), ...wanted })).join('\n');
    assert.deepEqual(counts(await send(lines, { type: 'application/x-ndjson' })), ['done', 2, 0, 0, 2, 0]);
    // and from nothing, in the other order
    for (const n of [1, 2]) await reporter.delete(`/v1/reports/${period}/${schoolCode(n)}`);
    assert.deepEqual(counts(await send(csv, { type: 'text/csv' })), ['done', 2, 2, 0, 0, 0]);
    assert.deepEqual(await state(), first);
    assert.deepEqual(counts(await send(await bytesOf(book))), ['done', 2, 0, 0, 2, 0]);
  });

  // The template's rows by their field: { "G7.value": row }.
  const fields = (sheet) => Object.fromEntries(Array.from({ length: sheet.rowCount - 3 }, (_, i) => [sheet.getCell(i + 4, 6).value, i + 4]));

  // A county's items as the values of a template.
  function fillItems(sheet, items, more = {}) {
    const rows = fields(sheet);
    const values = { ...more };
    for (const [item, body] of Object.entries(items)) {
      for (const [key, value] of Object.entries(body)) {
        if (key === 'groups') for (const [g, a] of Object.entries(value)) for (const [k, v] of Object.entries(a)) values[`${item}.${g}.${k}`] = v;
        else if (key === 'subjects') value.forEach((s, n) => Object.entries(s).forEach(([k, v]) => { values[`${item}.${n + 1}.${k}`] = v; }));
        else values[`${item}.${key}`] = typeof value === 'boolean' ? (value ? '是' : '否') : value;
      }
    }
    for (const [field, value] of Object.entries(values)) {
      assert.ok(rows[field], `the template has ${field}`);
      sheet.getCell(rows[field], 5).value = value;
    }
    return rows;
  }

  it('a county\'s own report: the template of its standard, filled in, is the document', async () => {
    const book = await template('county-items', `?county=${COUNTY}&period=2024`);
    const [sheet] = book.worksheets;
    assert.deepEqual([sheet.getCell('E4').value, sheet.getCell('E5').value], [COUNTY, '2024']);
    const rows = fillItems(sheet, countyItems());
    assert.match(sheet.getCell(rows['G1.confirmed'], 5).dataValidation.formulae[0], /是,否/);
    assert.equal(sheet.getCell(rows['G7.value'], 4).value, '元');
    const job = await send(await bytesOf(book));
    assert.deepEqual([counts(job), job.errors], [['done', 1, 1, 0, 0, 0], []]);
    assert.deepEqual((await reporter.get(`/v1/county-reports/2024/${COUNTY}`)).json.items, countyItems());
    const line = JSON.stringify({ type: 'county_report', period: '2024', county: COUNTY, items: countyItems() });
    assert.deepEqual(counts(await send(line, { type: 'application/x-ndjson' })), ['done', 1, 0, 0, 1, 0]);
    // in another unit, exactly
    sheet.getCell(rows['G7.value'], 4).value = '万元';
    sheet.getCell(rows['G7.value'], 5).value = 0.81235;
    assert.deepEqual(counts(await send(await bytesOf(book))), ['done', 1, 0, 0, 1, 0]);
  });

  // --- mistakes ------------------------------------------------------------------------------

  it('thirty planted mistakes on several sheets come back, each by its cell, and no other', async () => {
    const office = await world.as('reporter', '3402');
    await putSchool(admin, schoolCode(30), school(COUNTY, { closed: true }));
    await putSchool(admin, schoolCode(31), school(THERE));
    for (let n = 40; n < 60; n++) await putSchool(admin, schoolCode(n), school(COUNTY));
    const planted = [];
    const wrong = (cell, code) => planted.push(`${cell} ${code}`);
    // a county's statistics: E students, F classes, G teachers, H backbone, I J junior, K area, L 万元, M rooms
    const rows = [];
    const statistic = (code, figures = {}, more = {}) => {
      const row = { B: code, C: '某校', D: COUNTY, E: 100, F: 3, G: 10, H: 2, ...figures, ...more };
      rows.push(Array.from({ length: 14 }, (_, i) => row[String.fromCharCode(65 + i)]));
      return (column, problem) => wrong(`'附表 1'!${column}${rows.length + 6}`, problem);
    };
    statistic(schoolCode(40), { E: -4 })('E', 'negative');
    statistic(schoolCode(41), { F: 3.5 })('F', 'not_integer');
    statistic(schoolCode(42), { G: { error: '#REF!' } })('G', 'cell_error');
    statistic(schoolCode(43), { E: '1,234' })('E', 'thousands_separator');
    statistic(schoolCode(44), { F: '95%' })('F', 'percent');
    statistic(schoolCode(45), { E: '2025-09-01' })('E', 'date');
    statistic(schoolCode(46), { E: 20000000 })('E', 'too_big');
    statistic(schoolCode(47), { K: 12.345 })('K', 'too_many_decimals');
    statistic(schoolCode(48), { L: 1.1234567 })('L', 'too_many_decimals');
    const two = statistic(schoolCode(49), { G: true, M: '—' });
    two('G', 'wrong_type');
    two('M', 'wrong_type');
    statistic(schoolCode(50), { H: 11 })('H', 'exceeds_whole');
    statistic('21340')('B', 'bad_format');
    statistic(undefined)('B', 'required');
    statistic(schoolCode(51), {}, { D: '3402' })('D', 'bad_format');
    statistic(schoolCode(52), {}, { D: THERE })('D', 'other_county');
    statistic(schoolCode(77))('B', 'unknown_school');
    statistic(schoolCode(30))('B', 'closed_school');
    statistic(schoolCode(53), { J: 2 })('J', 'not_of_kind');
    statistic(schoolCode(31), {}, { D: undefined })('B', 'beyond_region');
    statistic(schoolCode(54));
    statistic(schoolCode(54))('B', 'duplicate_report');
    statistic(schoolCode(55), { E: undefined, F: undefined, G: undefined, H: undefined, K: 900 })('B', 'empty');
    const book = statistics(rows);
    // more schools, with their own school years: headings of one row
    sheetOf(book, 'Sheet1', [['学校代码', '学年', '小学在校生数', '音乐专用教室(㎡)'],
      [schoolCode(56), '1999', 100], [schoolCode(57), '25', 100], [schoolCode(58), '2025-2026学年', 100, '96;大'],
      [schoolCode(59), '2025', '1００', '96、 90.5']]);
    wrong('Sheet1!B2', 'impossible_period');
    wrong('Sheet1!B3', 'bad_format');
    wrong('Sheet1!D4', 'wrong_type');
    // two counties' own reports
    for (const [name, county] of [['县级项目', COUNTY], ["别县's", '340299']]) {
      const [form] = (await template('county-items', `?county=${COUNTY}&period=2022`)).worksheets;
      const cells = fillItems(form, countyItems(), { county, period: '2022' });
      if (county === COUNTY) {
        const plant = (field, value, problem, at = field) => {
          form.getCell(cells[field], 5).value = value;
          wrong(`县级项目!E${cells[at]}`, problem);
        };
        plant('G1.evidence', null, 'required');
        plant('G7.value', '八千', 'wrong_type');
        plant('Q9.2.level', 'VII', 'not_allowed');
        plant('S1.parents.satisfied', 801, 'exceeds_whole');
      } else {
        wrong("'别县''s'!E4", 'unknown_county');
      }
      sheetOf(book, name, form.getSheetValues().slice(1).map((row) => (row ? Array.from(row).slice(1) : [])));
    }
    assert.equal(planted.length, 30);
    assert.ok(new Set(planted.map((p) => p.split(' ').at(-1))).size >= 18, 'of many kinds');
    const before = await world.tableCounts();
    const job = await send(await bytesOf(book), { client: office });
    assert.deepEqual(errors(job), planted.sort());
    assert.deepEqual([job.state, job.created, job.updated], ['failed', 0, 0]);
    assert.deepEqual(await world.tableCounts(), before);
    for (const { detail, row, pointer } of job.errors) {
      assert.match(detail, /.+ \/ .+/);
      assert.ok(pointer.endsWith(String(row)), pointer);
    }
    const { text } = await office.get(`/v1/imports/${job.id}/errors.csv`);
    const lines = text.trimEnd().split('\r\n');
    assert.equal(lines.length, 31);
    assert.ok(lines[0].startsWith('\ufeffrow,pointer,code,detail,A,B,C'), lines[0]);
    const kept = lines.find((l) => l.includes("'附表 1'!H") && l.includes('exceeds_whole'));
    assert.ok(kept.includes(`,${schoolCode(50)},某校,${COUNTY},100,3,10,11`), kept);
    // what is right is written: two schools of those above
    const partial = await send(await bytesOf(book), { client: office, query: '?mode=partial' });
    assert.deepEqual(errors(partial), planted);
    assert.deepEqual([partial.state, partial.created], ['done', 2]);
    const { json } = await reporter.get(`/v1/reports/2025/${schoolCode(59)}`);
    assert.deepEqual([json.stages, json.site], [{ primary: { students: 100 } }, { music_rooms: [96, 90.5] }]);
  });

  it('a stage that the school does not have is told where it stands, on whatever sheet', async () => {
    const job = await send(await bytesOf(bookOf({
      小学: [['学校代码', '学年', '小学在校生数'], [schoolCode(9, '31'), '2020', 300], [schoolCode(1), '2020', 480]],
      初中: [['学校代码', '学年', '初中在校生数', '初中班数'], [schoolCode(1), '2020', null, 3], [schoolCode(9, '31'), '2020', 200, 5]],
    })), { query: '?mode=partial' });
    assert.deepEqual([counts(job), errors(job)], [['done', 2, 1, 0, 0, 1], ['初中!D2 not_of_kind']]);
    assert.equal(job.errors[0].row, 2);
    const { text } = await reporter.get(`/v1/imports/${job.id}/errors.csv`);
    assert.ok(text.endsWith(`\r\n2,初中!D2,not_of_kind,${job.errors[0].detail},${schoolCode(1)},2020,,3\r\n`), text);
  });

  // "3-5" becomes a date in a spreadsheet, and what a program writes may have formulas that nobody calculated.
  it('a figure that became a date, or was never calculated, is told by its cell and not stored', async () => {
    const book = bookOf({ Sheet1: [['学校代码', '学年', '小学在校生数', '教学及辅助用房面积(㎡)', '音乐专用教室(㎡)'],
      [schoolCode(1), '2021', new Date('2025-03-05'), 900], [schoolCode(2), '2021', 100, { formula: 'C2*7' }],
      [schoolCode(3), '2021', 100, { formula: 'C4*7', result: 700 }, new Date('2025-09-06')]] });
    book.worksheets[0].getCell('C3').numFmt = '#,##0"人"';
    const job = await send(await bytesOf(book));
    assert.deepEqual(errors(job), ['Sheet1!C2 date', 'Sheet1!D3 cell_error', 'Sheet1!E4 date']);
    assert.match(job.errors[1].detail, /没有保存结果/);
    assert.equal((await reporter.get(`/v1/reports/2021/${schoolCode(1)}`)).status, 404);
  });

  // What a cell shows as 2025/9/1 or 95% it keeps as 45901 and 0.95: that is not what somebody wrote.
  it('a date or a percentage where words are due is told by its cell, in a county\'s report and in a plan', async () => {
    const book = await template('county-items', `?county=${COUNTY}&period=2017`);
    const [sheet] = book.worksheets;
    const rows = fillItems(sheet, countyItems());
    const [date, percent, written] = ['G1', 'G2', 'G10'].map((item) => sheet.getCell(rows[`${item}.evidence`], 5));
    Object.assign(date, { value: new Date('2025-09-01'), style: { ...date.style, numFmt: 'yyyy/m/d' } });
    Object.assign(percent, { value: 0.95, style: { ...percent.style, numFmt: '0%' } });
    written.value = '2025-09-01 批复';
    const job = await send(await bytesOf(book));
    assert.deepEqual(errors(job), [`县级项目!${date.address} date`, `县级项目!${percent.address} percent`].sort());
    for (const { detail } of job.errors) assert.match(detail, /文本格式.* \/ .*text/);
    assert.equal((await reporter.get(`/v1/county-reports/2017/${COUNTY}`)).status, 404);
    Object.assign(date, { value: 20250901, style: { ...date.style, numFmt: '0' } }); // a number that shows what it is
    percent.value = '95%';
    assert.equal((await send(await bytesOf(book))).state, 'done');
    const { items } = (await reporter.get(`/v1/county-reports/2017/${COUNTY}`)).json;
    assert.deepEqual(['G1', 'G2', 'G10'].map((i) => items[i].evidence), ['20250901', '95%', '2025-09-01 批复']);
    // a plan's
    const plan = await template('plan', '?county=');
    const [, tasks, safeguards] = plan.worksheets;
    tasks.getRow(4).values = [String(plan.worksheets[0].getCell('D3').value).slice(0, 4), new Date('2027-03-01'), '教育局'];
    tasks.getCell('B4').numFmt = 'yyyy-mm-dd';
    Object.assign(safeguards.getCell('A4'), { value: 0.5, numFmt: '0.0%' });
    const refused = await admin.request('PUT', `/v1/plans/${COUNTY}`, { body: await bytesOf(plan), type: XLSX });
    assert.equal(refused.status, 422, refused.text);
    assert.deepEqual(refused.json.errors.map((e) => `${e.pointer} ${e.code}`), ['年度任务!B4 date', '保障措施!A4 percent']);
  });

  // --- plans ---------------------------------------------------------------------------------

  it('a county\'s plan: its template, filled in, is the document; mistakes are named by cell', async () => {
    const supervisor = await world.as('supervisor', '3402');
    const book = await template('plan', `?county=${COUNTY}`);
    assert.deepEqual(book.worksheets.map((w) => w.name), ['年度目标', '年度任务', '保障措施', '填报说明']);
    const [targets, tasks, safeguards] = book.worksheets;
    const years = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [i, String(targets.getCell(3, 4 + i).value).slice(0, 4)]));
    assert.equal(Number(years[9]), Number(years[0]) + 9);
    const rows = Object.fromEntries(Array.from({ length: targets.rowCount - 3 }, (_, i) => [targets.getCell(4 + i, 1).value, 4 + i]));
    const target = (item, year, value) => { targets.getCell(rows[item], 4 + year).value = value; };
    assert.match(targets.getCell(rows['R2.primary.cv'], 2).value, /小学.*骨干教师.*差异系数/);
    target('认定年度', 6, '是');
    target('R2.primary.cv', 2, 0.52);
    target('R2.primary.cv', 4, 0.49);
    target('G1', 1, '达标');
    target('G7', 3, 8200.5);
    target('R7.junior.schools', 5, 12);
    tasks.getRow(4).values = [`${years[1]}年`, '新建音乐教室', '教育局', '张三(虚构)', 'G1、G7'];
    tasks.getRow(6).values = [Number(years[2]), '教师交流'];
    safeguards.getCell('A4').value = '经费〔保障〕';
    const put = async (client = supervisor) => client.request('PUT', `/v1/plans/${COUNTY}`, { body: await bytesOf(book), type: XLSX });
    const done = await put();
    assert.deepEqual([done.status, done.json.changed], [201, true], done.text);
    const { json } = await supervisor.get(`/v1/plans/${COUNTY}`);
    const given = json.milestones.filter((m) => !m.derived).map(({ item, year, target: t }) => [item, year, t]);
    assert.deepEqual(given, [['R2.primary.cv', years[2], 0.52], ['R2.primary.cv', years[4], 0.49], ['G1', years[1], 'met'], ['G7', years[3], 8200.5],
      ['R7.junior.schools', years[5], 12]]);
    assert.equal(json.recognition_year, years[6]);
    assert.deepEqual(json.tasks, [{ year: years[1], text: '新建音乐教室', department: '教育局', responsible: '张三(虚构)', items: ['G1', 'G7'] },
      { year: years[2], text: '教师交流' }]);
    assert.deepEqual(json.safeguards, ['经费〔保障〕']);
    assert.equal((await put()).json.changed, false);
    assert.equal((await put(await world.as('reporter', '3402'))).status, 403);
    // mistakes of cells, then those of the document
    const column = (year) => String.fromCharCode(68 + year);
    target('R2.primary.cv', 3, '0.5%');
    target('G7', 4, { error: '#N/A' });
    const percent = targets.getCell(`${column(2)}${rows.G11}`); // what typing 12% makes of a cell
    const { style } = percent;
    Object.assign(percent, { value: 0.12, style: { ...style, numFmt: '0%' } });
    const cells = await put();
    assert.equal(cells.status, 422);
    assert.deepEqual(cells.json.errors.map((e) => `${e.pointer} ${e.code}`),
      [`年度目标!${column(3)}${rows['R2.primary.cv']} percent`, `年度目标!${column(4)}${rows.G7} cell_error`, `年度目标!${column(2)}${rows.G11} percent`]);
    Object.assign(percent, { value: null, style });
    target('R2.primary.cv', 3, 0.1234567);
    target('G7', 4, null);
    target('G1', 2, 7);
    target('G7', 8, 9000);
    tasks.getRow(7).values = ['', '没有年度', '', '', 'G99'];
    const bad = await put();
    assert.deepEqual(bad.json.errors.map((e) => `${e.pointer} ${e.code}`).sort(), [`年度任务!A7 required`, `年度任务!E7 unknown_item`,
      `年度目标!${column(3)}${rows['R2.primary.cv']} too_many_decimals`, `年度目标!${column(2)}${rows.G1} not_allowed`,
      `年度目标!${column(8)}${rows.G7} too_late`].sort());
    assert.equal((await supervisor.request('PUT', `/v1/plans/${COUNTY}`, { body: 'no', type: XLSX })).status, 422);
  });

  it('… what would be passed over is named, for it would be gone from the plan', async () => {
    const supervisor = await world.as('supervisor', '3402');
    const before = (await supervisor.get(`/v1/plans/${COUNTY}`)).json;
    // of the template with what is planned, that somebody has changed
    const refused = async (change) => {
      const book = await template('plan', `?county=${COUNTY}`);
      change(...book.worksheets, book);
      const { status, json, text } = await supervisor.request('PUT', `/v1/plans/${COUNTY}`, { body: await bytesOf(book), type: XLSX });
      assert.equal(status, 422, text);
      return json.errors.map((e) => `${e.pointer} ${e.code}`);
    };
    const rowOf = (sheet, item) => sheet.getColumn(1).values.indexOf(item);
    assert.deepEqual(await refused((targets) => { targets.getCell('A3').value = '项目编号'; }), ['年度目标!D3 no_form']);
    assert.deepEqual(await refused((targets, tasks) => { tasks.getCell('B3').value = '工作内容'; }), ['年度任务!A3 no_form']);
    assert.deepEqual(await refused((targets) => { targets.getCell('F3').value = `${targets.getCell('F3').value}目标`; }), ['年度目标!F3 unknown_column']);
    let at;
    const noItem = await refused((targets) => { at = rowOf(targets, 'R2.primary.cv'); targets.getCell(at, 1).value = null; });
    assert.deepEqual(noItem, [`年度目标!F${at} unknown_item`, `年度目标!H${at} unknown_item`]);
    assert.deepEqual(await refused((targets) => { at = rowOf(targets, '认定年度'); targets.getCell(at, 5).value = '否'; }), [`年度目标!E${at} not_allowed`]);
    assert.equal((await supervisor.get(`/v1/plans/${COUNTY}`)).json.version, before.version);
    // a sheet that is hidden, or of other things, is nobody's business
    const book = await template('plan', `?county=${COUNTY}`);
    book.addWorksheet('说明').addRow(['备注', '各校自查']);
    book.addWorksheet('旧表', { state: 'hidden' }).addRow(['项目', '备注']);
    const sent = await supervisor.request('PUT', `/v1/plans/${COUNTY}`, { body: await bytesOf(book), type: XLSX });
    assert.deepEqual([sent.status, sent.json.changed], [200, false], sent.text);
  });

  it('a county that has a plan gets it in the template: sent back as it came, nothing changes', async () => {
    const supervisor = await world.as('supervisor', '3402');
    const plan = `/v1/plans/${COUNTY}`;
    const back = async () => (await supervisor.request('PUT', plan, { body: await bytesOf(await template('plan', `?county=${COUNTY}`)), type: XLSX })).json;
    const stored = async () => {
      const { recognition_year, milestones, tasks, safeguards } = (await supervisor.get(plan)).json;
      return { recognition_year, milestones: milestones.filter((m) => !m.derived), tasks, safeguards };
    };
    const before = await stored();
    assert.equal((await back()).changed, false);
    assert.deepEqual(await stored(), before);
    // years beyond the ten that are there anyway, more tasks than rows, texts that are no formulas
    const first = Number((await supervisor.get(plan)).json.first_year);
    const year = (n) => String(first + n);
    const document = { recognition_year: year(20),
      milestones: [{ item: 'R2.primary.cv', year: year(0), target: 0.123456 }, { item: 'R2.primary.cv', year: year(20), target: 0.1 }, { item: 'V1', year: year(19), target: 'met' }],
      tasks: Array.from({ length: 70 }, (_, i) => ({ year: year(i % 20), text: `=任务${i}`, items: ['G1', 'R2.primary.cv'] })), safeguards: ['+1', '@x'] };
    assert.equal((await supervisor.put(plan, document)).json.changed, true);
    const after = await back();
    assert.equal(after.changed, false, JSON.stringify(after));
    assert.deepEqual(await stored(), document);
    // who plans nothing finds nothing in it, and nothing is read of it
    const blank = await template('plan', '?county=');
    assert.equal(blank.worksheets[1].getCell('B4').value, null);
    const none = await supervisor.request('PUT', plan, { body: await bytesOf(blank), type: XLSX });
    assert.deepEqual([none.status, none.json.changed], [200, true], none.text);
    assert.deepEqual(await stored(), { recognition_year: undefined, milestones: [], tasks: [], safeguards: [] });
  });

  it('a county\'s template says whose it is, and no other county takes it', async () => {
    const admin = await world.as('admin');
    const [here, there] = [COUNTY, THERE].map((code) => `/v1/plans/${code}`);
    assert.ok((await admin.put(here, { safeguards: ['一'] })).status < 300);
    const before = (await admin.get(here)).json.version;
    const send = async (book, to) => admin.request('PUT', to, { body: await bytesOf(book), type: XLSX });
    const book = await template('plan', `?county=${COUNTY}`);
    assert.equal(book.worksheets[0].getCell('A1').value, `鸠江区创建规划表(县代码 ${COUNTY})`);
    const refused = await send(book, there);
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.json.errors.map((e) => [e.pointer, e.code]),
      ['年度目标', '年度任务', '保障措施'].map((sheet) => [`${sheet}!A1`, 'other_county']));
    for (const e of refused.json.errors) assert.match(e.detail, new RegExp(`县 ${COUNTY} .*${THERE}.* / .*${COUNTY}.*${THERE}`));
    assert.equal((await admin.get(there)).status, 404);
    // one sheet of another county is enough, as somebody may write it
    const mixed = await template('plan', `?county=${COUNTY}`);
    mixed.worksheets[1].getCell('A1').value = `年度任务 县代码:${THERE}`;
    assert.deepEqual((await send(mixed, here)).json.errors.map((e) => `${e.pointer} ${e.code}`), ['年度任务!A1 other_county']);
    assert.equal((await send(book, here)).json.version, before, 'its own is taken, and says the same');
    // a title without a code, as templates had it, is anybody's
    for (const sheet of book.worksheets.slice(0, 3)) sheet.getCell('A1').value = '鸠江区创建规划表';
    assert.equal((await send(book, there)).status, 201);
  });

  it('a plan\'s target without an item, and one of a year that is not understood, are told by cell', async () => {
    const admin = await world.as('admin');
    const put = async (book) => admin.request('PUT', `/v1/plans/${COUNTY}`, { body: await bytesOf(book), type: XLSX });
    const rows = (...headings) => bookOf({ 目标: [['规划表'], ['项目', ...headings], ['R2.primary.cv\u200b', 0.4, 0.35], [null, null, 0.3]] });
    const wrong = await put(rows('2027年度', '2028年目标值'));
    assert.deepEqual([wrong.status, wrong.json.errors.map((e) => `${e.pointer} ${e.code}`)], [422, ['目标!C2 unknown_column']]);
    const nameless = await put(rows('2027年度', '2028'));
    assert.deepEqual([nameless.status, nameless.json.errors.map((e) => `${e.pointer} ${e.code}`)], [422, ['目标!C4 unknown_item']]);
    const right = rows('2027年度', '2028');
    right.getWorksheet('目标').getCell('C4').value = null;
    assert.ok((await put(right)).status < 300);
    const { json } = await admin.get(`/v1/plans/${COUNTY}`);
    assert.deepEqual(json.milestones.filter((m) => !m.derived).map((m) => [m.item, m.year, m.target]), [['R2.primary.cv', '2027', 0.4], ['R2.primary.cv', '2028', 0.35]]);
  });
});
