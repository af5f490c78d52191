import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccountBook } from './core/accounts/accountBook.js';
import { forwardRequest } from './core/forwardRequest.js';
import { HttpOnlyAccounts } from './core/routing/httpOnlyAccounts.js';
import { ModelCatalogue } from './core/models/modelCatalogue.js';
import { ModelOffer } from './core/models/modelOffer.js';
import { ModelSettings } from './core/models/modelSettings.js';
import { KeyAdmission } from './core/keys/keyAdmission.js';
import { KeyBudgets } from './core/keys/keyBudgets.js';
import { OwnLogins } from './core/accounts/ownLogins.js';
import { PoolControl } from './core/poolControl.js';
import { PoolFeed } from './core/poolFeed.js';
import { PoolKeys } from './core/keys/poolKeys.js';
import { PoolSettings } from './core/poolSettings.js';
import type { Clock, Log, Vault } from './core/ports.js';
import { priceTable } from './core/models/price.js';
import { SessionTable } from './core/routing/sessionTable.js';
import { SignIns } from './core/accounts/signIns.js';
import { SocketGreeting } from './core/socket/socketGreeting.js';
import { SocketConversation, type ConversationContext } from './core/socket/socketConversation.js';
import { TurnQueue } from './core/routing/turnQueue.js';
import { TokenKeepAlive } from './core/tokens/tokenKeepAlive.js';
import { TokenKeeper } from './core/tokens/tokenKeeper.js';
import { ToldQuota } from './core/quota/toldQuota.js';
import { UsagePoller } from './core/quota/usagePoller.js';
import { PoolServer } from './server/poolServer.js';
import { ownLoginKeyId } from './shared/keyApi.js';
import type { Owner } from './shared/poolApi.js';
import type { RuntimeOptions } from './shared/runtimeMessages.js';
import { removeRuntimeFile, writeRuntimeFile } from './storage/runtimeFile.js';
import { openStore } from './storage/sqliteStore.js';
import { DispatchUpstream } from './upstream/dispatchUpstream.js';
import { FrameMasks } from './upstream/frameMasks.js';
import { TokenVerifier } from './upstream/tokenVerifier.js';
import { Network } from './upstream/network.js';
import { OpenAiIssuer } from './upstream/openaiIssuer.js';
import { identityHeaders } from './upstream/ownIdentity.js';
import { parseIssuerUrl, parseUpstreamUrl } from './upstream/upstreamUrl.js';

export interface Runtime {
	readonly owner: Owner;
	/** Frees the port at once, then gives running streams `drainMs`, flushes and closes. Repeatable. */
	close(drainMs: number): Promise<void>;
	/** Resolves when a face has asked the runtime to shut down. */
	readonly shutDownAsked: Promise<void>;
}

export interface RuntimePorts {
	readonly vault: Vault;
	readonly log: Log;
	readonly clock?: Clock;
	/** Called once the port is free again, before running streams are drained. */
	readonly stoppedListening?: () => void;
}

/** A refresh that is cut off costs its account the sign-in, so closing waits for it: the issuer mostly answers in one. */
const refreshGraceMs = 4_000;

/**
 * The pool: core, server, upstream and storage put together. Headless; rejects with a PoolError (`port_taken`,
 * `storage_failed`, …) and leaves nothing behind when it cannot start.
 */
