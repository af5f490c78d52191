import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { PoolClient } from '../../src/client/poolClient.js';
import { ModelCatalogue } from '../../src/core/models/modelCatalogue.js';
import { ModelOffer } from '../../src/core/models/modelOffer.js';
import { ModelSettings } from '../../src/core/models/modelSettings.js';
import { addManagementRoutes } from '../../src/server/managementRoutes.js';
import { removeRuntimeFile, writeRuntimeFile } from '../../src/storage/runtimeFile.js';
import { ownerProof } from '../../src/shared/ownerProof.js';
import type { LabPool } from './labPool.js';

const adminToken = 'admin-token-of-the-month';

/** The pool of the month as faces see it: over the management API, on loopback. */
export class MonthFaces {
	private constructor(
		readonly client: PoolClient,
		private readonly server: Server,
		readonly homeDir: string,
	) {}

	static async open({ control, accounts, tokens, context }: LabPool, homeDir: string): Promise<MonthFaces> {
		const { store, clock, log, upstream } = context;
		const models = new ModelCatalogue({ accounts, tokens, upstream, store, clock, log }, () => undefined);
		const app = express();
		app.get('/healthz', ({ query: { challenge } }, response) => {
			const proof = typeof challenge === 'string' ? ownerProof(adminToken, challenge) : undefined;
			response.json({ service: 'codex-account-pool', version: '0.0.0', proof });
		});
		addManagementRoutes(app, {
			control,
			models: new ModelOffer(models, new ModelSettings(store), () => undefined),
			adminToken,
			shutDown: () => undefined,
		});
		const server = createServer(app).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		const owner = { pid: process.pid, version: '0.0.0', launcher: 'cli', startedAt: 0 } as const;
		await writeRuntimeFile(homeDir, { ...owner, port, adminToken });
		return new MonthFaces(await PoolClient.attach({ port, homeDir }), server, homeDir);
	}

	close(): void {
		this.client.dispose();
		removeRuntimeFile(this.homeDir, { port: this.client.port, adminToken });
		this.server.closeAllConnections();
		this.server.close();
	}
}
