// SPDX-License-Identifier: Apache-2.0
// A county's own report as a sheet, a row a figure: whose it is, what is left out, and in which order rows may stand.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTY, putRegions, putSchool, school, schoolCode } from '../lib/fixtures.mjs';
import { bookOf, bytesOf, counts, errors, sendImport, sheetOf, templateOf } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('workbook_county');
const THERE = '341023';
let reporter;

const send = (body) => sendImport(reporter, body);
const template = (form, query) => templateOf(reporter, form, query);
const countySheet = (rows) => bookOf({ 县: [['字段', '填报值'], ...rows] });

describe('county sheets', () => {
  before(async () => {
    await world.start();
    const admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '鸠江区'], ['3410', '黄山市'], [THERE, '黟县']]);
    reporter = await world.as('reporter', '34');
    await putSchool(reporter, schoolCode(1), school());
  });
  after(() => world.stop());

  it('a county\'s sheet is of one county and one period: no figure goes to another\'s report', async () => {
    const rows = [['county', COUNTY], ['period', '2019'], ['G7.value', 8000], ['county', THERE], ['G6.base_per_pupil', 900], ['period', '2018'], ['county', COUNTY]];
    const job = await send(await bytesOf(countySheet(rows)));
    assert.deepEqual([job.state, errors(job)], ['failed', ['县!B5 duplicate_key', '县!B7 duplicate_key', '县!B8 duplicate_key']]);
    assert.deepEqual(job.errors.map((e) => e.row).sort(), [5, 7, 8]);
    for (const [county, period] of [[COUNTY, '2019'], [THERE, '2018']]) {
      assert.equal((await reporter.get(`/v1/county-reports/${period}/${county}`)).status, 404);
    }
    // one that says nothing is none
    assert.equal((await send(await bytesOf(countySheet([...rows.slice(0, 3), ['county', ' '], ['period']])))).state, 'done');
  });

  it('a county\'s template that comes back as it went out changes nothing', async () => {
    const path = `/v1/county-reports/2019/${COUNTY}`;
    const before = (await reporter.get(path)).json;
    assert.deepEqual(before.items, { G7: { value: 8000 } });
    const book = await template('county-items', `?county=${COUNTY}&period=2019`);
    const none = await send(await bytesOf(book));
    assert.deepEqual([counts(none), none.errors], [['done', 0, 0, 0, 0, 0], []]);
    assert.deepEqual((await reporter.get(path)).json, before);
    assert.deepEqual(counts(await send(await bytesOf(await template('county-items')))), ['done', 0, 0, 0, 0, 0]);
    // beside schools that are filled in, it stands in nobody's way
    const schools = await template('school-reports', `?county=${COUNTY}&period=2019`);
    const [first] = schools.worksheets;
    first.getCell(5, first.getRow(4).values.indexOf('在校生数(人)')).value = 77;
    sheetOf(schools, '县', [['字段', '填报值'], ['county', COUNTY], ['period', '2019'], ['G7.value', '　']]);
    assert.deepEqual(counts(await send(await bytesOf(schools))), ['done', 1, 1, 0, 0, 0]);
    assert.deepEqual((await reporter.get(path)).json, before);
    assert.match(book.worksheets[1].getColumn(1).values.join('\n'), /一项都没填的表不读,原有数据不变.*changes nothing/);
    // one value is a report: the others are missing then
    assert.deepEqual(counts(await send(await bytesOf(countySheet([['county', COUNTY], ['period', '2019'], ['G7.value', 0]])))), ['done', 1, 0, 1, 0, 0]);
  });

  it('a value whose row names no field is told at its cell; who has signed below it is not', async () => {
    const rows = [['county', COUNTY], ['period', '2021'], ['G7.value\u200b', 8000], [null, 12], [' ', '是'], [null, null], [null, '张三', '填表人:']];
    const job = await send(await bytesOf(countySheet(rows)));
    assert.deepEqual(errors(job), ['县!B5 required', '县!B6 required']);
    assert.match(job.errors[0].detail, /“字段”为空.* \/ .*field/);
    rows.splice(3, 2);
    assert.deepEqual(counts(await send(await bytesOf(countySheet(rows)))), ['done', 1, 1, 0, 0, 0]);
    assert.deepEqual((await reporter.get(`/v1/county-reports/2021/${COUNTY}`)).json.items, { G7: { value: 8000 } });
  });

  it('rows of a county\'s sheet may stand in any order, those of a subject too; each mistake keeps its cell', async () => {
    const head = [['county', COUNTY], ['period', '2018']];
    const subjects = [{ subject: '语文', level: 'III', difference: 0.1 }, { subject: '数学', level: 'IV', difference: 0.149999 }];
    const q9 = (n, member) => [`Q9.${n}.${member}`, subjects[n - 1][member]];
    const members = Object.keys(subjects[0]);
    const byMember = members.flatMap((m) => [q9(1, m), q9(2, m)]);
    const done = await send(await bytesOf(countySheet([...head, ...byMember.slice(0, 3), ['G7.value', 8000], ...byMember.slice(3)])));
    assert.deepEqual([counts(done), done.errors], [['done', 1, 1, 0, 0, 0], []]);
    const { items } = (await reporter.get(`/v1/county-reports/2018/${COUNTY}`)).json;
    assert.deepEqual(items, { G7: { value: 8000 }, Q9: { subjects } });
    const bySubject = [1, 2].flatMap((n) => members.map((m) => q9(n, m)));
    assert.deepEqual(counts(await send(await bytesOf(countySheet([['G7.value', 8000], ...bySubject, ...head])))), ['done', 1, 0, 0, 1, 0]);
    // B4, B5 subjects, B6, B7 levels, B8, B9 differences
    const [mistaken, empty] = [structuredClone(byMember), structuredClone(byMember)];
    mistaken[2][1] = 'VII';
    mistaken[5][1] = '0.1%';
    const more = [['Q9.1.subject', '英语'], ['Q9.17.level', 'I'], ['Q9.18.level', 'I'], ['G7.value', 1], ['G7.value', 2], ['S1.groups', 'x'], ['S1.parents.valid', 1]];
    assert.deepEqual(errors(await send(await bytesOf(countySheet([...head, ...mistaken, ...more])))), ['县!B10 duplicate_key', '县!B11 unknown_field',
      '县!B12 unknown_field', '县!B14 duplicate_key', '县!B16 unknown_field', '县!B6 not_allowed', '县!B9 percent'].sort());
    // what is missing is missing where its cell is empty, above the others or below them
    empty[1][1] = null;
    empty[2][1] = null;
    assert.deepEqual(errors(await send(await bytesOf(countySheet([...head, ...empty])))), ['县!B5 required', '县!B6 required']);
  });

  it('a figure whose row has another unit is not taken for one in its own', async () => {
    const rows = [['字段', '填报值', '单位'], ['county', COUNTY], ['period', '2017'], ['G11.eligible', 300, '万人'], ['G11.moved', 40, '元'],
      ['G11.backbone_moved', 9, '名'], ['G6.base_per_pupil', 0.09, '亿元']];
    const job = await send(await bytesOf(bookOf({ 县: rows })));
    assert.deepEqual([job.state, errors(job)], ['failed', ['县!B4 unknown_unit', '县!B5 unknown_unit', '县!B7 unknown_unit']]);
    for (const [i, unit] of [[3, '人'], [4, ''], [6, '万元']]) rows[i][2] = unit;
    assert.deepEqual(counts(await send(await bytesOf(bookOf({ 县: rows })))), ['done', 1, 1, 0, 0, 0]);
    const { items } = (await reporter.get(`/v1/county-reports/2017/${COUNTY}`)).json;
    assert.deepEqual(items, { G6: { base_per_pupil: 900 }, G11: { eligible: 300, moved: 40, backbone_moved: 9 } });
  });
});
