// SPDX-License-Identifier: Apache-2.0
// A county judged a second time, in whole numbers of any size, written from the
// rules and not from the C code: no doubles until a figure is to be shown.

const STAGES = ['primary', 'junior'];
const KIND_STAGES = {
	211: ['primary'], 218: ['primary'], 219: ['primary'], 311: ['junior'], 319: ['junior'],
	312: ['primary', 'junior'], 341: ['junior', 'senior'], 345: ['primary', 'junior', 'senior'],
	371: ['primary', 'junior'],
};
export const CODES = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7'];

const judged = (s) => s.kind in KIND_STAGES;
const reported = (s) => 'stages' in s || 'site' in s;
const missing = (s) => judged(s) && !reported(s) && !s.closed;
const hundredths = (x) => BigInt(Math.round(x * 100));
const thousandths = (x) => BigInt(Math.round(x * 1000));

// --- whole numbers ---------------------------------------------------------

function root(n) {
	if (n < 2n) return n;
	let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
	for (;;) {
		const y = (x + n / x) >> 1n;
		if (y >= x) return x;
		x = y;
	}
}

// The double nearest to n / d: 200 more bits, the last one standing for the rest.
export function nearest(n, d) {
	const shifted = n << 200n;
	const q = shifted / d;
	return Number(q * d === shifted ? q : q | 1n) * 2 ** -200;
}

const halfUp = (n, d) => (2n * n + d) / (2n * d);

// --- schools and their campuses ----------------------------------------------

function groups(schools) {
	const byCode = new Map(schools.map((s) => [s.code, s]));
	const up = (s) => {
		const p = s.parent && byCode.get(s.parent);
		return p && judged(p) ? p : null;
	};
	const rootOf = (s) => {
		let at = s;
		for (let i = 0; i < 8; i++) {
			const p = up(at);
			if (!p) return at;
			at = p;
		}
		return s;
	};
	const out = new Map();
	for (const s of schools.filter(judged)) {
		const r = rootOf(s).code;
		out.set(r, [...(out.get(r) ?? []), s]);
	}
	return [...out].map(([code, parts]) => ({ head: byCode.get(code), parts }))
		.sort((a, b) => (a.head.code < b.head.code ? -1 : 1));
}

// A figure of a stage or of the site over all parts; null when one is unknown.
function total(parts, get) {
	let sum = 0n;
	for (const p of parts) {
		const v = get(p);
		if (v === undefined) return null;
		sum += v;
	}
	return sum;
}

function merge({ head, parts }) {
	const here = parts.filter((p) => reported(p) || missing(p));
	if (!here.some(reported)) return null;
	const has = (p, stage) =>
		reported(p) ? p.stages?.[stage] !== undefined : KIND_STAGES[p.kind].includes(stage);
	return {
		head,
		stages: ['primary', 'junior', 'senior'].filter((st) =>
			here.some((p) => reported(p) && p.stages?.[st] !== undefined)),
		count: (stage, field) =>
			total(here.filter((p) => has(p, stage)), (p) => {
				const v = p.stages?.[stage]?.[field];
				return v === undefined ? undefined : BigInt(v);
			}),
		site: (field) =>
			total(here, (p) => {
				const v = p.site?.[field];
				return v === undefined ? undefined : hundredths(v);
			}),
	};
}

// --- records -------------------------------------------------------------------

const plus = (...v) => (v.includes(null) ? null : v.reduce((a, b) => a + b, 0n));

function smallRuralRelief(m, standard, stage) {
	const visiting = m.count(stage, 'teachers_pe_art_visiting');
	const rural = ['210', '220'].includes(m.head.locale);
	if (!standard.reliefs.visiting_pe_art || !rural || !visiting) return 0n;
	const pupils = STAGES.filter((s) => m.stages.includes(s)).map((s) => m.count(s, 'students'));
	const known = plus(...pupils.filter((p) => p !== null));
	if (known > 99n) return 0n;
	if (pupils.includes(null)) return null;
	return known >= 50n ? visiting : 0n;
}

