import type { ModelAlias, ModelExposure, ModelTarget, ModelView, SetAlias } from '../../shared/modelApi.js';
import { setAliasSchema } from '../../shared/modelApi.js';
import { PoolError } from '../../shared/poolError.js';
import type { ModelCatalogue, ModelEntry } from './modelCatalogue.js';
import type { KeyAccounts } from '../keys/keyAccounts.js';
import { isInScope, type KeyLimits, type KeyScope } from '../keys/keyScope.js';
import { contextWindowOf, takesImages } from './modelAbilities.js';
import { effortsOf, fittingEffort, mayBeVariant, tiersOf, variantOf, variantsOf } from './modelNames.js';
import type { ModelSettings } from './modelSettings.js';
import { etagOf, OfferedLists, scopedEtag } from './offeredLists.js';

export interface OfferedCatalogue {
	/** Ours: changes exactly when the list does. */
	readonly etag: string;
	readonly models: readonly ModelEntry[];
}

/** A name that stands for a model, with what comes along. */
export interface ResolvedName extends ModelTarget {
	/** The model's catalogue entry; undefined when no catalogue could be read. */
	readonly entry: ModelEntry | undefined;
}

/** What the pool offers to clients under which names: the catalogue of the accounts, as the user wants it shown. */
export class ModelOffer {
	readonly #offered = new OfferedLists();

	constructor(
		private readonly catalogue: ModelCatalogue,
		private readonly settings: ModelSettings,
		private readonly changed: () => void,
	) {}

	/** Of the catalogue that Codex clients get with a key of these limits; undefined before the first got any. */
	etag(limits: KeyLimits): string | undefined {
		return this.#offered.etag(limits);
	}

