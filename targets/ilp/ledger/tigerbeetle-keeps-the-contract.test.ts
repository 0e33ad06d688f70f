import { randomUUID } from "node:crypto";
import { tigerBeetleOptions } from "./options.ts";
import { type Home, ledgerContract } from "./testing/contract.ts";
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

const server = process.env.PLIMSOLL_TIGERBEETLE;
ledgerContract(
  "TigerBeetle",
  () => home((server ?? "").split(",")),
  server === undefined
    ? { skip: "NOT RUN: no server; set PLIMSOLL_TIGERBEETLE to its address (127.0.0.1:3000)" }
    : {},
);