// [numerator, denominator, relief]: the value is numerator / denominator; null without data.
function value(m, standard, stage, code) {
	const pupils = m.count(stage, 'students');
	const per = (n, relief = 0n) => (n === null ? null : [n, pupils, relief > 0n]);
	if (pupils === null) return null;
	if (code === 'R1') return scale100(per(m.count(stage, 'teachers_above_degree')));
	if (code === 'R2') return scale100(per(m.count(stage, 'teachers_backbone')));
	if (code === 'R3') {
		const relief = smallRuralRelief(m, standard, stage);
		return scale100(per(plus(m.count(stage, 'teachers_pe_art'), relief), relief ?? 0n));
	}
	let amount;
	let relief = 0n;
	const indoor = m.site('indoor_sports_area');
	if (code === 'R4') amount = indoor === null ? null : plus(m.site('teaching_area'), -indoor);
	if (code === 'R5') {
		if (standard.reliefs.extra_sports_area && m.head.dense_centre)
			relief = m.site('extra_sports_area') ?? 0n;
		amount = plus(m.site('sports_ground_area'), indoor, relief);
	}
	if (code === 'R6') amount = m.site('equipment_value');
	if (code === 'R7') amount = m.site('multimedia_rooms') === null ? null : m.site('multimedia_rooms') * 100n;
	const shares = m.stages.map((st) => [st, m.count(st, 'students')]);
	if (amount === null || shares.some(([, p]) => p === null)) return null;
	const living = shares.filter(([, p]) => p > 0n);
	const weight = (st) => {
		const w = standard.weights[m.head.kind]?.[st];
		return living.length > 1 && w ? hundredths(w) : 100n;
	};
	const weighted = living.reduce((sum, [st, p]) => sum + weight(st) * p, 0n);
	return [amount * weight(stage), weighted * 100n, relief > 0n];
}

function scale100(v) {
	return v && [v[0] * 100n, v[1], v[2]];
}

function judgeValue(v, standard, stage, code) {
	if (!v) return { status: 'no_data', floor_met: false, sensitive: false, relief: false, value: 0, rounded: 0n };
	const [n, d, relief] = v;
	const t = thousandths(standard.thresholds[stage][code]);
	const rounded = halfUp(100n * n, d);
	const floor = BigInt(standard.floor_percent);
	const exact = [1000n * n >= t * d, 100000n * n >= t * floor * d];
	const shown = [10n * rounded >= t, 1000n * rounded >= t * floor];
	const [met, floorMet] = standard.judge === 'rounded' ? shown : exact;
	return {
		status: met ? 'met' : 'not_met', floor_met: floorMet, relief,
		sensitive: exact[0] !== shown[0] || exact[1] !== shown[1],
		value: nearest(n, d), rounded, n, d,
	};
}

// All ways the missing values could be: each may be met, short, or below the floor.
function recordStatus(values, standard) {
	const short = standard.floor_percent === 0 ? ['met', 'short'] : ['met', 'short', 'below'];
	const seen = new Set();
	const unknown = values.filter((v) => v.status === 'no_data').length;
	const known = values.filter((v) => v.status !== 'no_data')
		.map((v) => (v.status === 'met' ? 'met' : v.floor_met ? 'short' : 'below'));
	const ok = (all) => !all.includes('below') && all.filter((x) => x === 'met').length >= standard.indicators_needed;
	for (let met = 0; met <= unknown; met++) {
		for (let below = 0; below <= (short.includes('below') ? unknown - met : 0); below++) {
			seen.add(ok([...known, ...Array(met).fill('met'), ...Array(below).fill('below'),
				...Array(unknown - met - below).fill('short')]));
		}
	}
	if (seen.size > 1) return 'no_data';
	return seen.has(true) ? 'met' : 'not_met';
}

function tooSmall(m, standard) {
	if (m.head.kind !== '218') return false;
	const pupils = plus(...STAGES.filter((s) => m.stages.includes(s)).map((s) => m.count(s, 'students')));
	return pupils !== null && pupils < BigInt(standard.teaching_point_students);
}

function records(schools, standard, stage) {
	const out = [];
	for (const group of groups(schools)) {
		const m = merge(group);
		if (!m || !m.stages.includes(stage)) continue;
		const students = m.count(stage, 'students');
		if (students === 0n) continue;
		if (tooSmall(m, standard)) continue;
		const values = CODES.map((c) => judgeValue(value(m, standard, stage, c), standard, stage, c));
		out.push({
			school: m.head.code, stage, students, values,
			met_count: values.filter((v) => v.status === 'met').length,
			status: recordStatus(values, standard),
		});
	}
	return out;
}

