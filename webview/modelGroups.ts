import type { AccountView } from '../src/shared/accountApi.js';
import type { ModelView } from '../src/shared/modelApi.js';
import { nameOf, planName } from './accountStatus.js';
import { listed } from './joined.js';
import { text } from './text.js';

/** A model with the names that the pool makes of it. */
export interface ModelGroup {
	readonly model: ModelView;
	readonly variants: readonly ModelView[];
}

export function modelGroups(models: readonly ModelView[]): ModelGroup[] {
	const variants = Map.groupBy(
		models.filter(({ kind }) => kind === 'variant'),
		({ model }) => model,
	);
	return models
		.filter(({ kind }) => kind === 'model')
		.map(model => ({ model, variants: variants.get(model.name) ?? [] }));
}

/** Names that the user made up. */
interface AliasGroups {
	readonly served: readonly ModelView[];
	/** Those whose model no account has. */
	readonly stranded: readonly ModelView[];
}

export function aliasGroups(models: readonly ModelView[]): AliasGroups {
	const known = new Set(models.filter(({ kind }) => kind === 'model').map(({ name }) => name));
	const aliases = models.filter(({ kind }) => kind === 'alias');
	return {
		served: aliases.filter(({ model }) => known.has(model)),
		stranded: aliases.filter(({ model }) => !known.has(model)),
	};
}

/** What a name asks for beside the model: `high effort, fast`. */
export function meaningOf({ effort, tier, verbosity }: ModelView): string {
	const parts = [
		...(effort === null ? [] : [text.withEffort(effort)]),
		...(tier === null ? [] : [tierWord(tier)]),
		...(verbosity === null ? [] : [text.withVerbosity(verbosity)]),
	];
	return listed(parts);
}

/** What is sold as fast is called priority on the wire. */
export function tierWord(tier: string): string {
	return tier === 'priority' ? text.fast : tier;
}

/** Who has a model, in words that stay short; and in full. */
export function holders(
	accountIds: readonly string[],
	accounts: readonly AccountView[],
): { short: string; full: string } {
	const inPool = accounts.filter(({ selected }) => selected);
	const having = accounts.filter(({ id }) => accountIds.includes(id));
	const full = listed(having.map(account => withPlan(account, accounts)));
	if (having.length === 0) return { short: text.noHolder, full: '' };
	if (inPool.every(({ id }) => accountIds.includes(id))) return { short: text.allHolders(having.length), full };
	const plans = new Set(having.map(({ plan }) => plan));
	const [only] = plans;
	// "Every Pro account" says more than its names.
	if (
		plans.size === 1 &&
		typeof only === 'string' &&
		inPool.every(account => isAsExpected(account, only, accountIds))
	) {
		return { short: text.planHolders(planName(only), having.length), full };
	}
	const [first, second, ...others] = having.map(({ id }) => nameOf(accounts, id));
	const named = listed([first, second].filter(name => name !== undefined));
	return { short: others.length === 0 ? named : text.andMore(named, others.length), full };
}

function isAsExpected({ id, plan }: AccountView, only: string, accountIds: readonly string[]): boolean {
	return (plan === only) === accountIds.includes(id);
}

function withPlan({ id, plan }: AccountView, accounts: readonly AccountView[]): string {
	const name = nameOf(accounts, id);
	return plan === null ? name : text.namedPlan(name, planName(plan));
}
