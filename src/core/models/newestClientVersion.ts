import type { Store } from '../storePort.js';

/** The provider hides models from versions of Codex that it finds too old; this one it is known to serve. */
export const knownClientVersion = '0.169.0';
const settingName = 'newestClientVersion';
/** A release; what is written like anything else, or is too large to be one, is no version to go by. */
const release = /^(\d)\.(\d{1,4})\.(\d{1,4})$/;

/**
 * The newest version of Codex that the provider has shown models to through this pool. Callers that are no Codex are
 * shown what it is shown: they need not wait for a release of the pool to hear of new models.
 */
export class NewestClientVersion {
	#value = knownClientVersion;

	constructor(private readonly store: Pick<Store, 'loadSetting' | 'saveSetting'>) {
		const saved = store.loadSetting(settingName);
		if (saved !== undefined && isNewer(saved, this.#value)) this.#value = saved;
	}

	get value(): string {
		return this.#value;
	}

	learn(version: string): void {
		if (isNewer(version, this.#value)) this.#set(version);
	}

	/** The provider shows nothing to it any more. */
	forget(version: string): void {
		if (version === this.#value) this.#set(knownClientVersion);
	}

	#set(version: string): void {
		this.#value = version;
		this.store.saveSetting(settingName, version);
	}
}

function isNewer(version: string, than: string): boolean {
	return rankOf(version) > rankOf(than);
}

/** Below every other for what is no release. */
function rankOf(version: string): number {
	const [, major, minor, patch] = release.exec(version) ?? [];
	return major === undefined ? -1 : (Number(major) * 10_000 + Number(minor)) * 10_000 + Number(patch);
}
