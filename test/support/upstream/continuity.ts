import { randomBytes } from 'node:crypto';
import type { SimulatedAccount } from './accounts.js';
import { isJsonObject, listAt, textAt } from './json.js';

/** The provider's opaque values carry their owner, so that nothing needs to be remembered to recognise them. */

export function makeTurnState(account: SimulatedAccount): string {
	return `ts_${seal([account.chatgptAccountId, randomBytes(9).toString('base64url')])}`;
}

/** The account that was given this turn state; undefined for a value the provider never issued. */
export function turnStateOwner(turnState: string): string | undefined {
	return turnState.startsWith('ts_') ? unseal(turnState.slice(3))?.[0] : undefined;
}

export function encryptFor(account: SimulatedAccount, itemId: string): string {
	return `gAAAAAB${seal([account.chatgptAccountId, itemId, randomBytes(48).toString('base64url')])}`;
}

/**
 * Why an item's `encrypted_content` cannot be read, or undefined when all can. It belongs to the account that got it and
 * to the item it came with; clients that do not keep item ids may leave the id out.
 */
export function unreadableContent(account: SimulatedAccount, input: readonly unknown[]): string | undefined {
	for (const item of input) {
		if (!isJsonObject(item)) continue;
		const content = textAt(item, 'encrypted_content');
		if (content === undefined) continue;
		const [owner, itemId] = content.startsWith('gAAAAAB') ? (unseal(content.slice(7)) ?? []) : [];
		const id = textAt(item, 'id');
		if (owner !== account.chatgptAccountId) return 'it could not be decrypted';
		if (id !== undefined && id !== itemId) return 'it belongs to another item';
	}
	return undefined;
}

function seal(parts: readonly string[]): string {
	return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

function unseal(sealed: string): readonly string[] | undefined {
	try {
		const parts: unknown = JSON.parse(Buffer.from(sealed, 'base64url').toString('utf8'));
		return listAt({ parts }, 'parts').filter(part => typeof part === 'string');
	} catch {
		return undefined; // not one of ours
	}
}
