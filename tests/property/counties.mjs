// SPDX-License-Identifier: Apache-2.0
// Random counties, from a seed: ordinary ones, and ones that stand exactly where
// a verdict or a rounding turns.

export function random(seed) { // mulberry32
	let a = seed >>> 0;
	const next = () => {
		a = (a + 0x6d2b79f5) >>> 0;
		let t = a;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const int = (low, high) => low + Math.floor(next() * (high - low + 1));
	return { int, chance: (p) => next() < p, pick: (list) => list[int(0, list.length - 1)], next };
}

const STAGES_OF = {
	211: ['primary'], 218: ['primary'], 219: ['primary'], 311: ['junior'], 319: ['junior'], 321: ['junior'],
	312: ['primary', 'junior'], 341: ['junior', 'senior'], 345: ['primary', 'junior', 'senior'],
	362: ['junior', 'senior'], 371: ['primary', 'junior'], 511: ['primary', 'junior', 'senior'],
};
const KINDS = ['211', '211', '211', '211', '311', '311', '312', '312', '341', '345', '218', '219', '319', '371', '321', '362', '511'];
const SITE = ['teaching_area', 'indoor_sports_area', 'sports_ground_area', 'extra_sports_area', 'equipment_value', 'multimedia_rooms'];
const cents = (x) => Math.round(x * 100) / 100;
const code = (i) => String(2134000001 + i);

// Sizes: [least pupils, most pupils].
const SIZES = [[1, 9], [30, 110], [40, 60], [100, 2000], [1, 10000000]];

function figures(r, size) {
	const students = r.chance(0.03) ? 0 : r.int(...size);
	const teachers = (share) => Math.round((students * share * r.int(50, 200)) / 10000);
	return {
		students,
		teachers_above_degree: teachers(4.5),
		teachers_backbone: teachers(1.1),
		teachers_pe_art: teachers(1),
		teachers_pe_art_visiting: r.int(0, 3),
	};
}

function site(r, pupils, whole) {
	const amount = (each) => {
		const x = (pupils * each * r.int(60, 160)) / 100;
		return whole ? Math.round(x) : cents(x);
	};
	const sports = r.chance(0.5) ? 0 : amount(0.3);
	return {
		teaching_area: cents(amount(5.6) + sports),
		indoor_sports_area: sports,
		sports_ground_area: amount(9),
		extra_sports_area: amount(1),
		equipment_value: amount(2300),
		multimedia_rooms: Math.round((pupils * 2.6 * r.int(60, 160)) / 10000),
	};
}

// Leaves out what a careless school leaves out.
function thin(r, school, chance) {
	for (const part of [...Object.values(school.stages), school.site]) {
		for (const key of Object.keys(part)) {
			if (r.chance(chance)) delete part[key];
		}
	}
	for (const stage of Object.keys(school.stages)) {
		if (r.chance(chance)) delete school.stages[stage];
	}
	if (r.chance(chance / 4)) delete school.stages;
	if (r.chance(chance / 4)) delete school.site;
	if (r.chance(chance)) {
		delete school.stages;
		delete school.site;
	}
}

function ordinary(r) {
	const size = r.pick(SIZES);
	const whole = r.chance(0.3);
	const careless = r.chance(0.4) ? r.pick([0.002, 0.02, 0.1]) : 0;
	const campuses = r.chance(0.3) ? 0.3 : 0;
	const n = r.chance(0.02) ? r.int(100, 250) : r.chance(0.5) ? r.int(0, 6) : r.int(4, 40);
	const kinds = r.chance(0.4) ? r.pick([['211'], ['311'], ['312'], ['341', '311']]) : KINDS;
	const schools = [];
	for (let i = 0; i < n; i++) {
		const kind = r.pick(kinds);
		const stages = Object.fromEntries(STAGES_OF[kind].map((s) => [s, figures(r, size)]));
		if (stages.senior) stages.senior = { students: stages.senior.students };
		const pupils = Object.values(stages).reduce((sum, s) => sum + s.students, 0);
		const school = {
			code: code(i), kind, locale: r.pick(['111', '112', '122', '210', '220']),
			sponsor: r.int(1, 10), dense_centre: r.chance(0.2), closed: r.chance(0.05), stages,
			site: site(r, pupils, whole),
		};
		if (r.chance(campuses)) school.parent = code(r.int(0, n));
		thin(r, school, careless);
		schools.push(school);
	}
	return schools;
}

// One stage whose values are given as whole numbers of a common unit, times scale.
function stageOf(r, kind, stages, list, scale) {
	return list.map(([pupils, x], i) => {
		const many = (k) => x * k * scale;
		const site = {
			teaching_area: many(1), indoor_sports_area: 0, sports_ground_area: many(2),
			equipment_value: many(400), multimedia_rooms: many(1),
		};
		const teachers = { teachers_above_degree: many(1), teachers_backbone: many(1), teachers_pe_art: many(1) };
		return {
			code: code(i), kind, site,
			stages: Object.fromEntries(stages.map((s) => [s, { students: pupils, ...teachers }])),
		};
	});
}

// CV exactly L: a lower value m (1 - L / a) that is a² times as common as the
// higher one, m (1 + L a). Then the deviations balance and the variance is L².
function atLimit(r) {
	const thousandths = r.pick([500, 450, 500.5, 450.5, 499.5, 449.5, 0.5, 100, 1000, 333]);
	const a = r.pick([1, 1, 1, 2, 3]);
	const half = Math.round(thousandths * 2);
	const low = 2000 * a - half, high = 2000 * a + half * a * a;
	const p = r.int(1, 50);
	const pairs = r.int(1, 3);
	const list = [];
	for (let i = 0; i < pairs; i++) {
		list.push([p * a * a, low * p * a * a], [p, high * p]);
	}
	const shape = r.pick([['211', ['primary']], ['311', ['junior']], ['312', ['primary', 'junior']], ['341', ['junior']]]);
	const schools = stageOf(r, ...shape, list, r.pick([1, 1, 2, 7]));
	if (r.chance(0.5)) { // one unit beside it
		const s = r.pick(schools);
		const key = r.pick(Object.keys(s.site).filter((k) => k !== 'indoor_sports_area'));
		const by = key === 'multimedia_rooms' ? 1 : 0.01;
		s.site[key] = Math.max(0, cents(s.site[key] + (r.chance(0.5) ? by : -by)));
	}
	return schools;
}

// Values at a threshold or at its floor, to one unit.
function atThreshold(r, standard) {
	const schools = [];
	const n = r.int(1, 6);
	for (let i = 0; i < n; i++) {
		const stage = r.pick(['primary', 'junior']);
		const t = standard.thresholds[stage];
		const students = r.pick([1, 3, 7, 20, 200, 500, 1000, 20000, r.int(1, 3000)]);
		const near = (each, unit) => {
			const floor = r.chance(0.3) ? standard.floor_percent / 100 : 1;
			const x = Math.round((each * floor * students) / unit) + r.pick([-1, 0, 0, 0, 1]);
			return Math.max(0, unit === 1 ? x : cents(x * unit));
		};
		schools.push({
			code: code(i), kind: stage === 'primary' ? '211' : '311',
			stages: { [stage]: {
				students, teachers_above_degree: near(t.R1 / 100, 1), teachers_backbone: near(t.R2 / 100, 1),
				teachers_pe_art: near(t.R3 / 100, 1),
			} },
			site: {
				teaching_area: near(t.R4, 0.01), indoor_sports_area: 0, sports_ground_area: near(t.R5, 0.01),
				equipment_value: near(t.R6, 0.01), multimedia_rooms: near(t.R7 / 100, 1),
			},
		});
	}
	return schools;
}

// Nearly alike, and very large: where doubles cancel.
function nearlyAlike(r) {
	const pupils = r.pick([1, 10, 1000, 999983]);
	const each = r.pick([1, 1000, 900000, 8999999]);
	const list = Array.from({ length: r.int(1, 12) }, () => [pupils, 1]);
	const schools = stageOf(r, ...r.pick([['211', ['primary']], ['312', ['primary', 'junior']]]), list, each);
	for (const s of schools) {
		s.site.equipment_value = Math.floor(9e12 / r.pick([1, 1, 3])) - (r.chance(0.3) ? 0.5 : 0);
		if (r.chance(0.3)) s.site.teaching_area = cents(s.site.teaching_area + 0.01);
	}
	return schools;
}

function standardOf(r) {
	if (r.chance(0.6)) return {};
	return r.pick([
		{ judge: 'rounded' },
		{ judge: 'rounded', floor_percent: 90 },
		{ indicators_needed: 5, floor_percent: 0 },
		{ indicators_needed: 7 },
		{ floor_percent: 0, teaching_point_students: 100 },
		{ reliefs: { visiting_pe_art: false, extra_sports_area: false } },
		{ weights: { 312: { primary: 1, junior: 1.25 }, 371: { primary: 1, junior: 1.1 } } },
		{ thresholds: { primary: { R1: 0.001 } }, cv_limit: { primary: 0.333, junior: 1 } },
	]);
}

export function county(r, standard) {
	const make = r.pick([ordinary, ordinary, ordinary, ordinary, atLimit, atThreshold, nearlyAlike]);
	return { standard: standardOf(r), schools: make(r, standard) };
}
