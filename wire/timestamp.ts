import { WireError } from "./error.ts";

/** Bytes of an ILP timestamp: YYYYMMDDHHmmSSfff (RFC 0030, fixed-length timestamps). */
export const TIMESTAMP_SIZE = 17;

/** Epoch milliseconds of 0000-01-01T00:00:00.000Z and of 9999-12-31T23:59:59.999Z: what four digits of year can say. */
export const MIN_TIME_MS = -62_167_219_200_000;
export const MAX_TIME_MS = 253_402_300_799_999;

const DAY_MS = 86_400_000;
const ZERO = 0x30;
const POINT = 0x2e;
const ZULU = 0x5a;

/** Two decimal digits, or NaN: every range check behind it then fails. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >>> 0 <= 9 && ones >>> 0 <= 9 ? tens * 10 + ones : Number.NaN;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/** Days from 0000-03-01, less one cycle of the calendar, to 1970-01-01. */
const EPOCH_DAYS = 719_468 + 146_097;

/**
 * Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
 * H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil: years start in March, so that the leap day
 * is the last of its year. One cycle of 400 years is added and taken off again, so that all divisions are of positive
 * 32-bit integers (`| 0`), twice as fast as Math.floor. No Date: that takes February 30 for March 2.
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = year + (month <= 2 ? 399 : 400);
  const era = (y / 400) | 0;
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * 146_097 + dayOfEra - EPOCH_DAYS;
}

/** Reads YYYYMMDDHHmm, the part both forms share; seconds are left to the caller. Epoch milliseconds, or NaN. */
function readMinute(bytes: Uint8Array, at: number): number {
  const year = twoDigits(bytes, at) * 100 + twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 4);
  const day = twoDigits(bytes, at + 6);
  const hour = twoDigits(bytes, at + 8);
  const minute = twoDigits(bytes, at + 10);
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)))
    return Number.NaN;
  if (!(hour <= 23 && minute <= 59)) return Number.NaN;
  return daysFromCivil(year, month, day) * DAY_MS + (hour * 60 + minute) * 60_000;
}

/**
 * Reads an ILP timestamp of 17 bytes; that they are there is the caller's to check.
 *
 * @returns epoch milliseconds
 * @throws WireError BAD_TIMESTAMP: a character that is no digit, a day the month does not have, hour 24, second 60
 *   (RFC 0030: leap seconds are smeared)
 */
export function readTimestamp(bytes: Uint8Array, at: number): number {
  const second = twoDigits(bytes, at + 12);
  const millis = twoDigits(bytes, at + 14) * 10 + (bytes[at + 16]! - ZERO);
  const last = bytes[at + 16]! - ZERO;
  const ms = readMinute(bytes, at) + second * 1000 + millis;
  // NaN fails both comparisons.
  if (!(second <= 59 && ms >= MIN_TIME_MS) || last >>> 0 > 9)
    throw new WireError("BAD_TIMESTAMP", at, "no timestamp of the form YYYYMMDDHHmmSSfff");
  return ms;
}

/**
 * Reads GeneralizedTime as BTP uses it: YYYYMMDDHHmmSS[.f[f[f]]]Z (RFC 0030, variable-length timestamps).
 *
 * Trailing zeros of the fraction are refused, as the RFC asks, but for fractions of exactly three digits: `btp-packet`,
 * which most BTP peers run, always writes three, and one error frame in ten would be unreadable. A leap second counts
 * as the first of the next minute, as POSIX time does.
 *
 * @returns epoch milliseconds
 * @throws WireError BAD_TIMESTAMP
 */
export function readGeneralizedTime(bytes: Uint8Array, at: number, end: number): number {
  const size = end - at;
  if (size < 15 || size === 16 || size > 19 || bytes[end - 1] !== ZULU) throw badTime(at);
  const minute = readMinute(bytes, at);
  const second = twoDigits(bytes, at + 12);
  if (!(minute >= MIN_TIME_MS && second <= 60)) throw badTime(at);
  // A leap second is the last of a UTC day (ITU-R TF.460).
  if (second === 60 && (minute / 60_000 + 1) % 1440 !== 0) throw badTime(at);
  let millis = 0;
  if (size > 15) {
    if (bytes[at + 14] !== POINT) throw badTime(at);
    let scale = 100;
    for (let i = at + 15; i < end - 1; i++, scale /= 10) {
      const digit = bytes[i]! - ZERO;
      if (digit >>> 0 > 9) throw badTime(at);
      millis += digit * scale;
    }
    if (size < 19 && bytes[end - 2] === ZERO) throw badTime(at);
  }
  return minute + second * 1000 + millis;
}

