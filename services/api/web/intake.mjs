// SPDX-License-Identifier: Apache-2.0
// The intake page: a key, a file, how far it is, what became of it.
import { json, keepFile, saveKey, savedKey } from './intake_service.mjs';
import { cancel, commit, follow, forget, formatOf, open, savedRecord, send } from './intake_upload.mjs';
import { $, bad, both, choicesMade, say, showMapping, showProblem, showResult, unitsAreThere } from './intake_view.mjs';

const LANGUAGE = 'intake.language';
let file = null;
let record = null; // of the job under way
let last = null; // the job that ended last
let controller = null;

const sizeOf = (n) => (n < 1e6 ? `${Math.ceil(n / 1e3)} KB` : `${(n / 1e6).toFixed(1)} MB`);

// --- language -----------------------------------------------------------------------------

function useLanguage(language) {
  document.documentElement.lang = language;
  sessionStorage.setItem(LANGUAGE, language);
}

// --- key ----------------------------------------------------------------------------------

function showKey(valid) {
  $('key-form').hidden = valid;
  $('key-used').hidden = !valid;
  $('work').hidden = !valid;
}

// Whether the service knows it: any key may look at its own imports.
async function tryKey() {
  say($('key-said'));
  try {
    await json('GET', 'v1/imports?limit=1', { waiting: (is) => is && say($('key-said'), bad(both('正在连接……', 'connecting …'))) });
    say($('key-said'));
    showKey(true);
    await goOn();
  } catch (e) {
    saveKey('');
    showKey(false);
    showProblem($('key-said'), e);
    $('key').focus();
  }
}

// --- the file -----------------------------------------------------------------------------

function take(chosen) {
  file = chosen ?? null;
  say($('file-said'));
  if (file && !formatOf(file)) {
    say($('file-said'), bad(both('须为 .xlsx、.csv 或 .ndjson 文件;.xls 请另存为 .xlsx。', 'It must be .xlsx, .csv or .ndjson; save an .xls as .xlsx.')));
    file = null;
  }
  if (file && !file.size) {
    say($('file-said'), bad(both('文件为空。', 'The file is empty.')));
    file = null;
  }
  say($('file-name'), file ? `${file.name}, ${sizeOf(file.size)}` : '');
  $('start').disabled = !file;
}

// --- progress -----------------------------------------------------------------------------

const showText = (...children) => say($('progress-text'), ...children);

const hooks = () => ({
  signal: controller.signal,
  waiting: (is) => (is ? showText(both('连接中断,正在重试……', 'the connection is lost, trying again …')) : showText()),
});

function showSent(at, size) {
  $('sent').max = size;
  $('sent').value = at;
  showText(both('上传', 'sending'), ` ${sizeOf(at)} / ${sizeOf(size)}`);
}

function showJob(job) {
  $('done').max = job.bytes || 1;
  $('done').value = job.bytes_done;
  showText(both('导入', 'importing'), ` ${job.rows} `, both('行', 'rows'));
}

function busy(is) {
  $('progress').hidden = !is;
  $('start').disabled = is || !file;
  $('file').disabled = is;
  if (!is) return;
  $('mapping').hidden = $('result').hidden = true;
  say($('file-said'));
}

// Runs one step of a job; what goes wrong is said, and the job stays for another try.
async function step(action) {
  controller = new AbortController();
  busy(true);
  try {
    await action();
  } catch (e) {
    if (!controller.signal.aborted) showProblem($('file-said'), e);
  } finally {
    busy(false);
  }
}

// --- the job ------------------------------------------------------------------------------

const optionsChosen = () => ({ mode: document.querySelector('input[name=mode]:checked').value, dry: $('dry').checked, period: $('period').value.trim() });

let fields = null;

// Fields that a column can be taken for, from the contract that the service serves.
async function fieldNames() {
  if (fields) return fields;
  const { components: { schemas } } = await json('GET', 'openapi.json');
  const of = (prefix, schema) => Object.entries(schemas[schema].properties).map(([name, p]) => [`${prefix}.${name}`, p.description ?? '']);
  fields = Object.fromEntries([['school', ''], ['period', ''], ['county', ''], ...of('primary', 'StageReport'), ...of('junior', 'StageReport'),
    ...of('senior', 'SeniorReport'), ...of('site', 'SiteReport')]);
  return fields;
}

