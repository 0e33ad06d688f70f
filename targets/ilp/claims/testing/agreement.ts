import type { Agreement } from "../claim.ts";

/** Nodes A and B, as they are called in tests, and what A owes B. */
export const A = { nodeId: "A", ilpAddress: "test.a" };
export const B = { nodeId: "B", ilpAddress: "test.b" };
export const A_ON_B: Agreement = { from: A, to: B, asset: { code: "XTS", scale: 0 } };

/** The id of A's books. */
export const BOOKS = "0123456789abcdef";
