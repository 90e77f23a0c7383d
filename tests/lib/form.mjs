// SPDX-License-Identifier: Apache-2.0
// The application form as foreign programs read it.
import assert from 'node:assert/strict';
import ExcelJS from 'exceljs';

export const TABLES = ['1', '2-1', '2-2', '3', '4', '5', '6'];
export const NAMES = ['Ⅰ', 'Ⅱ-1', 'Ⅱ-2', 'Ⅲ', 'Ⅳ', 'Ⅴ', 'Ⅵ'];
export const STATUS = { met: '达标', not_met: '未达标', no_data: '缺数据', undefined: '无法计算', not_applicable: '不适用' };

const FIRST_ROW = 4; // after the title, a line about the county, and the headings

// RFC 4180: every record ends with CRLF, quotes are doubled.
export function parseCsv(text) {
  const rows = [];
  let row = [];
  let at = 0;
  while (at < text.length) {
    const quoted = /"((?:[^"]|"")*)"(,|\r\n)/y;
    const plain = /([^",\r\n]*)(,|\r\n)/y;
    quoted.lastIndex = plain.lastIndex = at;
    const found = quoted.exec(text) ?? plain.exec(text);
    assert.ok(found, `no field at ${at}: ${text.slice(at, at + 40)}`);
    row.push(text[at] === '"' ? found[1].replaceAll('""', '"') : found[1]);
    if (found[2] !== ',') rows.push(row), (row = []);
    at += found[0].length;
  }
  assert.deepEqual(row, [], 'the last line ends with CRLF');
  return rows;
}

export async function readWorkbook(bytes) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.load(bytes);
  return book;
}

// Headings and rows of a sheet, as values; null for empty cells.
export function readSheet(sheet) {
  const width = sheet.columnCount;
  const cells = (n) => Array.from({ length: width }, (_, i) => sheet.getCell(n, i + 1).value);
  const rows = [];
  for (let n = FIRST_ROW; n < sheet.rowCount; n++) rows.push(cells(n)); // the last row is a note
  return { title: sheet.getCell(1, 1).value, subtitle: sheet.getCell(2, 1).value, headings: cells(FIRST_ROW - 1), rows,
    note: sheet.getCell(sheet.rowCount, 1).value };
}

// A cell of the JSON as a person reads it in the workbook.
export const shown = (value, kind) => (kind === 'status' && value !== null ? STATUS[value] : value);
