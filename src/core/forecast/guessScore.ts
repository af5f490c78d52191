/** What was expected of a stretch of time, in per cent. */
export interface Guess {
	/** What each way of guessing expected, and which of them was believed. */
	readonly byWay: readonly number[];
	readonly way: number;
	/** What anybody could have guessed: that all goes on as in the last hour. */
	readonly lastHour: number;
}

const rememberedGuesses = 50;
/** Before anything is known: the error of a guess, and the variance per expected per cent with how much it then counts. */
const firstError = 0.5;
const firstDispersion = 2;
const dispersionCountsAs = 2;
/** Less would be luck. */
const clearlyLess = 0.9;
/** The figure comes in whole per cents: a guess that is no further off is not worse. */
const noWorse = 0.2;

/** How wrong guesses have lately been: which way to believe, how far, and whether at all. */
export class GuessScore {
	guesses = 0;
	#byWay: readonly number[];
	#believed = 0;
	#remembered = 0;
	#nothing = 0;
	#lastHour = 0;
	#squared = 0;
	#expected = 0;

	constructor(ways: number) {
		this.#byWay = Array.from({ length: ways }, () => firstError);
	}

	compare({ byWay, way, lastHour }: Guess, came: number): void {
		const keep = 1 - 1 / rememberedGuesses;
		const believed = byWay[way] ?? 0;
		this.guesses++;
		this.#remembered = this.#remembered * keep + 1;
		this.#byWay = this.#byWay.map((error, index) => error * keep + Math.abs((byWay[index] ?? 0) - came));
		this.#believed = this.#believed * keep + Math.abs(believed - came);
		this.#nothing = this.#nothing * keep + Math.abs(came);
		this.#lastHour = this.#lastHour * keep + Math.abs(lastHour - came);
		this.#squared = this.#squared * keep + (believed - came) ** 2;
		this.#expected = this.#expected * keep + believed;
	}

	get bestWay(): number {
		return this.#byWay.indexOf(Math.min(...this.#byWay));
	}

	/** Whether guessing has been clearly better than to guess that nothing is burnt, and no worse than the last hour. */
	get isSkilled(): boolean {
		return (
			this.#believed < this.#nothing * clearlyLess && this.#believed <= this.#lastHour + this.#remembered * noWorse
		);
	}

	/** Variance of what came around what was expected, per expected per cent. */
	get dispersion(): number {
		return (this.#squared + firstDispersion * dispersionCountsAs) / (this.#expected + dispersionCountsAs);
	}
}
