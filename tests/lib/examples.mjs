// SPDX-License-Identifier: Apache-2.0
// The examples that proto/openapi.yaml prints, found by walking it: whatever is added there is
// found as well.
import fs from 'node:fs';
import path from 'node:path';
import { document, operations } from './contract.mjs';
import { ROOT } from './env.mjs';

function deref(node) {
  while (node?.$ref) {
    node = node.$ref.slice(2).split('/').reduce((n, key) => n?.[key.replace(/~1/g, '/').replace(/~0/g, '~')], document);
  }
  return node;
}

// [name, value] of each; bytes for what lies in a file beside the document.
function examplesOf(holder) {
  if (holder?.example !== undefined) return [['example', holder.example]];
  if (holder?.examples) {
    return Object.entries(holder.examples).map(([name, example]) => {
      const { value, externalValue } = deref(example);
      return [name, externalValue ? fs.readFileSync(path.join(ROOT, 'proto', externalValue)) : value];
    });
  }
  const schema = deref(holder?.schema);
  if (schema?.example !== undefined) return [['schema', schema.example]];
  return (schema?.examples ?? []).map((value, i) => [`schema ${i + 1}`, value]);
}

const firstOf = (parameter) => examplesOf(parameter)[0]?.[1];

function parametersOf(operation) {
  const all = [...(document.paths[operation.template].parameters ?? []), ...(operation.node.parameters ?? [])];
  return all.map(deref);
}

// Requests as they are printed: { operation, name, type, body, headers, path(given) }, where given
// are parameters of the path for which the document has no example.
export function requestExamples() {
  return operations.flatMap((operation) => Object.entries(operation.node.requestBody?.content ?? {})
    .flatMap(([type, content]) => examplesOf(content).map(([name, value]) => ({
      operation, name, type,
      body: typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value),
      headers: headersOf(operation),
      path: (given = {}) => pathOf(operation, given),
    }))));
}

export function pathOf(operation, given = {}) {
  const values = Object.fromEntries(parametersOf(operation).filter((p) => p.in === 'path')
    .map((p) => [p.name, firstOf(p)]).filter(([, value]) => value !== undefined));
  return operation.template.replace(/\{([^}]+)\}/g, (_, name) => {
    const value = given[name] ?? values[name];
    if (value === undefined) throw new Error(`${operation.id}: no example of {${name}}`);
    return encodeURIComponent(value);
  });
}

// Those that must be sent, as the document has them.
export function headersOf(operation) {
  const needed = parametersOf(operation).filter((p) => p.in === 'header' && p.required);
  return Object.fromEntries(needed.map((p) => [p.name, firstOf(p)]));
}

// Answers as they are printed: { operation, status, name, type, value, at } of JSON, where `at`
// leads to the schema.
export function answerExamples() {
  return operations.flatMap((operation) => Object.entries(operation.node.responses)
    .flatMap(([status, response]) => Object.entries(deref(response).content ?? {})
      .filter(([type]) => /json$/.test(type))
      .flatMap(([type, content]) => examplesOf(content).map(([name, value]) => ({
        operation, status, name, type, value, shared: Boolean(response.$ref), schema: content.schema })))));
}
