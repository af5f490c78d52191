import type { AccountView } from '../shared/accountApi.js';

/** What a user can do about a finding. Every face has a command of its own for it. */
export type RemedyAction =
	| 'startPool'
	| 'choosePort'
	| 'turnOn'
	| 'addAccount'
	| 'signInAgain'
	| 'resumeAccount'
	| 'useAccount'
	| 'refreshUsage'
	| 'chooseStrategy'
	| 'manageKeys'
	| 'configureCodex'
	| 'configureOpenCode';

export interface Remedy {
	readonly action: RemedyAction;
	/** The account that it is about, if it is about one. */
	readonly accountId?: string;
}

/** `unknown`: it could not be found out, or says nothing of itself. */
export type CheckState = 'ok' | 'warning' | 'problem' | 'unknown';

/** One thing that was looked at. */
export interface Check {
	readonly name: string;
	readonly state: CheckState;
	readonly sentence: string;
	readonly remedy?: Remedy;
}

/** What the user knows an account by, in the words of the face that asks. */
export type AccountNames = (account: AccountView) => string;
