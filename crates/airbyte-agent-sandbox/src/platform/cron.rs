//! Quartz schedules in words. A schedule has seconds, minutes, hours, day of the month, month, day of the
//! week, and possibly a year.

/// A field of a schedule: its name, its lowest and highest number, and words that stand for numbers, the
/// first one for the lowest.
type Field = (&'static str, u32, u32, &'static [&'static str]);

const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const FIELDS: [Field; 7] = [
    ("second", 0, 59, &[]),
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, &MONTHS),
    ("day of the week", 1, 7, &DAYS),
    ("year", 1970, 2199, &[]),
];

/// The schedule in words; an error says what is wrong with it.
pub(super) fn describe(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if !(6..=7).contains(&parts.len()) {
        return Err(format!("a Quartz schedule has 6 or 7 fields, this one has {}", parts.len()));
    }
    for (part, field) in parts.iter().zip(FIELDS) {
        check(part, field)?;
    }
    if (parts[3] == "?") == (parts[5] == "?") {
        return Err("exactly one of day of the month and day of the week must be ?".to_owned());
    }
    let plain = |part: &str| part.parse::<u32>().ok();
    let times: Vec<String> = match (plain(parts[0]), plain(parts[1]), plain(parts[2])) {
        (Some(second), Some(minute), Some(hour)) => {
            vec![format!("at {hour:02}:{minute:02}:{second:02}")]
        }
        _ => parts[..3]
            .iter()
            .zip(FIELDS)
            .filter_map(|(part, field)| words_for(part, field))
            .collect(),
    };
    let days =
        parts[3..].iter().zip(&FIELDS[3..]).filter_map(|(part, field)| words_for(part, *field));
    Ok(times.into_iter().chain(days).collect::<Vec<_>>().join(", "))
}

/// A field of a schedule in words; `None` for one that limits nothing.
fn words_for(part: &str, (name, ..): Field) -> Option<String> {
    match part {
        "?" => None,
        "*" if name.starts_with("day") || name == "year" || name == "month" => None,
        "*" => Some(format!("every {name}")),
        part => match part.split_once('/') {
            Some((start, step)) if start == "*" || start == "0" => {
                Some(format!("every {step} {name}s"))
            }
            Some((start, step)) => Some(format!("every {step} {name}s from {start}")),
            None => Some(format!("{name} {part}")),
        },
    }
}

fn check(part: &str, (name, low, high, words): Field) -> Result<(), String> {
    let wrong = || format!("`{part}` is not a {name}");
    let is_day = name.starts_with("day");
    if part == "*" || part == "?" && is_day {
        return Ok(());
    }
    let number = |text: &str| {
        let upper = text.to_uppercase();
        let word = words.iter().position(|word| *word == upper);
        let word = word.and_then(|at| u32::try_from(at).ok()).map(|at| at + low);
        word.or_else(|| text.parse().ok()).filter(|number| (low..=high).contains(number))
    };
    for item in part.split(',') {
        let (range, step) = item.split_once('/').map_or((item, None), |(r, s)| (r, Some(s)));
        if step.is_some_and(|step| step.parse::<u32>().ok().is_none_or(|step| step == 0)) {
            return Err(wrong());
        }
        let ends_well = is_day && ["L", "W", "LW"].contains(&range);
        let marked = range.strip_suffix(['L', 'W']).filter(|_| is_day).and_then(number).is_some();
        let nth = range.split_once('#').filter(|_| is_day);
        let is_nth = nth.is_some_and(|(day, nth)| {
            number(day).is_some() && nth.parse::<u8>().is_ok_and(|nth| nth < 6)
        });
        let known = range == "*"
            || number(range).is_some()
            || range.split_once('-').is_some_and(|(a, b)| number(a).zip(number(b)).is_some());
        if !(known || ends_well || marked || is_nth) {
            return Err(wrong());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn schedules_are_put_into_words() {
        for (text, words) in [
            ("0 0 12 * * ?", "at 12:00:00"),
            ("0 0/15 * * * ?", "second 0, every 15 minutes, every hour"),
            ("0 30 6 ? * MON-FRI", "at 06:30:00, day of the week MON-FRI"),
            ("0 0 0 L * ? 2030", "at 00:00:00, day of the month L, year 2030"),
        ] {
            assert_eq!(describe(text).as_deref(), Ok(words), "{text}");
        }
        for text in ["", "* * * * *", "0 60 * * * ?", "0 0 0 * * *", "0 0 0 1 FOO ?", "x 0 0 1 1 ?"]
        {
            assert!(describe(text).is_err(), "{text}");
        }
    }
}
