export interface CodeServerOptions {
	readonly userDir: string;
	readonly extensionsDir: string;
	readonly machineSettings?: Readonly<Record<string, unknown>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly flags?: readonly string[];
}

export interface CodeServer {
	/** `127.0.0.1:<port>` */
	readonly host: string;
	readonly url: string;
	stop(): Promise<void>;
}

export function startCodeServer(options: CodeServerOptions): Promise<CodeServer>;
export function installExtension(
	options: Pick<CodeServerOptions, 'userDir' | 'extensionsDir'> & { readonly vsix: string },
): Promise<void>;
export function uninstallExtension(
	options: Pick<CodeServerOptions, 'userDir' | 'extensionsDir'> & { readonly id: string },
): Promise<void>;
