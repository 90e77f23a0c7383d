// SPDX-License-Identifier: Apache-2.0
// The intake page in a real browser: a key, a file, its parts, what became of it; also while the API is away.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Browser, accessible, picture } from '../lib/browser.mjs';
import { hold, waiting } from '../lib/database.mjs';
import { waitFor } from '../lib/env.mjs';
import { COUNTY, putRegions, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { bookOf, bytesOf, statistics } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const PART = 16384;
const world = new World('intake', { monitors: 0, env: { JUNHENG_IMPORT_BODY_MAX: String(PART) } });
const browser = new Browser();
let admin;
let key;
let reporter;

const url = () => `http://127.0.0.1:${world.apis[0].port}/intake`;
const textOf = (lines) => lines.map((l) => `${JSON.stringify(l)}\n`).join('');
const csvOf = (rows) => [['school,period,primary.students,site.teaching_area'], ...rows].map((r) => r.join(',')).join('\r\n') + '\r\n';
const visible = (page, text) => page.getByText(text).filter({ visible: true }).first().waitFor();

function file(name, content) {
  const at = path.join(world.dir, name);
  fs.writeFileSync(at, content);
  return at;
}

async function opened({ token = reporter, ...options } = {}) {
  const page = await browser.open(url(), options);
  await page.fill('#key', token);
  await page.click('#key-form button');
  await page.waitForSelector('#work:visible');
  return page;
}

async function choose(page, at) {
  await page.setInputFiles('#file', at);
  await page.waitForSelector('#start:enabled');
}

async function start(page, at) {
  await choose(page, at);
  await page.click('#start');
}

const lastJob = async () => (await world.sql('SELECT id, state, parts, mode FROM (SELECT *, CASE WHEN atomic THEN $$atomic$$ ELSE $$partial$$ END AS mode FROM import_job) j ORDER BY id DESC LIMIT 1'))[0];
const jobs = async () => Number((await world.sql('SELECT count(*) FROM import_job'))[0][0]);
const students = async (code, period) => (await admin.get(`/v1/reports/${period}/${code}`)).json.stages?.primary.students;

describe('intake page', () => {
  before(async () => {
    await world.start({ monitor: false });
    key = await world.key('admin');
    admin = world.client(key);
    reporter = await world.key('reporter', COUNTY);
    await putRegions(admin);
    for (const n of [1, 2, 3]) await putSchool(admin, schoolCode(n), school(COUNTY, { name: `第${n}小学` }));
    // where an upload can be held up: at its fifth part
    await world.sql(`CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(4242); RETURN NEW; END';
      CREATE TRIGGER held BEFORE INSERT ON import_part FOR EACH ROW WHEN (NEW.n = 5) EXECUTE FUNCTION held();`);
    await browser.start();
  });
  after(async () => {
    await browser.stop();
    await world.stop();
  });

  it('consists of files of our own, with a policy, and of nothing else', async () => {
    const open = world.client(undefined);
    const page = await open.get('/intake');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self';/);
    assert.match(page.headers['content-type'], /^text\/html; charset=utf-8/);
    assert.doesNotMatch(page.text, /https?:\/\/|<script>|style=|\son\w+=/);
    for (const name of page.text.match(/intake\/[\w.]+/g)) assert.equal((await open.get(`/${name}`)).status, 200);
    const script = await open.get('/intake/intake_view.mjs');
    assert.match(script.headers['content-type'], /^text\/javascript/);
    assert.equal((await open.get('/intake/intake_view.mjs', { headers: { 'If-None-Match': script.headers.etag } })).status, 304);
    for (const name of ['intake.html', 'nothing.mjs', 'openapi.json']) assert.equal((await open.get(`/intake/${name}`)).status, 404);
  });

  it('takes a key that is valid, and keeps it in the tab only', async () => {
    const page = await browser.open(url(), { complaints: /401/ });
    await page.fill('#key', `jh_${'A'.repeat(43)}`);
    await page.click('#key-form button');
    await visible(page, /缺少有效的密钥|密钥无效/);
    assert.ok(await page.isHidden('#work'));
    await page.fill('#key', reporter);
    await page.click('#key-form button');
    await page.waitForSelector('#work:visible');
    assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
    await page.reload();
    await page.waitForSelector('#work:visible');
    await page.click('#key-forget');
    await page.reload();
    await page.waitForSelector('#key-form:visible');
    assert.ok(await page.isHidden('#work'));
    assert.equal(await page.evaluate(() => sessionStorage.getItem('intake.key')), null);
    await browser.end(page);
  });

  for (const phone of [false, true]) {
    it(`shows the first mistakes of a file, and gives all of them back${phone ? ', on a phone' : ''}`, async () => {
      const page = await opened({ phone });
      await accessible(page);
      const counts = await world.tableCounts();
      await start(page, file('wrong.csv', csvOf([[schoolCode(1), '2021', -4, 1.234], [schoolCode(2), '2021', 5, 100]])));
      await page.waitForSelector('#result:visible');
      await visible(page, '有行未通过校验');
      const rows = await page.$$eval('#result-errors tbody tr', (all) => all.map((tr) => [...tr.cells].map((td) => td.innerText.trim())));
      assert.deepEqual(rows.map((r) => [r[0], r[1], r[3]]), [['2', 'primary.students', 'negative'], ['2', 'site.teaching_area', 'too_many_decimals']]);
      assert.equal(rows[0][2], '不能为负数');
      assert.deepEqual(await world.tableCounts(), counts);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
      assert.equal(download.suggestedFilename(), 'errors.csv');
      assert.match(fs.readFileSync(await download.path(), 'utf8'), /^\ufeffrow,column,code,detail,.*\r\n2,primary\.students,negative,/);
      await page.click('#language');
      await visible(page, 'must not be negative');
      assert.equal(await page.getByText('不能为负数').filter({ visible: true }).count(), 0);
      await accessible(page);
      await page.click('#language');
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the screen');
      await picture(page, phone ? 'intake-phone' : 'intake');
      await browser.end(page);
    });
  }

  it('checks first, then imports; writes what is right when asked to', async () => {
    const page = await opened();
    await page.check('#dry');
    await start(page, file('right.csv', csvOf([[schoolCode(1), '2022', 41, 100]])));
    await visible(page, '检查通过,没有写入');
    assert.equal(await students(schoolCode(1), '2022'), undefined);
    await page.click('#for-real');
    await visible(page, '已完成');
    assert.equal(await students(schoolCode(1), '2022'), 41);
    await page.check('input[value=partial]');
    await start(page, file('partly.ndjson', textOf([{ type: 'report', period: '2022', school: schoolCode(2), ...report(300) },
      { type: 'report', period: '2022', school: schoolCode(77), ...report(300) }])));
    await visible(page, '部分写入');
    assert.equal(await students(schoolCode(2), '2022'), 300);
    await page.setInputFiles('#file', file('old.xls', 'x'));
    await visible(page, '请另存为 .xlsx');
    assert.ok(await page.isDisabled('#start'));
    await browser.end(page);
  });

  it('a file that is dropped', async () => {
    const page = await opened();
    const data = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
      return transfer;
    }, csvOf([[schoolCode(3), '2022', 43, 100]]));
    for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('#drop', type, { dataTransfer: data });
    await page.click('#start');
    await visible(page, '已完成');
    assert.equal(await students(schoolCode(3), '2022'), 43);
    await browser.end(page);
  });

  // A file of some 130 KB: eight parts and more.
  const large = (period, name) => {
    const codes = Array.from({ length: 200 }, (_, i) => schoolCode(1000 + i));
    return { period, codes, at: file(name, textOf([...codes.map((code) => ({ type: 'school', code, ...school() })),
      ...codes.map((code) => ({ type: 'report', period, school: code, ...report(400) }))])) };
  };
  const held = async () => {
    const release = await hold(world.url, 'SELECT pg_advisory_xact_lock(4242)');
    let released;
    const once = () => (released ??= release());
    world.closers.unshift(once);
    return once;
  };
  const allIn = async ({ period }) => assert.deepEqual(
    await world.sql(`SELECT count(*) FROM report WHERE period = '${period}' AND school >= '${schoolCode(1000)}'`), [['200']]);

  it('sends parts, and goes on when the API was away in the middle', async () => {
    const set = large('2018', 'large.ndjson');
    const page = await opened({ complaints: /413|503|ERR_/ });
    const count = await jobs();
    const release = await held();
    await start(page, set.at);
    await waiting(world.url);
    await world.apis[0].kill();
    await visible(page, '连接中断,正在重试');
    await release();
    await world.startApi();
    await visible(page, '已完成');
    await allIn(set);
    assert.equal(await jobs(), count + 1);
    assert.ok(Number((await lastJob())[2]) > 8);
    await browser.end(page);
  });

  it('goes on with the same file when the page was loaded again', async () => {
    const set = large('2019', 'again.ndjson');
    const page = await opened({ complaints: /413|503/ });
    const count = await jobs();
    const release = await held();
    await start(page, set.at);
    await waiting(world.url);
    await page.reload();
    await visible(page, '上次的上传没有完成');
    await release();
    const sent = [];
    page.on('request', (r) => r.method() === 'PUT' && sent.push(Number(r.url().split('/').at(-1))));
    await start(page, set.at);
    await visible(page, '已完成');
    await allIn(set);
    assert.equal(await jobs(), count + 1);
    assert.equal(Math.min(...sent), 5, `sent again: ${sent}`);
    await browser.end(page);
  });

  it('cancels', async () => {
    const set = large('2020', 'cancelled.ndjson');
    const page = await opened({ complaints: /413|503/ });
    const release = await held();
    await start(page, set.at);
    await waiting(world.url);
    await page.click('#cancel');
    await release();
    await visible(page, '已取消。');
    await waitFor('the job to be cancelled', async () => (await lastJob())[1] === 'cancelled');
    assert.ok(await page.isEnabled('#start'));
    await browser.end(page);
  });

  it('workbooks: what the columns are taken for, corrected, and imported', async () => {
    const page = await opened({ complaints: /422/ });
    const rows = [[1, schoolCode(1), '第1小学', COUNTY, 480, 12, 30, 3, null, null, 2160.5, 96.000001, 14, 9000]];
    await start(page, file('statistics.xlsx', await bytesOf(statistics(rows))));
    await page.waitForSelector('#mapping:visible');
    assert.equal(await page.inputValue('input[data-column=L][data-what=field]'), 'site.equipment_value');
    await visible(page, '小学 / 在校生数(人)');
    await accessible(page);
    await picture(page, 'intake-mapping');
    await page.click('#accept');
    await visible(page, '已完成');
    assert.equal((await admin.get(`/v1/reports/2025/${schoolCode(1)}`)).json.site.equipment_value, 960000.01);

    // two columns of one field: the office says which
    await page.fill('#period', '2023');
    await start(page, file('doubled.xlsx', await bytesOf(bookOf({ Sheet1: [['学校(机构)标识码', '小学在校生数', '小学在校生数'], [schoolCode(1), 61, 62]] }))));
    await page.waitForSelector('#mapping:visible');
    await page.click('#accept');
    await page.waitForSelector('#mapping-said .bad');
    assert.ok(await page.isVisible('#mapping'));
    await page.fill('input[data-column=B][data-what=field]', '');
    await page.fill('input[data-column=C][data-what=field]', 'primary.students');
    await page.click('#accept');
    await visible(page, '已完成');
    assert.equal(await students(schoolCode(1), '2023'), 62);

    // a mistake is named by its cell
    rows[0][4] = -7;
    await start(page, file('negative.xlsx', await bytesOf(statistics(rows))));
    await page.click('#accept');
    await visible(page, "'附表 1'!E7");
    await browser.end(page);
  });

  it('a unit that is emptied is not taken for none: the office says in what its figures are', async () => {
    const page = await opened();
    await start(page, file('yuan.xlsx', await bytesOf(bookOf({ 甲: [['学校标识码', '学年', '小学在校生数', '教学仪器设备资产值(万元)', '音乐专用教室(㎡)'],
      [schoolCode(2), '2016', 60, 600000, 96]] }))));
    await page.waitForSelector('#mapping:visible');
    const unit = page.getByLabel('甲 D: 单位 / unit');
    await unit.fill(' ');
    await page.click('#accept');
    await visible(page, '单位不能留空,请写明(不是万元的,写 元)');
    assert.match(await page.innerText('#mapping-said'), /^甲 D: /);
    assert.ok(await unit.evaluate((input) => input === document.activeElement));
    assert.equal((await admin.get(`/v1/reports/2016/${schoolCode(2)}`)).status, 404);
    await accessible(page);
    await unit.fill('元');
    // a column that is not read needs none
    await page.fill('input[data-column=E][data-what=field]', '');
    await page.getByLabel('甲 E: 单位 / unit').fill('');
    await page.click('#accept');
    await visible(page, '已完成');
    assert.deepEqual((await admin.get(`/v1/reports/2016/${schoolCode(2)}`)).json.site, { equipment_value: 600000 });
    await browser.end(page);
  });

  it('a sheet that is taken for nothing has its columns, too: the office says what they are', async () => {
    const page = await opened({ complaints: /422/ });
    await page.fill('#period', '2017');
    await start(page, file('unknown.xlsx', await bytesOf(bookOf({ 甲: [['学校名称', '代号', '学生总量', '备注'], ['第3小学', schoolCode(3), 63, '好']], 说明: [['请勿改动']] }))));
    await page.waitForSelector('#mapping:visible');
    await visible(page, '没有一张表的表头可以识别');
    assert.deepEqual(await page.$$eval('#mapping-sheets h3', (all) => all.map((h) => h.innerText)), ['甲: 不读', '说明: 不读']);
    assert.equal(await page.locator('#mapping-sheets table').count(), 1);
    await accessible(page);
    await page.click('#accept');
    await page.waitForSelector('#mapping-said .bad');
    await page.fill('input[data-column=B][data-what=field]', 'school');
    await page.fill('input[data-column=C][data-what=field]', 'primary.students');
    await page.click('#accept');
    await visible(page, '已完成');
    assert.equal(await students(schoolCode(3), '2017'), 63);
    await browser.end(page);
  });

  it('offers templates', async () => {
    const page = await opened({ complaints: /403/ });
    await page.fill('#county', COUNTY);
    await page.fill('#period', '2025');
    for (const name of ['school-reports', 'county-items']) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`[data-template=${name}]`)]);
      assert.equal(download.suggestedFilename(), `${name}.xlsx`);
      assert.equal(fs.readFileSync(await download.path()).subarray(0, 2).toString(), 'PK');
    }
    await page.fill('#county', '341023');
    await page.click('[data-template=school-reports]');
    await page.waitForSelector('#templates-said .bad');
    await browser.end(page);
  });
});
