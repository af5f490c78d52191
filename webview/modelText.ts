/** What the panel says about models and the names for them. */
export const modelText = {
	models: 'Models',
	modelsHint: 'Clients list the models that are on. A request may name the others all the same.',
	variantsHint:
		'A model’s name with an effort or “-fast” behind it is a model with that choice made: for clients that cannot make it themselves. The pickers of Codex leave these out until they are told to show one.',
	readingModels: 'Reading the models',
	modelsFailed: (problem: string) => `The models could not be read. ${problem}`,
	noModels: 'No models yet',
	noModelsBody: 'Each model appears here once an account can tell which there are.',

	variants: (count: number) => (count === 1 ? '1 variant' : `${count} variants`),
	variantsOf: (count: number, model: string) => `${count === 1 ? '1 variant' : `${count} variants`} of ${model}`,
	withEffort: (effort: string) => `${effort} effort`,
	withVerbosity: (verbosity: string) => `${verbosity} verbosity`,
	fast: 'fast',
	showToClients: (name: string) => `Show ${name} to clients`,
	inPicker: 'In the pickers of Codex too',
	showInPicker: 'Show in Codex Too',
	showInPickerNamed: (name: string) => `Show ${name} in the pickers of Codex too`,

	noHolder: 'No account at present',
	allHolders: (count: number) => (count === 1 ? 'Your account' : `All ${count} accounts`),
	planHolders: (plan: string, count: number) =>
		count === 1 ? `Your ${plan} account` : `All ${count} ${plan} accounts`,
	andMore: (names: string, more: number) => `${names}, +${more} more`,
	namedPlan: (name: string, plan: string) => `${name} (${plan})`,

	aliases: 'Your names',
	aliasesHint:
		'A name of your own for a model, with effort, speed and verbosity. What a request says itself goes first.',
	noAliases: 'None yet. With one, you change the model of all clients in one place.',
	addAlias: 'Add Name',
	editAlias: (name: string) => `Change ${name}`,
	removeAlias: (name: string) => `Remove ${name}`,
	aliasName: 'Name',
	verbosity: 'Verbosity',
	asRequested: 'As the request says',
	aliasNameRule: 'A name begins with a letter or digit; then dots, colons, dashes and underscores may follow too.',
	aliasIsModel: (name: string) => `${name} is a model of its own.`,
	save: 'Save',
	cancel: 'Cancel',
};
