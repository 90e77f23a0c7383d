// SPDX-License-Identifier: Apache-2.0
// Times that were measured, for the benches, and the C programs that take them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { BUILD, run } from './env.mjs';

export const sorted = (list) => [...list].sort((a, b) => a - b);
export const quantile = (list, q) => sorted(list)[Math.min(list.length - 1, Math.floor(q * list.length))];
export const median = (list) => quantile(list, 0.5);

// What a bench found, for programs; on a disk that is made slower (lib/database.mjs) beside what it is without.
export const keep = (name, result) => fs.writeFileSync(
  path.join(BUILD, `${name}${process.env.COMMIT_DELAY_US ? '-slow' : ''}.json`), `${JSON.stringify(result, null, 2)}\n`);

const environment = (url) => ({ ...process.env, JUNHENG_DATABASE_URL: url });

// What a program of tests/tools prints: microseconds.
export async function tool(url, name, ...args) {
  const done = await run(path.join(BUILD, 'tests', name), args.map(String), { env: environment(url) });
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
}

// The same, begun: end() tells it to, and answers what it printed; so does waiting for done.
export function begun(url, name, ...args) {
  const child = spawn(path.join(BUILD, 'tests', name), args.map(String), { env: environment(url) });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (error += chunk));
  const done = new Promise((resolve, reject) => child.on('close', (status) =>
    (status === 0 ? resolve(JSON.parse(out)) : reject(new Error(`${name} ended with ${status}: ${error}`)))));
  done.catch(() => {}); // whoever waits is told
  return { done, end: () => (child.kill('SIGTERM'), done) };
}

// A body for put_bench, as a file of the world.
export function bodyFile(world, name, content) {
  const file = path.join(world.dir, name);
  fs.writeFileSync(file, JSON.stringify(content));
  return file;
}