// --- county ----------------------------------------------------------------------

function every(statuses, someMissing) {
	if (statuses.includes('not_met')) return 'not_met';
	if (statuses.includes('no_data') || someMissing) return 'no_data';
	return statuses.length ? 'met' : 'not_applicable';
}

// Over the records that have the value: S1 = sum P X, S2 = sum P X², both over one denominator each.
function dispersion(list, i) {
	let s1 = 0n, s1d = 1n, s2 = 0n, s2d = 1n, pupils = 0n;
	for (const { students: p, values } of list) {
		const { n, d } = values[i];
		s1 = s1 * d + p * n * s1d;
		s1d *= d;
		s2 = s2 * d * d + p * n * n * s2d;
		s2d *= d * d;
		pupils += p;
	}
	const square = s1 === 0n ? null : [pupils * s2 * s1d * s1d - s1 * s1 * s2d, s1 * s1 * s2d];
	return { mean: [s1, s1d * pupils], square };
}

function indicator(list, i, standard, stage, someMissing) {
	const having = list.filter((r) => r.values[i].status !== 'no_data');
	const out = {
		has_mean: having.length > 0, has_cv: false, mean: 0, sd: 0, cv: 0,
		mean_rounded: 0n, cv_rounded: 0n, rounding_sensitive: false,
		records_met: having.filter((r) => r.values[i].status === 'met').length,
		schools: every(list.map((r) => r.values[i].status), someMissing),
	};
	const limit = thousandths(standard.cv_limit[stage]);
	let within = [false, false];
	if (having.length) {
		const { mean, square } = dispersion(having, i);
		out.mean = nearest(...mean);
		out.mean_rounded = halfUp(100n * mean[0], mean[1]);
		if (square) {
			const [n, d] = square;
			out.has_cv = true;
			out.cv = nearest(root((n << 400n) / d), 1n << 200n);
			out.sd = out.cv * out.mean;
			// k <= 1000 CV + 1/2, that is (2k - 1)² <= 4 000 000 CV²
			out.cv_rounded = (root((4000000n * n) / d) + 1n) / 2n;
			within = [n * 1000000n <= limit * limit * d, out.cv_rounded <= limit];
			out.rounding_sensitive = within[0] !== within[1];
		}
	}
	if (someMissing || having.length < list.length) out.cv_status = 'no_data';
	else if (!list.length) out.cv_status = 'not_applicable';
	else if (!out.has_cv) out.cv_status = 'undefined';
	else out.cv_status = within[standard.judge === 'rounded' ? 1 : 0] ? 'met' : 'not_met';
	return out;
}

const WORST = ['not_met', 'no_data', 'undefined', 'met', 'not_applicable'];
const worst = (statuses) => WORST.find((s) => statuses.includes(s));

export function judge(schools, standard) {
	const out = { missing_schools: schools.filter(missing).length, records: [] };
	for (const stage of STAGES) {
		const list = records(schools, standard, stage);
		const someMissing = schools.some((s) => missing(s) && KIND_STAGES[s.kind].includes(stage));
		const judgements = CODES.map((_, i) => indicator(list, i, standard, stage, someMissing));
		const all = every(list.map((r) => r.status), someMissing);
		out[stage] = {
			records: list.length,
			records_met: list.filter((r) => r.status === 'met').length,
			students: list.reduce((sum, r) => sum + (r.students ?? 0n), 0n),
			schools: all,
			status: worst([all, ...judgements.map((j) => j.cv_status)]),
			has_composite: judgements.every((j) => j.has_cv),
			composite_cv: judgements.every((j) => j.has_cv)
				? judgements.reduce((sum, j) => sum + j.cv, 0) / CODES.length : 0,
		};
		CODES.forEach((c, i) => (out[stage][c] = judgements[i]));
		out.records.push(...list);
	}
	const both = worst(STAGES.map((s) => out[s].status));
	out.verdict = both === 'not_met' || both === 'met' ? both : 'incomplete';
	return out;
}
