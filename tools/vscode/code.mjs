#!/usr/bin/env node
// Stands in for the desktop executable of VS Code: takes its command line, and runs a real VS Code (code-server in
// headless Chromium). @vscode/test-electron cannot tell the difference.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format } from 'node:util';
import { chromium } from 'playwright-core';
import { startCodeServer } from './codeServer.mjs';

const expectedNoise =
	/socket|connection token|Service Worker|open-vsx|AccountPolicy|AgentHost|grace-time|builtin extensions cache/;

const { options, folders } = readCommandLine(process.argv.slice(2));
const last = name => options.get(name)?.at(-1);
const timeoutMs = Number(process.env.VSX_TIMEOUT ?? 300) * 1000;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const server = await startCodeServer({
	userDir: resolve(last('user-data-dir') ?? '.vscode-test/user-data'),
	extensionsDir: resolve(last('extensions-dir') ?? '.vscode-test/extensions'),
	// Without it the workbench ignores the payload below, silently.
	flags: ['--vscode-option', 'enable-smoke-test-driver'],
});
const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
const page = await browser.newPage({
	viewport: { width: 1400, height: 900 },
	colorScheme: 'dark',
	permissions: ['clipboard-read', 'clipboard-write'],
});

const finished = new Promise(resolveCode => {
	setTimeout(resolveCode, timeoutMs, 124);
	void page.exposeFunction('codeAutomationExit', resolveCode);
});
await page.exposeFunction('codeAutomationLog', (_type, parts) => {
	const line = format(...parts);
	if (process.env.VSX_VERBOSE || !expectedNoise.test(line)) console.log(line);
});

const remote = path => (path.includes('://') ? path : `vscode-remote://${server.host}${resolve(path)}`);
const payload = (options.get('extensionDevelopmentPath') ?? []).map(path => ['extensionDevelopmentPath', remote(path)]);
const testsPath = last('extensionTestsPath');
if (testsPath !== undefined) payload.push(['extensionTestsPath', remote(exactFile(testsPath))]);
const start = new URL(server.url);
start.searchParams.set(...(folders.length > 0 ? ['folder', resolve(folders[0])] : ['ew', 'true']));
start.searchParams.set('payload', JSON.stringify(payload));
await page.goto(start.href);

const code = await finished;
if (code !== 0 && process.env.VSX_SHOTS) {
	mkdirSync(process.env.VSX_SHOTS, { recursive: true });
	await page.screenshot({ path: join(process.env.VSX_SHOTS, 'failed-run.png') });
}
await browser.close();
await server.stop();
process.exit(code);

function readCommandLine(words) {
	const options = new Map();
	const folders = [];
	for (const word of words) {
		const option = /^--([^=]+)(?:=(.*))?$/s.exec(word);
		if (option === null) {
			folders.push(word);
		} else {
			const [, name, value = ''] = option;
			options.set(name, [...(options.get(name) ?? []), value]);
		}
	}
	return { options, folders };
}

/** The workbench wants the file itself, with its extension. */
function exactFile(path) {
	const candidates = [path, `${path}.js`, join(path, 'index.js')];
	return candidates.find(candidate => existsSync(candidate) && statSync(candidate).isFile()) ?? path;
}