	/**
	 * For Codex clients: full entries. What is not offered stays in the list, hidden, so that a client which uses it knows
	 * it; what the key may not ask for is left out.
	 */
	async readCodex(limits: KeyLimits, clientVersion?: string): Promise<OfferedCatalogue> {
		const { models: scope, accountIds } = limits;
		const models = await this.catalogue.read(clientVersion, accountIds);
		const etag = etagOf(this.#codexEntries(models, null));
		if (clientVersion !== undefined) this.#offered.keep(accountIds, clientVersion, { etag, models });
		const told = clientVersion === undefined ? undefined : this.#offered.etag(limits);
		return { etag: told ?? scopedEtag(etag, scope), models: this.#codexEntries(models, scope) };
	}

	/** For everybody else: the names that are exposed. */
	async names({ models, accountIds }: KeyLimits): Promise<string[]> {
		const exposed = (await this.views(accountIds)).filter(view => view.exposed).map(({ name }) => name);
		return exposed.filter(name => isInScope(models, name));
	}

	/** Of a pool that cannot tell its models, every name is taken as it is. */
	async refuseUnknown(names: readonly string[]): Promise<void> {
		if (names.length === 0) return;
		const views = await this.views().catch(() => undefined);
		const unknown = views && names.find(wanted => !views.some(({ name }) => name === wanted));
		if (unknown !== undefined) throw modelNotFound(unknown);
	}

	/** Everything there is, or that a key's accounts have, models first. */
	async views(keyAccounts: KeyAccounts = null): Promise<ModelView[]> {
		const models = await this.catalogue.read(undefined, keyAccounts);
		const aliases = this.#aliasesOf(models);
		return [
			...models.map(entry => this.#view('model', entry.slug, targetOf(entry), entry)),
			...aliases.map(({ name, entry, ...target }) => this.#view('alias', name, target, entry)),
			...this.#variants(models).map(({ name, entry, ...target }) => this.#view('variant', name, target, entry)),
		];
	}

	/** And the user's names for models that no account has: nothing can be asked of them, but they can be taken away. */
	async allViews(): Promise<ModelView[]> {
		const views = await this.views();
		const models = new Set(views.filter(({ kind }) => kind === 'model').map(({ name }) => name));
		const stranded = this.settings.aliases.filter(({ name, model }) => !models.has(model) && !models.has(name));
		return [...views, ...stranded.map(strandedView)];
	}

	/**
	 * What a name stands for; undefined when it is a model's own or nobody's. Nearly every request names a model: that
	 * takes no catalogue and no waiting.
	 */
	resolve(name: string): ResolvedName | undefined | Promise<ResolvedName | undefined> {
		const alias = this.settings.alias(name);
		return alias || mayBeVariant(name) ? this.#resolve(name, alias) : undefined;
	}

	/** An effort that the model takes in place of this one. Refuses what is no effort at all. */
	async fitEffort(model: string, effort: string): Promise<string> {
		await this.#isRead();
		const entry = this.catalogue.find(model);
		if (!entry) return effort;
		const fitting = fittingEffort(entry, effort);
		if (fitting !== undefined) return fitting;
		throw new PoolError(
			'invalid_request',
			`"${effort.slice(0, 40)}" is no reasoning effort. ${model} takes: ${effortsOf(entry).join(', ')}.`,
		);
	}

	async changeExposure({ expose = [], hide = [] }: ModelExposure): Promise<ModelView[]> {
		const known = new Set((await this.views()).map(({ name }) => name));
		const unknown = [...expose, ...hide].find(name => !known.has(name));
		if (unknown !== undefined) throw modelNotFound(unknown);
		this.settings.expose(expose, true);
		this.settings.expose(hide, false);
		this.#changed();
		return this.views();
	}

	async setAlias(wanted: SetAlias): Promise<ModelView[]> {
		const { name, model, effort, tier: asked, verbosity } = setAliasSchema.parse(wanted);
		const models = await this.catalogue.read();
		if (models.some(({ slug }) => slug === name)) {
			throw new PoolError('invalid_request', `"${name}" is a model of its own, so it cannot be an alias.`);
		}
		const entry = models.find(({ slug }) => slug === model);
		if (!entry) throw modelNotFound(model);
		const tier = asked === 'fast' ? 'priority' : asked;
		refuseUnlessOffered('effort', effort, effortsOf(entry), model);
		refuseUnlessOffered('tier', tier, tiersOf(entry), model);
		this.settings.setAlias({ name, model, effort, tier, verbosity });
		this.#changed();
		return this.views();
	}

	removeAlias(name: string): void {
		if (!this.settings.removeAlias(name)) {
			throw new PoolError('model_not_found', `There is no alias "${name.slice(0, 100)}".`);
		}
		this.#changed();
	}

	async #resolve(name: string, alias: ModelTarget | undefined): Promise<ResolvedName | undefined> {
		await this.#isRead();
		const find = (wanted: string): ModelEntry | undefined => this.catalogue.find(wanted);
		if (find(name)) return undefined;
		return alias ? { ...alias, entry: find(alias.model) } : variantOf(name, find);
	}

	/** Of a pool that cannot tell its models, every name is taken as it is: the request itself will say what is wrong. */
	async #isRead(): Promise<void> {
		await this.catalogue.read().catch(() => undefined);
	}

	#codexEntries(models: readonly ModelEntry[], scope: KeyScope): ModelEntry[] {
		const isKnown = new Set(models.map(({ slug }) => slug));
		const listed = (name: string, fallback: string): string => {
			const exposed = this.settings.exposure(name);
			return exposed === undefined ? fallback : exposed ? 'list' : 'hide';
		};
		// One entry for each effort would bury the models in the picker; of a scope, each was chosen.
		const variants = scope === null ? 'hide' : 'list';
		const named = [
			...this.#aliasesOf(models).map(alias => ({ ...alias, visibility: listed(alias.name, 'list') })),
			...this.#variants(models).map(variant => ({ ...variant, visibility: listed(variant.name, variants) })),
		];
		const entries = [
			...models.map(entry => ({ ...entry, visibility: listed(entry.slug, entry.visibility) })),
			...named.filter(({ name }) => !isKnown.has(name)).map(entryOfName),
		];
		return entries.filter(({ slug }) => isInScope(scope, slug));
	}

	/** Aliases whose model the accounts have. */
	#aliasesOf(models: readonly ModelEntry[]) {
		return this.settings.aliases.flatMap(alias => {
			const entry = models.find(({ slug }) => slug === alias.model);
			return entry && !models.some(({ slug }) => slug === alias.name) ? [{ ...alias, entry }] : [];
		});
	}

