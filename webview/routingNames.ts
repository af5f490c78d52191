import type { Strategy } from '../src/shared/routingApi.js';
import { strategyName } from '../src/shared/routingWords.js';

/** The shared words are made to stand inside a sentence; a name of its own begins with a capital. */
export function titled(words: string): string {
	return words.charAt(0).toUpperCase() + words.slice(1);
}

export function strategyTitle(strategy: Strategy): string {
	return titled(strategyName(strategy));
}
