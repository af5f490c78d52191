import * as l10n from '@vscode/l10n';
/** What the panel calls the errors of requests; those without words here are said as the words they are made of. */
export const errorText = {
	errorNames: {
		key_budget_reached: l10n.t('The budget of its key was used up'),
		model_not_allowed: l10n.t('Its key may not use the model'),
		model_missing: l10n.t('No account has the model'),
		usage_limit_reached: l10n.t('Every account had used up its quota'),
		no_account: l10n.t('No account could take it'),
		pool_disabled: l10n.t('The pool was off'),
		conversation_bound: l10n.t('The conversation belongs to another account'),
		upstream_failed: l10n.t('The provider gave no usable answer'),
		upstream_overloaded: l10n.t('The provider was overloaded'),
		pool_key_rejected: l10n.t('Its key was not accepted'),
		login_expired: l10n.t('Its sign-in has expired'),
		login_rejected: l10n.t('Its sign-in was not accepted'),
		body_too_large: l10n.t('It was too large'),
	} as Readonly<Record<string, string>>,
};
