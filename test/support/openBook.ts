import { AccountBook } from '../../src/core/accounts/accountBook.js';
import { accountRow } from './accountRow.js';
import { FakeClock } from './fakeClock.js';
import { MemoryStore } from './memoryStore.js';

/** A book of the one account `a`. */
export function openBook(): { clock: FakeClock; store: MemoryStore; book: AccountBook } {
	const clock = new FakeClock();
	const store = new MemoryStore();
	store.saveAccount(accountRow());
	return { clock, store, book: new AccountBook(store, clock, () => undefined) };
}
