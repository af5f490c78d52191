/** Signs in with the login page the way a person does: opens it, presses a button, is redirected. */
export async function signInThroughPage(authorizeUrl: string, chatgptAccountId: string | undefined): Promise<URL> {
	const opened = await fetch(authorizeUrl);
	const html = await opened.text();
	if (!opened.ok) throw new Error(`The login page refused: ${html}`);

	const form = new URLSearchParams();
	for (const [, name, value] of html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)) {
		form.append(unescape(name ?? ''), unescape(value ?? ''));
	}
	if (chatgptAccountId === undefined) form.set('deny', 'yes');
	else form.set('account', chatgptAccountId);
	const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1] ?? '';
	const sent = await fetch(new URL(action, authorizeUrl), { method: 'POST', body: form, redirect: 'manual' });
	const location = sent.headers.get('location');
	if (location === null) throw new Error(`The login page did not redirect: ${await sent.text()}`);
	return new URL(location);
}

function unescape(text: string): string {
	return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}
