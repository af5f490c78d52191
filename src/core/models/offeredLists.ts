import { createHash } from 'node:crypto';
import type { KeyAccounts } from '../keys/keyAccounts.js';
import type { KeyLimits, KeyScope } from '../keys/keyScope.js';
import type { ModelEntry } from './modelCatalogue.js';

/** There are as many as there are keys with accounts of their own, and a few versions of Codex on a machine. */
const mostParties = 100;
const mostVersions = 20;

interface OfferedList {
	/** Before the user's choices. */
	readonly models: readonly ModelEntry[];
	/** Of what these leave of it. */
	readonly etag: string;
}

/** What those with the same accounts were offered. */
interface Offered {
	readonly byVersion: Map<string, OfferedList>;
	etag: string;
}

/**
 * What Codex clients were last offered, by whose models it was. Of them they hear with every answer, so that they ask
 * anew. The provider gives another list to each version of Codex: one ETag stands for all of them, or clients of two
 * versions would in turn have each other ask after every answer.
 */
export class OfferedLists {
	readonly #parties = new Map<string, Offered>();

	/** Undefined before the first client got any. */
	etag({ models, accountIds }: KeyLimits): string | undefined {
		if (this.#parties.size === 0) return undefined;
		const party = partyOf(accountIds);
		// Of these accounts no client has a list, so whatever it has is of others: any other ETag makes it ask.
		return scopedEtag(this.#parties.get(party)?.etag ?? taggedHash(party), models);
	}

	keep(accountIds: KeyAccounts, version: string, list: OfferedList): void {
		const party = partyOf(accountIds);
		if (!this.#parties.has(party) && this.#parties.size >= mostParties) this.#parties.clear();
		const byVersion = this.#parties.get(party)?.byVersion ?? new Map<string, OfferedList>();
		if (!byVersion.has(version) && byVersion.size >= mostVersions) byVersion.clear();
		byVersion.set(version, list);
		this.#parties.set(party, { byVersion, etag: commonEtag(byVersion) });
	}

	/** The user has chosen otherwise since. */
	renew(etagOf: (models: readonly ModelEntry[]) => string): void {
		for (const offered of this.#parties.values()) {
			for (const [version, { models }] of offered.byVersion)
				offered.byVersion.set(version, { models, etag: etagOf(models) });
			offered.etag = commonEtag(offered.byVersion);
		}
	}
}

function commonEtag(lists: ReadonlyMap<string, OfferedList>): string {
	const etags = [...new Set([...lists.values()].map(({ etag }) => etag))].sort();
	const [only = ''] = etags;
	return etags.length === 1 ? only : taggedHash(etags.join('\n'));
}

export function etagOf(models: readonly ModelEntry[]): string {
	return taggedHash(JSON.stringify(models));
}

/** What a scope leaves of a catalogue follows from the two, so there is no need to look at it again for each answer. */
export function scopedEtag(etag: string, scope: KeyScope): string {
	return scope === null ? etag : taggedHash([etag, ...scope].join('\n'));
}

function partyOf(accountIds: KeyAccounts): string {
	return accountIds === null ? '' : [...accountIds].sort().join('\n');
}

function taggedHash(text: string): string {
	return `"pool-${createHash('sha256').update(text).digest('hex').slice(0, 16)}"`;
}
