import * as l10n from '@vscode/l10n';
/** What the panel says about models and the names for them. */
export const modelText = {
	models: l10n.t('Models'),
	modelsHint: l10n.t('Clients list the models that are on. A request may name the others all the same.'),
	variantsHint: l10n.t(
		'A model’s name with an effort or “-fast” behind it is a model with that choice made: for clients that cannot make it themselves. The pickers of Codex leave these out until they are told to show one.',
	),
	readingModels: l10n.t('Reading the models'),
	modelsFailed: (problem: string) => l10n.t('The models could not be read. {0}', problem),
	noModels: l10n.t('No models yet'),
	noModelsBody: l10n.t('Each model appears here once an account can tell which there are.'),

	variants: (count: number) => (count === 1 ? l10n.t('1 variant') : l10n.t('{0} variants', count)),
	variantsOf: (count: number, model: string) =>
		count === 1 ? l10n.t('1 variant of {0}', model) : l10n.t('{0} variants of {1}', count, model),
	withEffort: (effort: string) => l10n.t('{0} effort', effort),
	withVerbosity: (verbosity: string) => l10n.t('{0} verbosity', verbosity),
	fast: l10n.t({ message: 'fast', comment: ['a service tier'] }),
	showToClients: (name: string) => l10n.t('Show {0} to clients', name),
	inPicker: l10n.t('In the pickers of Codex too'),
	showInPicker: l10n.t('Show in Codex Too'),
	showInPickerNamed: (name: string) => l10n.t('Show {0} in the pickers of Codex too', name),

	noHolder: l10n.t('No account at present'),
	allHolders: (count: number) => (count === 1 ? l10n.t('Your account') : l10n.t('All {0} accounts', count)),
	planHolders: (plan: string, count: number) =>
		count === 1 ? l10n.t('Your {0} account', plan) : l10n.t('All {0} {1} accounts', count, plan),
	andMore: (names: string, more: number) => l10n.t('{0}, +{1} more', names, more),
	namedPlan: (name: string, plan: string) => `${name} (${plan})`,

	aliases: l10n.t('Your names'),
	aliasesHint: l10n.t(
		'A name of your own for a model, with effort, speed and verbosity. What a request says itself goes first.',
	),
	noAliases: l10n.t('None yet. With one, you change the model of all clients in one place.'),
	addAlias: l10n.t('Add Name'),
	editAlias: (name: string) => l10n.t('Change {0}', name),
	removeAlias: (name: string) => l10n.t('Remove {0}', name),
	aliasName: l10n.t('Name'),
	verbosity: l10n.t('Verbosity'),
	asRequested: l10n.t('As requested'),
	aliasNameRule: l10n.t(
		'A name begins with a letter or digit; then dots, colons, dashes and underscores may follow too.',
	),
	aliasIsModel: (name: string) => l10n.t('{0} is a model of its own.', name),
	save: l10n.t({ message: 'Save', comment: ['verb on a button'] }),
	cancel: l10n.t('Cancel'),
};
