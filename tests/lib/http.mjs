// SPDX-License-Identifier: Apache-2.0
// A plain HTTP client with keep-alive. Every answer is checked against proto/openapi.yaml.
import http from 'node:http';
import net from 'node:net';
import { SLOW } from './env.mjs';
import { checkExchange } from './contract.mjs';

export class Client {
  constructor(port, key, { sockets = 16 } = {}) {
    this.port = port;
    this.key = key;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  }

  // The same server with another key (undefined: none).
  as(key) {
    return Object.assign(Object.create(Client.prototype), this, { key });
  }

  close() {
    this.agent.destroy();
  }

  // body: an object (sent as JSON) or text or bytes as they are. Answers
  // { status, headers, bytes, text, json }.
  request(method, path, { body, headers = {}, type = 'application/json', check = true } = {}) {
    const raw = typeof body === 'string' || Buffer.isBuffer(body);
    const bytes = body === undefined ? undefined : raw ? body : JSON.stringify(body);
    const all = { ...headers };
    if (this.key) all.Authorization = `Bearer ${this.key}`;
    if (bytes !== undefined) {
      if (type) all['Content-Type'] = type;
      all['Content-Length'] = Buffer.byteLength(bytes);
    }
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.port, method, path, headers: all,
        agent: this.agent };
      const rq = http.request(options, (rs) => {
        const chunks = [];
        rs.on('data', (chunk) => chunks.push(chunk));
        rs.on('error', reject);
        rs.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const answer = { status: rs.statusCode, headers: rs.headers, bytes, text: bytes.toString('utf8') };
          try {
            if (/json/.test(rs.headers['content-type'] ?? '') && answer.text) {
              answer.json = JSON.parse(answer.text);
            }
            if (check) checkExchange(method, path, answer);
            resolve(answer);
          } catch (e) {
            e.message = `${method} ${path} → ${answer.status}: ${e.message}\n${answer.text}`;
            reject(e);
          }
        });
      });
      rq.setTimeout(30000 * SLOW, () => rq.destroy(new Error(`${method} ${path}: no answer`)));
      rq.on('error', reject);
      rq.end(bytes);
    });
  }

  get(path, options) {
    return this.request('GET', path, options);
  }

  put(path, body, options) {
    return this.request('PUT', path, { body, ...options });
  }

  post(path, body, options) {
    return this.request('POST', path, { body, ...options });
  }

  patch(path, body, options) {
    return this.request('PATCH', path, { body, type: 'application/merge-patch+json', ...options });
  }

  delete(path, options) {
    return this.request('DELETE', path, options);
  }
}

// Bytes as they are over one connection; resolves with all that came back once the server
// closes it, or once done(text) says so.
export function rawExchange(port, pieces, { done = () => false, end = false, deadline = 20000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    let text = '';
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of the answer within ${deadline * SLOW} ms: ${text.slice(0, 400)}`));
    }, deadline * SLOW);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    socket.on('connect', () => {
      for (const piece of pieces) socket.write(piece);
      if (end) socket.end();
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (done(text)) finish();
    });
    socket.on('close', finish);
    socket.on('error', () => {}); // a reset: close follows
  });
}
