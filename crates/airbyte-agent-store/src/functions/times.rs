//! Functions on moments that other dialects have. All of them count in UTC.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Unit, Zoned};
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};

use super::{PURE, failed};
use crate::moment;

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let changing = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("now", 0, changing, |_| Ok(moment::now()))?;
    connection.create_scalar_function("today", 0, changing, |_| Ok(moment::now()[..10].to_owned()))?;
    connection.create_scalar_function("date_trunc", 2, PURE, |context| {
        let unit = unit(context)?;
        read(context, 1)?.map(|moment| trunc(&unit, &moment)).transpose()
    })?;
    for name in ["date_part", "datepart"] {
        connection.create_scalar_function(name, 2, PURE, |context| {
            let unit = unit(context)?;
            read(context, 1)?.map(|moment| part(&unit, &moment)).transpose()
        })?;
    }
    for (name, unit) in [
        ("year", "year"),
        ("quarter", "quarter"),
        ("month", "month"),
        ("week", "week"),
        ("day", "day"),
        ("hour", "hour"),
        ("minute", "minute"),
        ("dayofweek", "dow"),
    ] {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            read(context, 0)?.map(|moment| part(unit, &moment)).transpose()
        })?;
    }
    for name in ["date_diff", "datediff"] {
        connection.create_scalar_function(name, 3, PURE, |context| {
            let unit = unit(context)?;
            match (read(context, 1)?, read(context, 2)?) {
                (Some(from), Some(to)) => difference(&unit, &from, &to).map(Some),
                _ => Ok(None),
            }
        })?;
    }
    connection.create_scalar_function("to_timestamp", 1, PURE, |context| {
        Ok(read(context, 0)?.map(|moment| written(&moment)))
    })
}

fn unit(context: &Context<'_>) -> rusqlite::Result<String> {
    let unit: String = context.get(0).map_err(|_| {
        failed("the first argument must be a unit in single quotes, for example 'month'")
    })?;
    Ok(unit.to_ascii_lowercase())
}

/// The moment that an argument means: ISO 8601 text, or seconds since 1970. A text that is no moment is an
/// error, for null would hide it.
fn read(context: &Context<'_>, index: usize) -> rusqlite::Result<Option<Zoned>> {
    let of_seconds = |seconds: f64| {
        #[expect(clippy::cast_possible_truncation, reason = "seconds beyond 64 bits are refused by jiff")]
        let milliseconds = (seconds * 1000.0).round() as i64;
        let moment = Timestamp::from_millisecond(milliseconds).map_err(failed)?;
        Ok(Some(moment.to_zoned(TimeZone::UTC)))
    };
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        #[expect(clippy::cast_precision_loss, reason = "such moments are beyond the calendar")]
        ValueRef::Integer(seconds) => of_seconds(seconds as f64),
        ValueRef::Real(seconds) => of_seconds(seconds),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            if text.trim().is_empty() {
                return Ok(None);
            }
            moment::parse(&text).map(Some).ok_or_else(|| {
                let text: String = text.chars().take(40).collect();
                failed(format!("'{text}' is no moment of ISO 8601; use substr to take one out of a text"))
            })
        }
    }
}

/// The moment as text: seconds, and milliseconds if there are any.
fn written(moment: &Zoned) -> String {
    let format =
        if moment.subsec_nanosecond() == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S.%3fZ" };
    moment.strftime(format).to_string()
}

const UNITS: &str = "year, quarter, month, week, day, hour, minute or second";

fn trunc(unit: &str, moment: &Zoned) -> rusqlite::Result<String> {
    let date = moment.date();
    let at = |hour, minute, second| Time::new(hour, minute, second, 0).map_err(failed);
    let midnight = |date: Date| DateTime::from_parts(date, Time::midnight());
    let first = |month: i8| Date::new(date.year(), month, 1).map_err(failed);
    let start = match unit {
        "year" | "years" => midnight(first(1)?),
        "quarter" | "quarters" => midnight(first((date.month() - 1) / 3 * 3 + 1)?),
        "month" | "months" => midnight(first(date.month())?),
        "week" | "weeks" => {
            let back = i64::from(date.weekday().since(Weekday::Monday));
            midnight(date.checked_sub(back.days()).map_err(failed)?)
        }
        "day" | "days" => midnight(date),
        "hour" | "hours" => DateTime::from_parts(date, at(moment.hour(), 0, 0)?),
        "minute" | "minutes" => DateTime::from_parts(date, at(moment.hour(), moment.minute(), 0)?),
        "second" | "seconds" => {
            DateTime::from_parts(date, at(moment.hour(), moment.minute(), moment.second())?)
        }
        other => return Err(failed(format!("date_trunc knows {UNITS}, not '{other}'"))),
    };
    Ok(start.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn part(unit: &str, moment: &Zoned) -> rusqlite::Result<Value> {
    let number = match unit {
        "year" | "years" => i64::from(moment.year()),
        "quarter" => i64::from((moment.month() - 1) / 3 + 1),
        "month" | "months" => i64::from(moment.month()),
        "week" | "weeks" => i64::from(moment.date().iso_week_date().week()),
        "day" | "days" | "dayofmonth" => i64::from(moment.day()),
        "hour" | "hours" => i64::from(moment.hour()),
        "minute" | "minutes" => i64::from(moment.minute()),
        "second" | "seconds" => i64::from(moment.second()),
        "dow" | "dayofweek" | "weekday" => i64::from(moment.weekday().to_sunday_zero_offset()),
        "isodow" => i64::from(moment.weekday().to_monday_one_offset()),
        "doy" | "dayofyear" => i64::from(moment.day_of_year()),
        "isoyear" => i64::from(moment.date().iso_week_date().year()),
        "epoch" => moment.timestamp().as_second(),
        other => {
            return Err(failed(format!("date_part knows {UNITS}, dow, isodow, doy and epoch, not '{other}'")));
        }
    };
    Ok(Value::Integer(number))
}

/// How many borders of the unit lie between two moments.
fn difference(unit: &str, from: &Zoned, to: &Zoned) -> rusqlite::Result<i64> {
    let months = |moment: &Zoned| i64::from(moment.year()) * 12 + i64::from(moment.month()) - 1;
    let days = || -> rusqlite::Result<i64> {
        let span = from.date().until((Unit::Day, to.date())).map_err(failed)?;
        Ok(i64::from(span.get_days()))
    };
    let seconds = |unit: i64| {
        to.timestamp().as_second().div_euclid(unit) - from.timestamp().as_second().div_euclid(unit)
    };
    Ok(match unit {
        "year" | "years" => i64::from(to.year()) - i64::from(from.year()),
        "quarter" | "quarters" => months(to).div_euclid(3) - months(from).div_euclid(3),
        "month" | "months" => months(to) - months(from),
        "week" | "weeks" => {
            let monday = |moment: &Zoned| i64::from(moment.weekday().since(Weekday::Monday));
            (days()? - monday(to) + monday(from)) / 7
        }
        "day" | "days" => days()?,
        "hour" | "hours" => seconds(3600),
        "minute" | "minutes" => seconds(60),
        "second" | "seconds" => seconds(1),
        other => return Err(failed(format!("date_diff knows {UNITS}, not '{other}'"))),
    })
}
