import * as l10n from '@vscode/l10n';
import type { SignInMethod } from '../shared/signInApi.js';
import type { PoolErrorCode } from '../shared/poolError.js';

/** What is offered beside the sentence that tells of a failed sign-in. */
export interface SignInRemedy {
	readonly label: string;
	/** The way to go on with; `ask` lets the user choose one. */
	readonly next: SignInMethod | 'ask';
}

/** None when neither the same nor another way would mend it. */
export function signInRemedies(code: PoolErrorCode, tried: SignInMethod): readonly SignInRemedy[] {
	const tryAgain: SignInRemedy = { label: l10n.t('Try Again'), next: tried };
	if (code === 'sign_in_port_busy') {
		// Both other ways work without a port of this machine, so they are named at once.
		return [
			tryAgain,
			{ label: l10n.t('Use a Device Code'), next: 'device' },
			{ label: l10n.t('Paste the Address'), next: 'paste' },
		];
	}
	const anotherMayWork = code === 'sign_in_failed' || code === 'upstream_failed';
	return anotherMayWork ? [tryAgain, { label: l10n.t('Another Way…'), next: 'ask' }] : [];
}
