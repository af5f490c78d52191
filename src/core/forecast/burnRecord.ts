import { GuessScore, type Guess } from './guessScore.js';
import { burntUntil, hourMs, kindOfHour, kindsOfHour, type BurnOutlook } from './burnOutlook.js';

/** A stretch of recent time, and what was burnt in it. */
interface Stretch {
	readonly until: number;
	readonly ms: number;
	readonly percent: number;
}

/** What was expected some time ago, to be compared with what came. */
interface OpenGuess extends Guess {
	readonly at: number;
	readonly burntBefore: number;
	readonly score: GuessScore;
}

/**
 * Ways to go on from here: from how far back the pace of the moment is taken, and how soon it gives way to the habit of
 * the hour. People and programs differ too much for one; the way that has been least wrong lately is believed.
 */
const ways = [
	{ paceMs: 0.25 * hourMs, lastsMs: 0.7 * hourMs },
	{ paceMs: 0.5 * hourMs, lastsMs: 2.5 * hourMs },
	{ paceMs: 0.35 * hourMs, lastsMs: 12 * hourMs },
	{ paceMs: hourMs, lastsMs: 12 * hourMs },
	// Habit alone.
	{ paceMs: 1, lastsMs: 1 },
] as const;

/** Each kind of hour remembers about its last ten, the average two weeks. */
const rememberedHours = 10;
const averagedHours = 14 * 24;
/** The average stands in for a kind of hour as if it had been seen for this long with it, and the habit for the pace. */
const averageCountsAsHours = 1;
const habitCountsAsMs = 0.02 * hourMs;
/** What happened when in a silence longer than this is not known. */
const longestSilenceMs = 48 * hourMs;
const stretchMs = 2 * 60_000;
/** A silence says no more of the pace than this, however long it was: a machine may have slept. */
const longestStretchMs = 20 * 60_000;
/** What is older than so many times the reach of a pace counts for nothing. */
const forgottenAfter = 8;
const keptStretches = 120;
const leastGuesses = 2;

/**
 * How something burns: its pace of the moment, and its habit in every hour of working days and weekends. It guesses all
 * the time, and from its own errors knows which way to believe and how far. Small and cheap: replies bring news often.
 */
export class BurnRecord {
	readonly #percents = new Float64Array(kindsOfHour);
	readonly #hours = new Float64Array(kindsOfHour);
	#averaged = { percent: 0, hours: 0 };
	readonly #recent: Stretch[] = [];
	#until = -Infinity;
	#burnt = 0;
	#rises = 0;
	#guess: OpenGuess | undefined;
	readonly #busy = new GuessScore(ways.length);
	readonly #quiet = new GuessScore(ways.length);

	/** Guesses are judged after `guessMs`: what lasts a week is not judged by the hour. */
	constructor(private readonly guessMs: number) {}

