import * as l10n from '@vscode/l10n';
import { percentText } from './percentText.js';
/** What the panel says about routing, sessions and dropped files. */
export const routingText = {
	// Routing
	routing: l10n.t('Routing'),
	routingOf: (strategy: string) => l10n.t('Routing: {0}', strategy),
	strategy: l10n.t('Strategy'),
	strategyHint: l10n.t('How new sessions are spread. Priorities go first; a session stays where it is.'),
	singleAccount: l10n.t('The single account'),
	notTheSingle: (name: string) => l10n.t('Not used: {0} is the single account.', name),
	limits: l10n.t('Limits'),
	inFlightLimit: l10n.t('Requests at a time on one account'),
	inFlightHint: l10n.t('More wait for their turn. 0 is no limit.'),
	holdMinutes: l10n.t('Wait for a reset'),
	holdHint: l10n.t('When every account is spent, requests wait this long at most. 0 fails at once.'),
	minutes: l10n.t({ message: 'minutes', comment: ['unit behind a number that is typed in'] }),

	// Priority and reserve of an account
	spending: l10n.t('Priority and Reserve…'),
	spendingOf: (name: string) => l10n.t('Priority and reserve of {0}', name),
	priority: l10n.t('Priority'),
	priorityTitle: (name: string) => l10n.t('Priority {0}.', name),
	priorityHint: l10n.t('Lower numbers are used up before higher ones.'),
	priorities: { 1: l10n.t('1, burn first'), 5: l10n.t('5, normal'), 9: l10n.t('9, preserve') } as Readonly<
		Record<number, string>
	>,
	priorityBadges: { 1: l10n.t('Burn first'), 9: l10n.t('Preserve') } as Readonly<Record<number, string>>,
	priorityBadge: (priority: number) => l10n.t('Priority {0}', priority),
	reserve: l10n.t('Reserve'),
	reserveHint: l10n.t('The last part of each window, which the pool leaves to you.'),
	reserveBadge: (percent: number) => l10n.t('Keeps {0}', percentText(percent)),
	reserveTitle: (percent: number) => l10n.t('The pool leaves the last {0} % of each window to you', percent),
	percentUnit: '%',
	close: l10n.t({ message: 'Done', comment: ['verb on a button: closes what is shown'] }),

	// Sessions
	sessions: l10n.t('Sessions'),
	sessionsHint: l10n.t(
		'A session stays on its account, where its prompt cache is warm. After a move, its next turn reads everything anew.',
	),
	session: l10n.t('Session'),
	sessionRequests: (id: string) => l10n.t('Show the requests of session {0}', id),
	begun: l10n.t({ message: 'Begun', comment: ['column of times'] }),
	lastUsed: l10n.t({ message: 'Last used', comment: ['column of times'] }),
	turns: l10n.t({ message: 'Turns', comment: ['of a conversation'] }),
	sessionMenu: l10n.t('Actions'),
	sessionActions: (id: string) => l10n.t('More actions for session {0}', id),
	moveSession: l10n.t('Move to…'),
	forgetSession: l10n.t('Forget…'),
	noSessions: l10n.t('No sessions yet'),
	noSessionsBody: l10n.t('Each Codex conversation appears here with the account it is tied to.'),
	sessionsFailed: (problem: string) => l10n.t('The sessions could not be read. {0}', problem),
	showAllSessions: (count: number) => l10n.t('Show all {0}', count),

	// Dropped files
	dropHere: l10n.t('Drop auth.json files to import their accounts'),
	dropShift: l10n.t('Keep Shift held until you let go: without it, the editor opens the files.'),
	dropReading: l10n.t('Importing…'),
	dropDone: (names: string) => l10n.t('In the pool: {0}', names),
	dropRefused: (count: number) =>
		count === 1 ? l10n.t('1 file was not imported') : l10n.t('{0} files were not imported', count),
	dropNoFiles: l10n.t('Only files can be dropped here. Bring them from your file manager, or choose them with Import.'),
	dropTooMany: (limit: number) => l10n.t('At most {0} files can be dropped at once. Nothing was imported.', limit),
	dropTooLarge: l10n.t('It is too large to be an account file.'),
	dropUnreadable: l10n.t('It could not be read.'),
};
