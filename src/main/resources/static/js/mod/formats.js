// Numbers, units, days and times as the server's Formats writes them; a test compares both.
const language = document.documentElement.lang;
const french = language === "fr";
const decimalsOf = { "°C": 1, "mm": 1, "km/h": 0, "%": 0, "hPa": 1, "W/m²": 0, "°": 0, "cm": 1, "km": 1 };

export const MISSING = "–";

export function number(value, decimals) {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return MISSING;
  }
  return new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: "negative" })
    .format(value)
    .replace("-", "\u2212");
}

export function decimals(unit) {
  return decimalsOf[unit] ?? 0;
}

export function withUnit(value, unit) {
  const text = number(value, decimals(unit));
  return text === MISSING || unit === "" ? text : text + beforeUnit(unit) + unit;
}

/** A difference, always with a sign. */
export function difference(value, unit) {
  const text = withUnit(value, unit);
  return value > 0 && /[1-9]/.test(number(value, decimals(unit))) ? `+${text}` : text;
}

function beforeUnit(unit) {
  if (unit === "°") {
    return "";
  }
  if (french) {
    return "\u202f";
  }
  return unit === "%" ? "" : "\u00a0";
}

/** A day, given as yyyy-MM-dd. */
export function day(iso) {
  const [year, month, date] = iso.split("-").map(Number);
  const name = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" }).format(Date.UTC(year, month - 1, date));
  return `${date} ${name} ${year}`;
}

/** The time of day, given milliseconds and a zone. */
export function time(millis, zone) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }).format(millis);
}

/** How long ago or ahead, in the words that the page brings along. */
export function relative(millis, now) {
  const words = document.body.dataset;
  const seconds = Math.trunc((now - millis) / 1000);
  if (seconds === 0) {
    return words.formatNow;
  }
  const distance = Math.abs(seconds);
  const [unit, size] = distance < 60 ? ["Seconds", 1] : distance < 3_600 ? ["Minutes", 60] : distance < 172_800 ? ["Hours", 3_600] : ["Days", 86_400];
  return words[(seconds > 0 ? "formatAgo" : "formatIn") + unit].replace("{0}", number(Math.floor(distance / size), 0));
}
