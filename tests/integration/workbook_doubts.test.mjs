// SPDX-License-Identifier: Apache-2.0
// Headings and titles that may mean something else than their words alone: asked about, or not read, never guessed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { bookOf, bytesOf, counts, errors, importEnd, sendImport } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('workbook_doubts');
let reporter;

const send = async (book, options) => sendImport(reporter, await bytesOf(book), options);
const KEYS = ['学校标识码', '学年', '小学在校生数'];

// How a sheet with these rows is taken: its columns, and what is to be settled.
async function taken(rows, { name = '甲', query = '' } = {}) {
  const job = await send(bookOf({ [name]: rows }), { query: `?preview=true${query}`, status: [201] });
  await reporter.delete(`/v1/imports/${job.id}`);
  const [sheet] = job.mapping.sheets;
  return { period: sheet.period, columns: sheet.columns.map((c) => [c.field, c.problem?.code]), settle: job.mapping.to_settle.map((p) => `${p.pointer} ${p.code}`) };
}

// The columns below these headings; of two rows when a heading is [above, below].
async function headings(...given) {
  const below = given.map((h) => (Array.isArray(h) ? h[1] : h));
  const above = given.some(Array.isArray) ? [[null, null, null, ...given.map((h) => h[0])]] : [];
  const { columns } = await taken([...above, [...KEYS, ...below], [schoolCode(1), '2019', 200, ...below.map(() => 2)]]);
  return columns.slice(-below.length);
}