	#variants(models: readonly ModelEntry[]) {
		const taken = new Set([...models.map(({ slug }) => slug), ...this.settings.aliases.map(({ name }) => name)]);
		return models.flatMap(entry =>
			variantsOf(entry)
				.filter(({ name }) => !taken.has(name))
				.map(variant => ({ ...variant, entry })),
		);
	}

	#view(kind: ModelView['kind'], name: string, target: ModelTarget, entry: ModelEntry): ModelView {
		const said = this.settings.exposure(name);
		const modelIsListed = this.settings.exposure(entry.slug) ?? entry.visibility === 'list';
		const { model, effort, tier, verbosity } = target;
		return {
			name,
			displayName: displayNameOf(name, entry),
			kind,
			exposed: said ?? (kind === 'alias' || modelIsListed),
			inPicker: said ?? (kind === 'alias' || (kind === 'model' && modelIsListed)),
			model,
			effort,
			tier,
			verbosity,
			efforts: effortsOf(entry),
			tiers: tiersOf(entry),
			contextWindow: contextWindowOf(entry),
			takesImages: takesImages(entry),
			accountIds: this.catalogue.holdersOf(entry.slug),
		};
	}

	/** Clients compare the ETag in every answer with that of their list, so it changes with the user's choice. */
	#changed(): void {
		this.#offered.renew(models => etagOf(this.#codexEntries(models, null)));
		this.changed();
	}
}

/** Of an alias whose model no account has. */
function strandedView(alias: ModelAlias): ModelView {
	return {
		...alias,
		displayName: alias.name,
		kind: 'alias',
		exposed: false,
		inPicker: false,
		efforts: [],
		tiers: [],
		contextWindow: null,
		takesImages: false,
		accountIds: [],
	};
}

/** A copy of the model's own entry, so that Codex treats the name as it treats the model. */
function entryOfName({
	name,
	entry,
	effort,
	tier,
	verbosity,
	visibility,
}: ModelTarget & { name: string; entry: ModelEntry; visibility: string }): ModelEntry {
	return {
		...entry,
		slug: name,
		display_name: displayNameOf(name, entry),
		visibility,
		...(effort !== null && { default_reasoning_level: fittingEffort(entry, effort) ?? effort }),
		...(tier !== null && { default_service_tier: tier }),
		...(verbosity !== null && { default_verbosity: verbosity }),
		// What would lead a client from this name to another model is the model's own affair.
		upgrade: null,
		availability_nux: null,
	};
}

/** A name that adds to the model's own says so the same way; any other is called what it is. */
function displayNameOf(name: string, { slug, display_name }: ModelEntry): string {
	const displayed = typeof display_name === 'string' && display_name !== '' ? display_name : slug;
	if (name === slug) return displayed;
	return name.startsWith(`${slug}-`) ? `${displayed} ${name.slice(slug.length + 1)}` : name;
}

function targetOf({ slug }: ModelEntry): ModelTarget {
	return { model: slug, effort: null, tier: null, verbosity: null };
}

export function modelNotFound(name: string): PoolError {
	return new PoolError(
		'model_not_found',
		`The pool has no model "${name.slice(0, 100)}". See which it has with "codex-pool models".`,
	);
}

function refuseUnlessOffered(what: string, value: string | null, offered: readonly string[], model: string): void {
	if (value === null || offered.includes(value)) return;
	const choice = offered.length === 0 ? `It has no ${what} to choose.` : `It takes: ${offered.join(', ')}.`;
	throw new PoolError('invalid_request', `${model} does not take the ${what} "${value}". ${choice}`);
}
