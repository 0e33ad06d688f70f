/** What stands in a panel whose figures cannot be seen of every run: why, and what to do. */

/** Of a server that was there before, no process is known. */
export const NO_PROCESS = "not measured: started by --target-cmd, a server's processes are watched";

/** Heap is told by the target alone, at its admin address. */
export const NO_HEAP = "not told: a target that prints a ready line with an admin address tells its heap";

/** So is CPU time by variant. */
export const NO_VARIANTS = "not told: the bundled connector alone tells what each variant used";

/** And what a connector does with packets. */
export const NO_NODES = "not told: a connector that prints a ready line with an admin address tells this";

/** Whether telemetry is complete is known where every event is waited for. */
export const NO_WATCH = "not measured: the scenario chain alone waits for the telemetry of each packet";
