import type { AccountBook } from './accounts/accountBook.js';
import type { Issuer } from './issuerPort.js';
import type { ModelOffer } from './models/modelOffer.js';
import type { PoolFeed } from './poolFeed.js';
import type { PoolKeys } from './keys/poolKeys.js';
import type { PoolSettings } from './poolSettings.js';
import type { Clock, Log } from './ports.js';
import type { SessionTable } from './routing/sessionTable.js';
import type { SignIns } from './accounts/signIns.js';
import type { Store } from './storePort.js';
import type { TokenKeeper } from './tokens/tokenKeeper.js';
import type { Upstream } from './upstreamPort.js';
import type { UsagePoller } from './quota/usagePoller.js';

/** What the controls of the pool work on. */
export interface PoolParts {
	readonly accounts: AccountBook;
	readonly sessions: SessionTable;
	readonly tokens: TokenKeeper;
	readonly keys: PoolKeys;
	readonly offer: Pick<ModelOffer, 'refuseUnknown'>;
	readonly settings: PoolSettings;
	readonly signIns: SignIns;
	readonly usage: UsagePoller;
	readonly feed: Pick<PoolFeed, 'revision' | 'modelsRevision' | 'modelsChanged'>;
	/** Told whenever something has changed that faces show or requests wait for. */
	readonly changed: () => void;
	/** Told when an account is no longer in the pool: a login of it stands for nothing from then on. */
	readonly accountRemoved: () => void;
	readonly upstream: Upstream;
	readonly issuer: Issuer;
	readonly store: Store;
	readonly clock: Clock;
	readonly log: Log;
}
