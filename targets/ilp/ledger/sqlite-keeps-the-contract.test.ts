import { ledgerContract } from "./testing/contract.ts";
import { scratch } from "./testing/scratch.ts";

ledgerContract("SQLite", scratch);
