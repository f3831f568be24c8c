//! The words of which names and texts of records are made.

pub(super) const FIRST: [&str; 32] = [
    "Ada", "Bela", "Chidi", "Dana", "Elif", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kaya",
    "Leo", "Mira", "Nils", "Oona", "Pavel", "Quinn", "Rosa", "Samir", "Tara", "Ugo", "Vera", "Wim",
    "Xenia", "Yara", "Zeno", "Arne", "Britt", "Cleo", "Dilan", "Esra", "Finn",
];
pub(super) const LAST: [&str; 29] = [
    "Keller",
    "Okafor",
    "Marin",
    "Lindqvist",
    "Haddad",
    "Novak",
    "Ferrari",
    "Tanaka",
    "Silva",
    "Berg",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fontana",
    "Garcia",
    "Huber",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Laurent",
    "Meyer",
    "Nakamura",
    "Olsen",
    "Petrov",
    "Rossi",
    "Schmidt",
    "Torres",
    "Vargas",
    "Weber",
];
pub(super) const COMPANIES: [&str; 16] = [
    "Northwind",
    "Bluepeak",
    "Larkspur",
    "Ironwood",
    "Sundial",
    "Quarry",
    "Tidewater",
    "Fernhill",
    "Copperline",
    "Driftwood",
    "Moonrise",
    "Saltmarsh",
    "Redstart",
    "Whitecap",
    "Stonebridge",
    "Evergreen",
];
pub(super) const TOPICS: [&str; 16] = [
    "renewal",
    "rollout",
    "onboarding",
    "migration",
    "pricing review",
    "security audit",
    "integration",
    "pilot",
    "launch",
    "quarterly plan",
    "support handover",
    "data import",
    "feedback round",
    "budget",
    "roadmap",
    "training",
];
pub(super) const SENTENCES: [&str; 8] = [
    "The import stops after the first page; the second request is answered with an error.",
    "Customer asks for a shorter contract and a fixed price for two years.",
    "Numbers of the last quarter are in; the plan for the next one follows on Monday.",
    "Please check the address on the invoice before it goes out.",
    "Works as described, but the start takes longer than it did before the update.",
    "Agreed on a pilot with two teams; results are due at the end of the month.",
    "The report is empty when the time zone of the account is not set.",
    "Thanks for the quick answer, this solved it for us.",
];
pub(super) const CITIES: [&str; 8] =
    ["Berlin", "Lyon", "Porto", "Oslo", "Denver", "Nairobi", "Osaka", "Lima"];
pub(super) const COUNTRIES: [&str; 8] = ["DE", "FR", "PT", "NO", "US", "KE", "JP", "PE"];

/// The word that a number selects.
pub(super) fn pick<'w>(words: &[&'w str], by: u64) -> &'w str {
    let length = u64::try_from(words.len()).unwrap_or(1).max(1);
    words.get(usize::try_from(by % length).unwrap_or(0)).copied().unwrap_or_default()
}
