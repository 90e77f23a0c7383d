// SPDX-License-Identifier: Apache-2.0
// What the page shows. Texts are in both languages, and the style sheet shows one.

export const $ = (id) => document.getElementById(id);

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

export const both = (zh, en) => {
  const made = document.createDocumentFragment();
  made.append(element('span', { lang: 'zh-CN' }, zh), element('span', { lang: 'en' }, en));
  return made;
};

// A text of the service: "中文 / English".
export function told(text) {
  const cut = text.indexOf(' / ');
  return cut < 0 ? document.createTextNode(text) : both(text.slice(0, cut), text.slice(cut + 3));
}

export function say(where, ...children) {
  where.replaceChildren(...children);
}

export const bad = (...children) => element('p', { class: 'bad' }, ...children);

// A problem: what it is, and each of its errors.
export function showProblem(where, problem) {
  const list = (problem.errors ?? []).filter((e) => e.detail !== problem.message)
    .map((e) => element('li', {}, `${e.pointer ? `${e.pointer}: ` : ''}`, told(e.detail)));
  say(where, bad(told(problem.message)), ...(list.length ? [element('ul', { class: 'bad' }, ...list)] : []));
}

// rows: lists of what is in the cells; labels: [[zh, en]]. On a phone each row is a block, with the labels in it.
export function table(caption, labels, rows) {
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption.join(' / ') },
    element('table', { class: 'list' }, element('caption', {}, both(...caption)),
      element('thead', {}, element('tr', {}, ...labels.map((l) => element('th', { scope: 'col' }, both(...l))))),
      element('tbody', {}, ...rows.map((cells) => element('tr', {}, ...cells.map((cell, i) =>
        element('td', { 'data-zh': labels[i][0], 'data-en': labels[i][1], class: cell.doubt && 'doubt' }, ...(cell.content ?? [cell]))))))));
}

// --- the end of a job ---------------------------------------------------------------------

const SHOWN = 100; // errors

const WORDS = {
  done: ['已完成', 'done'], failed: ['失败', 'failed'], cancelled: ['已取消', 'cancelled'],
};

const COUNTS = [['rows', '行数', 'rows'], ['created', '新建', 'created'], ['updated', '更新', 'updated'],
  ['unchanged', '未变', 'unchanged'], ['rejected', '拒绝', 'rejected']];

function headline(job) {
  const [zh, en] = WORDS[job.state];
  if (job.state !== 'done') return bad(both(zh, en), job.failure ? ': ' : '', job.failure ? told(job.failure) : '');
  if (job.rejected) return bad(job.dry_run ? both('有不合格的行', 'some rows are wrong') : both('部分写入,有不合格的行', 'written in part: some rows are wrong'));
  return element('p', { class: 'good' }, job.dry_run ? both('检查通过,没有写入', 'all is right; nothing was written') : both(zh, en));
}

export function showResult(job) {
  const errors = job.errors ?? [];
  say($('result-text'), headline(job),
    element('p', {}, ...COUNTS.flatMap(([name, zh, en]) => [both(zh, en), ` ${job[name]}  `])));
  const rows = errors.slice(0, SHOWN).map((e) =>
    [String(e.row), e.column ?? e.pointer ?? '', told(e.detail), e.code]);
  say($('result-errors'), errors.length ? table(['前几处错误', 'The first mistakes'],
    [['行', 'Row'], ['位置', 'Where'], ['问题', 'What is wrong'], ['代码', 'Code']], rows) : '');
  $('download').hidden = !errors.length;
  $('for-real').hidden = !(job.dry_run && job.state === 'done' && !job.rejected);
  $('result').hidden = false;
  $('result-heading').focus();
}

// --- what a workbook is taken for ---------------------------------------------------------

const FORMS = { 'school-reports': ['学校填报', 'school reports'], 'county-items': ['县级项目', 'county items'] };

function columnRow(sheet, column) {
  const name = `${sheet.sheet} ${column.column}`;
  const doubt = Boolean(column.problem);
  const field = element('input', { list: 'field-list', value: column.field ?? '', 'data-sheet': sheet.sheet, 'data-column': column.column,
    'data-was': column.field ?? '', 'data-what': 'field', 'aria-label': `${name}: 字段 / field` });
  const unit = element('input', { list: 'unit-list', value: column.unit ?? '', 'data-was': column.unit ?? '', 'data-what': 'unit',
    'aria-label': `${name}: 单位 / unit` });
  return [column.column, column.heading, column.first.join(', '),
    { doubt, content: doubt ? [field, told(column.problem.detail)] : [field] }, { content: [unit] }];
}

// fields: { name: description }, for the list to choose from.
export function showMapping(mapping, fields) {
  say($('field-list'), ...Object.entries(fields).map(([value, label]) => element('option', { value, label })));
  say($('mapping-said'), ...mapping.to_settle.map((s) => bad(told(s.detail))));
  say($('mapping-sheets'), ...mapping.sheets.filter((s) => !s.hidden).map((s) => {
    const form = s.form ? FORMS[s.form] : ['不读', 'not read'];
    return element('div', {}, element('h3', {}, `${s.sheet}: `, both(...form), s.period ? ` ${s.period}` : ''),
      s.columns.length ? table([`表 ${s.sheet} 的各列`, `Columns of sheet ${s.sheet}`],
        [['列', 'Column'], ['表头', 'Heading'], ['前几个值', 'First values'], ['字段(空为不读)', 'Field (empty: not read)'], ['单位', 'Unit']],
        s.columns.map((c) => columnRow(s, c))) : '');
  }));
  $('mapping').hidden = false;
  $('mapping-heading').focus();
}

const unitOf = (field) => field.closest('tr').querySelector('input[data-what=unit]');
const fieldInputs = () => [...document.querySelectorAll('#mapping-sheets input[data-what=field]')];

// Whether each column that is read has a unit still, if its heading names one. Without one nothing would be changed: who
// means that figures are not in 万元 has to say that they are in 元. Else that is said.
export function unitsAreThere() {
  const field = fieldInputs().find((f) => f.value.trim() && unitOf(f).dataset.was && !unitOf(f).value.trim());
  if (!field) return true;
  say($('mapping-said'), bad(`${field.dataset.sheet} ${field.dataset.column}: `,
    both('单位不能留空,请写明(不是万元的,写 元)', 'the unit cannot be left empty: say which it is (元, if not 万元)')));
  unitOf(field).focus();
  return false;
}

// What was changed, as the commit takes it; null when nothing was.
export function choicesMade(period) {
  const sheets = {};
  for (const field of fieldInputs()) {
    const unit = unitOf(field);
    if (field.value.trim() === field.dataset.was && unit.value.trim() === unit.dataset.was) continue;
    sheets[field.dataset.sheet] ??= { columns: {} };
    sheets[field.dataset.sheet].columns[field.dataset.column] = !field.value.trim() ? null
      : unit.value.trim() ? { field: field.value.trim(), unit: unit.value.trim() } : field.value.trim();
  }
  const choices = { ...(period ? { period } : {}), ...(Object.keys(sheets).length ? { sheets } : {}) };
  return Object.keys(choices).length ? choices : null;
}
