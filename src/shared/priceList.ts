import type { Prices } from './priceApi.js';

const longContext = { above: 272_000, input: 2, output: 1.5 } as const;
/** `priority` is served with short inputs only. */
const shortPriority = { ...longContext, priority: false } as const;
const tiers = { priority: 2, flex: 0.5 } as const;

/** The promotion of 2026-08-21, announced to last at least until 2026-11-21. */
const sol56 = { input: 4, cachedInput: 0.4, output: 20, ...tiers, longContext } as const;

/**
 * What the provider's API asks for tokens, from its public pricing pages: US dollars for a million. Only published
 * figures: a model that is not here has no price. What the API asks for writing into its prompt cache is not in it,
 * because ChatGPT's replies do not count those tokens.
 */
export const priceList: { readonly asOf: string; readonly models: Prices } = {
	asOf: '2026-11-05',
	models: {
		'gpt-6.1-sol': { input: 2, cachedInput: 0.1, output: 10, ...tiers, longContext },
		'gpt-6.1-terra': { input: 1, cachedInput: 0.05, output: 5, ...tiers, longContext },
		'gpt-6-astra': { input: 10, cachedInput: 1, output: 50, ...tiers, longContext },
		'gpt-6-sol': { input: 2, cachedInput: 0.2, output: 10, ...tiers, longContext },
		'gpt-6-luna': { input: 0.1, cachedInput: 0.01, output: 0.5, ...tiers, longContext },
		'gpt-5.6': sol56,
		'gpt-5.6-sol': sol56,
		'gpt-5.6-terra': { input: 2, cachedInput: 0.2, output: 12, ...tiers, longContext },
		'gpt-5.6-luna': { input: 0.2, cachedInput: 0.02, output: 1.2, ...tiers, longContext },
		'gpt-5.5': { input: 5, cachedInput: 0.5, output: 30, priority: 2.5, flex: 0.5, longContext: shortPriority },
		'gpt-5.4': { input: 2.5, cachedInput: 0.25, output: 15, ...tiers, longContext: shortPriority },
		'gpt-5.4-mini': { input: 0.75, cachedInput: 0.075, output: 4.5, ...tiers },
		'gpt-5.4-nano': { input: 0.2, cachedInput: 0.02, output: 1.25, flex: 0.5 },
		'gpt-5.3-codex': { input: 1.75, cachedInput: 0.175, output: 14, priority: 2 },
		'gpt-5.2': { input: 1.75, cachedInput: 0.175, output: 14, ...tiers },
		'gpt-5.2-codex': { input: 1.75, cachedInput: 0.175, output: 14, priority: 2 },
		'gpt-5.1': { input: 1.25, cachedInput: 0.125, output: 10, ...tiers },
		'gpt-5.1-codex': { input: 1.25, cachedInput: 0.125, output: 10, priority: 2 },
		'gpt-5.1-codex-max': { input: 1.25, cachedInput: 0.125, output: 10, priority: 2 },
		'gpt-5.1-codex-mini': { input: 0.25, cachedInput: 0.025, output: 2 },
		'gpt-5': { input: 1.25, cachedInput: 0.125, output: 10, ...tiers },
		'gpt-5-codex': { input: 1.25, cachedInput: 0.125, output: 10, priority: 2 },
	},
};
