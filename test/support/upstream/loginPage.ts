import type { SimulatedAccount } from './accounts.js';

/** Plain pages without scripts: a person, a test and a headless browser can all use them. */

export function loginPage(query: URLSearchParams, accounts: readonly SimulatedAccount[]): string {
	const kept = [...query].map(
		([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
	);
	const buttons = accounts.map(accountButton);
	return page(
		'Sign in to the simulated provider',
		`<p>Which account do you want to use?</p>
<form method="post" action="/oauth/authorize">
${[...kept, ...buttons].join('\n')}
<button name="deny" value="yes">Cancel</button>
</form>`,
	);
}

export function devicePage(accounts: readonly SimulatedAccount[]): string {
	return page(
		'Connect a device',
		`<form method="post" action="/codex/device">
<label>Code <input name="user_code" required autocomplete="off"></label>
${accounts.map(accountButton).join('\n')}
</form>`,
	);
}

export function messagePage(title: string, message: string): string {
	return page(title, `<p>${escape(message)}</p>`);
}

function accountButton(account: SimulatedAccount): string {
	return `<button name="account" value="${escape(account.chatgptAccountId)}">${escape(account.email)} (${escape(account.plan)})</button>`;
}

function page(title: string, content: string): string {
	return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{font:16px system-ui;max-width:26rem;margin:4rem auto}button{display:block;margin:.5rem 0;padding:.6rem 1rem;width:100%}</style>
</head>
<body><main><h1>${escape(title)}</h1>
${content}
</main></body>
</html>`;
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
