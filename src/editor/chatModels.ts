import * as vscode from 'vscode';
import type { PoolClient } from '../client/poolClient.js';
import { streamResponse } from '../client/streamResponse.js';
import type { PoolState } from '../shared/poolApi.js';
import { answerParts, type AnswerPart } from './chatAnswer.js';
import { chatFailure, type ChatFailure } from './chatFailure.js';
import { chatModelInformation, chatModelsRevision, readChatModels } from './chatModelList.js';
import { questionBody } from './chatQuestion.js';
import type { Disposable } from './disposableStore.js';
import { estimateTokens } from './tokenEstimate.js';

export interface ChatModelsParts {
	readonly connect: () => Promise<PoolClient>;
	/** Null while this window has no pool, or is not to offer its models. */
	readonly readPool: () => PoolState | null;
	readonly now: () => number;
}

/** The product name by which requests of chats are known in the pool's usage. */
const userAgent = `vscode-chat/${vscode.version}`;
/** After models could not be read, which takes an account that answers. */
const readAgainMs = 60_000;

/** The pool's models in the editor's chat. A request goes the way of any client's: to the loopback, with a pool key. */
export class ChatModels implements vscode.LanguageModelChatProvider, Disposable {
	readonly #parts: ChatModelsParts;
	readonly #changes = new vscode.EventEmitter<void>();
	#revision = '';
	#failedAt: number | undefined;

	constructor(parts: ChatModelsParts) {
		this.#parts = parts;
	}

	get onDidChangeLanguageModelChatInformation(): vscode.Event<void> {
		return this.#changes.event;
	}

	/** Has the editor ask again when there may be other models. */
	update(): void {
		const { readPool, now } = this.#parts;
		const revision = chatModelsRevision(readPool());
		const isDue = this.#failedAt !== undefined && now() - this.#failedAt >= readAgainMs;
		if (revision === this.#revision && !isDue) return;
		this.#revision = revision;
		this.#failedAt = undefined;
		this.#changes.fire();
	}

	async provideLanguageModelChatInformation(): Promise<vscode.LanguageModelChatInformation[]> {
		const { connect, readPool, now } = this.#parts;
		if (chatModelsRevision(readPool()) === '') return [];
		try {
			return (await readChatModels(await connect())).map(chatModelInformation);
		} catch (error) {
			this.#failedAt = now();
			throw error;
		}
	}

	async provideLanguageModelChatResponse(
		{ id }: vscode.LanguageModelChatInformation,
		messages: readonly vscode.LanguageModelChatRequestMessage[],
		options: vscode.ProvideLanguageModelChatResponseOptions,
		progress: vscode.Progress<vscode.LanguageModelResponsePart>,
		token: vscode.CancellationToken,
	): Promise<void> {
		const cancelled = new AbortController();
		const listening = token.onCancellationRequested(() => cancelled.abort());
		try {
			const client = await this.#parts.connect();
			// Asked for each time, and kept nowhere: the user may have given it a new secret.
			const { key } = await client.revealDefaultKey();
			const body = questionBody({ model: id, messages, options });
			const events = streamResponse({ port: client.port, key, userAgent, body, signal: cancelled.signal });
			for await (const part of answerParts(events)) progress.report(partOf(part));
		} catch (error) {
			if (token.isCancellationRequested) throw new vscode.CancellationError();
			throw errorOf(chatFailure(error, this.#parts.now()));
		} finally {
			listening.dispose();
		}
	}

	provideTokenCount(
		_model: vscode.LanguageModelChatInformation,
		text: string | vscode.LanguageModelChatRequestMessage,
	): Promise<number> {
		return Promise.resolve(estimateTokens(text));
	}

	dispose(): void {
		this.#changes.dispose();
	}
}

function partOf(part: AnswerPart): vscode.LanguageModelResponsePart {
	switch (part.kind) {
		case 'text':
			return new vscode.LanguageModelTextPart(part.text);
		case 'call':
			return new vscode.LanguageModelToolCallPart(part.callId, part.name, part.input);
		default:
			return part satisfies never;
	}
}

function errorOf({ kind, message }: ChatFailure): Error {
	switch (kind) {
		case 'not_found':
			return vscode.LanguageModelError.NotFound(message);
		case 'no_permissions':
			return vscode.LanguageModelError.NoPermissions(message);
		case 'blocked':
			return vscode.LanguageModelError.Blocked(message);
		case 'other':
			return new Error(message);
		default:
			return kind satisfies never;
	}
}
