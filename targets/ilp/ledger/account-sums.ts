import { ExactSum } from "./exact-sum.ts";
import type { Balance } from "./ledger.ts";

/** One account's row in the file, sums as decimal text. */
export interface AccountRow {
  readonly number: number;
  readonly name: string;
  readonly debits_posted: string;
  readonly credits_posted: string;
  readonly debits_pending: string;
  readonly credits_pending: string;
  readonly debits_folded: string;
  readonly credits_folded: string;
}

/** One account's running sums, and whether its row in the file is behind them. */
export class AccountSums {
  readonly number: number;
  readonly name: string;
  readonly debitsPosted: ExactSum;
  readonly creditsPosted: ExactSum;
  readonly debitsPending: ExactSum;
  readonly creditsPending: ExactSum;
  /** The part of what is posted whose transfers are no longer in the journal. */
  readonly debitsFolded: ExactSum;
  readonly creditsFolded: ExactSum;
  touched = false;

  constructor(row: AccountRow) {
    this.number = row.number;
    this.name = row.name;
    this.debitsPosted = new ExactSum(BigInt(row.debits_posted));
    this.creditsPosted = new ExactSum(BigInt(row.credits_posted));
    this.debitsPending = new ExactSum(BigInt(row.debits_pending));
    this.creditsPending = new ExactSum(BigInt(row.credits_pending));
    this.debitsFolded = new ExactSum(BigInt(row.debits_folded));
    this.creditsFolded = new ExactSum(BigInt(row.credits_folded));
  }

  /** Settled sums only: between batches. */
  balance(): Balance {
    const debitsPosted = this.debitsPosted.settle();
    const creditsPosted = this.creditsPosted.settle();
    return {
      posted: creditsPosted - debitsPosted,
      debitsPosted,
      creditsPosted,
      debitsPending: this.debitsPending.settle(),
      creditsPending: this.creditsPending.settle(),
    };
  }
}

/**
 * Whether what was added to these accounts since their sums were settled takes from one side exactly what it gives to
 * the other, posted and pending each.
 */
export function deltasBalance(accounts: readonly AccountSums[]): boolean {
  let postedLow = 0;
  let postedHigh = 0;
  let pendingLow = 0;
  let pendingHigh = 0;
  for (const { debitsPosted, creditsPosted, debitsPending, creditsPending } of accounts) {
    postedLow += creditsPosted.lowDelta - debitsPosted.lowDelta;
    postedHigh += creditsPosted.highDelta - debitsPosted.highDelta;
    pendingLow += creditsPending.lowDelta - debitsPending.lowDelta;
    pendingHigh += creditsPending.highDelta - debitsPending.highDelta;
  }
  return postedLow === 0 && postedHigh === 0 && pendingLow === 0 && pendingHigh === 0;
}
