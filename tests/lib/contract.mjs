// SPDX-License-Identifier: Apache-2.0
// The contract as something that can be asked: which operation a request is, and whether
// an answer is what proto/openapi.yaml says. Operations that were met are noted in the
// run's folder; exercised.mjs looks at the notes in the end.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020.js';
import YAML from 'yaml';
import { ROOT, RUN } from './env.mjs';

export const document = YAML.parse(fs.readFileSync(path.join(ROOT, 'proto/openapi.yaml'), 'utf8'));

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
const BASE = 'https://junheng.invalid/openapi.json';

function newAjv() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default ? addFormats.default(ajv) : addFormats(ajv);
  return ajv;
}

const ajv = newAjv();
ajv.addSchema({ $id: BASE, ...document });
const compiled = new Map();

const escape = (token) => encodeURIComponent(token.replace(/~/g, '~0').replace(/\//g, '~1'));

export const operations = Object.entries(document.paths).flatMap(([template, item]) =>
  METHODS.filter((m) => item[m]).map((method) => ({
    method: method.toUpperCase(), template, id: item[method].operationId,
    node: item[method], at: ['paths', template, method],
    open: Array.isArray(item[method].security) && item[method].security.length === 0,
    pattern: new RegExp(`^${template.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
  })));

export function findOperation(method, url) {
  const { pathname } = new URL(url, 'http://x');
  const wanted = method === 'HEAD' ? 'GET' : method;
  return operations.find((o) => o.method === wanted && o.pattern.test(pathname));
}

// Follows $ref within the document; the place that it names comes with what is there.
function resolve(at) {
  let node = at.reduce((n, key) => n?.[key], document);
  let where = at;
  while (node?.$ref) {
    assert.match(node.$ref, /^#\//, 'the document refers to itself only');
    where = node.$ref.slice(2).split('/').map((k) =>
      decodeURIComponent(k).replace(/~1/g, '/').replace(/~0/g, '~'));
    node = where.reduce((n, key) => n?.[key], document);
    assert.ok(node, `dangling ${where.join('/')}`);
  }
  return { node, at: where };
}

function validator(at) {
  const ref = `${BASE}#/${at.map(escape).join('/')}`;
  if (!compiled.has(ref)) compiled.set(ref, ajv.compile({ $ref: ref }));
  return compiled.get(ref);
}

function validate(at, value, what) {
  const check = validator(at);
  if (!check(value)) assert.fail(`${what}: ${ajv.errorsText(check.errors)}`);
}

function mediaType(headers) {
  return (headers['content-type'] ?? '').split(';')[0].trim();
}

// What every answer owes, whatever was asked.
function checkAlways(answer) {
  assert.match(answer.headers['x-request-id'] ?? '', /^[A-Za-z0-9._-]{1,64}$/, 'X-Request-Id');
  if (answer.status >= 400 && answer.text) {
    assert.equal(mediaType(answer.headers), 'application/problem+json');
    assert.equal(answer.json.status, answer.status);
    assert.match(answer.json.type, /^\/problems\/[a-z-]+$/);
  }
  if (answer.status === 503) assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
}

export function checkExchange(method, url, answer) {
  checkAlways(answer);
  const operation = findOperation(method, url);
  if (!operation) {
    assert.ok([400, 401, 404, 405, 503].includes(answer.status), 'not a path of the contract');
    return;
  }
  note(operation.id, answer.status);
  const all = operation.node.responses;
  const code = String(answer.status);
  const name = [code, `${code[0]}XX`, 'default'].find((k) => all[k]);
  assert.ok(name, `${operation.id}: status ${code} is not in the contract`);
  const { node, at } = resolve([...operation.at, 'responses', name]);
  if (method === 'HEAD' || answer.status === 304) {
    assert.equal(answer.text, '');
    return;
  }
  const type = mediaType(answer.headers);
  if (!node.content) return assert.equal(answer.text, '', `${operation.id} ${code}: no body`);
  assert.ok(node.content[type], `${operation.id} ${code}: ${type} is not in the contract`);
  if (!node.content[type].schema || answer.json === undefined) return;
  validate([...at, 'content', type, 'schema'], answer.json, `${operation.id} ${code}`);
}

function note(id, status) {
  fs.appendFileSync(path.join(RUN, 'exercised'), `${id} ${status}\n`);
}

// Validators of what travels on the bus: proto/events/<name>.schema.json.
const events = path.join(ROOT, 'proto/events');
const bus = newAjv();
for (const file of fs.existsSync(events) ? fs.readdirSync(events) : []) {
  if (!file.endsWith('.schema.json')) continue;
  const schema = JSON.parse(fs.readFileSync(path.join(events, file), 'utf8'));
  bus.addSchema(schema, file.replace('.schema.json', '')); // alert.v1
}

export function checkMessage(name, value) {
  const check = bus.getSchema(name);
  assert.ok(check, `no schema proto/events/${name}.schema.json`);
  if (!check(value)) {
    assert.fail(`${name}: ${bus.errorsText(check.errors)}\n${JSON.stringify(value)}`);
  }
  // receivers ignore what they do not know; we do not send what is not written down
  const known = Object.keys(check.schema.properties);
  for (const key of Object.keys(value)) assert.ok(known.includes(key), `${name}: ${key} is not documented`);
}
