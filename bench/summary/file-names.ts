/** What a summary leaves in its folder. */
export const REPORT = "benchmark-report.md";
export const RESULTS_JSON = "benchmark-results.json";
export const GRAPHS = "benchmark-graphs.png";
export const PAGE = "report.html";
export const COMMENT = "comment.md";
export const ALL = [REPORT, RESULTS_JSON, GRAPHS, PAGE, COMMENT] as const;
