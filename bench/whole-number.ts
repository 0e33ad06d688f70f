import { InvalidArgumentError } from "commander";

/** The most of anything a user can ask for; beyond it is a slip of the keyboard. */
const MOST = 10_000_000;

/** Reads a flag that is a whole number. */
export function wholeNumber(least: number, most = MOST) {
  return (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most || text.trim() === "") {
      throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
