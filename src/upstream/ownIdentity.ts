/** How the pool names itself on its own calls. It never claims to be another client. */
export const originator = 'codex_account_pool';

export function identityHeaders(version: string): { readonly 'user-agent': string; readonly originator: string } {
	return { 'user-agent': `codex-account-pool/${version}`, originator };
}
