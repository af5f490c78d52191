import type { AccountView } from '../shared/accountApi.js';
import { formatMoment } from './duration.js';
import { accountLabel } from './findAccount.js';
import { plainText } from './textTable.js';

/** Why the pool does not use an account just now, since when, and what changes that. Nothing when it uses it. */
export function accountNotes(account: AccountView, now: number): string[] {
	const notes = [];
	const state = stateNote(account, now);
	if (state !== null) notes.push(state);
	if (!account.selected) {
		notes.push(`is kept out of the pool. Let the pool use it: codex-pool enable ${account.id}`);
	}
	return notes.map(note => plainText(`${accountLabel(account)} ${note}`));
}

/** One sentence for each quota that several accounts spend. */
export function sharingNotes(accounts: readonly AccountView[]): string[] {
	return accounts
		.filter(({ id, sharesWith }) => sharesWith.length > 0 && firstOf(accounts, [id, ...sharesWith]) === id)
		.map(account => {
			const others = accounts.filter(({ id }) => account.sharesWith.includes(id)).map(accountLabel);
			return plainText(
				`${accountLabel(account)} shares its quota with ${others.join(' and ')}: the provider counts them as one account.`,
			);
		});
}

function firstOf(accounts: readonly AccountView[], ids: readonly string[]): string | undefined {
	return accounts.find(({ id }) => ids.includes(id))?.id;
}

function stateNote({ id, state, stateReason, stateSince, limitedUntil }: AccountView, now: number): string | null {
	const why = stateReason === null ? '' : `: ${wordsOf(stateReason)}`;
	const since = `since ${formatMoment(stateSince)}${why}`;
	switch (state) {
		case 'active':
			return null;
		case 'paused':
			return `has been paused ${since}. Use it again: codex-pool accounts resume ${id}`;
		case 'limited': {
			const isOver = limitedUntil === null || limitedUntil <= now;
			return isOver
				? `has been limited ${since}. The pool tries it again with the next request.`
				: `has been limited ${since}. The pool uses it again at ${formatMoment(limitedUntil)}.`;
		}
		case 'needs_sign_in':
			return `has needed a sign-in ${since}. Sign in again: codex-pool accounts add --renew ${id}`;
		case 'disabled':
			return `has been closed by the provider ${since}. Ask the provider, or remove it: codex-pool accounts remove ${id}`;
		default:
			return state satisfies never;
	}
}

/** Codes are made of words; say them as words. */
function wordsOf(code: string): string {
	return code.replaceAll(/[_-]+/g, ' ').trim();
}
