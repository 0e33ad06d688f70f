#!/usr/bin/env node
/** Starts Interledger connectors with what they need around them; see --help. Why the flag: targets/connector/main.ts. */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--semi-space-growth-factor=1");
await import("./start.ts");
