import * as z from 'zod';
import { PoolError } from '../../shared/poolError.js';
import type { AccountBook } from '../accounts/accountBook.js';
import { tiersOf } from './modelNames.js';
import type { Clock, Log } from '../ports.js';
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

/** The provider hides models from versions it finds too old, so a caller without one is given this. */
const defaultClientVersion = '0.169.0';
const freshMs = 5 * 60_000;
const failedMs = 15_000;

/** The models of all accounts that could serve, merged by slug: what the pool as a whole can do. */
export class ModelCatalogue {
	readonly #lists = new Map<string, CachedList>();

	constructor(
		private readonly accounts: AccountBook,
		private readonly tokens: TokenKeeper,
		private readonly upstream: Upstream,
		private readonly clock: Clock,
		private readonly log: Log,
	) {}

	/** `clientVersion` is what a Codex client said. */
	async read(clientVersion?: string): Promise<readonly ModelEntry[]> {
		const usable = this.accounts
			.rows()
			.filter(row => row.selected && (row.state === 'active' || row.state === 'limited'));
		if (usable.length === 0) {
			throw new PoolError(
				'no_account',
				'The pool has no account that could tell which models there are. Add one first.',
			);
		}
		const lists = await Promise.all(usable.map(row => this.#list(row.id, clientVersion ?? defaultClientVersion)));
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
		return this.accounts.rows().flatMap(({ id }) => (ids.has(id) ? [id] : []));
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

	async #list(accountId: string, clientVersion: string): Promise<readonly ModelEntry[] | undefined> {
		const key = `${accountId} ${clientVersion}`;
		const cached = this.#lists.get(key);
		const now = this.clock.now();
		if (cached && cached.until > now) return cached.models;
		const models = await this.#fetch(accountId, clientVersion);
		// A short list of old versions cannot grow for ever.
		if (this.#lists.size > 200) this.#lists.clear();
		// After a failure the last good list is better than none.
		this.#lists.set(key, { models: models ?? cached?.models, until: now + (models ? freshMs : failedMs) });
		return models ?? cached?.models;
	}

	async #fetch(accountId: string, clientVersion: string): Promise<readonly ModelEntry[] | undefined> {
		try {
			const reply = await this.tokens.ask(accountId, access => this.upstream.readModels(access, clientVersion));
			const parsed = z.object({ models: z.array(z.unknown()) }).safeParse(reply.body);
			if (reply.status !== 200 || !parsed.success) {
				this.log.warn('model list refused', { accountId, status: reply.status });
				return undefined;
			}
			return parsed.data.models.flatMap(entry => entrySchema.safeParse(entry).data ?? []);
		} catch (error) {
			this.log.warn('model list failed', { accountId, cause: String(error) });
			return undefined;
		}
	}
}

/** A list's key is its account and the version of Codex that it is for. */
function accountOf(key: string): string {
	return key.slice(0, key.lastIndexOf(' '));
}
