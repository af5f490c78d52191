/** What the panel calls the errors of requests; those without words here are said as the words they are made of. */
export const errorText = {
	hiddenEmail: 'hidden e-mail',
	errorNames: {
		key_budget_reached: 'The budget of its key was used up',
		model_not_allowed: 'Its key may not use the model',
		model_missing: 'No account has the model',
		usage_limit_reached: 'Every account had used up its quota',
		no_account: 'No account could take it',
		pool_disabled: 'The pool was off',
		conversation_bound: 'The conversation belongs to another account',
		upstream_failed: 'The provider gave no usable answer',
		upstream_overloaded: 'The provider was overloaded',
		pool_key_rejected: 'Its key was not accepted',
		login_expired: 'Its sign-in has expired',
		login_rejected: 'Its sign-in was not accepted',
		body_too_large: 'It was too large',
	} as Readonly<Record<string, string>>,
};
