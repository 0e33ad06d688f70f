import type { Entry } from "../history/entry.ts";
import { type Trend, trendOf } from "../trend/trend.ts";

/** How far back the trend of a summary goes. */
export const TREND_DAYS = 30;
const DAY_MS = 86_400_000;

/**
 * The trend of the last days up to a run, that run included: an old set of runs has the trend of its own time.
 *
 * @param until when that run began, ISO 8601
 * @returns undefined for too few runs that compare
 */
export function recentTrend(history: readonly Entry[], until: string): Trend | undefined {
  const lastMs = Date.parse(until);
  return trendOf(
    history.filter(({ at }) => {
      const beforeMs = lastMs - Date.parse(at);
      return beforeMs >= 0 && beforeMs <= TREND_DAYS * DAY_MS;
    }),
  );
}
