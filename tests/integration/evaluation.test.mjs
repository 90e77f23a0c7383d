// SPDX-License-Identifier: Apache-2.0
// The self-evaluation report: a page that needs nothing else and says what the figures say, and its PDF.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SaxesParser } from 'saxes';
import { run, waitFor } from '../lib/env.mjs';
import { countyItems, putCountyReport, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { COUNTY, PERIOD, importJiujiang } from '../lib/jiujiang.mjs';
import { World } from '../lib/world.mjs';

const OTHER = '340101';
const HOSTILE = `<script>alert("1")</script>&'小学`;
const world = new World('evaluation');
const bare = new World('evaluation_bare', { monitors: 0, env: { JUNHENG_PDF_COMMAND: 'no-such-program-of-junheng' } });
let admin;

const url = (type, county = COUNTY, more = `?period=${PERIOD}`) => `/v1/counties/${county}/report.${type}${more}`;
const page = async (...args) => {
  const answer = await admin.get(url('html', ...args));
  assert.equal(answer.status, 200, answer.text);
  return answer;
};

// Reads the page strictly: a tag that is not closed, or an entity that is none, throws. Returns all elements, and the
// text that a reader sees.
function parse(html) {
  const parser = new SaxesParser();
  const elements = [];
  let text = '';
  parser.on('error', (e) => { throw e; });
  parser.on('opentag', (node) => elements.push(node));
  parser.on('text', (t) => (text += `${t} `));
  parser.write(html.replace('<!DOCTYPE html>', '')).close();
  return { elements, text };
}

// Without the whole page in the message.
const says = (text, pattern) => assert.ok(pattern.test(text), `${pattern} is not there`);

async function pdfText(world_, bytes) {
  const file = path.join(world_.dir, 'report.pdf');
  fs.writeFileSync(file, bytes);
  const { stdout, status, stderr } = await run('pdftotext', ['-layout', file, '-']);
  assert.equal(status, 0, stderr);
  return stdout;
}

// A program in the world's folder, to stand in for the one that makes PDFs.
function program(name, script) {
  const file = path.join(world.dir, name);
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

async function restart(command) {
  const [api] = world.apis;
  await api.stop();
  api.env.JUNHENG_PDF_COMMAND = command;
  await world.startApi(api);
}

describe('the self-evaluation report', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await importJiujiang(world);
    await putCountyReport(admin, { county: COUNTY, period: PERIOD, items: countyItems({ V3: { confirmed: true, evidence: '通报' },
      G11: { eligible: 100, moved: 9, backbone_moved: 3 } }) });
    await admin.put(`/v1/regions/${OTHER}`, { name: '甲<乙>&"县' });
    await putSchool(admin, schoolCode(1), school(OTHER, { name: HOSTILE }));
    await putReport(admin, '2025', schoolCode(1), report(200, { primary: { teachers_backbone: 1 }, site: { teaching_area: 600 } }));
    await putSchool(admin, schoolCode(2), school(OTHER, { name: `${HOSTILE}未报` }));
  });
  after(() => world.stop());

  it('is well-formed, without scripts, and asks nobody for anything', async () => {
    for (const [county, more] of [[COUNTY, `?period=${PERIOD}`], [OTHER, '']]) {
      const { text: html, headers } = await page(county, more);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.match(headers['content-security-policy'], /^default-src 'none'; style-src 'unsafe-inline'/);
      const { elements } = parse(html);
      const names = new Set(elements.map((e) => e.name));
      for (const name of ['script', 'link', 'img', 'iframe', 'object', 'embed', 'form', 'base', 'a']) assert.ok(!names.has(name), name);
      for (const { attributes } of elements) {
        for (const name of Object.keys(attributes)) assert.doesNotMatch(name, /^(on|src|href|xlink|data|srcset|action)/i);
      }
      assert.ok(!/https?:|url\(|@import|<script/i.test(html));
      assert.ok(names.has('svg') && names.has('rect'), 'charts');
    }
  });

  it('says the verdict, what fails and by how much', async () => {
    const { elements, text } = parse((await page()).text);
    assert.ok(elements.some((e) => e.attributes.class === 'verdict not_met'));
    says(text, /小学R2 每百名学生拥有县级以上骨干教师数:校际差异系数\s+差异系数 0\.502,限值 0\.500,超出 0\.002/);
    says(text, /G11 .*\s+实际 9\.0%,要求 ≥ 10%,相差 1 个百分点/);
    says(text, /V3 .*\s+发生该情形/);
    says(text, /教督〔2017〕6号/);
    says(text, /national-2017 第 1 版/);
  });

  it('has the figures of the form, the schools that fall short, and what they lack', async () => {
    const { text } = parse((await page()).text);
    for (const figure of ['0.298', '0.502', '0.402', '0.288', '0.375', '0.313', '0.394', '0.368', '2496.67']) {
      assert.ok(text.includes(figure), figure);
    }
    const { json } = await admin.get(`/v1/counties/${COUNTY}/explain?item=schools.primary&period=${PERIOD}&limit=15`);
    const [worst] = json.items;
    const places = json.items.map((r) => text.indexOf(r.school));
    assert.ok(places.every((at, i) => at > (places[i - 1] ?? 0)), 'the worst first, all of them');
    const row = text.slice(places[0], places[1]);
    for (const { indicator, display } of worst.lacks) assert.ok(row.includes(`${indicator} ${display}`), indicator);
    for (const { by, indicator } of worst.lift) {
      const amount = ['R4', 'R5', 'R6'].includes(indicator) ? by.toFixed(2) : String(by);
      assert.ok(row.includes(`增加 ${amount}`), `${indicator} ${amount}`);
    }
    says(text, new RegExp(`另有 ${json.items.length + json.more - 15} 所未列出`));
  });

  it('names are text, whatever is in them; who did not report is named', async () => {
    const { text: html } = await page(OTHER, '');
    const { text } = parse(html);
    assert.ok(text.includes(HOSTILE));
    says(text, /应报未报的学校\(1 所\)/);
    assert.ok(text.includes(`${HOSTILE}未报`));
    assert.ok(text.includes('甲<乙>&"县'));
    says(text, /教学及辅助用房面积增加 165\.00 m²/);
  });

  it('earlier school years are there as they were judged', async () => {
    const again = parse((await page()).text).text;
    assert.ok(!/小学\s+2022/.test(again));
    await putReport(admin, '2024', schoolCode(1), report());
    const status = await waitFor('2024 judged', async () => {
      const { json } = await admin.get(`/v1/counties/${OTHER}/status?period=2024`);
      return json?.version > 0 && json;
    });
    const { text } = parse((await page(OTHER, '?period=2025')).text);
    const { cv } = status.resources.primary.indicators.R1.display;
    says(text, new RegExp(`小学\\s+2024\\s+${cv ?? ''}`));
    says(text, /小学\s+2025/);
  });

  it('as PDF: the same report on paper', async () => {
    const { status, headers, bytes, text } = await admin.get(url('pdf'));
    assert.equal(status, 200, text);
    assert.equal(headers['content-type'], 'application/pdf');
    assert.match(headers['content-disposition'], /^inline; filename="junheng-340207-2023-report\.pdf"/);
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
    const words = await pdfText(world, bytes);
    for (const word of ['鸠江区', '未达标', '0.502', '0.368']) assert.ok(words.includes(word), word);
    says(words, /^\s*1\s*\/\s*\d+\s*$/m); // the number of the page
  });

  it('hostile names on paper, too', async () => {
    const { status, bytes, text } = await admin.get(url('pdf', OTHER, ''));
    assert.equal(status, 200, text);
    says(await pdfText(world, bytes), /alert/);
  });

  it('access and periods', async () => {
    for (const type of ['html', 'pdf']) {
      assert.equal((await world.client().get(url(type))).status, 401);
      assert.equal((await (await world.as('reporter', OTHER)).get(url(type))).status, 403);
      assert.equal((await admin.get(url(type, COUNTY, '?period=2019'))).status, 404);
      assert.equal((await admin.get(url(type, COUNTY, '?period=19'))).status, 400);
    }
  });

  it('two at a time; a stop ends them', async () => {
    const marks = path.join(world.dir, 'running');
    await restart(program('slow', `echo $$ >>${marks}; cat >/dev/null; sleep 600 & wait`));
    const running = [1, 2].map(() => admin.get(url('pdf'), { check: false }));
    const pids = await waitFor('two programs', () => {
      const list = fs.readFileSync(marks, 'utf8').trim().split('\n');
      return list.length === 2 && list;
    });
    const third = await admin.get(url('pdf'));
    assert.equal(third.status, 503);
    assert.equal(third.json.type, '/problems/busy');
    await world.apis[0].stop();
    assert.deepEqual((await Promise.all(running)).map((a) => a.status), [503, 503]);
    for (const pid of pids) assert.ok(!fs.existsSync(`/proc/${pid}`), 'the program is gone');
    await world.startApi();
  });

  it('a program that fails, or makes something else, is our mistake', async () => {
    world.apis[0].expected.push(/report\.pdf/);
    for (const script of ['cat >/dev/null; echo broken font >&2; exit 3', 'exit 0', 'cat', 'echo no PDF; kill -9 $$']) {
      await restart(program('broken', script));
      const { status, json } = await admin.get(url('pdf'));
      assert.deepEqual([status, json.type], [500, '/problems/internal'], script);
      assert.equal((await admin.get(url('html'))).status, 200);
    }
    assert.ok(world.apis[0].lines.some((l) => /exit status 3: broken font/.test(l)), 'the log says why');
  });

  it('gets no setting of ours, and none of our files', async () => {
    const seen = path.join(world.dir, 'seen');
    await restart(program('nosy', `{ env; echo files; ls /proc/$$/fd; } >${seen}; cat >/dev/null; printf '%%PDF-1.7'`));
    assert.equal((await admin.get(url('pdf'))).status, 200);
    const text = fs.readFileSync(seen, 'utf8');
    assert.doesNotMatch(text, /JUNHENG|postgres(ql)?:/); // its folder may be in PATH
    const fds = text.split('files\n')[1].trim().split('\n').map(Number);
    assert.ok(fds.every((fd) => fd <= 2 || fd >= 10), `${fds}`); // a shell keeps its script at 10
  });
});

describe('where no program makes PDFs', () => {
  before(() => bare.start());
  after(() => bare.stop());

  it('says so, and the page is there', async () => {
    bare.apis[0].expected.push(/not-installed|report\.pdf/);
    const client = await bare.as('admin');
    await client.put(`/v1/regions/${OTHER}`, { name: '甲县' });
    await putSchool(client, schoolCode(1), school(OTHER));
    await putReport(client, '2025', schoolCode(1), report());
    const { status, json } = await client.get(url('pdf', OTHER, ''));
    assert.deepEqual([status, json.type], [501, '/problems/not-installed']);
    assert.match(json.title, /未安装生成 PDF 的程序/);
    assert.equal((await client.get(url('html', OTHER, ''))).status, 200);
  });
});
