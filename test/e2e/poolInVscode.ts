import { createServer } from 'node:net';
import { PoolClient } from '../../src/client/poolClient.js';
import type { PoolState } from '../../src/shared/poolApi.js';
import { startUpstream, type Upstream } from '../support/upstream/startUpstream.js';
import { VscodeServer, type VscodeServerOptions } from '../support/vscodeServer.js';

export interface Person {
	readonly email: string;
	readonly plan: string;
}

/** The installed extension in a VS Code, with the simulator in the place of ChatGPT. */
export class PoolInVscode {
	readonly upstream: Upstream;
	readonly vscode: VscodeServer;
	readonly port: number;

	private constructor(upstream: Upstream, vscode: VscodeServer, port: number) {
		this.upstream = upstream;
		this.vscode = vscode;
		this.port = port;
	}

	static async start(
		accounts: readonly Person[],
		options: Omit<VscodeServerOptions, 'settings'> = {},
	): Promise<PoolInVscode> {
		const port = await freePort();
		const upstream = await startUpstream({ accounts });
		const vscode = await VscodeServer.start({
			...options,
			settings: {
				'codexPool.port': port,
				'codexPool.upstreamUrl': upstream.backendUrl,
				'codexPool.issuerUrl': upstream.issuerUrl,
			},
		});
		return new PoolInVscode(upstream, vscode, port);
	}

	connect(): Promise<PoolClient> {
		return PoolClient.attach({ port: this.port, homeDir: this.vscode.poolHome });
	}

	async state(): Promise<PoolState> {
		const client = await this.connect();
		try {
			return await client.state();
		} finally {
			client.dispose();
		}
	}

	async close(): Promise<void> {
		await this.vscode.close();
		await this.upstream.close();
	}
}

function freePort(): Promise<number> {
	return new Promise((resolve, reject) => {
		const probe = createServer().once('error', reject);
		probe.listen(0, '127.0.0.1', () => {
			const address = probe.address();
			probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}
