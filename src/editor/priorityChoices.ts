import * as l10n from '@vscode/l10n';
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
	1: [l10n.t({ message: 'First', comment: ['a priority'] }), l10n.t('Used up before all others')],
	3: [l10n.t({ message: 'Early', comment: ['a priority'] }), l10n.t('Used before accounts of normal priority')],
	[normalPriority]: [
		l10n.t({ message: 'Normal', comment: ['a priority'] }),
		l10n.t('Shares the load as the strategy says'),
	],
	7: [
		l10n.t({ message: 'Late', comment: ['a priority'] }),
		l10n.t('Used when accounts of normal priority cannot serve'),
	],
	9: [l10n.t({ message: 'Last', comment: ['a priority'] }), l10n.t('Kept until no other account can serve')],
};

/** The one in use is among them, named or not. */
export function priorityChoices({ priority: current }: AccountView): readonly PriorityChoice[] {
	const priorities = new Set([...Object.keys(named).map(Number), current]);
	return [...priorities]
		.sort((a, b) => a - b)
		.map(priority => ({
			label: priorityName(priority),
			description: [l10n.t('Priority {0}', priority), ...(priority === current ? [l10n.t('in use')] : [])].join(' · '),
			detail: named[priority]?.[1] ?? l10n.t('In between'),
			priority,
		}));
}

export function priorityName(priority: number): string {
	return named[priority]?.[0] ?? String(priority);
}
