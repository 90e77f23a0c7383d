// SPDX-License-Identifier: Apache-2.0
// What tests of hostile clients share: a second client that works all the while, raw bytes, metrics.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { SLOW, waitFor } from './env.mjs';

// Asks for one thing after the other, each over a connection of its own (one that was kept open
// may be closed while it is idle), in a thread of its own: what the test does must not hold it up.
// A failure is kept, and told by end().
export class Bystander {
  constructor(port, requests) {
    Object.assign(this, { answered: 0, failures: [] });
    this.worker = new Worker(new URL(import.meta.url), { workerData: { bystander: { port, requests } } });
    this.worker.on('message', (told) => Object.assign(this, told));
    this.ended = new Promise((resolve) => {
      this.worker.on('error', (e) => this.failures.push(e.message));
      this.worker.on('exit', resolve);
    });
  }

  // Waits until it was answered so many times more.
  more(n) {
    const goal = this.answered + n;
    return waitFor(`a bystander's answers (${this.failures.slice(0, 3)})`, () => this.answered >= goal,
      { deadline: 60000 });
  }

  async end() {
    this.worker.postMessage('end');
    await this.ended;
    assert.deepEqual(this.failures.slice(0, 5), []);
    assert.ok(this.answered > 0);
  }
}

async function standBy({ port, requests }) {
  const told = { answered: 0, failures: [] };
  let running = true;
  parentPort.once('message', () => (running = false));
  for (let i = 0; running; i = (i + 1) % requests.length) {
    try {
      const status = await ask(port, requests[i]);
      if (status >= 200 && status < 300) told.answered += 1;
      else told.failures.push(`${requests[i].path}: ${status}`);
    } catch (e) {
      told.failures.push(`${requests[i].path}: ${e.message}`);
    }
    parentPort.postMessage(told);
  }
}

function ask(port, { method = 'GET', path, key, body }) {
  return new Promise((resolve, reject) => {
    const headers = key ? { Authorization: `Bearer ${key}` } : {};
    if (body) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    const rq = http.request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (rs) => {
      rs.resume();
      rs.on('error', reject);
      rs.on('end', () => resolve(rs.statusCode));
    });
    rq.setTimeout(30000 * SLOW, () => rq.destroy(new Error('no answer')));
    rq.on('error', reject);
    rq.end(body);
  });
}

// A socket that tells what came back, and that it was closed.
export function open(port, bytes) {
  const socket = net.connect({ port, host: '127.0.0.1' });
  socket.got = '';
  socket.gone = new Promise((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.on('data', (data) => (socket.got += data.toString('latin1')));
  if (bytes) socket.write(bytes);
  return socket;
}

// Writes pieces until there is an answer, `total` bytes are out or the server has closed; resolves
// with { sent, got } once the connection is closed.
export function pour(port, head, piece, total) {
  return new Promise((resolve) => {
    const socket = open(port, head);
    let sent = 0;
    const more = () => {
      while (sent < total && !socket.got && !socket.destroyed) {
        sent += piece.length;
        if (!socket.write(piece)) return;
      }
    };
    socket.on('drain', more);
    socket.on('connect', more);
    socket.gone.then(() => resolve({ sent, got: socket.got }));
  });
}

export const status = (text) => Number(/^HTTP\/1\.[01] (\d+)/.exec(text)?.[1]);

export async function metric(client, name) {
  const { text } = await client.get('/metrics');
  const found = new RegExp(`^junheng_${name} (\\S+)$`, 'm').exec(text);
  assert.ok(found, `no metric ${name}`);
  return Number(found[1]);
}

if (!isMainThread && workerData?.bystander) standBy(workerData.bystander);
