import type { PanelRequests } from '../src/shared/panelMessages.js';
import type { RequestName } from './panelClient.js';
import type { ViewChoices } from './viewChoices.js';

/** What is read on demand, or has an answer of its own, is no action. */
type ActionName = Exclude<RequestName, 'ready' | 'usage/read' | 'request/explain' | 'session/list' | 'account/drop'>;

/** Something the user asked for: a request to the editor as a value. */
export type PanelAction = { [N in ActionName]: ActionOf<N> }[ActionName];

type ActionOf<N extends ActionName> = PanelRequests[N]['params'] extends undefined
	? { readonly name: N }
	: { readonly name: N; readonly params: PanelRequests[N]['params'] };

/** Components raise it; the panel's root carries it out. */
export class PanelActionEvent extends Event {
	static readonly type = 'pool-action';

	constructor(readonly action: PanelAction) {
		super(PanelActionEvent.type, { bubbles: true, composed: true });
	}
}

/** A choice about the view alone; the editor never hears of it. */
export class ViewChoiceEvent extends Event {
	static readonly type = 'pool-view-choice';

	constructor(readonly choices: Partial<ViewChoices>) {
		super(ViewChoiceEvent.type, { bubbles: true, composed: true });
	}
}

/** Something read on demand could not be read, and the user wants another try. */
export class ReadAgainEvent extends Event {
	static readonly type = 'pool-read-again';

	constructor(readonly what: 'sessions' | { readonly requestId: string }) {
		super(ReadAgainEvent.type, { bubbles: true, composed: true });
	}
}

/** Names one action on one thing, so that only its own button waits. */
export function actionKey(action: PanelAction): string {
	if (!('params' in action)) return action.name;
	if ('accountId' in action.params) return `${action.name}/${action.params.accountId}`;
	return 'sessionId' in action.params ? `${action.name}/${action.params.sessionId}` : action.name;
}
