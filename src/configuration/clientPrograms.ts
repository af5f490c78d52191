import { codexClient } from './codexClient.js';
import { openCodeClient } from './openCodeClient.js';

/** Every program that we configure, under the name that the command line has for it. */
export const clientPrograms = { codex: codexClient, opencode: openCodeClient } as const;
