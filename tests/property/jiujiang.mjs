// SPDX-License-Identifier: Apache-2.0
// Makes tests/golden/jiujiang.json from the made-up schools of the sample
// (deploy/sample/jiujiang.csv) and the figures that the county published:
//
//	node tests/property/jiujiang.mjs > tests/golden/jiujiang.json
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sample = new URL('../../deploy/sample/jiujiang.csv', import.meta.url);

// Published for 2023, primary: mean, sd and CV of R1 to R7.
const PUBLISHED = [
	['5.515273', '1.643162', '0.297929'],
	['0.887611', '0.445392', '0.501787'],
	['0.879277', '0.353427', '0.401952'],
	['4.563288', '1.316139', '0.288419'],
	['7.925946', '2.975795', '0.37545'],
	['2496.674864', '780.914372', '0.312782'],
	['2.784743', '1.097759', '0.394205'],
];

function school(header, line) {
	const cells = line.split(',');
	const out = {};
	header.forEach((column, i) => {
		const text = cells[i];
		if (text === '') return;
		const [first, figure] = column.split('.');
		if (first === 'school') out.code = text;
		else if (!figure) out[first] = ['sponsor', 'founded'].includes(first) ? Number(text) : text;
		else if (first === 'site') (out.site ??= {})[figure] = Number(text);
		else ((out.stages ??= {})[first] ??= {})[figure] = Number(text);
	});
	for (const stage of Object.values(out.stages)) delete stage.teachers; // judged nowhere here
	return out;
}

export function golden() {
	const [header, ...rows] = readFileSync(sample, 'utf8').split('\n').filter((l) => l && !l.startsWith('#'));
	const schools = rows.map((row) => school(header.split(','), row));
	const primary = { records: schools.filter((s) => s.stages.primary).length, status: 'not_met', composite_cv: '0.367503' };
	PUBLISHED.forEach(([mean, sd, cv], i) => {
		primary[`R${i + 1}`] = { mean, sd, cv, cv_status: i === 1 ? 'not_met' : 'met' };
	});
	const lines = (list) => list.map((s) => `    ${JSON.stringify(s)}`).join(',\n');
	return `{
  "title": "鸠江区 2023, primary: seven published means, deviations and CVs; R2 alone misses its limit",
  "source": "published by the county, https://www.jjq.gov.cn/openness/grassroots/6603441/38916753.html (mean, sd, CV, 综合); the schools are made up so that these come out (deploy/sample/jiujiang.csv, by tests/property/jiujiang.mjs)",
  "schools": [
${lines(schools)}
  ],
  "expect": {
    "verdict": "not_met",
    "missing_schools": 0,
    "primary": {
${Object.entries(primary).map(([k, v]) => `      "${k}": ${JSON.stringify(v)}`).join(',\n')}
    }
  }
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(golden());
