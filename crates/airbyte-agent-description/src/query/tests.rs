use super::*;

/// Texts that vendors take.
#[test]
fn what_vendors_take_is_accepted() {
    for (language, texts) in [
        (
            Language::Jql,
            &[
                "",
                "project = APOLLO AND statusCategory != Done AND updated >= -7d ORDER BY updated DESC",
                "order by created",
                "assignee = currentUser() and (priority in (High, \"Very High\") or labels is EMPTY)",
                "status was \"In Progress\" during (startOfWeek(-1), endOfWeek()) by jane",
                "status CHANGED FROM 'To Do' TO Done AFTER \"2025-03-01 10:00\"",
                "cf[10016] > 3 && !(\"Story Points\" is not null) || text ~ \"a \\\"b\\\"\"",
                "issue.property[\"a b\"].c = 1.5 ORDER BY rank, created asc",
                "NOT status = Done and fixVersion not in releasedVersions()",
                "issueKey in (AB-1, AB-2) and duedate <= endOfDay(\"+1\")",
            ][..],
        ),
        (
            Language::Soql,
            &[
                "SELECT Id, Name FROM Account",
                "select Id, Owner.Name from Case where Status in ('New', 'It\\'s') and (Priority = 'High' or IsEscalated = true) order by CreatedDate desc nulls last, Id limit 10 offset 5",
                "SELECT StageName, COUNT(Id) number, SUM(Amount) FROM Opportunity WHERE CloseDate = LAST_N_DAYS:30 AND Amount > USD5000 GROUP BY ROLLUP(StageName) HAVING COUNT(Id) > 1",
                "SELECT Id, (SELECT Id FROM Contacts WHERE Email != null LIMIT 5) FROM Account a WHERE Id NOT IN (SELECT AccountId FROM Opportunity)",
                "SELECT TYPEOF What WHEN Account THEN Phone ELSE Name END FROM Event WHERE StartDateTime >= 2025-03-01T00:00:00Z",
                "SELECT FIELDS(ALL) FROM Account LIMIT 200",
                "SELECT Id FROM Account USING SCOPE mine WHERE Name LIKE 'A%' WITH SECURITY_ENFORCED FOR VIEW",
                "SELECT Id FROM Account WHERE DISTANCE(Loc__c, GEOLOCATION(37.7,-122.4), 'mi') < 20 ALL ROWS",
                "SELECT COUNT() FROM Lead WHERE NOT Name LIKE '%a%' AND Skills__c INCLUDES ('a;b', 'c')",
                "SELECT Id FROM Task WHERE CALENDAR_YEAR(CreatedDate) = 2025 AND CreatedDate < TODAY",
            ],
        ),
        (
            Language::Sosl,
            &[
                "FIND {Northwind} IN NAME FIELDS RETURNING Account(Id, Name, Industry LIMIT 20)",
                "FIND {\"Lena Hart\" OR acme*} RETURNING Lead(Id WHERE Status = 'a)'), Contact",
                "find {test\\}x}",
                "FIND {a1} LIMIT 5",
            ],
        ),
        (
            Language::FieldSearch,
            &[
                "name~\"acme\" AND created>1740787200",
                "status:\"past_due\" and metadata[\"plan\"]:\"pro\"",
                "-currency:\"jpy\" amount>=100 disputed:true",
                "metadata['a']:null OR email:\"a\\\"b\"",
            ],
        ),
        (
            Language::FunctionFilter,
            &[
                "equals(email,\"jane@acme.com\")",
                "equals(messages.channel,'email'),greater-than(updated_at,2025-03-01T00:00:00Z)",
                "and(equals(a,1),or(any(id,[\"a\",\"b\"]),not(contains(name,\"x\"))))",
                "greater-or-equal( size , 12 )",
                "contains-any(tags,['a','b'])",
            ],
        ),
        (
            Language::FileQuery,
            &[
                "name contains 'budget' and mimeType = 'application/x' and trashed = false",
                "'root' in parents and not (fullText contains 'it\\'s' or modifiedTime > '2025-03-01T00:00:00')",
                "properties has { key='a' and value='}' }",
                "memberCount > 5",
            ],
        ),
        (
            Language::Formula,
            &["AND({Status} = 'In progress', IS_AFTER({Due}, TODAY()))", "{It's} & \"(\"", "1"],
        ),
        (Language::Json, &["[{\"field\": \"a\"}]", "{}"]),
        (Language::Words, &["a,b", ""]),
    ] {
        for text in texts {
            assert_eq!(Grammar::new(language).check(text), Ok(()), "{text}");
        }
    }
}

