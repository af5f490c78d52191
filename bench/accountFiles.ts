/** Codex account files with unsigned tokens: the pool decodes tokens and never verifies them. */
export function accountFile(index: number): string {
	const auth = {
		chatgpt_account_id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
		chatgpt_user_id: `user-bench-${index}`,
		chatgpt_plan_type: 'pro',
	};
	const claims = {
		email: `bench-${index}@example.com`,
		exp: Math.floor(Date.now() / 1000) + 10 * 24 * 3600,
		'https://api.openai.com/auth': auth,
	};
	const token = [{ alg: 'RS256', typ: 'JWT' }, claims].map(encode).join('.') + '.unsigned';
	return JSON.stringify({
		tokens: {
			id_token: token,
			access_token: token,
			refresh_token: `refresh-${index}`,
			account_id: auth.chatgpt_account_id,
		},
	});
}

function encode(value: object): string {
	return Buffer.from(JSON.stringify(value)).toString('base64url');
}
