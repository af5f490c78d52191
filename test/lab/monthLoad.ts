/** One turn of a client. */
export interface MonthTurn {
	readonly at: number;
	readonly session: number;
	readonly client: MonthClient;
	readonly model: string;
	readonly keyId: string;
	readonly tier: 'priority' | null;
	readonly reasons: boolean;
	/** Letters of the question: what the request costs. */
	readonly letters: number;
	/** The client goes so long after its request. */
	readonly leaveAfterMs: number | undefined;
}

export type MonthClient = (typeof clients)[number];

const clients = ['codex', 'codex_socket', 'codex_socket', 'sdk_stream', 'sdk_whole', 'unnamed'] as const;
const models = [
	...['gpt-5.5', 'gpt-5.5', 'gpt-5.5', 'gpt-6.1-sol', 'gpt-6.1-sol', 'gpt-5.6-luna', 'gpt-5.6-luna'],
	// One with a limit of its own, and one that has no price.
	...['gpt-5.3-codex-spark', 'codex-auto-review'],
] as const;
const sessions = 40;
const minuteMs = 60_000;
const burstsADay = 2;
const turnsInBurst = 25;

/** How many turns an hour of the day sees. */
function turnsPerHour(at: number): number {
	const date = new Date(at);
	const hour = date.getHours();
	if (hour < 8 || hour >= 23) return 1.5;
	if (date.getDay() % 6 === 0) return 6;
	return hour >= 9 && hour < 18 ? 45 : 9;
}

/** Offices with their hours, and bursts at any time of the day. */
export function monthLoad(from: number, until: number, random: () => number): MonthTurn[] {
	const turns: MonthTurn[] = [];
	for (let minute = from; minute < until; minute += minuteMs) {
		const expected = turnsPerHour(minute) / 60;
		const count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0);
		for (let index = 0; index < count; index++) turns.push(turnAt(minute + random() * minuteMs, random));
		const isBurst = random() < burstsADay / (24 * 60);
		for (let index = 0; isBurst && index < turnsInBurst; index++) {
			turns.push(turnAt(minute + random() * 4 * minuteMs, random));
		}
	}
	return turns.filter(({ at }) => at < until).sort((a, b) => a.at - b.at);
}

function turnAt(at: number, random: () => number): MonthTurn {
	const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
	return {
		at: Math.floor(at),
		session: Math.floor(random() * sessions),
		client: random() < 0.6 ? 'codex' : oneOf(clients),
		model: oneOf(models),
		keyId: `key_${1 + Math.floor(random() ** 2 * 3)}`,
		tier: random() < 0.1 ? 'priority' : null,
		reasons: random() < 0.3,
		letters: 200 + Math.floor(random() ** 3 * 24_000),
		leaveAfterMs: random() < 0.03 ? Math.floor(random() * 2_500) : undefined,
	};
}
