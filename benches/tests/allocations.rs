//! The budget that is a check: with nothing to do, nothing is allocated.

use chaos_benches::{Build, Effort, Program, Report, Row, measure};

/// The program that counts for the row, where it is built; without the feature `inject` it never is,
/// beside others.
fn counting(row: &Row) -> Option<Program> {
    let program = match row.build() {
        Build::Own => option_env!("CARGO_BIN_EXE_chaos-benches-counting"),
        Build::Clients => option_env!("CARGO_BIN_EXE_chaos-benches-clients-counting"),
        Build::Off => None,
    };
    program.map(Program::at)
}

fn rows(wanted: fn(&Row) -> bool) -> Vec<(Row, Program)> {
    let rows = Row::all().into_iter().filter(wanted);
    let rows: Vec<_> = rows
        .filter_map(|row| Some((row, counting(&row)?)))
        .collect();
    assert!(rows.len() > 20, "{}", rows.len());
    rows
}

#[test]
fn nothing_is_allocated_while_nothing_is_on() {
    let limited = |row: &Row| row.budget.and_then(|budget| budget.allocations).is_some();
    for (row, counting) in rows(limited) {
        let measured = measure(&counting, &row, Effort::QUICK).unwrap();
        assert!(!measured.failed, "{} is not idle", row.name());
        let report = Report {
            row,
            measured,
            spread: (0.0, 0.0),
        };
        assert_eq!(report.over_budget(), None);
    }
}

/// Else the test above would hold wherever the document is not read.
#[test]
fn each_call_would_fail_if_the_document_said_so() {
    for (row, counting) in rows(Row::is_ours) {
        let firing = row.firing();
        let measured = measure(&counting, &firing, Effort::QUICK).unwrap();
        assert!(measured.failed, "{} is not hit", firing.name());
        // A client that fails at once may spare more than a fault takes.
        if row.build() == Build::Own {
            assert!(measured.allocations > 0.0, "{}", firing.name());
        }
    }
}

/// Else the tests above would hold wherever nothing is counted.
#[test]
fn what_a_rival_allocates_is_counted() {
    let mut rows = Row::all().into_iter();
    let rival = rows.find(|row| row.title.starts_with("tower-res"));
    let rival = rival.unwrap();
    let measured = measure(&counting(&rival).unwrap(), &rival, Effort::QUICK).unwrap();
    assert!(measured.allocations >= 1.0, "{measured:?}");
    assert!(measured.bytes > 0.0, "{measured:?}");
}