describe('doubtful workbooks', () => {
  before(async () => {
    await world.start();
    await putRegions(await world.as('admin'));
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2]) await putSchool(reporter, schoolCode(n), school());
  });
  after(() => world.stop());

  it('a title of primary and junior schools names no stage', async () => {
    const rows = (title) => [[title], ['学校标识码', '学年', '在校生数'], [schoolCode(1), '2019', 200]];
    for (const title of ['某县中小学基本情况统计表', '小学、初级中学基本情况', '小学初中基本情况']) {
      assert.deepEqual((await taken(rows(title))).settle, ['/sheets/甲/columns/C ambiguous'], title);
      assert.deepEqual(errors(await send(bookOf({ 甲: rows(title) }))), ['甲!C2 ambiguous'], title);
    }
    assert.deepEqual((await taken(rows('统计表'), { name: '中小学' })).settle, ['/sheets/中小学/columns/C ambiguous']);
    assert.deepEqual((await taken(rows('初级中学基本情况'))).columns[2], ['junior.students', undefined]);
  });

  it('what is below 生均, 上年, 占比 … is no total of the school', async () => {
    const unknown = [null, 'unknown_column'];
    assert.deepEqual(await headings(['生均', '教学及辅助用房面积(㎡)'], ['每百名学生拥有', '县级以上骨干教师数'], ['上学年', '小学班数'], ['比上年增减', '小学专任教师'],
      ['占比(%)', '高于规定学历'], ['附设幼儿班', '班数'], ['平均', '教学仪器设备资产值(元)']), Array(7).fill(unknown));
    assert.deepEqual(await headings(['小学', '班数'], ['办学条件', '运动场地面积(㎡)'], ['专任教师', '小学'], ['生均', '班数']),
      [['primary.classes', undefined], ['site.sports_ground_area', undefined], ['primary.teachers', undefined], unknown]);
    // which the words are that are a part of the name
    assert.deepEqual(await headings(['上年', '公用经费拨款(元)'], ['上年', '公用经费预算(元)']), [['site.public_funds', undefined], unknown]);
  });

  it('a unit above counts for what is below, and one that figures are not read in is asked about', async () => {
    const unit = [null, 'unknown_unit'];
    assert.deepEqual(await headings('运动场地面积(亩)', '教学及辅助用房面积（公顷）', '教学仪器设备资产值(亿元)', '小学专任教师(万人)'), Array(4).fill(unit));
    assert.deepEqual(await headings(['占地面积(亩)', '运动场地'], ['校舍(元)', '教学及辅助用房']), [unit, unit]);
    const rows = [[null, null, null, '校舍(万平方米)'], [...KEYS, '教学及辅助用房面积'], [schoolCode(1), '2019', 200, 0.3]];
    assert.deepEqual(counts(await send(bookOf({ 甲: rows }))), ['done', 1, 1, 0, 0, 0]);
    assert.deepEqual((await reporter.get(`/v1/reports/2019/${schoolCode(1)}`)).json.site, { teaching_area: 3000 });
    const titled = (title) => taken([[title], [...KEYS, '教学及辅助用房面积', '运动场地面积(㎡)', '网络多媒体教室'], [schoolCode(1), '2018', 200, 3, 3, 3]]);
    assert.deepEqual((await titled('单位:人、亩')).settle, ['/sheets/甲/columns/D unknown_unit']);
    assert.deepEqual((await titled('面积单位:平方米、亩')).settle, ['/sheets/甲/columns/D unit_missing']);
    assert.deepEqual((await titled('单位:人、平方米')).settle, []);
    const below = await taken([[...KEYS, '教学仪器设备资产值'], [null, null, '(人)', '（万元）'], [schoolCode(1), '2018', 200, 96.5]]);
    assert.deepEqual([below.columns[3], below.settle], [['site.equipment_value', undefined], []]);
  });

  it('units without brackets, in others, with a blank, or in a note above the table are units all the same', async () => {
    const site = async (rows, period) => {
      const job = await send(bookOf({ 甲: rows }));
      assert.deepEqual([counts(job), job.errors], [['done', 1, 1, 0, 0, 0], []]);
      return (await reporter.get(`/v1/reports/${period}/${schoolCode(1)}`)).json.site;
    };
    assert.deepEqual(await site([[...KEYS, '教学及辅助用房面积/㎡', '运动场地面积[平方米]', '教学仪器设备资产值(万 元)', '教师培训经费\n单位:万元'],
      [schoolCode(1), '2011', 200, 3000.5, 400, 96.5, 1.25]], '2011'),
    { teaching_area: 3000.5, sports_ground_area: 400, equipment_value: 965000, training_budget: 12500 });
    // of columns that name none, beside a school's name that is no heading; which one names is its own
    assert.deepEqual(await site([['填报单位:某某小学', null, null, null, null, '单位:人、万平方米、万元'],
      [...KEYS, '教学及辅助用房面积', '教学仪器设备资产值', '教师培训经费(元)', '小学班数'], [schoolCode(1), '2012', 200, 0.3, 96.5, 80, 5]], '2012'),
    { teaching_area: 3000, equipment_value: 965000, training_budget: 80 });
    const titled = (title, ...more) => taken([[title], [...KEYS, '教学仪器设备资产值', ...more], [schoolCode(1), '2012', 200, 3, ...more.map(() => 2)]]);
    assert.deepEqual((await titled('单位:元、万元')).settle, ['/sheets/甲/columns/D unit_missing']);
    assert.deepEqual((await titled('单位:元/人')).settle, ['/sheets/甲/columns/D unit_missing']);
    assert.deepEqual((await titled('单位:元、平方米', '音乐专用教室')).settle, ['/sheets/甲/columns/E unit_missing']);
    // a field that a person gives a column is in the note's unit, too
    const job = await send(bookOf({ 甲: [['单位:万元'], [...KEYS, '设备总额', '小学班数'], [schoolCode(1), '2010', 200, 96.5, 5]] }), { query: '?preview=true', status: [201] });
    const done = await importEnd(reporter, (await reporter.post(`/v1/imports/${job.id}/commit`, { sheets: { 甲: { columns: { D: 'site.equipment_value' } } } })).json);
    assert.equal(done.state, 'done');
    assert.deepEqual((await reporter.get(`/v1/reports/2010/${schoolCode(1)}`)).json.site, { equipment_value: 965000 });
  });

  it('rows that are no school\'s are left out, and no row of a school', async () => {
    const head = ['学校名称', ...KEYS, '小学班数', '网络多媒体教室'];
    const row = ['某校', schoolCode(1), '2009', 200, 5, 6];
    const others = { totals: [['合计（1所）', null, null, 200, 5, 6], ['共计', '1所', null, 200, 5, 6], [null, '小计(所)', null, 200, 5, 6]],
      signed: [['填表人:张三', null, null, '审核人：李四', null, '2025年9月1日'], ['单位负责人:', null, null, '王五', '报出日期:', new Date('2025-09-01')], [null, null, null, '注:本表为虚构']] };
    for (const [name, more] of Object.entries(others)) assert.deepEqual(counts(await send(bookOf({ 甲: [head, row, ...more] }), { query: '?dry_run=true' })), ['done', 1, 1, 0, 0, 0], name);
    for (const numbers of [['甲', '乙', '丙', 1, 2, '3=1+2'], ['A', 'B', 'C', 1, 2, 3]]) {
      assert.deepEqual(counts(await send(bookOf({ 甲: [head, numbers, row] }), { query: '?dry_run=true' })), ['done', 1, 1, 0, 0, 0], numbers.join());
    }
    // of a mistyped code, without one, and with a figure beside a remark
    for (const wrong of [['某校合计', schoolCode(2).slice(1), '2009', 200, 5, 6], ['某校:本部', null, '2009', 200, 5, 6], ['注:某校', null, '2009', 200, null, '6 ']]) {
      assert.deepEqual(errors(await send(bookOf({ 甲: [head, row, wrong] }), { query: '?dry_run=true' })), [`甲!B3 ${wrong[1] ? 'bad_format' : 'required'}`]);
    }
  });

  it('a row of another stage than its sheet is refused where its figures are', async () => {
    const rows = [['学校标识码', '学年', '学段', '在校生数', '班数'], [schoolCode(1), '2009', '小学', 200, 5], [schoolCode(2), '2009', '初中', 300, 6]];
    const job = await send(bookOf({ 小学: rows }), { query: '?dry_run=true' });
    assert.deepEqual(errors(job), ['小学!D3 differs']);
    assert.match(job.errors[0].detail, /此行的学段是初中,此列按小学读.* \/ .*sheets of their own/);
    // which the heading itself says is the heading's
    [rows[0][3], rows[0][4]] = ['小学在校生数', '小学班数'];
    rows.pop();
    rows[1][2] = '初中';
    assert.equal((await send(bookOf({ 小学: rows }), { query: '?dry_run=true' })).state, 'done');
  });

  it('what is invisible says nothing, a stage may stand behind the figure, and rooms below one another', async () => {
    const rows = [['学校标识码\u200b', '学年', '在校生数(小学)', '班数-小学\ufeff', '音乐专用教室各间面积(㎡)', '教学及辅助用房面积㎡', '美术专用教室各间面积'],
      [`${schoolCode(1)}\u200b`, '2008-2009 学年', '\u2009200\u200e', '5', '96\n90.5', '\u200b', '2间']];
    const wrong = await send(bookOf({ 甲: rows }));
    assert.deepEqual([errors(wrong), /如 96;90\.5 \/ /.test(wrong.errors[0].detail)], [['甲!G2 wrong_type'], true]);
    rows[1][6] = null;
    assert.deepEqual(counts(await send(bookOf({ 甲: rows }))), ['done', 1, 1, 0, 0, 0]);
    const { stages, site } = (await reporter.get(`/v1/reports/2008/${schoolCode(1)}`)).json;
    assert.deepEqual([stages, site], [{ primary: { students: 200, classes: 5 } }, { music_rooms: [96, 90.5] }]);
  });

  it('a number that its format shows scaled down is not taken for what is shown', async () => {
    const book = bookOf({ 甲: [[...KEYS, '教学仪器设备资产值(万元)', '教师培训经费(元)'], [schoolCode(1), '2007', 200, 965000, 12345]] });
    book.getWorksheet('甲').getCell('E2').numFmt = '#,##0.00_ ;[Red]\\-#,##0.00\\ ';
    for (const format of ['0!.0,"万"', '0\\.0,', '#,##0,', '[>=10000]0\\.0,"万";0']) {
      book.getWorksheet('甲').getCell('D2').numFmt = format;
      const job = await send(book);
      assert.deepEqual(errors(job), ['甲!D2 scaled'], format);
      assert.match(job.errors[0].detail, /所存为 965000.* \/ .*it holds 965000/);
    }
  });

  it('rooms without a word of their areas may be a number of rooms', async () => {
    const area = (list) => [`site.${list}_rooms`, undefined];
    const missing = [null, 'unit_missing'];
    assert.deepEqual(await headings('音乐专用教室', '美术专用教室'), [missing, missing]);
    assert.deepEqual(await headings(['专用教室', '音乐专用教室'], ['专用教室(间)', '美术专用教室']), [missing, [null, 'unknown_unit']]);
    assert.deepEqual(await headings('音乐专用教室各间面积', '美术专用教室(㎡)'), [area('music'), area('art')]);
    assert.deepEqual(await headings(['专用教室面积', '音乐专用教室'], ['专用教室(平方米)', '美术专用教室']), [area('music'), area('art')]);
    const book = () => bookOf({ 甲: [[...KEYS, '音乐专用教室'], [schoolCode(1), '2017', 200, 2]] });
    const failed = await send(book());
    assert.deepEqual([errors(failed), failed.errors[0].detail.includes('㎡')], [['甲!D1 unit_missing'], true]);
    for (const [choice, site] of [[null, undefined], ['site.music_rooms', { music_rooms: [2] }], [{ field: 'site.music_rooms', unit: '㎡' }, { music_rooms: [2] }]]) {
      const job = await send(book(), { query: '?preview=true', status: [201] });
      const done = await importEnd(reporter, (await reporter.post(`/v1/imports/${job.id}/commit`, { sheets: { 甲: { columns: { D: choice } } } })).json);
      assert.equal(done.state, 'done');
      assert.deepEqual((await reporter.get(`/v1/reports/2017/${schoolCode(1)}`)).json.site, site);
    }
  });

  it('a title that names two school years, or another than is given, is asked about', async () => {
    const rows = (title) => [[title], ['学校标识码', '小学在校生数'], [schoolCode(1), 200]];
    const told = async (title, query) => (await send(bookOf({ 甲: rows(title) }), { query })).errors.map((e) => `${e.pointer} ${e.code} ${e.detail.match(/20\d\d/g)}`);
    assert.deepEqual(await told('2014学年、2015学年对比表', ''), ['甲!A2 ambiguous 2014,2015,2014,2015']);
    assert.deepEqual(await told('2014—2015学年统计表', '?period=2015'), ['甲!A2 differs 2014,2015,2014,2015']);
    // one over a group of headings, and years that are no numbers of columns
    const grouped = [['学校标识码', '2014学年', null], [null, '小学', null], [null, '在校生数', '班数'], [schoolCode(1), 200, 5]];
    const group = bookOf({ 甲: grouped });
    for (const range of ['A1:A3', 'B1:C1', 'B2:C2']) group.getWorksheet('甲').mergeCells(range);
    assert.deepEqual(errors(await send(group, { query: '?period=2015&dry_run=true' })), ['甲!A3 differs']);
    assert.equal((await send(group, { query: '?dry_run=true' })).state, 'done');
    const years = bookOf({ 甲: [['学校标识码', '小学在校生数', '小学班数'], [null, '2014', '2015'], [schoolCode(1), 100, 200]] });
    assert.deepEqual(errors(await send(years, { query: '?period=2015&dry_run=true' })), ['甲!A2 required']);
    const two = await taken([['2013学年'], ['2014学年'], ...rows('统计表').slice(1)]);
    assert.deepEqual([two.period, two.settle], [null, ['/period ambiguous']]);
    assert.equal((await reporter.get(`/v1/reports/2014/${schoolCode(1)}`)).status, 404);
    const job = await send(bookOf({ 甲: rows('2014 - 2015 学年') }), { query: '?preview=true&period=2013', status: [201] });
    assert.deepEqual(job.mapping.to_settle.map((p) => `${p.pointer} ${p.code}`), ['/period differs']);
    assert.equal((await reporter.post(`/v1/imports/${job.id}/commit`)).status, 422);
    // who has seen it decides
    const done = await importEnd(reporter, (await reporter.post(`/v1/imports/${job.id}/commit`, { period: '2013' })).json);
    assert.deepEqual(counts(done), ['done', 1, 1, 0, 0, 0]);
    assert.equal((await reporter.get(`/v1/reports/2013/${schoolCode(1)}`)).status, 200);
    assert.equal((await send(bookOf({ 甲: rows('2014、2015学年') }), { query: '?period=2015' })).state, 'done');
    assert.equal((await send(bookOf({ 甲: rows('2014 - 2015 学年') }))).state, 'done');
    assert.deepEqual((await Promise.all(['2014', '2015'].map((p) => reporter.get(`/v1/reports/${p}/${schoolCode(1)}`)))).map((a) => a.status), [200, 200]);
  });
});
