// SPDX-License-Identifier: Apache-2.0
// Texts that a workbook takes for something else: "_x000D_" stands for a carriage return there, and is what somebody
// typed here. They go out as what they are, to a program that is not ours, and come back the same.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { thisYear } from '../lib/env.mjs';
import { COUNTY, PERIOD, R2_FAR, putCounty, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { readWorkbook } from '../lib/form.mjs';
import { XLSX } from '../lib/workbook.mjs';
import { World } from '../lib/world.mjs';

const world = new World('workbook_texts');
const NAME = '甲_x000D_小学';
const TEXT = '_x005F_ 与 _x0041_x0042_ 与 _x5B89_';
const YEAR = String(thisYear() + 1);
let admin;

const ok = (answer, status = 200) => {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
};
const bytesOf = async (path) => {
  const { status, bytes, text } = await admin.get(path);
  assert.equal(status, 200, text);
  return bytes;
};
// exceljs puts back what stands for something else in texts that cells share, and leaves it in those of a cell's own,
// which have it just so (ECMA-376, 18.4.12 t is ST_Xstring).
const plain = (text) => String(text).replace(/_x([0-9A-F]{4})_/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
// Whatever text any cell of any sheet has.
async function textsOf(path, { own = false } = {}) {
  const texts = new Set();
  const book = await readWorkbook(await bytesOf(path));
  for (const sheet of book.worksheets) sheet.eachRow((row) => row.eachCell((cell) => texts.add(own ? plain(cell.value) : cell.value)));
  return texts;
}
const has = (texts, ...wanted) => {
  for (const text of wanted) assert.ok(texts.has(text), `${text} is not among ${[...texts].filter((t) => /_x|\r/.test(t))}`);
};

describe('texts of workbooks', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin, [['34', '安徽省'], ['3402', '芜湖市'], [COUNTY, '乙_x000A_县']]);
    await putCounty(admin);
    await putSchool(admin, schoolCode(2), school(COUNTY, { name: NAME }));
    await world.status(COUNTY, PERIOD, await putReport(admin, PERIOD, schoolCode(2), report(200, { primary: { ...R2_FAR, largest_class: 46 } })));
  });
  after(() => world.stop());

  it('a plan comes back from its template as it is', async () => {
    const plan = `/v1/plans/${COUNTY}`;
    ok(await admin.put(plan, { tasks: [{ year: YEAR, text: TEXT, department: '_x000D_', responsible: '=1_x0041_' }], safeguards: [TEXT, '_x000D_'] }), 201);
    const template = `/v1/templates/plan.xlsx?county=${COUNTY}`;
    const body = await bytesOf(template);
    assert.deepEqual(ok(await admin.request('PUT', plan, { body, type: XLSX })), { county: COUNTY, version: 1, changed: false });
    has(await textsOf(template), TEXT, '_x000D_', '=1_x0041_', `乙_x000A_县创建规划表(县代码 ${COUNTY})`);
  });

  it('a school\'s name is that in the template and in the form, and the county\'s in their titles', async () => {
    has(await textsOf(`/v1/templates/school-reports.xlsx?county=${COUNTY}&period=${PERIOD}`), NAME, '乙_x000A_县学校填报表');
    has(await textsOf(`/v1/templates/county-items.xlsx?county=${COUNTY}`), '乙_x000A_县县级项目填报表');
    has(await textsOf(`/v1/counties/${COUNTY}/form.xlsx?period=${PERIOD}`, { own: true }), NAME, '乙_x000A_县');
  });

  it('the ledger tells the school and what people wrote', async () => {
    const [{ id }] = ok(await admin.get(`/v1/ledger?county=${COUNTY}&item=G5`)).items;
    ok(await admin.patch(`/v1/ledger/${id}`, { department: '_x000D_', notes: TEXT, evidence: [TEXT, '照片'] }));
    has(await textsOf(`/v1/ledger.xlsx?county=${COUNTY}`, { own: true }), `${NAME}:最大班额缺 1 人`, '乙_x000A_县', '_x000D_', TEXT, `${TEXT}\n照片`);
  });
});
