// SPDX-License-Identifier: Apache-2.0
// The items of the national standard a second time, in whole numbers of any size: written from
// the rules, item by item, and not from the C code or the standard's document. And counties that
// stand where a verdict turns.
import { nearest } from './exact.mjs';

export const CONFIRMED = ['G1', 'G2', 'G10', 'Q3', 'Q5', 'Q6', 'Q7', 'Q8'];
export const VETOES = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V7'];
const STAGES = { 211: ['primary'], 218: ['primary'], 311: ['junior'], 312: ['primary', 'junior'], 341: ['junior', 'senior'],
	345: ['primary', 'junior', 'senior'] };
const GROUPS = ['students', 'parents', 'teachers', 'heads', 'deputies', 'others'];
const ORDER = ['not_applicable', 'met', 'undefined', 'no_data', 'not_met'];
const worst = (list) => list.reduce((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'not_applicable');

const fen = (x) => (x === undefined ? null : BigInt(Math.round(x * 100)));
const sum = (list) => (list.includes(null) ? null : list.reduce((a, b) => a + b, 0n));
const halfUp = (n, d) => (n < 0n ? -halfUp(-n, d) : (2n * n + d) / (2n * d));

// of / to in percent or (percent false) as it is, against a threshold (whole); null: missing.
function ratio(of, to, threshold, { percent = true, most = false, rounded = false } = {}) {
	if (of === null || to === null) return { status: 'no_data' };
	if (to <= 0n) return { status: 'undefined' };
	const n = percent ? of * 100n : of, units = percent ? 10n : 100n;
	const shown = halfUp(n * units, to);
	const holds = (a, b) => (most ? a <= b : a >= b);
	const exact = holds(n, BigInt(threshold) * to), display = holds(shown, BigInt(threshold) * units);
	return {
		status: (rounded ? display : exact) ? 'met' : 'not_met', sensitive: exact !== display,
		value: n < 0n ? -nearest(-n, to) : nearest(n, to), shown: Number(shown),
	};
}

// --- schools ------------------------------------------------------------------------

const reported = (s) => 'stages' in s || 'site' in s;
const isMissing = (s) => s.kind in STAGES && !reported(s) && !s.closed;
const live = (s) => ['primary', 'junior'].filter((g) => s.stages?.[g] && s.stages[g].students !== 0);
const figures = (s, name, stages = live(s)) => stages.map((g) => fen(s.stages[g][name]));
const known = (list) => list.filter((x) => x !== null).reduce((a, b) => a + b, 0n);
const rural = (s) => ['210', '220'].includes(s.locale);

// 'in', 'out', or 'maybe' where a missing number of pupils decides.
function teachingPoint(s) {
	const pupils = figures(s, 'students');
	if (s.kind !== '218' || known(pupils) >= 5000n) return 'in';
	return pupils.includes(null) ? 'maybe' : 'out';
}

function roomsOf(s, reliefs) {
	const pupils = figures(s, 'students'), largest = figures(s, 'largest_class'), classes = figures(s, 'classes');
	const needed = (known(classes) + 1199n) / 1200n;
	const small = !rural(s) || known(pupils) >= 10000n || largest.some((x) => x !== null && x >= 3000n) ? 'out'
		: [...pupils, ...largest].includes(null) ? 'maybe' : 'in';
	const area = live(s).includes('junior') ? 6100n : 5400n;
	const judge = (withSmall) => {
		const lists = [['music_rooms', 9600n, 7300n], ['art_rooms', 9000n, 6700n]].map(([name, full, older]) => {
			let least = full;
			if (reliefs.older_rooms && s.founded && s.founded <= 2016 && older < least) least = older;
			if (withSmall && area < least) least = area;
			const list = s.site?.[name];
			return list === undefined ? null : BigInt(list.filter((x) => fen(x) >= least).length);
		});
		if (lists.some((have) => have !== null && have < needed)) return 'not_met';
		return lists.includes(null) || classes.includes(null) ? 'no_data' : 'met';
	};
	const sure = judge(reliefs.small_rural_rooms && small === 'in');
	const status = sure === 'not_met' && reliefs.small_rural_rooms && small === 'maybe' && judge(true) !== 'not_met'
		? 'no_data' : sure;
	return [{ status }];
}

function sizeOf(s, reliefs, rounded) {
	const pupils = sum(figures(s, 'students'));
	const integrated = ['312', '345'].includes(s.kind);
	const many = pupils !== null && known(figures(s, 'migrant_students')) * 2n > pupils;
	const eased = reliefs.large_school && (many || (s.founded && s.founded <= 2010));
	const limit = integrated ? (eased ? 3000 : 2500) : (eased ? 2400 : 2000);
	const size = ratio(pupils, 100n, limit, { percent: false, most: true, rounded });
	size.relieved = size.status === 'met' && pupils > (integrated ? 250000n : 200000n) ? 'large_school' : undefined;
	return integrated ? [{ status: 'not_applicable' }, size] : [size, { status: 'not_applicable' }];
}

const classOf = (s, rounded) => [['primary', 45], ['junior', 50]].map(([g, limit]) => (live(s).includes(g)
	? ratio(figures(s, 'largest_class', [g])[0], 100n, limit, { percent: false, most: true, rounded }) : { status: 'not_applicable' }));

function fundsOf(s, base, rounded) {
	const pupils = figures(s, 'students');
	if (known(pupils) >= 10000n) return [{ status: 'not_applicable' }];
	const funds = ratio(fen(s.site?.public_funds), base, 100, { percent: false, rounded });
	return [pupils.includes(null) && funds.status !== 'met' ? { ...funds, status: 'no_data' } : funds];
}

const zonesOf = (s, rounded) => [['primary', 100], ['junior', 95]].map(([g, share]) => (
	rural(s) || s.sponsor > 8 || s.boarding || !live(s).includes(g) ? { status: 'not_applicable' }
		: ratio(figures(s, 'zone_students', [g])[0], figures(s, 'students', [g])[0], share, { rounded })));

const ofTeachers = (s, name, rounded) => [ratio(sum(figures(s, name)), sum(figures(s, 'teachers')), 100, { rounded })];

// Whether a school that has not reported may be one that a condition is about.
const hasStage = (s, g) => STAGES[s.kind].includes(g);
const MAY = {
	G4: [(s) => !['312', '345'].includes(s.kind), (s) => ['312', '345'].includes(s.kind)],
	G5: [(s) => hasStage(s, 'primary'), (s) => hasStage(s, 'junior')],
	G13: ['primary', 'junior'].map((g) => (s) => hasStage(s, g) && !rural(s) && s.sponsor <= 8 && !s.boarding),
};

function ofSchools(code, schools, of) {
	const out = { schools: 0, reliefs: 0, met: [], not_met: [], no_data: [], undefined: [], sensitive: false };
	const conditions = (MAY[code] ?? [() => true]).map(() => []);
	for (const s of schools.filter((x) => x.kind in STAGES)) {
		const missed = isMissing(s) ? conditions.map((_, i) => (MAY[code]?.[i] ?? (() => true))(s)) : [];
		missed.forEach((m, i) => m && conditions[i].push('no_data'));
		let status = missed.includes(true) ? 'no_data' : 'not_applicable';
		const scope = reported(s) && live(s).length ? (code === 'G6' ? 'in' : teachingPoint(s)) : 'out';
		if (scope !== 'out') {
			const judged = of(s).map((c) => (scope === 'maybe' && !['met', 'not_applicable'].includes(c.status)
				? { ...c, status: 'no_data' } : c));
			judged.forEach((c, i) => conditions[i].push(c.status));
			status = worst(judged.map((c) => c.status));
			out.schools += status === 'not_applicable' ? 0 : 1;
			out.reliefs += judged.filter((c) => c.relieved).length;
			out.sensitive ||= judged.some((c) => c.sensitive);
		}
		if (status !== 'not_applicable') out[status].push(s.code);
	}
	return { ...out, conditions: conditions.map((list) => ({ status: worst(list) })) };
}

// --- all of them ----------------------------------------------------------------------

export function judgeItems({ schools, county, standard }) {
	const rounded = standard.judge === 'rounded';
	const reliefs = { older_rooms: true, small_rural_rooms: true, large_school: true, ...standard.reliefs };
	const of = (item, field) => fen(county[item]?.[field]);
	const part = (item, a, b, share) => ratio(of(item, a), of(item, b), share, { rounded });
	const flag = (item, name, wanted) => {
		const value = county[item]?.[name];
		return { status: value === undefined ? 'no_data' : value === wanted ? 'met' : 'not_met' };
	};
	const out = {};
	for (const code of CONFIRMED) out[code] = [flag(code, 'confirmed', true)];
	for (const code of VETOES) out[code] = [flag(code, 'confirmed', false)];
	out.G7 = [ratio(of('G7', 'value'), 100n, 8000, { percent: false, rounded })];
	out.G8 = [part('G8', 'teacher', 'civil_servant', 100)];
	out.G11 = [part('G11', 'moved', 'eligible', 10), part('G11', 'backbone_moved', 'moved', 20)];
	out.G14 = [part('G14', 'allocated', 'plan', 50), flag('G14', 'rural_tilt', true)];
	out.G15 = [ratio(sum([of('G15', 'public'), of('G15', 'purchased')]), of('G15', 'eligible'), 85, { rounded }), flag('G15', 'care', true)];
	const q = ['graduating', 'moved_in', 'moved_out', 'intake', 'deaths'].map((f) => of('Q1', f));
	const minus = (x) => (x === null ? null : -x);
	out.Q1 = [ratio(sum([q[0], minus(q[1]), q[2]]), sum([q[3], minus(q[4])]), 95, { rounded })];
	out.Q2 = [part('Q2', 'enrolled', 'children', 95)];
	const subjects = county.Q9?.subjects ?? [];
	out.Q9 = [{ status: !subjects.length ? 'no_data'
		: subjects.every((x) => ['III', 'IV', 'V', 'VI'].includes(x.level) && Math.round(x.difference * 1e6) < 150000) ? 'met' : 'not_met' }];
	const answers = Object.values(county.S1?.groups ?? {});
	const total = (f) => (answers.length ? sum(answers.map((a) => fen(a[f]))) : null);
	out.S1 = [ratio(total('satisfied'), total('valid'), 85, { rounded })];
	for (const code of Object.keys(out))
		out[code] = { conditions: out[code], sensitive: out[code].some((c) => c.sensitive) };
	out.G3 = ofSchools('G3', schools, (s) => roomsOf(s, reliefs));
	out.G4 = ofSchools('G4', schools, (s) => sizeOf(s, reliefs, rounded));
	out.G5 = ofSchools('G5', schools, (s) => classOf(s, rounded));
	out.G6 = ofSchools('G6', schools, (s) => fundsOf(s, of('G6', 'base_per_pupil'), rounded));
	out.G9 = ofSchools('G9', schools, (s) => ofTeachers(s, 'teachers_trained', rounded));
	out.G12 = ofSchools('G12', schools, (s) => ofTeachers(s, 'teachers_certified', rounded));
	out.G13 = ofSchools('G13', schools, (s) => zonesOf(s, rounded));
	out.Q4 = ofSchools('Q4', schools, (s) => [ratio(fen(s.site?.training_budget), fen(s.site?.public_funds_budget), 5, { rounded })]);
	for (const item of Object.values(out)) item.status = worst(item.conditions.map((c) => c.status));
	return out;
}

// --- counties ---------------------------------------------------------------------------

// Near a share of a whole: under, on, over, or anything.
const near = (r, whole, share) => Math.max(0, r.chance(0.2) ? r.int(0, whole)
	: Math.min(whole, Math.ceil((whole * share) / 100) + r.pick([-1, 0, 0, 0, 1])));
const cents = (x) => Math.round(x * 100) / 100;

function stage(r, primary) {
	const students = r.pick([0, r.int(1, 60), r.int(40, 130), r.int(90, 110), r.int(500, 3100), r.pick([2000, 2001, 2400, 2401, 2500, 2501, 3000])]);
	const teachers = r.pick([0, 1, 20, 99, 1999, 2000, 3000]);
	const limit = primary ? 45 : 50;
	return {
		students, classes: r.pick([1, 5, 6, 7, 12, 13, 24, 25]), largest_class: r.pick([20, 29, 30, limit, limit, limit + 1]), teachers,
		teachers_trained: near(r, teachers, 100), teachers_certified: near(r, teachers, 100),
		zone_students: near(r, students, primary ? 100 : 95), migrant_students: near(r, students, 50),
	};
}

const areas = (r, full, older) => Array.from({ length: r.pick([0, 1, 1, 2, 2, 3, 5]) }, () =>
	r.pick([full, full, older, 61, 54, cents(full - 0.01), cents(older - 0.01), 60.99, 53.99, 200]));

function school(r, i, careless) {
	const kind = r.pick(Object.keys(STAGES));
	const stages = Object.fromEntries(STAGES[kind].map((g) => [g, g === 'senior' ? { students: r.int(0, 900) } : stage(r, g === 'primary')]));
	const budget = r.pick([0, 1000, 100000, 33333.33]);
	const s = {
		code: String(2134000001 + i), kind, locale: r.pick(['111', '121', '210', '220']), sponsor: r.int(1, 10),
		founded: r.pick([0, 1999, 2010, 2011, 2016, 2017]), boarding: r.chance(0.2), closed: r.chance(0.05), stages,
		site: {
			music_rooms: areas(r, 96, 73), art_rooms: areas(r, 90, 67), public_funds: cents(80000 + r.pick([-0.01, 0, 0.01, -5, 900])),
			public_funds_budget: budget, training_budget: Math.max(0, cents(budget / 20 + r.pick([-0.01, 0, 0, 0.01, 3]))),
		},
	};
	for (const figuresOf of [...Object.values(stages), s.site])
		for (const key of Object.keys(figuresOf)) if (r.chance(careless)) delete figuresOf[key];
	if (r.chance(careless)) { delete s.stages; delete s.site; }
	return s;
}

function countyItems(r) {
	const eligible = r.pick([0, 40, 400, 2000, 99999]), moved = near(r, eligible, 10);
	const whole = () => r.pick([0, 20, 1000, 2000, 33333]);
	const [plan, migrants, children] = [whole(), whole(), whole()];
	const intake = r.pick([0, 3, 1000, 10003]), deaths = r.pick([0, 3]), here = Math.max(0, intake - deaths);
	const inPublic = near(r, migrants, 85), purchased = Math.min(migrants - inPublic, r.int(0, 3));
	const graduating = near(r, here, 95);
	const groups = Object.fromEntries(GROUPS.filter(() => r.chance(0.4)).map((g) => {
		const valid = r.pick([0, 20, 1000, 9999]);
		return [g, { valid, satisfied: near(r, valid, 85) }];
	}));
	const pay = r.pick([0, 98000, 98000.01]);
	const all = {
		G6: { base_per_pupil: r.pick([0, 800, 800, 800]) }, G7: { value: r.pick([7999.99, 8000, 8000.01, 12345]) },
		G8: { teacher: Math.max(0, cents(pay + r.pick([-0.01, 0, 0.01, -60, 500]))), civil_servant: pay },
		G11: { eligible, moved, backbone_moved: near(r, moved, 20) },
		G14: { plan, allocated: near(r, plan, 50), rural_tilt: r.chance(0.8) },
		G15: { eligible: migrants, public: inPublic, purchased, care: r.chance(0.8) },
		Q1: { graduating, moved_in: r.pick([0, 0, 5]), moved_out: r.pick([0, 0, 5]), intake, deaths },
		Q2: { children, enrolled: near(r, children, 95) },
		Q9: { subjects: Array.from({ length: r.int(0, 4) }, (_, i) => ({ subject: `科目${i}`, level: r.pick(['II', 'III', 'III', 'IV', 'VI']), difference: r.pick([0, 0.1, 0.149999, 0.15, 0.2]) })) },
		S1: { groups },
	};
	for (const code of [...CONFIRMED, ...VETOES]) all[code] = { confirmed: r.chance(0.5) };
	const careless = r.pick([0, 0.05, 0.3]);
	for (const code of Object.keys(all)) {
		if (!['Q9', 'S1'].includes(code))
			for (const field of Object.keys(all[code])) if (r.chance(careless)) delete all[code][field];
		if (r.chance(careless)) delete all[code];
	}
	return all;
}

export function countyWithItems(r) {
	const careless = r.pick([0, 0, 0.02, 0.2]);
	const standard = r.pick([{}, {}, { judge: 'rounded' }, { reliefs: { older_rooms: false, large_school: false } }, { reliefs: { small_rural_rooms: false } }]);
	return { standard, schools: Array.from({ length: r.int(0, 8) }, (_, i) => school(r, i, careless)), county: countyItems(r) };
}
