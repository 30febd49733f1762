//! What the documentation says of every attribute is what the tables by which documents are read say.

use std::path::Path;

use chaos_core::plan::{Attribute, FLAG_ATTRIBUTES, Kind, MODES};

/// The tables of the README and of the crate's documentation.
const PAGES: [&str; 2] = ["../README.md", "src/guide/document.md"];

fn page(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The row about that name: it is in the first cell, alone or with others.
fn row<'a>(page: &'a str, name: &str) -> &'a str {
    let quoted = format!("`{name}`");
    let mut rows = page.lines().filter(|line| line.starts_with("| `"));
    let found = rows.find(|row| {
        row.split(" | ")
            .next()
            .is_some_and(|cell| cell.contains(&quoted))
    });
    found.unwrap_or_else(|| panic!("there is no row about {name}"))
}

/// Whether a number stands there by itself.
fn states(row: &str, number: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    row.match_indices(number).any(|(at, _)| {
        let after = &row[at + number.len()..];
        !row[..at].ends_with(digit) && !after.starts_with(digit)
    })
}

/// What the row does not say of the attribute's bounds.
fn unstated(row: &str, attribute: &Attribute) -> Vec<String> {
    let bounds = match attribute.kind {
        Kind::Number { min, max } => vec![min.to_string(), max.to_string()],
        Kind::Integer {
            min: 0,
            max: u64::MAX,
        } => vec![],
        Kind::Integer { min, max: u64::MAX } => vec![format!("at least {min}")],
        Kind::Integer { min, max } => vec![min.to_string(), max.to_string()],
        Kind::Body => vec!["262144".to_owned()],
        Kind::Text { longest } if longest != 4_096 => vec![longest.to_string()],
        Kind::Headers => ["50", "256", "4096"].map(str::to_owned).to_vec(),
        Kind::HeaderNames => ["50", "256"].map(str::to_owned).to_vec(),
        Kind::Patterns => vec!["64".to_owned()],
        _ => vec![],
    };
    bounds
        .into_iter()
        .filter(|bound| !states(row, bound))
        .collect()
}

#[test]
fn every_attribute_of_a_mode_is_there_with_its_bounds() {
    for path in PAGES {
        let page = page(path);
        for mode in MODES {
            let row = row(&page, mode.name);
            // Which has a row of its own.
            let as_exception = row.contains("as `exception` |");
            for attribute in mode.attributes.iter().filter(|_| !as_exception) {
                let key = attribute.key;
                assert!(
                    row.contains(&format!("`{key}`")),
                    "{path}, {}: {key}",
                    mode.name
                );
                let unstated = unstated(row, attribute);
                assert!(
                    unstated.is_empty(),
                    "{path}, {}, {key}: {unstated:?}",
                    mode.name
                );
            }
        }
    }
}

#[test]
fn so_is_every_attribute_that_all_flags_have() {
    for path in PAGES {
        let page = page(path);
        for attribute in FLAG_ATTRIBUTES {
            let unstated = unstated(row(&page, attribute.key), attribute);
            assert!(
                unstated.is_empty(),
                "{path}, {}: {unstated:?}",
                attribute.key
            );
        }
        // Of texts and lists one sentence speaks.
        for bound in ["4096", "64", "256"] {
            assert!(states(&page, bound), "{path}: {bound}");
        }
    }
}

/// Otherwise the tests above would show nothing.
#[test]
fn what_is_not_stated_is_found() {
    let latency = MODES
        .iter()
        .find(|mode| mode.name == "latency")
        .expect("a row");
    let attribute = latency.attribute("max_latency").expect("an attribute");
    assert_eq!(
        unstated("`max_latency`, 0 to 9000000 ms", attribute),
        ["900000"]
    );
    assert_eq!(
        unstated("`max_latency`, 0 to 900000 ms", attribute),
        [""; 0]
    );
}
