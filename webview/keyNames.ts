import type { KeyView } from '../src/shared/keyApi.js';
import { text } from './text.js';

/** Stands where a key's id does for a client that was let in by its own ChatGPT sign-in. */
const ownLogin = 'login';

/** A name for a key that may have been revoked since. */
export function keyName(keys: readonly KeyView[], keyId: string): string {
	if (keyId === ownLogin) return text.ownLogin;
	return keys.find(({ id }) => id === keyId)?.name ?? text.revokedKey;
}
