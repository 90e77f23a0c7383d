// SPDX-License-Identifier: Apache-2.0
// The API as the page asks it: with the key of this tab, again and again while the service or the network is away.

const KEY = 'intake.key';
const FIRST_MS = 500;
const LONGEST_MS = 10000;
const ATTEMPT_MS = 120000; // of one request: what hangs is begun anew
const PATIENCE_MS = 600000; // without any answer

export const savedKey = () => sessionStorage.getItem(KEY) ?? '';
export const saveKey = (key) => (key ? sessionStorage.setItem(KEY, key) : sessionStorage.removeItem(KEY));

// An answer that is no success: { status, title, detail, errors }.
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? body.title ?? `HTTP ${status}`);
    Object.assign(this, { status, errors: body.errors ?? [] });
  }
}

// The service was away for too long.
export class Away extends Error {
  constructor() {
    super('服务连不上,请稍后再试 / the service cannot be reached, try again later');
  }
}

const isPassing = (status) => status === 429 || (status >= 500 && status !== 501);

// Until the time is over, the network is back, or it is given up.
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    signal?.addEventListener('abort', end);
  });
}

async function attempt(method, path, { body, headers, signal }) {
  const own = new AbortController();
  const give = () => own.abort(signal.reason);
  const timer = setTimeout(() => own.abort(), ATTEMPT_MS);
  if (signal?.aborted) throw signal.reason;
  signal?.addEventListener('abort', give);
  try {
    const response = await fetch(path, { method, body, headers: { Authorization: `Bearer ${savedKey()}`, ...headers },
      signal: own.signal, cache: 'no-store', credentials: 'omit', redirect: 'error' });
    return { response, bytes: await response.arrayBuffer() }; // all of it: a body may break off as well
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', give);
  }
}

// waiting(true) when the service is away, waiting(false) when it is back.
export async function call(method, path, { waiting = () => {}, signal, ...options } = {}) {
  let wait = FIRST_MS;
  let until;
  for (;;) {
    let answer;
    try {
      answer = await attempt(method, path, { signal, ...options });
    } catch (e) {
      if (signal?.aborted) throw e;
    }
    if (answer && !isPassing(answer.response.status)) {
      if (until) waiting(false);
      return answer;
    }
    until ??= Date.now() + PATIENCE_MS;
    if (Date.now() > until) throw new Away();
    waiting(true);
    await pause(wait * (0.75 + Math.random() / 2), signal);
    wait = Math.min(wait * 2, LONGEST_MS);
  }
}

const parsed = (bytes) => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
};

export async function json(method, path, options) {
  const { response, bytes } = await call(method, path, options);
  if (!response.ok) throw new Problem(response.status, parsed(bytes));
  return parsed(bytes);
}

// Fetches a file with the key, and hands it to the browser to keep.
export async function keepFile(path, name) {
  const { response, bytes } = await call('GET', path);
  if (!response.ok) throw new Problem(response.status, parsed(bytes));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: response.headers.get('Content-Type') }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
