//! A hash that is the same on every machine and in every release, so that generated records never change.

/// The FNV-1a hash of the parts, mixed so that similar inputs give very different numbers.
pub(crate) fn stable(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    mix(hash)
}

/// A number that depends on every bit of `value`, so that neighbours give very different numbers.
pub(crate) fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The last `length` digits of `value` in base 36.
pub(crate) fn base36(mut value: u64, length: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut text = vec![b'0'; length];
    for digit in text.iter_mut().rev() {
        *digit = DIGITS[usize::try_from(value % 36).unwrap_or(0)];
        value /= 36;
    }
    text.into_iter().map(char::from).collect()
}

/// This many hexadecimal digits, made from `seed`.
pub(crate) fn hex(seed: u64, length: usize) -> String {
    let mut text = String::with_capacity(length + 16);
    let mut state = seed;
    while text.len() < length {
        state = mix(state.wrapping_add(0x9e37_79b9_7f4a_7c15));
        text.push_str(&format!("{state:016x}"));
    }
    text.truncate(length);
    text
}

/// A UUID, made from `seed`.
pub(crate) fn uuid(seed: u64) -> String {
    let digits = hex(seed, 32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[13..16],
        &digits[17..20],
        &digits[20..32]
    )
}
