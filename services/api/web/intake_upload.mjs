// SPDX-License-Identifier: Apache-2.0
// A file as a job of the service: opened, sent in numbered parts, each with its digest, committed, followed to its end.
// How far it is, is kept in this tab: when the page is loaded again, the same file goes on with the parts that are missing.
import { Problem, call, json } from './intake_service.mjs';

const RECORD = 'intake.job';
const PART = 1 << 20; // bytes; less where the service wants less
const PART_MIN = 1024;
const LOOK_MS = 400;

const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
};

export const formatOf = (file) => {
  const end = file.name.toLowerCase().split('.').at(-1);
  return TYPES[end] ? end : null;
};

// --- what is kept -------------------------------------------------------------------------

export function savedRecord() {
  try {
    return JSON.parse(sessionStorage.getItem(RECORD));
  } catch {
    return null;
  }
}

export const forget = () => sessionStorage.removeItem(RECORD);
const save = (record) => sessionStorage.setItem(RECORD, JSON.stringify(record));

const identity = (file, options) => ({ name: file.name, size: file.size, modified: file.lastModified, ...options });
const isSame = (record, wanted) => Object.entries(wanted).every(([name, value]) => record[name] === value);

// --- sending ------------------------------------------------------------------------------

async function digestOf(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return `sha-256=:${btoa(String.fromCharCode(...hash))}:`;
}

const ended = (job) => ['done', 'failed', 'cancelled'].includes(job.state);

// The record of a job that takes this file: that of before, when it still does.
export async function open(file, options, hooks) {
  const wanted = identity(file, options);
  const before = savedRecord();
  if (before?.id && isSame(before, wanted)) {
    const { response, bytes } = await call('GET', `v1/imports/${before.id}`, hooks);
    const job = response.ok ? JSON.parse(new TextDecoder().decode(bytes)) : { state: 'gone' };
    if (job.state === 'receiving') return before;
  }
  const record = { ...wanted, key: crypto.randomUUID(), parts: [], committed: false };
  const query = new URLSearchParams({ mode: options.mode, dry_run: options.dry });
  if (options.period && formatOf(file) === 'xlsx') query.set('period', options.period);
  // An empty body opens it; the same key opens it once, when the answer is lost.
  const job = await json('POST', `v1/imports?${query}`, { ...hooks, body: '',
    headers: { 'Content-Type': TYPES[formatOf(file)], 'Idempotency-Key': record.key } });
  record.id = job.id;
  save(record);
  return record;
}

// The parts that the service has, as long as the file begins with them; at: bytes of them.
async function known(file, record) {
  let at = 0;
  const parts = [];
  for (const part of record.parts) {
    const bytes = await file.slice(at, at + part.bytes).arrayBuffer();
    if ((await digestOf(bytes)) !== part.digest) break;
    parts.push(part);
    at += part.bytes;
  }
  return { at, parts };
}

export async function send(file, record, { progress, ...hooks }) {
  let { at, parts } = await known(file, record);
  let size = parts.at(-1)?.bytes ?? PART;
  record.parts = parts;
  progress(at, file.size);
  while (at < file.size) {
    const body = await file.slice(at, at + size).arrayBuffer();
    const digest = await digestOf(body);
    const { response, bytes } = await call('PUT', `v1/imports/${record.id}/parts/${parts.length + 1}`, { ...hooks, body,
      headers: { 'Content-Type': 'application/octet-stream', 'Content-Digest': digest } });
    if (response.status === 413 && size > PART_MIN) {
      size = Math.max(Math.floor(Math.min(size, body.byteLength) / 2), PART_MIN);
      continue;
    }
    if (!response.ok) throw new Problem(response.status, JSON.parse(new TextDecoder().decode(bytes)));
    parts.push({ bytes: body.byteLength, digest });
    at += body.byteLength;
    save(record);
    progress(at, file.size);
  }
}

// choices: what the columns of a workbook are, or nothing.
export async function commit(record, choices, hooks) {
  try {
    await json('POST', `v1/imports/${record.id}/commit`, { ...hooks,
      ...(choices ? { body: JSON.stringify(choices), headers: { 'Content-Type': 'application/json' } } : {}) });
  } catch (e) {
    // the answer to an earlier attempt may have been lost
    if (e.status !== 409 || (await json('GET', `v1/imports/${record.id}`, hooks)).state === 'receiving') throw e;
  }
  record.committed = true;
  save(record);
}

export async function follow(record, { progress, ...hooks }) {
  for (;;) {
    const job = await json('GET', `v1/imports/${record.id}`, hooks);
    progress(job);
    if (ended(job)) {
      forget();
      return job;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    hooks.signal?.throwIfAborted();
  }
}

// Whether the service was told; what it does not hear of, it ends by itself within a day.
export async function cancel(record) {
  forget();
  const { response } = await call('DELETE', `v1/imports/${record.id}`);
  return response.ok;
}
