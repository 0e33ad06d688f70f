/**
 * What runs and rows of an SLA come to. InfluxDB gets the place in these lists as a number, since words cannot be drawn over
 * time, and dashboards make words of it again: a new one goes to the end.
 */
export const VERDICTS = ["pass", "warn", "fail", "no-data", "invalid"] as const;

/**
 * State of one SLA row. `not-applicable`: the row reads something this run could not see (the process of a server
 * that is not ours) and does not weigh in the verdict.
 */
export const SLA_STATES = ["pass", "warn", "fail", "no-data", "not-applicable"] as const;