function badTime(at: number): WireError {
  return new WireError("BAD_TIMESTAMP", at, "no time of the form YYYYMMDDHHmmSS[.fff]Z");
}

function writeTwoDigits(value: number, into: Uint8Array, at: number): void {
  const tens = (value / 10) | 0;
  into[at] = ZERO + tens;
  into[at + 1] = ZERO + value - tens * 10;
}

/** Writes the three digits of milliseconds, 0 to 999. */
export function writeMillis(value: number, into: Uint8Array, at: number): void {
  const hundreds = (value / 100) | 0;
  into[at] = ZERO + hundreds;
  writeTwoDigits(value - hundreds * 100, into, at + 1);
}

/** Writes YYYYMMDDHHmmSS, and returns the milliseconds that remain. civil_from_days of the paper above. */
function writeSeconds(epochMs: number, into: Uint8Array, at: number): number {
  if (!(epochMs >= MIN_TIME_MS && epochMs < MAX_TIME_MS + 1))
    throw new WireError("BAD_TIMESTAMP", at, `${epochMs} ms is not in the years 0000 to 9999`);
  const days = Math.floor(epochMs / DAY_MS);
  const ofDay = (epochMs - days * DAY_MS) | 0;
  const z = (days + EPOCH_DAYS) | 0;
  const era = (z / 146_097) | 0;
  const dayOfEra = z - era * 146_097;
  const leapsBefore = ((dayOfEra / 1460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0);
  const yearOfEra = ((dayOfEra - leapsBefore) / 365) | 0;
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0));
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + (era - 1) * 400 + (month <= 2 ? 1 : 0);
  const century = (year / 100) | 0;
  const seconds = (ofDay / 1000) | 0;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  writeTwoDigits(century, into, at);
  writeTwoDigits(year - century * 100, into, at + 2);
  writeTwoDigits(month, into, at + 4);
  writeTwoDigits(dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1, into, at + 6);
  writeTwoDigits(hours, into, at + 8);
  writeTwoDigits(minutes - hours * 60, into, at + 10);
  writeTwoDigits(seconds - minutes * 60, into, at + 12);
  return ofDay - seconds * 1000;
}

/**
 * Writes an ILP timestamp and returns the offset behind it; room is the caller's to check.
 *
 * @param epochMs a fraction of a millisecond is dropped, so an expiry is never later than asked for
 * @throws WireError BAD_TIMESTAMP outside of the years 0000 to 9999
 */
export function writeTimestamp(epochMs: number, into: Uint8Array, at: number): number {
  writeMillis(writeSeconds(epochMs, into, at), into, at + 14);
  return at + TIMESTAMP_SIZE;
}

/** Bytes {@link writeGeneralizedTime} takes: 15, or 17 to 19 with a fraction. */
export function sizeOfGeneralizedTime(epochMs: number): number {
  const millis = Math.floor(epochMs) - Math.floor(epochMs / 1000) * 1000;
  if (millis === 0) return 15;
  if (millis % 10 !== 0) return 19;
  return millis % 100 === 0 ? 17 : 18;
}

/** Writes GeneralizedTime in its one canonical form and returns the offset behind it; errors as {@link writeTimestamp}. */
export function writeGeneralizedTime(epochMs: number, into: Uint8Array, at: number): number {
  const end = at + sizeOfGeneralizedTime(epochMs);
  const millis = writeSeconds(epochMs, into, at);
  if (millis > 0) {
    const hundreds = (millis / 100) | 0;
    into[at + 14] = POINT;
    into[at + 15] = ZERO + hundreds;
    if (end - at > 17) into[at + 16] = ZERO + (((millis - hundreds * 100) / 10) | 0);
    if (end - at > 18) into[at + 17] = ZERO + (millis % 10);
  }
  into[end - 1] = ZULU;
  return end;
}