/// Texts that vendors refuse, the character at which they are refused, and a part of the message.
#[test]
fn what_vendors_refuse_is_refused_with_place_and_remedy() {
    for (language, text, at, message) in [
        (Language::Jql, "status = In Progress", 10, "\"In Progress\""),
        (Language::Jql, "status = Very High", 15, "\"Very High\""),
        (Language::Jql, "project = A AND", 16, "a condition"),
        (Language::Jql, "project = A AND OR b = 1", 17, "before 'OR'"),
        (Language::Jql, "(project = A", 1, "not closed"),
        (Language::Jql, "summary ~ \"login", 11, "no \" at its end"),
        (Language::Jql, "assignee = jane@acme.com", 16, "'@' is reserved"),
        (Language::Jql, "created >= 2025/03/01", 16, "'/' is reserved"),
        (Language::Jql, "project == A", 9, "write '='"),
        (Language::Jql, "login bug", 7, "\"login bug\""),
        (Language::Jql, "login", 6, "text ~"),
        (Language::Jql, "status in Done", 11, "parentheses"),
        (Language::Jql, "status = (a, b)", 10, "IN"),
        (Language::Jql, "assignee is jane", 13, "EMPTY"),
        (Language::Jql, "a = 1 order by", 15, "field to order by"),
        (Language::Jql, "a = 1 ORDER BY b DESC c", 23, "a comma or the end"),
        (Language::Jql, "order by a, b where c = 1", 15, "a comma or the end"),
        (Language::Jql, "summary LIKE \"a\"", 9, "~"),
        (Language::Jql, "a = f(1", 5, "not closed"),
        (Language::Soql, "SELECT * FROM Account", 8, "FIELDS(STANDARD)"),
        (Language::Soql, "SELECT Id Account", 18, "FROM"),
        (Language::Soql, "SELECT Id FROM Account WHERE Name = \"A\"", 37, "single quotation marks"),
        (Language::Soql, "SELECT Id FROM Account WHERE Name = Acme", 37, "'Acme'"),
        (
            Language::Soql,
            "SELECT Id FROM Account LIMIT 5 WHERE Id = '1'",
            32,
            "WHERE stands before LIMIT",
        ),
        (Language::Soql, "SELECT Id FROM Account WHERE", 29, "a condition"),
        (Language::Soql, "SELECT Id FROM Account WHERE A = 1 AND", 39, "a condition"),
        (Language::Soql, "SELECT Id FROM A WHERE A = 1 AND B = 2 OR C = 3", 40, "parentheses"),
        (Language::Soql, "SELECT Id FROM A WHERE A IS NOT NULL", 26, "!= null"),
        (Language::Soql, "SELECT Id FROM A WHERE (A = 1", 24, "not closed"),
        (Language::Soql, "SELECT Id FROM A;", 17, "';'"),
        (Language::Soql, "SELECT Id, FROM A", 12, "name of a field"),
        (Language::Soql, "SELECT Id FROM A ORDER Name", 24, "BY"),
        (Language::Soql, "SELECT Id FROM A LIMIT all", 24, "whole number"),
        (Language::Soql, "Account", 1, "SELECT"),
        (Language::Sosl, "acme", 1, "FIND {words}"),
        (Language::Sosl, "FIND acme", 6, "braces"),
        (Language::Sosl, "FIND {acme", 6, "not closed"),
        (Language::Sosl, "FIND {a}", 6, "two letters"),
        (Language::Sosl, "FIND {acme} IN TITLE FIELDS", 16, "NAME"),
        (Language::Sosl, "FIND {acme} RETURNING Account(Id", 30, "not closed"),
        (Language::FieldSearch, "status=active", 8, "status=\"active\""),
        (Language::FieldSearch, "acme", 5, "acme:\"value\""),
        (Language::FieldSearch, "a:\"1\" AND b:\"2\" OR c:\"3\"", 17, "same search"),
        (Language::FieldSearch, "a:\"1\" AND", 10, "behind AND"),
        (Language::FieldSearch, "(a:\"1\")", 1, "parentheses"),
        (Language::FieldSearch, "name~\"ab\"", 6, "three"),
        (Language::FieldSearch, "name:\"ab", 6, "no \" at its end"),
        (Language::FunctionFilter, "email = 'a'", 1, "equals(email,"),
        (Language::FunctionFilter, "eq(email,'a')", 1, "'equals'"),
        (Language::FunctionFilter, "equals(email,jane@acme.com)", 14, "\"jane@acme.com\""),
        (Language::FunctionFilter, "equals(email,\"a\"", 7, "not closed"),
        (Language::FunctionFilter, "equals(email)", 13, "a value"),
        (Language::FunctionFilter, "equals(a,1) and equals(b,2)", 13, "commas"),
        (Language::FunctionFilter, "any(id,[\"a\"", 8, "not closed"),
        (Language::FileQuery, "name contains \"a\"", 15, "single quotation marks"),
        (Language::FileQuery, "name contains budget", 15, "'budget'"),
        (Language::FileQuery, "budget", 7, "an operator"),
        (Language::FileQuery, "name = 'a' and", 15, "a condition"),
        (Language::FileQuery, "(name = 'a'", 1, "not closed"),
        (Language::Formula, "AND({A}", 4, "not closed"),
        (Language::Formula, "{A = 1", 1, "not closed"),
        (Language::Formula, "{A} == 1", 5, "write '='"),
        (Language::Json, "[{'field': 'a'}]", 3, "no JSON"),
        (Language::Json, "5", 1, "an object"),
    ] {
        let error = Grammar::new(language).check(text).expect_err(text);
        assert_eq!(error.at + 1, at, "{text}: {error}");
        assert!(error.problem.contains(message), "{text}: {error}");
    }
}

