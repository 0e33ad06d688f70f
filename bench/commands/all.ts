import { addAb } from "./ab.ts";
import { addArchive } from "./archive.ts";
import { addBaseline } from "./baseline.ts";
import { addCompare } from "./compare.ts";
import { addDoctor } from "./doctor.ts";
import { addFlakes } from "./flakes.ts";
import { addList } from "./list.ts";
import { addProfile } from "./profile.ts";
import { addPush } from "./push.ts";
import { addReport } from "./report.ts";
import { addRun } from "./run.ts";
import { addSummary } from "./summary.ts";
import { addTrend } from "./trend.ts";
import { addUp } from "./up.ts";

/** Every command, in the order that help lists them. */
export const COMMANDS = [
  addRun,
  addUp,
  addList,
  addReport,
  addBaseline,
  addCompare,
  addAb,
  addTrend,
  addFlakes,
  addSummary,
  addArchive,
  addProfile,
  addPush,
  addDoctor,
] as const;
