// SPDX-License-Identifier: Apache-2.0
// Nothing of a file is left out untold: what is taken for no row, what spoils another, what breaks off; and a
// mistake is told as what it is, in both languages.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { COUNTY, PERIOD, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { bookOf, bytesOf, counts, errors, sendImport } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('import_told', { monitors: 0 });
let reporter;

const sendBook = async (sheets, query = '') => sendImport(reporter, await bytesOf(bookOf(sheets)), { query: `?period=${PERIOD}${query}` });
const sendText = (body, type = 'text/csv', query = '') => sendImport(reporter, body, { type, query });
const NDJSON = 'application/x-ndjson';
const CSV = 'school,period,primary.students\r\n';
const reportOf = async (n, period = PERIOD) => (await reporter.get(`/v1/reports/${period}/${schoolCode(n)}`)).json;

describe('what a file says', () => {
  before(async () => {
    await world.start({ monitor: false });
    await putRegions(await world.as('admin'));
    reporter = await world.as('reporter', '34');
    for (const n of [1, 2, 3, 4]) await putSchool(reporter, schoolCode(n), school());
  });
  after(() => world.stop());

  const HEAD = ['序号', '学校标识码', '学校名称', '小学在校生数', '教学及辅助用房面积(平方米)', '备注'];

  it('a school is no total, whatever its name or a remark says', async () => {
    const rows = [HEAD, [1, schoolCode(1), '第1小学', 5, 100], [2, '213400000Z', '第二小学', 600, 100, '两校区合计'],
      [3, null, '合计镇中心小学', 600, 100], [4, null, '第4小学', 6, 100, '合计'], [5, '213400000', '小计', 6, 100]];
    const job = await sendBook({ S: rows });
    assert.deepEqual(errors(job), ['S!B3 bad_format', 'S!B4 required', 'S!B5 required', 'S!B6 bad_format']);
    assert.deepEqual([job.state, job.rows, job.rejected], ['failed', 5, 4]);
    const partial = await sendBook({ S: rows }, '&mode=partial');
    assert.deepEqual(counts(partial), ['done', 5, 1, 0, 0, 4]);
  });

  it('totals are left out, wherever before the figures they say so', async () => {
    const rows = [HEAD, [1, schoolCode(1), '第1小学', 5, 100]];
    for (const words of ['合计', '小 计', '全县合计', '鸠江区合计', '小学小计', '总计:', '(合计)'])
      rows.push([words, null, null, 900, 100], [null, words, null, 900, 100], [7, null, words, 900, 100, '已核'], [words, '—', '/', 900, 100]);
    const job = await sendBook({ S: rows });
    assert.deepEqual([job.errors, job.state, job.rows], [[], 'done', 1]);
  });

  it('a school twice in a sheet: the first is written and the second told, with one sheet or with several', async () => {
    const primary = [['学校标识码', '小学在校生数', '小学专任教师数'], [schoolCode(2), 480, 30], [schoolCode(3), 100, 9], [schoolCode(2), 481, 30]];
    const site = [['学校标识码', '教学及辅助用房(平方米)', '运动场地(㎡)'], [schoolCode(2), 3000, 4000], [schoolCode(3), 10, 10]];
    for (const [period, sheets, more] of [['2021', { 小学: primary }, undefined], ['2022', { 小学: primary, 校舍: site }, { teaching_area: 3000, sports_ground_area: 4000 }]]) {
      const job = await sendImport(reporter, await bytesOf(bookOf(sheets)), { query: `?period=${period}&mode=partial` });
      assert.deepEqual([counts(job), errors(job)], [['done', 3, 2, 0, 0, 1], ['小学!A4 duplicate_report']]);
      const { stages, site: told } = await reportOf(2, period);
      assert.deepEqual([stages, told], [{ primary: { students: 480, teachers: 30 } }, more]);
    }
  });

  it('a row that was refused leaves its school to the next, with one sheet or with several', async () => {
    const primary = [['学校标识码', '小学在校生数', '小学专任教师数'], [schoolCode(2), -480, 30], [schoolCode(2), 482, 30]];
    const site = [['学校标识码', '教学及辅助用房(平方米)'], [schoolCode(2), 3000], [schoolCode(3), 'x']];
    for (const [period, sheets, rejected, ...more] of [['2019', { 小学: primary }, 1], ['2020', { 小学: primary, 校舍: site }, 2, '校舍!B3 wrong_type']]) {
      const job = await sendImport(reporter, await bytesOf(bookOf(sheets)), { query: `?period=${period}&mode=partial` });
      assert.deepEqual([errors(job), counts(job)], [['小学!A2 duplicate_report', '小学!B2 negative', ...more], ['done', 1 + rejected, 1, 0, 0, rejected]]);
      assert.equal((await reportOf(2, period)).stages.primary.students, 482);
    }
  });

  it('a mistake of a county\'s item hides none of an item whose name it begins with', async () => {
    const rows = [['字段', '填报值'], ['county', COUNTY], ['period', PERIOD], ['X2.value', { error: '#REF!' }], ['X.value', 1]];
    const told = errors(await sendBook({ 县: rows }));
    assert.ok(told.includes('县!B4 cell_error'), told.join());
    assert.ok(told.some((t) => t.startsWith('县!B5 ')), told.join());
  });

  it('a text of GB18030 that breaks off within a character is no value', async () => {
    const rows = `${CSV}${schoolCode(1)},2018,100\r\n${schoolCode(2)},2018,12`;
    for (const tail of [[0x81], [0x81, 0x30, 0x81]]) {
      const job = await sendText(Buffer.concat([Buffer.from(rows), Buffer.from(tail)]), 'text/csv', '?mode=partial');
      assert.deepEqual(job.errors.map((e) => [e.row, e.column, e.code]), [[3, 'primary.students', 'wrong_type']]);
      assert.equal(job.rejected, 1);
      assert.equal((await reporter.get(`/v1/reports/2018/${schoolCode(2)}`)).status, 404);
    }
  });

  it('a row without an end is told as one, not as a quote', async () => {
    const long = await sendText(`${CSV}${'x'.repeat(1200000)},2016,5\r\n${schoolCode(1)},2016,5\r\n`);
    assert.equal(long.state, 'failed');
    assert.match(long.failure, /第 1 行之后 1048576 字节内没有行尾.* \/ .*no row ends within 1048576 bytes: a quote or a line break is missing/);
    const quote = await sendText(`${CSV}${schoolCode(1)},2016,"5\r\n${schoolCode(2)},2016,5\r\n`);
    assert.match(quote.failure, /引号没有闭合 \/ a quote behind row 1 is never closed/);
  });

  it('a number with an exponent is told what would be right, for its digits may be gone', async () => {
    const columns = `${CSV.trimEnd()},site.teaching_area,site.music_rooms\r\n`;
    const job = await sendText(`${columns}${schoolCode(1)},2014,1E+3,1.2345678E7,9;1e1\r\n${schoolCode(2)},2014,5,-1.2e+03,1E\r\n`);
    assert.deepEqual(job.errors.map((e) => `${e.row} ${e.column} ${e.code}`), ['2 primary.students not_integer', '2 site.teaching_area wrong_type', '2 site.music_rooms wrong_type',
      '3 site.teaching_area wrong_type', '3 site.music_rooms wrong_type']);
    assert.deepEqual(job.errors.map((e) => /指数|科学计数法/.test(e.detail) && /exponent/.test(e.detail)), [true, true, true, true, false]);
  });

  it('what is no JSON is told in both languages, with what would be right', async () => {
    const put = async (body) => (await reporter.request('PUT', `/v1/reports/${PERIOD}/${schoolCode(1)}`, { body, type: 'application/json' })).json.detail;
    assert.match(await put('{"stages":{}'), /没有写完.* \/ .*ends too early/);
    assert.match(await put('{"stages":{"primary":{"students":1,}}}'), /^第 \d+ 个字符 '}':须为双引号内的字段名.* \/ character \d+: must be a name in double quotes/);
    const rows = ['nonsense', `{“type”:1}`, `{"type":"report" "period":1}`, JSON.stringify({ type: 'report', period: '2015', school: schoolCode(1), ...report() })];
    const job = await sendText(`${rows.join('\n')}\n`, NDJSON, '?mode=partial');
    assert.deepEqual(job.errors.map((e) => [e.row, e.code]), [1, 2, 3].map((row) => [row, 'malformed']));
    for (const [i, words] of ['须以 { 开始 / character', '须为双引号内的字段名', '须为逗号或 } / character'].entries()) {
      assert.ok(job.errors[i].detail.includes(words), job.errors[i].detail);
      assert.doesNotMatch(job.errors[i].detail.split(' / ')[0], /expected|near|token/);
    }
  });
});
