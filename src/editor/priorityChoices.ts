import { normalPriority, type AccountView } from '../shared/accountApi.js';

/** A priority as an entry of a list. */
export interface PriorityChoice {
	readonly label: string;
	readonly description: string;
	readonly detail: string;
	readonly priority: number;
}

/** Those in between are for whoever has many accounts. */
const named: Readonly<Record<number, readonly [name: string, detail: string]>> = {
	1: ['First', 'Used up before all others'],
	3: ['Early', 'Used before accounts of normal priority'],
	[normalPriority]: ['Normal', 'Shares the load as the strategy says'],
	7: ['Late', 'Used when accounts of normal priority cannot serve'],
	9: ['Last', 'Kept until no other account can serve'],
};

/** The one in use is among them, named or not. */
export function priorityChoices({ priority: current }: AccountView): readonly PriorityChoice[] {
	const priorities = new Set([...Object.keys(named).map(Number), current]);
	return [...priorities]
		.sort((a, b) => a - b)
		.map(priority => ({
			label: priorityName(priority),
			description: [`Priority ${priority}`, ...(priority === current ? ['in use'] : [])].join(' · '),
			detail: named[priority]?.[1] ?? 'In between',
			priority,
		}));
}

export function priorityName(priority: number): string {
	return named[priority]?.[0] ?? String(priority);
}
