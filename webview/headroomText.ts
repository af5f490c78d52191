import * as l10n from '@vscode/l10n';
import { percentText } from './percentText.js';

/** What the panel answers to whoever asks how much is left. */
export const headroomText = {
	headroom: l10n.t('Headroom'),
	standing: {
		ready: l10n.t('You can keep working'),
		off: l10n.t('The pool is off'),
		resting: l10n.t('Every account is resting'),
		sign_in: l10n.t('No account can work: sign in again'),
		blocked: l10n.t('No account can work'),
		none_selected: l10n.t('No account is in the pool'),
		single_gone: l10n.t('The single account is gone'),
	},
	answerReady: l10n.t('You can keep working'),
	answerUnmeasured: l10n.t('How much is left shows after the first request'),
	answerLow: l10n.t('Little room is left'),
	answerOff: l10n.t('The pool is off'),
	answerOffBody: l10n.t('Clients get an error until it is turned on.'),
	atThisPace: (words: string) =>
		l10n.t({
			message: 'At this pace it {0}',
			args: [words],
			comment: ['it: the pool'],
		}),
	turnOn: l10n.t('Turn On'),
	answerResting: l10n.t('Every account is resting'),
	answerRestingUntil: (span: string, moment: string) =>
		l10n.t('Every account is resting: room again in {0}, at {1}', span, moment),
	answerSignIn: l10n.t('No account can work: sign in again'),
	answerBlocked: l10n.t('No account can work'),
	answerBlockedBody: l10n.t('Each account in the pool is paused or disabled.'),
	answerSingleGone: l10n.t('The single account is gone'),
	answerSingleGoneBody: l10n.t('It was removed, and the strategy uses no other.'),
	chooseStrategy: l10n.t('Choose a Strategy'),
	showAccounts: l10n.t('Show Accounts'),
	answerNoneSelected: l10n.t('No account is in the pool'),
	answerNoneSelectedBody: l10n.t('Turn at least one account on in Accounts.'),
	windowOf: (name: string) => l10n.t('{0} window', name),
	windowsOf: (name: string) => l10n.t('{0} windows', name),
	left: (percent: number) => l10n.t('{0} left', percentText(percent)),
	leftOn: (name: string, percent: number) =>
		l10n.t({
			message: '{0} left on {1}',
			args: [percentText(percent), name],
			comment: ['{1} is the account that has most left'],
		}),
	nothingLeft: l10n.t('nothing left'),
	usable: (usable: number, all: number) =>
		all === 1 ? l10n.t('{0} of 1 account usable', usable) : l10n.t('{0} of {1} accounts usable', usable, all),
	nextReset: (span: string) => l10n.t('next reset in {0}', span),
	shareLeft: (name: string, percent: number) => l10n.t('{0}: {1} left', name, percentText(percent)),
	shareUnknown: (name: string) => l10n.t('{0}: reset, not measured since', name),
	shareNone: (name: string) => l10n.t('{0}: nothing left now', name),
	unknownShare: l10n.t('just reset'),
	noShare: l10n.t('none now'),
	moreShares: (more: number) => l10n.t({ message: '+{0} more', args: [more], comment: ['accounts'] }),
};