async function finish() {
  last = await follow(record, { ...hooks(), progress: showJob });
  record = null;
  showResult(last);
}

const begin = () => step(async () => {
  record = await open(file, optionsChosen(), hooks());
  await send(file, record, { ...hooks(), progress: showSent });
  if (formatOf(file) === 'xlsx') {
    const mapping = await json('GET', `v1/imports/${record.id}/mapping`, hooks());
    showMapping(mapping, await fieldNames());
    return;
  }
  await commit(record, null, hooks());
  await finish();
});

// The sheets stay to be seen while the service looks at them.
async function accept() {
  if (!unitsAreThere()) return;
  const period = $('period').value.trim();
  const choices = choicesMade(period);
  controller = new AbortController();
  say($('mapping-said'));
  try {
    await commit(record, choices, hooks());
  } catch (e) {
    showProblem($('mapping-said'), e);
    return;
  }
  $('mapping').hidden = true;
  await step(finish);
}

async function giveUp() {
  const given = record;
  controller?.abort(new Error('cancelled'));
  record = null;
  $('mapping').hidden = true;
  if (!given) return;
  try {
    const asked = await cancel(given);
    say($('file-said'), bad(asked ? both('已取消。', 'Cancelled.') : both('任务已经结束,无法取消。', 'It has ended already, and cannot be cancelled.')));
  } catch (e) {
    showProblem($('file-said'), e);
  }
}

// What was under way when the page was left: a job that runs is followed, one that waits for parts says so.
async function goOn() {
  const before = savedRecord();
  if (!before?.id) return;
  if (before.committed) {
    record = before;
    await step(finish);
    return;
  }
  say($('file-said'), bad(both(`上次的上传没有完成。再选同一个文件 (${before.name}) 即可继续。`,
    `The last upload is not complete. Choose the same file (${before.name}) to go on with it.`)));
}

// --- wiring -------------------------------------------------------------------------------

async function template(name) {
  const query = new URLSearchParams();
  say($('templates-said'));
  for (const id of ['county', 'period']) {
    if ($(id).value.trim()) query.set(id, $(id).value.trim());
  }
  try {
    await keepFile(`v1/templates/${name}.xlsx?${query}`, `${name}.xlsx`);
  } catch (e) {
    showProblem($('templates-said'), e);
  }
}

function wire() {
  const drop = $('drop');
  $('language').addEventListener('click', () => useLanguage(document.documentElement.lang === 'en' ? 'zh-CN' : 'en'));
  $('key-form').addEventListener('submit', (e) => {
    e.preventDefault();
    saveKey($('key').value.trim());
    $('key').value = '';
    tryKey();
  });
  $('key-forget').addEventListener('click', () => {
    giveUp();
    saveKey('');
    forget();
    showKey(false);
  });
  for (const button of document.querySelectorAll('[data-template]')) button.addEventListener('click', () => template(button.dataset.template));
  $('file').addEventListener('change', () => take($('file').files[0]));
  for (const name of ['dragenter', 'dragover']) drop.addEventListener(name, (e) => (e.preventDefault(), drop.classList.add('over')));
  for (const name of ['dragleave', 'drop']) drop.addEventListener(name, (e) => (e.preventDefault(), drop.classList.remove('over')));
  drop.addEventListener('drop', (e) => !$('file').disabled && take(e.dataTransfer.files[0]));
  $('file-form').addEventListener('submit', (e) => (e.preventDefault(), begin()));
  $('cancel').addEventListener('click', giveUp);
  $('accept').addEventListener('click', accept);
  $('decline').addEventListener('click', giveUp);
  $('download').addEventListener('click', async () => {
    try {
      await keepFile(`v1/imports/${last.id}/errors.csv`, 'errors.csv');
    } catch (e) {
      showProblem($('file-said'), e);
    }
  });
  $('for-real').addEventListener('click', () => {
    $('dry').checked = false;
    begin();
  });
}

useLanguage(sessionStorage.getItem(LANGUAGE) ?? 'zh-CN');
wire();
$('insecure').hidden = Boolean(crypto.subtle);
if (savedKey()) tryKey();
else showKey(false);
