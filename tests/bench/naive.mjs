// SPDX-License-Identifier: Apache-2.0
// The naive import (naive_server.mjs) as a process of its own, for the side-by-side measure.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../lib/env.mjs';

// Seconds and peak kilobytes of one run in a fresh process; parts: the file of so many rows, in order; each: rows a statement.
export async function naiveImport(world, parts, rows, each) {
  await world.sql('DROP TABLE IF EXISTS naive; CREATE TABLE naive (LIKE report INCLUDING ALL)');
  const child = spawn(process.execPath, [fileURLToPath(new URL('naive_server.mjs', import.meta.url))],
    { env: { ...process.env, DATABASE_URL: world.url }, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.on('close', resolve));
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  try {
    const port = await waitFor('the naive server', () => /^\d+\n/.test(text) && Number(text));
    const start = performance.now();
    const answer = await post(port, each, parts);
    const seconds = (performance.now() - start) / 1000;
    assert.deepEqual(JSON.parse(answer), { rows });
    const peak = Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);
    return { seconds, peak };
  } finally {
    child.kill('SIGTERM');
    await exited;
    await world.sql('DROP TABLE IF EXISTS naive');
  }
}

function post(port, each, parts) {
  return new Promise((resolve, reject) => {
    // a connection of its own: one that is kept may be of a server before it, on the same port
    const rq = http.request({ agent: false, host: '127.0.0.1', port, method: 'POST', path: `/import?rows=${each}`,
      headers: { 'Content-Type': 'application/x-ndjson' } }, (rs) => {
      let text = '';
      rs.setEncoding('utf8');
      rs.on('data', (chunk) => (text += chunk));
      rs.on('end', () => resolve(text));
    });
    rq.on('error', reject);
    const next = (i) => {
      if (i === parts.length) rq.end();
      else rq.write(parts[i], () => next(i + 1));
    };
    next(0);
  });
}
