import type { Page } from 'playwright-core';
import type { SimulatedAccount } from '../support/upstream/accounts.js';

/** Signs in at the provider's page and closes it once the browser has come back. Returns what it says then. */
export async function signInAs(account: SimulatedAccount, login: Page): Promise<string> {
	await pressAccount(account, login);
	await login.waitForURL(/\/auth\/callback/);
	const said = await login.locator('main').innerText();
	await login.close();
	return said;
}

/** Where the browser is sent after the sign-in: a page that does not load, when nobody listens there. */
export async function addressAfterSignIn(account: SimulatedAccount, login: Page): Promise<string> {
	const [request] = await Promise.all([login.waitForRequest(/\/auth\/callback/), pressAccount(account, login)]);
	await login.close();
	return request.url();
}

/** Types in the code that VS Code shows. */
export async function approveCode(code: string, account: SimulatedAccount, page: Page): Promise<void> {
	await page.locator('input[name="user_code"]').fill(code);
	await pressAccount(account, page);
	await page.locator('form').waitFor({ state: 'detached' });
	await page.close();
}

async function pressAccount({ chatgptAccountId }: SimulatedAccount, page: Page): Promise<void> {
	await page.locator(`button[value="${chatgptAccountId}"]`).click();
}
