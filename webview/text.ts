import * as l10n from '@vscode/l10n';
import { accountText } from './accountText.js';
import { errorText } from './errorText.js';
import { headroomText } from './headroomText.js';
import { keyText } from './keyText.js';
import { modelText } from './modelText.js';
import { percentText } from './percentText.js';
import { requestText } from './requestText.js';
import { routingText } from './routingText.js';
import { usageText } from './usageText.js';
import { windowText } from './windowText.js';

/** Every word the panel says, in the language that the editor is shown in. */
export const text = {
	...headroomText,
	...windowText,
	...accountText,
	...usageText,
	...routingText,
	...requestText,
	...modelText,
	...keyText,
	...errorText,
	title: 'Codex Pool',
	percent: percentText,

	// Tabs
	tabsLabel: l10n.t('Parts of the pool'),
	tabs: {
		overview: l10n.t('Overview'),
		accounts: l10n.t('Accounts'),
		requests: l10n.t('Requests'),
		sessions: l10n.t('Sessions'),
		models: l10n.t('Models'),
		keys: l10n.t('Keys'),
		connect: l10n.t('Connect'),
	},

	// Header
	connection: {
		starting: l10n.t('Starting'),
		owner: l10n.t('Running here'),
		follower: l10n.t('Running elsewhere'),
		offline: l10n.t('Not running'),
	},
	poolSwitch: l10n.t({ message: 'Pool', comment: ['stands beside On or Off'] }),
	poolOn: l10n.t({ message: 'On', comment: ['said of the pool'] }),
	poolOff: l10n.t({ message: 'Off', comment: ['said of the pool'] }),
	addAccount: l10n.t('Add Account'),
	importAccounts: l10n.t('Import…'),
	importHint: l10n.t('Choose auth.json files, or drop them onto this panel while you hold Shift'),
	showLog: l10n.t('Show Log'),
	hideEmails: l10n.t('Hide e-mail addresses'),
	emailsHiddenBySetting: l10n.t('E-mail addresses are hidden by a setting: open it'),
	emailsHidden: l10n.t('E-mail hidden'),

	// Notices
	follower: (address: string) =>
		l10n.t('Another window runs the pool at {0}. Everything works from here too.', address),
	followerCli: (address: string) =>
		l10n.t('A command line runs the pool at {0}. Everything works from here too.', address),
	codexNotConfigured: l10n.t('Codex does not use this pool yet.'),
	stale: l10n.t('What is below is from before.'),
	unread: l10n.t('What belongs here is read as soon as the pool runs again.'),
	dismiss: l10n.t('Dismiss'),

	// Starting and offline
	startingTitle: l10n.t('Starting the pool'),
	startingBody: l10n.t('Your accounts and their headroom appear here in a moment.'),
	offlineTitle: l10n.t('The pool is not running'),
	offlineBody: l10n.t('Clients that use the pool get no answer until it runs again.'),
	retry: l10n.t('Try Again'),

	// Welcome
	welcomeTitle: l10n.t('One address and one key for all your Codex accounts'),
	welcomeBody: l10n.t(
		'The pool keeps each session on one account and moves on when that account runs out. Your sign-in stays on this computer.',
	),
	welcomeSteps: [
		{
			title: l10n.t('Add your first account'),
			body: l10n.t('Your browser opens, you sign in, and the account appears here.'),
		},
		{
			title: l10n.t('Point Codex at the pool'),
			body: l10n.t('You see the exact change before it is written, and can undo it.'),
		},
		{
			title: l10n.t('Work as before'),
			body: l10n.t('This panel shows how much is left and why each request went where it went.'),
		},
	],
	welcomeImport: l10n.t('or import accounts from Codex’s auth.json'),
	welcomeDrop: l10n.t('You can also drop auth.json files anywhere here: hold Shift while you do.'),

	// Connect
	connectClient: l10n.t('Connect a Client'),
	clients: l10n.t('Clients'),
	clientsHint: l10n.t('You see the exact change before it is written, and can take it back at any time.'),
	codex: 'Codex',
	codexAbout: l10n.t('command line and extension'),
	openCode: 'OpenCode',
	openCodeAbout: l10n.t('as a provider of its own'),
	clientUsesPool: l10n.t('Uses this pool'),
	clientUsesOther: l10n.t('Does not use this pool'),
	clientUnknown: l10n.t('Configuration could not be read'),
	configureCodex: l10n.t('Configure Codex'),
	configure: l10n.t('Configure…'),
	configureNamed: (name: string) => l10n.t('Configure {0}', name),
	undo: l10n.t({ message: 'Undo', comment: ['verb on a button'] }),
	undoNamed: (name: string) => l10n.t('Undo the configuration of {0}', name),
	anyClient: l10n.t('Any other client'),
	anyClientHint: l10n.t('Whatever takes an OpenAI base URL and a key can use this pool.'),
	poolKey: l10n.t('Pool key'),
	poolKeyHint: l10n.t('Never shown here, only copied'),
	copyPoolKey: l10n.t('Copy Pool Key'),
	codexUrl: l10n.t('Codex base URL'),
	openaiUrl: l10n.t('OpenAI base URL'),
	copyUrl: l10n.t({ message: 'Copy', comment: ['verb on a button'] }),
	copyCodexUrl: l10n.t('Copy Codex base URL'),
	copyOpenaiUrl: l10n.t('Copy OpenAI base URL'),

	// Spoken and shown after an action
	copiedKey: l10n.t('Pool key copied'),
	copiedUrl: l10n.t('Base URL copied'),
	refreshed: l10n.t('Usage refreshed'),
	requestFailed: l10n.t('That did not work. The log has the details.'),
};
