import { compareRuns } from "./compare-runs.ts";
import { ilpNetwork } from "./ilp-network.ts";
import { interceptors } from "./interceptors.ts";
import { rawK6 } from "./raw-k6.ts";
import { runOverview } from "./run-overview.ts";
import { soak } from "./soak.ts";

/** Every dashboard by the name of its file in grafana/generated/. */
export const DASHBOARDS = {
  "run-overview": runOverview,
  interceptors,
  "ilp-network": ilpNetwork,
  soak,
  "compare-runs": compareRuns,
  "raw-k6": rawK6,
} as const;
