import { Option } from "commander";

/**
 * `--influx`, or PLIMSOLL_INFLUX. It has no parser of commander's: what that refuses it prints, and this may hold a password.
 */
export function influxOption(description: string): Option {
  // Set and empty, as a CI job has it whose secret is not there, is not set.
  if (process.env.PLIMSOLL_INFLUX === "") delete process.env.PLIMSOLL_INFLUX;
  return new Option("--influx <url>", `${description}: http://[user:password@]host:8086/database`).env(
    "PLIMSOLL_INFLUX",
  );
}
