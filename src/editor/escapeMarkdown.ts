/** Names come from outside: they must neither break a table nor become a link, bare addresses included, or an icon. */
export function escapeMarkdown(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>~$&:]/g, '\\$&');
}
