import type { WindowHistory } from '../src/shared/forecastApi.js';
import type { KeyView } from '../src/shared/keyApi.js';
import type { ModelView } from '../src/shared/modelApi.js';
import type { PanelState } from '../src/shared/panelMessages.js';
import type { ExplainedRequest } from '../src/shared/requestApi.js';
import type { SessionView } from '../src/shared/sessionApi.js';
import type { UsageReport } from '../src/shared/usageApi.js';
import type { ShownDrop } from './accountDrop.js';
import type { Loaded } from './loaded.js';
import type { Opened } from './openedReader.js';
import type { RequestRows } from './requestRows.js';
import type { ShownUsage } from './usageReader.js';
import type { ViewChoices } from './viewChoices.js';

/** Everything the panel draws. */
export interface PanelView {
	readonly panel: PanelState | null;
	readonly choices: ViewChoices;
	readonly usage: ShownUsage | null;
	readonly log: Loaded<RequestRows>;
	/** Of the request that is open. */
	readonly explanation: Opened<ExplainedRequest> | null;
	/** The past of the windows of the account that is open. */
	readonly history: Opened<WindowHistory> | null;
	/** The request to go to once it is drawn. */
	readonly target: string | null;
	readonly sessions: Loaded<readonly SessionView[]>;
	readonly models: Loaded<readonly ModelView[]>;
	readonly keys: Loaded<readonly KeyView[]>;
	readonly keysToday: Loaded<UsageReport>;
	readonly accountsToday: Loaded<UsageReport>;
	/** Whether e-mail addresses have been taken out of all the rest. */
	readonly hidesEmails: boolean;
	readonly drop: ShownDrop | null;
	/** Whether files are being dragged over the panel. */
	readonly isDraggedOver: boolean;
	/** Keys of the actions under way. */
	readonly pending: ReadonlySet<string>;
	readonly failure: string | null;
	/** The last success, for the live region and the button that caused it. */
	readonly done: { readonly key: string; readonly said: string } | null;
	readonly now: number;
}
