import type { ResetCredits } from './accountApi.js';

/** What a person should know before redeeming a reset. `describe` says a moment in words. */
export function redeemWarning(
	{ available, applicable, credits }: ResetCredits,
	describe: (moment: number) => string,
): string {
	const [first] = credits;
	return [
		`This spends ${available === 1 ? 'the only banked reset' : `one of ${available} banked resets`} of the account: usage windows that are in use begin anew at once.`,
		...(first?.expiresAt == null
			? []
			: [`“${first.title ?? 'Reset'}” expires first, on ${describe(first.expiresAt)}.`]),
		...(applicable === 0 ? ['The provider says that no window needs one just now.'] : []),
		'It cannot be undone.',
	].join(' ');
}
