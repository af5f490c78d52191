import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { poolHomeDir } from '../client/homeDir.js';
import { PoolClient } from '../client/poolClient.js';
import { probePort } from '../client/probePort.js';
import type { LogLevel } from '../shared/runtimeMessages.js';
import { pause } from './pause.js';
import { RuntimeHost, type RunningWorker } from './runtimeHost.js';
import { SecretVault } from './secretVault.js';
import type { Settings } from './settings.js';
import { WorkerRuntime } from './workerRuntime.js';

// The editor gives extensions about four seconds to end; what runs longer is cut off without a word.
const drainMs = 3_300;
const closeDeadlineMs = 3_800;

/** The runtime host of this editor window: a worker of this extension host, secrets in the editor's storage. */
export function createPoolHost(
	context: vscode.ExtensionContext,
	settings: Settings,
	log: vscode.LogOutputChannel,
): RuntimeHost<PoolClient> {
	const homeDir = poolHomeDir();
	const surroundings = {
		script: join(context.extensionPath, 'dist', 'runtimeWorker.cjs'),
		vault: new SecretVault(context.secrets),
		log: (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => {
			log[level](`${event} ${JSON.stringify(fields)}`);
		},
	};
	const startWorker = async (): Promise<RunningWorker> => {
		const dataDir = context.globalStorageUri.fsPath;
		await mkdir(dataDir, { recursive: true });
		const network = await settings.readNetwork();
		const version = packageVersion(context.extension);
		const { values } = settings;
		const retention = { days: values['history.days'], rows: values['history.rows'] };
		const runtime = new WorkerRuntime(
			{ ...values, retention, dataDir, homeDir, launcher: 'editor', version, network },
			surroundings,
		);
		const { started, exited } = runtime;
		return { started, exited, close: () => runtime.close(drainMs, closeDeadlineMs) };
	};
	return new RuntimeHost<PoolClient>({
		port: () => settings.values.port,
		probe: probePort,
		attach: port => PoolClient.attach({ port, homeDir }),
		startWorker,
		wait: pause,
		now: Date.now,
		random: Math.random,
	});
}

export function packageVersion(extension: vscode.Extension<unknown>): string {
	const manifest: unknown = extension.packageJSON;
	return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
}
