import * as l10n from '@vscode/l10n';
import type { ResetCredits } from './accountApi.js';
import { paragraph } from './paragraph.js';

/** What a person should know before redeeming a reset. `describe` says a moment in words. */
export function redeemWarning(
	{ available, applicable, credits }: ResetCredits,
	describe: (moment: number) => string,
): string {
	const [first] = credits;
	return paragraph([
		available === 1
			? l10n.t('This spends the only banked reset of the account: usage windows that are in use begin anew at once.')
			: l10n.t(
					'This spends one of {0} banked resets of the account: usage windows that are in use begin anew at once.',
					available,
				),
		...(first?.expiresAt == null
			? []
			: [l10n.t('“{0}” expires first, on {1}.', first.title ?? l10n.t('Reset'), describe(first.expiresAt))]),
		...(applicable === 0 ? [l10n.t('The provider says that no window needs one just now.')] : []),
		l10n.t('It cannot be undone.'),
	]);
}
