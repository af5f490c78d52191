import * as l10n from '@vscode/l10n';
import type { Routing, Strategy } from '../shared/routingApi.js';
import { explainStrategy, knownStrategies, strategyName } from '../shared/routingWords.js';

/** A strategy as an entry of a list. */
export interface StrategyChoice {
	readonly label: string;
	readonly description: string;
	readonly detail: string;
	readonly strategy: Strategy;
}

export function strategyChoices({ strategy: current }: Routing): readonly StrategyChoice[] {
	return knownStrategies.map(strategy => {
		const name = strategyName(strategy);
		return {
			label: name.charAt(0).toUpperCase() + name.slice(1),
			description: strategy === current ? l10n.t('in use') : '',
			detail: explainStrategy(strategy),
			strategy,
		};
	});
}
