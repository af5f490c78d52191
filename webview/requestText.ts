import * as l10n from '@vscode/l10n';
const outcomes = {
	succeeded: l10n.t({ message: 'OK', comment: ['outcome of a request'] }),
	failed: l10n.t({ message: 'Failed', comment: ['outcome of a request'] }),
	cancelled: l10n.t('Client left'),
};

/** What the panel says about requests. */
export const requestText = {
	request: l10n.t('Request'),
	requestLog: l10n.t('Requests, newest first'),
	requestKeys: l10n.t('Arrow keys move, Enter opens the details, Escape closes them.'),
	requestAt: (moment: string) => l10n.t('Request of {0}', moment),
	closeDetails: l10n.t('Close the details'),
	requestsFailed: (problem: string) => l10n.t('The requests could not be read. {0}', problem),
	requestFailedToRead: (problem: string) => l10n.t('This request could not be read. {0}', problem),
	olderFailed: (problem: string) => l10n.t('Older requests could not be read. {0}', problem),
	readingOlder: l10n.t('Reading older requests…'),
	searchingOlder: l10n.t('Searching older requests…'),
	noneFits: l10n.t('No request fits the filter'),
	noRequests: l10n.t('No requests yet'),
	noRequestsBody: l10n.t('Each request appears here with its account, its timing and the reason for its way.'),
	time: l10n.t({ message: 'Time', comment: ['when a request came'] }),
	client: l10n.t('Client'),
	model: l10n.t('Model'),
	effort: l10n.t('Effort'),
	account: l10n.t('Account'),
	firstByte: l10n.t('First byte'),
	total: l10n.t({ message: 'Total', comment: ['how long a request took as a whole'] }),
	status: l10n.t('Status'),
	key: l10n.t({ message: 'Key', comment: ['of the pool, which lets a client in'] }),
	ownLogin: l10n.t('Codex’s own sign-in'),
	revokedKey: l10n.t('Revoked key'),
	outcome: l10n.t('Outcome'),
	outcomes,
	transports: { http: 'HTTP', websocket: 'WebSocket' },
	aliasOf: (alias: string, model: string) => l10n.t('{0}, which is {1}', alias, model),
	newer: (count: number, hasMore: boolean) =>
		l10n.t({ message: '{0} new', args: [hasMore ? `${count}+` : count], comment: ['requests that have come since'] }),

	filterLabel: l10n.t('Filter the requests'),
	searchRequests: l10n.t('Search requests'),
	moreFilters: l10n.t('More filters'),
	clearFilter: l10n.t('Clear the filter'),
	allAccounts: l10n.t('All accounts'),
	allModels: l10n.t('All models'),
	allClients: l10n.t('All clients'),
	allKeys: l10n.t('All keys'),
	allSessions: l10n.t('All sessions'),
	allOutcomes: l10n.t('All outcomes'),

	httpStatus: (status: number) => `HTTP ${status}`,
	succeeded: outcomes.succeeded,
	failed: (status: number) =>
		l10n.t({ message: 'Failed {0}', args: [status], comment: ['a request; the HTTP status'] }),
	cancelled: outcomes.cancelled,
	why: l10n.t('Why it went this way'),
	choices: l10n.t('How it was decided'),
	choseAccount: (name: string) => l10n.t('{0} was chosen', name),
	choseNone: l10n.t('No account was chosen'),
	because: (reason: string) =>
		l10n.t({ message: 'because {0}.', args: [reason], comment: ['goes on from: the account was chosen'] }),
	waited: (span: string) => l10n.t('Waited {0} first.', span),
	waitedTitle: l10n.t('For a free place, or for a reset'),
	score: (value: string) => l10n.t('Score {0}: the lowest goes first', value),
	suits: l10n.t('The longer its bar, the better an account suited.'),
	moreCandidates: (count: number) => (count === 1 ? l10n.t('1 more account') : l10n.t('{0} more accounts', count)),
	noChoices: l10n.t('How it was decided was not recorded for this request.'),
	explaining: l10n.t('Reading how it was decided'),
	notExplained: (problem: string) => l10n.t('How it was decided could not be read. {0}', problem),
	attempts: l10n.t('What was tried'),
	noAnswer: l10n.t('no answer'),
	storyNoAttempt: l10n.t('No account was tried.'),
	storyFirst: (name: string) => l10n.t('{0} answered at the first attempt.', name),
	storyRepeated: (name: string, attempts: number) => l10n.t('{0} answered at attempt {1}.', name, attempts),
	storyMoved: (name: string, others: number) =>
		others === 1
			? l10n.t('{0} answered after another account could not.', name)
			: l10n.t('{0} answered after {1} other accounts could not.', name, others),
	storyFailed: (tried: number) =>
		tried === 1
			? l10n.t('One account was tried and gave no usable answer.')
			: l10n.t('{0} accounts were tried; none could answer.', tried),
	storyCancelled: (tried: number) =>
		tried === 1
			? l10n.t('The client left before the end; one account was tried.')
			: l10n.t('The client left before the end; {0} accounts were tried.', tried),
	route: l10n.t('Route'),
	costOf: (usd: string) => l10n.t('{0} (estimate)', usd),
	tier: l10n.t('Tier'),
	transport: l10n.t('Transport'),
	reasoning: l10n.t('Reasoning'),
	errorCode: l10n.t('Error'),
};
