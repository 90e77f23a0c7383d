// SPDX-License-Identifier: Apache-2.0
// The contract itself: valid documents, the same as what the API serves and what it routes.
// (Every answer of every test is checked against it as well: see tests/lib/contract.mjs.)
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import addFormats from 'ajv-formats';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import YAML from 'yaml';
import { checkMessage, document, operations } from '../lib/contract.mjs';
import { BUILD, ROOT } from '../lib/env.mjs';
import { World } from '../lib/world.mjs';

const world = new World('contract', { monitors: 0 });
const read = (...parts) => fs.readFileSync(path.join(ROOT, ...parts), 'utf8');
const formats = addFormats.default ?? addFormats;

describe('contract', () => {
  before(() => world.start());
  after(() => world.stop());

  it('proto/openapi.yaml is valid OpenAPI 3.1', async () => {
    assert.match(document.openapi, /^3\.1\./);
    const done = await new Validator().validate(structuredClone(document));
    assert.ok(done.valid, JSON.stringify(done.errors, null, 1));
  });

  it('operations have an id of their own, a summary, and answers for what goes wrong', () => {
    const ids = operations.map((o) => o.id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, node, open } of operations) {
      assert.ok(id, 'operationId');
      assert.ok(node.summary, `${id}: summary`);
      if (!open) assert.ok(node.responses['401'] ?? node.responses['4XX'] ?? node.responses.default, `${id}: 401`);
    }
  });

  it('schemas of documents refuse unknown fields', () => {
    for (const { id, node } of operations) {
      for (const { schema } of Object.values(node.requestBody?.content ?? {})) {
        const name = schema.$ref?.split('/').at(-1);
        const found = name ? document.components.schemas[name] : schema;
        if (id.startsWith('patch') || schema.type === 'string') continue; // files are no documents
        assert.ok(found.additionalProperties === false || found.unevaluatedProperties === false,
          `${id}: ${name} allows anything`);
      }
    }
  });

  it('its examples are valid', () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats(ajv);
    ajv.addSchema({ $id: 'https://junheng.invalid/x', ...document });
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const check = ajv.compile({ $ref: `https://junheng.invalid/x#/components/schemas/${name}` });
      for (const example of [schema.example, ...(schema.examples ?? [])].filter((e) => e !== undefined)) {
        assert.ok(check(example), `${name}: ${ajv.errorsText(check.errors)}`);
      }
    }
  });

  it('/openapi.json is the same document', async () => {
    const { status, json, headers } = await world.client().get('/openapi.json');
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/(json|vnd\.oai\.openapi\+json)/);
    assert.deepEqual(json, document);
  });

  it('every route is in it, and it has no other', () => {
    const rows = [...read('services/api/routes.c').matchAll(
      /\{\s*"(GET|PUT|POST|PATCH|DELETE)",\s*"([^"]+)",\s*"([^"]+)"/g)];
    const routes = rows.map(([, method, template, id]) => `${method} ${template} ${id}`).sort();
    assert.ok(routes.length > 10, 'the table was found');
    assert.deepEqual(routes, operations.map((o) => `${o.method} ${o.template} ${o.id}`).sort());
  });

  it('proto/asyncapi.yaml is valid AsyncAPI 3', () => {
    const asyncapi = YAML.parse(read('proto/asyncapi.yaml'));
    assert.match(asyncapi.asyncapi, /^3\./);
    const rules = JSON.parse(read('tests/node_modules/@asyncapi/specs/schemas/3.0.0.json'));
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, meta: false,
      validateSchema: false }); // the rules carry draft 07 with them
    const check = ajv.compile(rules);
    assert.ok(check(asyncapi), ajv.errorsText(check.errors));
  });

  it('examples of messages are valid', () => {
    for (const file of fs.readdirSync(path.join(ROOT, 'proto/examples'))) {
      checkMessage(`${file.split('.')[0]}.v1`, JSON.parse(read('proto/examples', file)));
    }
  });

  it('schemas of messages are valid, and named by the bus', () => {
    for (const name of ['alert.v1', 'change.v1']) {
      const schema = JSON.parse(read(`proto/events/${name}.schema.json`));
      const ajv = new Ajv2020({ strict: true, allErrors: true });
      formats(ajv);
      ajv.compile(schema);
      // what is false is left out, as by services from before it
      const always = Object.keys(schema.properties).filter((k) => name !== 'change.v1' || k !== 'bulk');
      assert.deepEqual(schema.required, always, 'no other member is optional');
      assert.ok(read('proto/asyncapi.yaml').includes(`${name}.schema.json`));
    }
  });

  it('every setting is in deploy/env.example', () => {
    const names = [...read('services/base/settings.def').matchAll(/^SETTING\((\w+),/gm)].map((m) => m[1]);
    const example = read('deploy/env.example');
    for (const name of names) assert.ok(example.includes(`JUNHENG_${name}=`), name);
    // what docker-compose alone reads comes first
    const ours = example.slice(example.indexOf('JUNHENG_DATABASE_URL'));
    for (const [, name] of ours.matchAll(/^#?\s*JUNHENG_(\w+)=/gm)) assert.ok(names.includes(name), name);
  });

  it('metrics are what Prometheus reads, and count what happened', async () => {
    const admin = await world.as('admin');
    await admin.get('/v1/nothing');
    const { text, headers } = await admin.get('/metrics');
    assert.match(headers['content-type'], /^text\/plain; version=0\.0\.4/);
    const line = /^(# (HELP|TYPE) junheng_\w+ .+|junheng_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [-+]?[\d.e+-]+(Inf|NaN)?)$/;
    for (const row of text.trimEnd().split('\n')) assert.match(row, line);
    const counted = Number(/^junheng_http_requests_total\{status="4xx"\} (\d+)/m.exec(text)?.[1]);
    assert.ok(counted >= 1);
    const defined = [...read('services/base/metrics.def').matchAll(/^METRIC\(\w+,\s*\w+,\s*"([^"]+)"/gm)];
    for (const [, name] of defined) assert.ok(text.includes(`# TYPE junheng_${name} `), name);
  });

  it('the build holds the document that is read here', () => {
    const built = JSON.parse(fs.readFileSync(path.join(BUILD, 'gen/openapi.json'), 'utf8'));
    assert.deepEqual(built, document);
  });
});
