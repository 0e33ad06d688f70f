import { Failure } from "../failure.ts";

/** A database to write to. Only `authorization` knows the password; everything else may be shown. */
export interface Address {
  /** `http://127.0.0.1:8086` */
  readonly origin: string;
  readonly database: string;
  /** Value of the header, undefined without user and password. */
  readonly authorization: string | undefined;
  /** Origin and database, for people. */
  readonly shown: string;
}

const DEFAULT_DATABASE = "plimsoll";
const EXAMPLE = "http://127.0.0.1:8086/plimsoll";

/**
 * Reads `http://user:password@host:8086/database`. A Failure never quotes what was given: it may hold a password, and
 * one with an unescaped `@` or `#` in it is just what cannot be read.
 */
export function addressOf(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new Failure(
      "USAGE",
      `--influx (or PLIMSOLL_INFLUX) is no address of a database: it looks like ${EXAMPLE}`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new Failure(
      "USAGE",
      `--influx ends with the database: ${EXAMPLE}; in a password write %3F for ? and %23 for #`,
    );
  }
  const [, path = "", ...more] = url.pathname.replace(/\/$/, "").split("/");
  if (more.length > 0) throw new Failure("USAGE", `--influx names one database after the host: ${EXAMPLE}`);
  // `ann:8080/pw@h` has the host ann to a URL, and to whoever wrote it a password.
  if (path.includes("@")) {
    throw new Failure(
      "USAGE",
      "--influx has an @ behind the host: in a password write %2F for / and %40 for @; in a database's name %40",
    );
  }
  const [user, password, database] = [url.username, url.password, path].map(decoded) as [
    string,
    string,
    string,
  ];
  const credentials = Buffer.from(`${user}:${password}`).toString("base64");
  return {
    origin: url.origin,
    database: database || DEFAULT_DATABASE,
    authorization: user === "" && password === "" ? undefined : `Basic ${credentials}`,
    shown: `${url.origin}/${path || DEFAULT_DATABASE}`,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Failure("USAGE", "--influx has a % that begins no %XX: write %25 for it");
  }
}
