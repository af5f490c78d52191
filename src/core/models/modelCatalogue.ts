import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from '../accounts/accountBook.js';
import { tiersOf } from './modelNames.js';
import { knownClientVersion, NewestClientVersion } from './newestClientVersion.js';
import type { KeyAccounts } from '../keys/keyAccounts.js';
import type { Clock, Log } from '../ports.js';
import { SingleFlight } from '../singleFlight.js';
import type { Store } from '../storePort.js';
import type { Upstream } from '../upstreamPort.js';
import type { TokenKeeper } from '../tokens/tokenKeeper.js';

/** Only what merging needs; the rest of an entry is passed on as it came. */
const entrySchema = z.looseObject({
	slug: z.string().min(1),
	priority: z.number().catch(1000),
	visibility: z.string().catch('list'),
});
export type ModelEntry = z.infer<typeof entrySchema>;

interface CachedList {
	readonly models: readonly ModelEntry[] | undefined;
	readonly until: number;
}

/** One for each account; undefined of one that could not tell. */
type Lists = readonly (readonly ModelEntry[] | undefined)[];

export interface ModelCatalogueContext {
	readonly accounts: AccountBook;
	readonly tokens: TokenKeeper;
	readonly upstream: Upstream;
	readonly store: Pick<Store, 'loadSetting' | 'saveSetting'>;
	readonly clock: Clock;
	readonly log: Log;
}

const freshMs = 5 * 60_000;
const failedMs = 15_000;

/** The models of all accounts that could serve, merged by slug: what the pool as a whole can do. */
export class ModelCatalogue {
	readonly #lists = new Map<string, CachedList>();
	readonly #reading = new SingleFlight<string, readonly ModelEntry[] | undefined>();
	readonly #newest: NewestClientVersion;

	constructor(
		private readonly context: ModelCatalogueContext,
		/** Told when an account's list is another than it was, or the first. */
		private readonly changed: () => void,
	) {
		this.#newest = new NewestClientVersion(context.store);
	}

	/** `clientVersion` is what a Codex client said, `keyAccounts` whose models are wanted. */
	async read(clientVersion?: string, keyAccounts: KeyAccounts = null): Promise<readonly ModelEntry[]> {
		const usable = this.context.accounts
			.rows()
			.filter(row => row.selected && (row.state === 'active' || row.state === 'limited'))
			.filter(({ id }) => keyAccounts === null || keyAccounts.has(id));
		if (usable.length === 0 && keyAccounts !== null) {
			throw new PoolError(
				'no_account',
				'No account that this pool key may use can tell which models it has: each is switched off, paused, needs a sign-in or is gone. Change them with "codex-pool keys accounts".',
			);
		}
		if (usable.length === 0) {
			throw new PoolError(
				'no_account',
				'The pool has no account that could tell which models there are. Add one first.',
			);
		}
		const ids = usable.map(({ id }) => id);
		const lists = await (clientVersion === undefined ? this.#newestLists(ids) : this.#listsOf(ids, clientVersion));
		if (lists.every(list => list === undefined)) {
			throw new PoolError(
				'upstream_failed',
				'The model list could not be read from any account. Try again in a moment.',
			);
		}
		const bySlug = new Map<string, ModelEntry>();
		for (const entry of lists.flatMap(list => list ?? [])) if (!bySlug.has(entry.slug)) bySlug.set(entry.slug, entry);
		return [...bySlug.values()].sort((a, b) => a.priority - b.priority || a.slug.localeCompare(b.slug));
	}

	/** Among all lists that have been read, those for other versions of Codex too. */
	find(slug: string): ModelEntry | undefined {
		for (const { models } of this.#lists.values()) {
			const found = models?.find(entry => entry.slug === slug);
			if (found) return found;
		}
		return undefined;
	}

	/** The accounts that have a model, in the pool's order. */
	holdersOf(slug: string): string[] {
		const holders = [...this.#lists].filter(([, { models }]) => models?.some(entry => entry.slug === slug));
		const ids = new Set(holders.map(([key]) => accountOf(key)));
		return this.context.accounts.rows().flatMap(({ id }) => (ids.has(id) ? [id] : []));
	}

	/**
	 * Whether an account's list lacks a model, in the tier that is asked for, that another's of the same client version
	 * has. What no list names may still be served, and what has not been read yet excludes nobody.
	 */
	lacks(accountId: string, model: string, tier: string | null): boolean {
		const isAskedFor = (entry: ModelEntry): boolean =>
			entry.slug === model && (tier === null || tiersOf(entry).includes(tier));
		for (const [key, { models }] of this.#lists) {
			if (!models || !key.startsWith(`${accountId} `) || models.some(isAskedFor)) continue;
			const version = key.slice(accountId.length);
			for (const [other, list] of this.#lists) {
				if (other.endsWith(version) && list.models?.some(isAskedFor)) return true;
			}
		}
		// No list has the tier, which leaves the model to go by.
		return tier !== null && this.lacks(accountId, model, null);
	}

	/** For who names no version. One that the provider does not know, or no longer, is as if nobody had said it. */
	async #newestLists(accountIds: readonly string[]): Promise<Lists> {
		const version = this.#newest.value;
		const lists = await this.#listsOf(accountIds, version);
		if (version === knownClientVersion || hasModels(lists)) return lists;
		const known = await this.#listsOf(accountIds, knownClientVersion);
		if (hasModels(known)) this.#newest.forget(version);
		return known;
	}

	#listsOf(accountIds: readonly string[], clientVersion: string): Promise<Lists> {
		return Promise.all(accountIds.map(id => this.#list(id, clientVersion)));
	}

	async #list(accountId: string, clientVersion: string): Promise<readonly ModelEntry[] | undefined> {
		const key = `${accountId} ${clientVersion}`;
		const cached = this.#lists.get(key);
		if (cached && cached.until > this.context.clock.now()) return cached.models;
		return this.#reading.run(key, () => this.#renew(key, accountId, clientVersion));
	}

	async #renew(key: string, accountId: string, clientVersion: string): Promise<readonly ModelEntry[] | undefined> {
		const cached = this.#lists.get(key);
		const now = this.context.clock.now();
		const models = await this.#fetch(accountId, clientVersion);
		if (hasModels([models])) this.#newest.learn(clientVersion);
		// A short list of old versions cannot grow for ever.
		if (this.#lists.size > 200) this.#lists.clear();
		// After a failure the last good list is better than none.
		this.#lists.set(key, { models: models ?? cached?.models, until: now + (models ? freshMs : failedMs) });
		if (models && !isDeepStrictEqual(models, cached?.models)) this.changed();
		return models ?? cached?.models;
	}

	async #fetch(accountId: string, clientVersion: string): Promise<readonly ModelEntry[] | undefined> {
		const { tokens, upstream, log } = this.context;
		try {
			const reply = await tokens.ask(accountId, access => upstream.readModels(access, clientVersion));
			const parsed = z.object({ models: z.array(z.unknown()) }).safeParse(reply.body);
			if (reply.status !== 200 || !parsed.success) {
				log.warn('model list refused', { accountId, status: reply.status });
				return undefined;
			}
			return parsed.data.models.flatMap(entry => entrySchema.safeParse(entry).data ?? []);
		} catch (error) {
			log.warn('model list failed', { accountId, cause: String(error) });
			return undefined;
		}
	}
}

function hasModels(lists: Lists): boolean {
	return lists.some(list => list !== undefined && list.length > 0);
}

/** A list's key is its account and the version of Codex that it is for. */
function accountOf(key: string): string {
	return key.slice(0, key.lastIndexOf(' '));
}
