import { Option } from "commander";

/**
 * `--influx`, or PLIMSOLL_INFLUX. It has no parser of commander's: what that refuses it prints, and this may hold a password.
 */
export function influxOption(description: string): Option {
  return new Option("--influx <url>", `${description}: http://[user:password@]host:8086/database`).env(
    "PLIMSOLL_INFLUX",
  );
}