export async function startRuntime(options: RuntimeOptions, ports: RuntimePorts): Promise<Runtime> {
	const { vault, log } = ports;
	const clock = ports.clock ?? systemClock;
	const startedAt = clock.now();
	const adminToken = randomBytes(32).toString('base64url');
	let askShutDown: () => void = () => undefined;
	const shutDownAsked = new Promise<void>(resolve => (askShutDown = resolve));
	let port = options.port;
	const owner = (): Owner => ownerOf(options, port, startedAt);

	const upstreamUrl = parseUpstreamUrl(options.upstreamUrl);
	const issuerUrl = parseIssuerUrl(options.issuerUrl);
	const network = new Network(options.network);
	await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
	const store = await openStore(join(options.dataDir, 'pool.sqlite'), { clock, log, retention: options.retention });
	const upstream = new DispatchUpstream({ url: upstreamUrl, network, version: options.version });
	const issuer = new OpenAiIssuer({ url: issuerUrl, network, version: options.version, clock });
	const verifier = new TokenVerifier({ url: issuerUrl, network, version: options.version, clock });

	const feed = new PoolFeed(clock);
	const settings = new PoolSettings(store);
	const turns = new TurnQueue(clock);
	const budgets = new KeyBudgets(store, clock);
	const keys = new PoolKeys({
		store,
		vault,
		budgets,
		clock,
		newSecret: () => `cpk_${randomBytes(32).toString('base64url')}`,
		secretEnded: keyId => server.endKey(keyId),
	});
	const admission = new KeyAdmission(keys, budgets, clock);
	const changed = (): void => {
		feed.changed();
		turns.serve();
		admission.serve();
	};
	const accounts = new AccountBook(store, clock, changed);
	const sessions = new SessionTable(store, clock);
	const tokens = new TokenKeeper(accounts, vault, issuer, clock, log);
	const modelsChanged = (): void => feed.modelsChanged();
	const models = new ModelCatalogue({ accounts, tokens, upstream, store, clock, log }, modelsChanged);
	const offer = new ModelOffer(models, new ModelSettings(store), modelsChanged);
	const quota = new ToldQuota(accounts, settings, keys, clock);
	const usage = new UsagePoller(accounts, tokens, upstream, clock, log, Math.random);
	const keepAlive = new TokenKeepAlive(accounts, tokens, clock, log, Math.random);
	const signIns = new SignIns(issuer, () => randomBytes(12).toString('base64url'), log);
	const accountRemoved = (): void => server.endKey(ownLoginKeyId);
	const control = new PoolControl(
		{
			accountRemoved,
			accounts,
			sessions,
			tokens,
			keys,
			offer,
			settings,
			signIns,
			usage,
			feed,
			changed,
			upstream,
			issuer,
			store,
			clock,
			log,
		},
		owner,
	);
	// A run's own prefix and a count: unique without a random number for each request.
	const run = randomBytes(6).toString('hex');
	let requests = 0;
	const masks = new FrameMasks();
	let inFlight = 0;
	let drained: (() => void) | undefined;
	const modelsEtag = (keyId: string): string | undefined => {
		const key = keys.find(keyId);
		return key && offer.etag(key);
	};
	const context: ConversationContext = {
		accounts,
		sessions,
		tokens,
		keys: admission,
		settings,
		turns,
		lacksModel: (accountId, model, tier) => models.lacks(accountId, model, tier),
		upstream,
		store,
		clock,
		log,
		random: Math.random,
		userAgent: identityHeaders(options.version)['user-agent'],
		names: offer,
		prices: priceTable(options.prices ?? {}),
		modelsEtag,
		quota,
		settled: () => feed.changed(),
		httpOnly: new HttpOnlyAccounts(clock),
		greeting: new SocketGreeting(modelsEtag, store),
		newMask: () => masks.next(),
		newRequestId: () => `req_${run}${(++requests).toString(36)}`,
		running: async work => {
			inFlight++;
			try {
				return await work();
			} finally {
				inFlight--;
				if (inFlight === 0) drained?.();
			}
		},
	};
	const logins = new OwnLogins(accounts, verifier, clock);
	const server = new PoolServer({
		version: options.version,
		gate: {
			accept: secret => keys.accept(secret),
			admitLogin: options.acceptOwnLogins === true ? accessToken => logins.admit(accessToken) : null,
		},
		responses: {
			isEnabled: () => settings.enabled,
			newRequestId: context.newRequestId,
			now: () => clock.now(),
			forward: (request, reply) => context.running(() => forwardRequest(context, request, reply)),
		},
		sockets: {
			isEnabled: () => settings.enabled,
			isUseful: () => accounts.rows().some(({ id, selected }) => selected && !context.httpOnly.has(id)),
			headers: keyId => context.greeting.headers(keyId),
			converse: (client, socket, over) => new SocketConversation(context, client, socket, over),
		},
		models: { keyOf: keyId => keys.get(keyId), offer },
		readQuota: (keyId, accountId) => quota.usage(keyId, accountId),
		management: { control, models: offer, adminToken, shutDown: askShutDown },
		watch: watcher => feed.watch(watcher),
		log,
	});

	const runtimeFile = () => ({
		pid: process.pid,
		port,
		adminToken,
		version: options.version,
		launcher: options.launcher,
		startedAt,
	});
	const release = async (): Promise<void> => {
		usage.stop();
		keepAlive.stop();
		signIns.cancelAll();
		await Promise.race([tokens.settled(), sleep(refreshGraceMs, undefined, { ref: false })]);
		await Promise.allSettled([upstream.close(), issuer.close(), verifier.close()]);
		store.close();
	};
	try {
		port = await server.listen(options.port);
		await writeRuntimeFile(options.homeDir, runtimeFile());
	} catch (error) {
		server.stopListening();
		await release();
		throw error;
	}
	usage.start();
	keepAlive.start();
	log.info('runtime started', { port, launcher: options.launcher, version: options.version });

	const close = async (drainMs: number): Promise<void> => {
		removeRuntimeFile(options.homeDir, runtimeFile());
		server.stopListening();
		ports.stoppedListening?.();
		if (inFlight > 0) {
			const idle = new Promise<void>(resolve => (drained = resolve));
			await Promise.race([idle, sleep(drainMs, undefined, { ref: false })]);
		}
		server.destroy();
		await release();
		log.info('runtime closed', { cutStreams: inFlight });
	};
	let closing: Promise<void> | undefined;
	return { owner: owner(), close: drainMs => (closing ??= close(drainMs)), shutDownAsked };
}

function ownerOf(options: RuntimeOptions, port: number, startedAt: number): Owner {
	const baseUrl = `http://127.0.0.1:${port}`;
	return {
		pid: process.pid,
		launcher: options.launcher,
		version: options.version,
		port,
		startedAt,
		baseUrl,
		codexBaseUrl: `${baseUrl}/backend-api/codex`,
		openaiBaseUrl: `${baseUrl}/v1`,
	};
}

const systemClock: Clock = {
	now: () => Date.now(),
	sleep: (ms, signal) => sleep(ms, undefined, { signal }),
	after: (ms, task) => {
		const timer = setTimeout(task, ms);
		timer.unref();
		return () => clearTimeout(timer);
	},
};
