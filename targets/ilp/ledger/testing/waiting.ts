import type { Ledger, LedgerError, LedgerErrorCode } from "../ledger.ts";

const TOLD_WITHIN_MS = 20_000;

/** Posts, and resolves to what the waiting one is told: nothing, or the error. */
export function posted(ledger: Ledger, id: number): Promise<LedgerError | undefined> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`who posted ${id} was told nothing within ${TOLD_WITHIN_MS} ms`));
    const timer = setTimeout(late, TOLD_WITHIN_MS);
    ledger.post(id, {
      durable(error) {
        clearTimeout(timer);
        resolve(error);
      },
    });
  });
}

/** For `assert.throws` and `assert.rejects`: a LedgerError of this code, with one line. */
export const ledgerError = (code: LedgerErrorCode, message = /./) => ({
  name: "LedgerError",
  code,
  message: new RegExp(`^(?=.*(?:${message.source})).+$`),
});

/** The sums over all accounts that must be zero, whatever happened: posted, and pending. */
export async function sums(ledger: Ledger): Promise<{ posted: bigint; pending: bigint }> {
  let posted = 0n;
  let pending = 0n;
  for (const balance of (await ledger.balances()).values()) {
    posted += balance.posted;
    pending += balance.creditsPending - balance.debitsPending;
  }
  return { posted, pending };
}
