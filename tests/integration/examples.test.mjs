// SPDX-License-Identifier: Apache-2.0
// What proto/openapi.yaml prints is what happens: each request example is sent as it stands there,
// and the refusals that are printed for imports are provoked, word for word.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020.js';
import ExcelJS from 'exceljs';
import { document, operations } from '../lib/contract.mjs';
import { answerExamples, headersOf, pathOf, requestExamples } from '../lib/examples.mjs';
import { COUNTY, PERIOD, putRegions, putReport, putSchool, report, school, schoolCode } from '../lib/fixtures.mjs';
import { waitFor } from '../lib/env.mjs';
import { World } from '../lib/world.mjs';

const world = new World('examples');
const examples = requestExamples();
const operation = (id) => operations.find((o) => o.id === id);
let admin;

const sendRaw = (client, { method, path, body, type, headers = {}, check }) =>
  client.request(method, path, { body, type, headers, check });

async function opened(type = 'text/csv') {
  const { status, json } = await admin.post('/v1/imports', '', { type });
  assert.equal(status, 201);
  return json.id;
}

// A statistics export whose columns F to H are named as only its office knows.
async function uncertain() {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Sheet1');
  sheet.addRow(['学校标识码', '学校名称', '小学班数', '小学专任教师', '初中在校生数', '本年人数', '附注', '仪器']);
  sheet.addRow([schoolCode(1), '某校', 6, 20, null, 240, '无', 30.5]);
  const { status, json, text } = await admin.request('POST', '/v1/imports?preview=true', {
    body: Buffer.from(await book.xlsx.writeBuffer()),
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' });
  assert.equal(status, 201, text);
  return json.id;
}

// An alert: the one school of a county has too few teachers of its own.
async function firing() {
  await putReport(admin, PERIOD, schoolCode(1), report(200, { primary: { teachers_backbone: 0 } }));
  return waitFor('an alert', async () => (await admin.get('/v1/alerts')).json.items.find((a) => ['firing', 'acknowledged'].includes(a.state))?.id);
}

// An entry of the ledger: of a county whose one school falls, and is corrected.
async function entry({ met }) {
  const url = async () => (await admin.get('/v1/ledger?item=G5')).json.items[0];
  const set = async (figures) => world.status(COUNTY, PERIOD, await putReport(admin, PERIOD, schoolCode(1), report(200, { primary: figures })));
  if (!(await url())) {
    await putSchool(admin, schoolCode(1), school());
    await set({ largest_class: 60 });
  }
  if (met) await set({});
  return { id: (await url()).id };
}

// What an operation needs to be there before its example: parameters that have none.
const prepare = {
  actOnAlert: async () => ({ id: await firing() }),
  commitImport: async () => ({ id: await uncertain() }),
  patchLedgerEntry: () => entry({ met: false }),
  confirmLedgerEntry: () => entry({ met: true }),
  reopenLedgerEntry: () => entry({ met: true }),
  putImportPart: async () => ({ id: await opened(), n: 1 }),
  postPublication: async () => {
    const version = await putReport(admin, PERIOD, schoolCode(1), report(300));
    await world.status(COUNTY, PERIOD, version);
  },
};

describe('examples of the contract', () => {
  before(async () => {
    await world.start();
    admin = await world.as('admin');
    await putRegions(admin);
  });
  after(() => world.stop());

  it('every operation that takes a body prints one', () => {
    const shown = new Set(examples.map((e) => e.operation.id));
    const takes = operations.filter((o) => o.node.requestBody).map((o) => o.id);
    assert.ok(takes.length > 8);
    assert.deepEqual(takes.filter((id) => !shown.has(id)), []);
  });

  it('all of JSON are of their schema', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    (addFormats.default ?? addFormats)(ajv);
    ajv.addSchema({ $id: 'https://junheng.invalid/x', ...document });
    const local = (schema) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"https://junheng.invalid/x#/'));
    const all = answerExamples();
    assert.ok(all.length > 50);
    for (const { operation: o, status, name, value, schema } of all) {
      const check = ajv.compile(local(schema));
      assert.ok(check(value), `${o.id} ${status} ${name}: ${ajv.errorsText(check.errors)}`);
      if (/^[45]\d\d$/.test(status)) assert.equal(value.status, Number(status), `${o.id} ${status} ${name}`);
    }
  });

  // In the order of the document, which is the one in which things can be made.
  for (const example of examples) {
    it(`${example.operation.id}, ${example.type}, ${example.name}`, async () => {
      const given = await prepare[example.operation.id]?.();
      const answer = await sendRaw(admin, { ...example, method: example.operation.method, path: example.path(given) });
      assert.ok(answer.status < 300, answer.text);
      if (example.operation.id === 'createImport' && answer.status === 200) {
        const wrong = example.name.startsWith('wrong');
        assert.equal(answer.json.state, wrong ? 'failed' : 'done', answer.text);
        assert.equal(answer.json.rejected > 0, wrong);
      }
    });
  }

  it('the refusals that all operations share are those that are answered', async () => {
    const county = await world.as('reporter', COUNTY);
    const url = `/v1/schools/${schoolCode(1)}`;
    const shared = {
      Unauthorized: await world.client().get(url),
      Forbidden: await county.get('/v1/regions/34'),
      TooLarge: await admin.put(url, ' '.repeat(70000)),
      MediaType: await admin.put(url, '{}', { type: 'text/plain' }),
      NotFound: await admin.get(`/v1/schools/${schoolCode(9)}`),
    };
    for (const [name, { json: { request_id: id, ...got }, headers }] of Object.entries(shared)) {
      const { request_id: _, ...expected } = document.components.responses[name].content['application/problem+json'].example;
      assert.deepEqual(got, expected, name);
      assert.equal(id, headers['x-request-id']);
    }
  });

  it('the refusals that imports print are those that are answered', async () => {
    await putSchool(admin, schoolCode(1), school());
    const create = operation('createImport');
    const part = operation('putImportPart');
    const partExample = examples.find((e) => e.operation.id === 'putImportPart');
    const id = await opened();
    const whole = await opened();
    const csv = 'text/csv';
    const digest = headersOf(part);
    const toPart = (n, more = {}, given = id) => ({ method: 'PUT', path: pathOf(part, { id: given, n }),
      type: 'application/octet-stream', body: partExample.body, headers: digest, ...more });
    const toCreate = (more) => ({ method: 'POST', path: pathOf(create), type: csv, body: '', ...more });
    const large = Buffer.alloc(2 * 1024 * 1024 + 1, 'x');
    const wrongDigest = { 'Content-Digest': `sha-256=:${'A'.repeat(43)}=:` };
    const to = (name, given) => ({ method: operation(name).method, path: pathOf(operation(name), { id: given, n: 1 }) });
    assert.equal((await sendRaw(admin, toPart(1, {}, whole))).status, 200);
    assert.equal((await sendRaw(admin, to('commitImport', whole))).json.state, 'done');
    assert.equal((await sendRaw(admin, toCreate({ headers: { 'Idempotency-Key': 'taken' } }))).status, 201);

    const provoked = {
      'createImport 400 mode': toCreate({ path: `${pathOf(create)}?mode=all` }),
      'createImport 400 key': toCreate({ headers: { 'Idempotency-Key': 'a b' } }),
      'createImport 413 large': toCreate({ body: large }),
      'createImport 415 coding': toCreate({ headers: { 'Content-Encoding': 'br' } }),
      'createImport 422 digest': toCreate({ body: 'x', headers: wrongDigest }),
      'createImport 422 key': toCreate({ body: 'x', headers: { 'Idempotency-Key': 'taken' } }),
      'getImport 404 unknown': to('getImport', 999999),
      'cancelImport 404 unknown': to('cancelImport', 999999),
      'cancelImport 409 ended': to('cancelImport', whole),
      'getImportErrors 409 going': to('getImportErrors', id),
      'putImportPart 400 number': toPart(1025),
      'putImportPart 400 digest': toPart(1, { headers: {} }),
      'putImportPart 404 unknown': toPart(1, {}, 999999),
      'putImportPart 409 closed': toPart(2, {}, whole),
      'putImportPart 413 large': toPart(1, { body: large }),
      'putImportPart 415 coding': toPart(1, { headers: { ...digest, 'Content-Encoding': 'br' } }),
      'putImportPart 422 digest': toPart(1, { headers: wrongDigest }),
      'putImportPart 422 empty': toPart(1, { body: '' }),
      'commitImport 404 unknown': to('commitImport', 999999),
      'commitImport 409 missing': to('commitImport', id),
      'commitImport 409 committed': to('commitImport', whole),
    };
    const printed = answerExamples().filter((e) => e.status >= '400' && !e.shared &&
      e.operation.node.tags.includes('imports') && e.name !== 'schema');
    const named = new Map(printed.map((e) => [`${e.operation.id} ${e.status} ${e.name}`, e.value]));
    for (const [name, request] of Object.entries(provoked)) {
      assert.ok(named.has(name), `${name} is not printed`);
      const { json, status } = await sendRaw(admin, request);
      const { request_id: theirs, ...got } = json;
      const { request_id: ours, ...expected } = named.get(name);
      assert.deepEqual(got, expected, name);
      assert.equal(status, expected.status);
      assert.ok(theirs && ours);
    }
    const unseen = ['createImport', 'getImport', 'cancelImport', 'putImportPart', 'commitImport', 'getImportErrors'];
    assert.deepEqual([...named.keys()].filter((n) => unseen.includes(n.split(' ')[0]) && !provoked[n]), []);
  });
});