	/** Stretches of several accounts may overlap: each adds what it burnt, and the time counts once. */
	add(from: number, to: number, percent: number): void {
		const start = Math.min(to, Math.max(from, this.#until));
		this.#until = Math.max(this.#until, to);
		this.#burnt += percent;
		if (percent > 0) this.#rises++;
		this.#average((to - start) / hourMs, percent);
		this.#learn(from, to, start, percent);
		const heard = Math.min(1, longestStretchMs / Math.max(1, to - start));
		this.#remember({ until: to, ms: (to - start) * heard, percent: percent * heard });
		this.#judge();
	}

	/** What comes next is no continuation: no guess can be judged across. */
	interrupt(): void {
		this.#guess = undefined;
	}

	/** Undefined until enough has been seen to say anything. */
	outlook(now: number): BurnOutlook | undefined {
		const score = this.#scoreAt(now);
		return score.guesses < leastGuesses ? undefined : this.#look(now, score.bestWay);
	}

	#average(hours: number, percent: number): void {
		const known = this.#averaged.hours + hours;
		const keep = Math.min(1, averagedHours / Math.max(known, 1));
		this.#averaged = { percent: (this.#averaged.percent + percent) * keep, hours: known * keep };
	}

	/** Spreads it over the hours it fell in; only those after `start` are new. */
	#learn(from: number, to: number, start: number, percent: number): void {
		const first = Math.max(from, to - longestSilenceMs);
		const perMs = to > first ? percent / (to - first) : 0;
		for (let at = first; at < to;) {
			const end = Math.min(to, at - (at % hourMs) + hourMs);
			const kind = kindOfHour(at);
			const hours = (this.#hours[kind] ?? 0) + Math.max(0, end - Math.max(at, start)) / hourMs;
			const keep = Math.min(1, rememberedHours / Math.max(hours, 1));
			this.#hours[kind] = hours * keep;
			this.#percents[kind] = ((this.#percents[kind] ?? 0) + perMs * (end - at)) * keep;
			at = end;
		}
	}

	#remember(stretch: Stretch): void {
		const newest = this.#recent.at(-1);
		if (newest && newest.ms + stretch.ms <= stretchMs) {
			this.#recent[this.#recent.length - 1] = {
				until: stretch.until,
				ms: newest.ms + stretch.ms,
				percent: newest.percent + stretch.percent,
			};
			return;
		}
		this.#recent.push(stretch);
		if (this.#recent.length > keptStretches) this.#recent.shift();
	}

	#judge(): void {
		const now = this.#until;
		const guess = this.#guess;
		const sinceMs = guess ? now - guess.at : Infinity;
		if (sinceMs < this.guessMs) return;
		// After a silence it is not known when things came.
		if (guess && sinceMs < 1.5 * this.guessMs)
			guess.score.compare(guess, (this.#burnt - guess.burntBefore) * (this.guessMs / sinceMs));
		const score = this.#scoreAt(now);
		this.#guess = {
			at: now,
			burntBefore: this.#burnt,
			score,
			way: score.bestWay,
			byWay: ways.map((_, way) => burntUntil(this.#look(now, way), kindOfHour, now + this.guessMs)),
			lastHour: this.#burntInHourBefore(now) * (this.guessMs / hourMs),
		};
	}

	/** What holds while it burns need not hold while it rests. */
	#scoreAt(now: number): GuessScore {
		return this.#burntInHourBefore(now) > 0 ? this.#busy : this.#quiet;
	}

	#look(now: number, way: number): BurnOutlook {
		const average = this.#averaged.percent / Math.max(this.#averaged.hours, 0.5);
		const habits = this.#percents.map((percent, kind) =>
			Math.max(0, (percent + average * averageCountsAsHours) / ((this.#hours[kind] ?? 0) + averageCountsAsHours)),
		);
		const habit = habits[kindOfHour(now)] ?? 0;
		const { paceMs, lastsMs } = ways[way] ?? ways[0];
		const pace = this.#pace(now, paceMs, habit);
		const score = this.#scoreAt(now);
		return {
			at: now,
			habits,
			pace,
			surplus: pace - habit,
			lastsMs,
			dispersion: score.dispersion,
			isSkilled: score.isSkilled,
			hours: this.#averaged.hours,
			rises: this.#rises,
		};
	}

	#burntInHourBefore(now: number): number {
		let sum = 0;
		for (const { until, percent } of this.#recent) if (until > now - hourMs) sum += percent;
		return sum;
	}

	/** Per cent an hour lately, the newest counting most. */
	#pace(now: number, paceMs: number, habit: number): number {
		let ms = habitCountsAsMs;
		let percent = (habit * habitCountsAsMs) / hourMs;
		for (let index = this.#recent.length - 1; index >= 0; index--) {
			const stretch = this.#recent[index];
			if (!stretch || now - stretch.until > forgottenAfter * paceMs) break;
			const weight = Math.exp(-(now - stretch.until) / paceMs);
			ms += weight * stretch.ms;
			percent += weight * stretch.percent;
		}
		return Math.max(0, percent / ms) * hourMs;
	}
}
