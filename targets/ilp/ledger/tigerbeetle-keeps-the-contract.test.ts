import { randomUUID } from "node:crypto";
import { tigerBeetleOptions } from "./options.ts";
import { type Home, ledgerContract } from "./testing/contract.ts";
import { needsTigerBeetle, TIGERBEETLE } from "./testing/real-tigerbeetle.ts";
import { TigerBeetleModel } from "./testing/tigerbeetle-model.ts";
import type { Connect } from "./tigerbeetle-client.ts";
import { openTigerBeetleLedger, type TigerBeetleLedger } from "./tigerbeetle-ledger.ts";

function home(addresses: readonly string[], connect?: Connect): Home {
  // A namespace each: a cluster keeps what it was given for ever.
  const namespace = `test.${randomUUID()}`;
  const opened: TigerBeetleLedger[] = [];
  return {
    async open(overrides = {}) {
      const options = tigerBeetleOptions.parse({ kind: "tigerbeetle", addresses, namespace, ...overrides });
      const ledger = await openTigerBeetleLedger(options, connect);
      opened.push(ledger);
      return ledger;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((ledger) => ledger.close()));
    },
  };
}

ledgerContract("a model of TigerBeetle", () => home(["3000"], new TigerBeetleModel().connect));

ledgerContract("TigerBeetle", () => home(TIGERBEETLE), needsTigerBeetle);
