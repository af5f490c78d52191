import type { ModelView } from '../../src/shared/modelApi.js';
import { fourAccounts } from './samplePool.js';

const everyone = fourAccounts.map(({ id }) => id);

function model(name: string, change: Partial<ModelView> = {}): ModelView {
	return {
		name,
		displayName: name,
		kind: 'model',
		exposed: true,
		inPicker: true,
		model: name,
		effort: null,
		tier: null,
		verbosity: null,
		efforts: ['low', 'medium', 'high', 'xhigh'],
		tiers: ['priority'],
		contextWindow: { tokens: 272_000, inputTokens: 258_400 },
		takesImages: true,
		accountIds: everyone,
		...change,
	};
}

function variants(of: ModelView): ModelView[] {
	const base = { ...of, kind: 'variant', inPicker: false, model: of.name } as const;
	return [
		...of.efforts.map(effort => ({ ...base, name: `${of.name}-${effort}`, effort })),
		...of.tiers.map(tier => ({ ...base, name: `${of.name}-fast`, tier })),
	];
}

const codex = model('gpt-5.3-codex');
const general = model('gpt-5.3', { accountIds: everyone.slice(0, 3) });
const spark = model('gpt-5.3-codex-spark', { accountIds: everyone.slice(0, 1), tiers: [], efforts: ['low', 'high'] });
const review = model('codex-auto-review', { exposed: false, inPicker: false, efforts: [], tiers: [] });

/** Two models that all have, one of a single plan, one that is not shown, and two names of the user's own. */
export const sampleModels: readonly ModelView[] = [
	codex,
	general,
	spark,
	review,
	model('deep', { kind: 'alias', model: codex.name, effort: 'xhigh', tier: 'priority', verbosity: 'low' }),
	model('cheap', { kind: 'alias', model: general.name }),
	...variants(codex),
	...variants(general),
	...variants(spark),
];