#[test]
fn names_are_checked_where_they_are_known() {
    let grammar = |language, names: &'static [Text]| Grammar {
        names: Cow::Borrowed(names),
        ..Grammar::new(language)
    };
    const NAMES: &[Text] = &[Cow::Borrowed("status"), Cow::Borrowed("created")];
    for (language, good, bad) in [
        (Language::FieldSearch, "status:\"a\"", "state:\"a\""),
        (Language::FunctionFilter, "equals(status,1)", "equals(state,1)"),
        (Language::FileQuery, "status = 'a'", "state = 'a'"),
        (Language::Words, "created, status.name", "created, state"),
    ] {
        let grammar = grammar(language, NAMES);
        assert_eq!(grammar.check(good), Ok(()), "{good}");
        let error = grammar.check(bad).expect_err(bad);
        assert!(error.problem.contains("did you mean 'status'"), "{bad}: {error}");
    }
    let bounded = Grammar { bounded: true, ..Grammar::new(Language::Jql) };
    assert!(bounded.check("ORDER BY created").is_err());
    assert_eq!(bounded.check("project = A"), Ok(()));
}

#[test]
fn a_query_is_read_as_it_binds() {
    let query = Jql::parse("a = 1 OR NOT b != 2 AND c in (x, f(y, 'z')) ORDER BY d DESC, e").ok();
    let clause = |field: &str, operator, operand| {
        Condition::Clause(Clause {
            field: field.to_owned(),
            operator,
            operand: Some(operand),
            predicates: Vec::new(),
        })
    };
    let text = |text: &str| Operand::Text(text.to_owned());
    let function =
        Operand::Function { name: "f".to_owned(), arguments: vec!["y".to_owned(), "z".to_owned()] };
    let list = Operand::List(vec![text("x"), function]);
    let expected = Jql {
        condition: Some(Condition::Or(vec![
            clause("a", Operator::Equals, text("1")),
            Condition::And(vec![
                Condition::Not(Box::new(clause("b", Operator::NotEquals, text("2")))),
                clause("c", Operator::In, list),
            ]),
        ])),
        order: vec![
            OrderBy { field: "d".to_owned(), direction: Some(Direction::Descending) },
            OrderBy { field: "e".to_owned(), direction: None },
        ],
    };
    assert_eq!(query, Some(expected));
}

/// No text makes a parser fail otherwise than by its own errors.
#[test]
fn no_text_leads_a_parser_astray() {
    let parts = [
        "a", "=", "(", ")", "'", "\"", "[", "]", "{", "}", ",", " ", "and", "in", "SELECT", "FROM",
        "FIND", "é", "\\", "not", "~", ":", "1", "-", "order by", "equals(",
    ];
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text.push_str(parts[usize::try_from(seed >> 33).unwrap_or(0) % parts.len()]);
        }
        for language in Language::ALL {
            if let Err(error) = Grammar::new(language).check(&text) {
                assert!(error.at <= text.chars().count(), "{language:?} {text}: {error}");
            }
        }
    }
    for deep in ["(", "[", "not ", "f("] {
        let text = deep.repeat(100_000);
        for language in Language::ALL {
            let _ = Grammar::new(language).check(&text);
        }
    }
}

#[test]
fn examples_are_written_in_their_language() {
    for language in Language::ALL {
        assert_eq!(Grammar::new(language).check(language.example()), Ok(()), "{language:?}");
    }
}
