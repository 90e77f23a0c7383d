// SPDX-License-Identifier: Apache-2.0
// Workbooks as an office makes them, with exceljs: a program that is not ours.
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';
import { waitFor } from './env.mjs';

export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const bytesOf = async (book) => Buffer.from(await book.xlsx.writeBuffer());

// A sheet from rows of cells, with merged ranges.
export function sheetOf(book, name, rows, merges = []) {
  const sheet = book.addWorksheet(name);
  rows.forEach((row, i) => row.forEach((value, c) => {
    if (value !== null && value !== undefined) sheet.getCell(i + 1, c + 1).value = value;
  }));
  for (const range of merges) sheet.mergeCells(range);
  return sheet;
}

export const columnOf = (mapping, sheet, letter) => mapping.sheets.find((s) => s.sheet === sheet).columns.find((c) => c.column === letter);

// A county's export: titles, a header of three rows, units in it, column numbers, totals, a note.
export function statistics(rows, name = '附表 1') {
  const book = new ExcelJS.Workbook();
  const head = [
    ['鸠江区义务教育学校基本情况统计表(虚构)'],
    [null, '2025-2026学年', null, null, '填表单位:某某局'],
    ['序号', '学校(机构)标识码', '学校名称', '县代码', '小学', null, null, null, '初中', null, '校舍与设施', null, null, null],
    [null, null, null, null, '在校生数(人)', '班数', '专任教师', null, '在校生数(人)', '班数', '教学及辅助用房面积(平方米)', '教学仪器设备资产值(万元)', '网络多媒体教室(间)', '图书(册)'],
    [null, null, null, null, null, null, '合计', '其中:县级以上骨干教师', null, null, null, null, null, null],
    ['甲', '乙', '丙', '丁', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  ];
  const total = ['合计', null, null, null, 900, null, 60, null, null, null, null, null, null, null];
  const merges = ['A1:N1', 'E3:H3', 'I3:J3', 'K3:N3', 'G4:H4', ...['A', 'B', 'C', 'D'].map((c) => `${c}3:${c}5`),
    ...['E', 'F', 'I', 'J', 'K', 'L', 'M', 'N'].map((c) => `${c}4:${c}5`)];
  sheetOf(book, name, [...head, ...rows, total, ['注:虚构数据']], merges);
  return book;
}

// A template of ours, as that office opens it.
export async function templateOf(client, form, query = '') {
  const { status, bytes, headers } = await client.get(`/v1/templates/${form}.xlsx${query}`);
  assert.equal(status, 200);
  assert.equal(headers['content-type'], XLSX);
  assert.match(headers['content-disposition'], /^attachment; filename="junheng-.*\.xlsx"; filename\*=UTF-8''/);
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(bytes);
  return book;
}

// How sheets with these rows would look; names to rows.
export function bookOf(sheets) {
  const book = new ExcelJS.Workbook();
  for (const [name, rows] of Object.entries(sheets)) sheetOf(book, name, rows);
  return book;
}

// Sends a file as an import, and waits for its end (a preview has none yet).
export async function sendImport(client, body, { query = '', type = XLSX, headers, status: wanted = [200, 202] } = {}) {
  const { status, json, text } = await client.request('POST', `/v1/imports${query}`, { body, type, headers });
  assert.ok(wanted.includes(status), text);
  return importEnd(client, json);
}

export const importEnd = (client, json) => (!['queued', 'running'].includes(json.state) ? json
  : waitFor(`the end of import ${json.id}`, async () => {
    const got = (await client.get(`/v1/imports/${json.id}`)).json;
    return !['queued', 'running'].includes(got.state) && got;
  }, { deadline: 60000 }));

export const counts = ({ state, rows, created, updated, unchanged, rejected }) => [state, rows, created, updated, unchanged, rejected];
export const errors = (job) => job.errors.map((e) => `${e.pointer} ${e.code}`).sort();
