/** As what the extension is known to the editor's chat. A test holds these and the manifest equal. */
export const chatVendor = 'codex-account-pool';
export const quotaToolName = 'codex_pool_quota';
