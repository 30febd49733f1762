//! The budget that is a check: with nothing to do, nothing is allocated.

use chaos_benches::{Effort, Program, Report, Row, measure};

fn counting() -> Program {
    Program::at(env!("CARGO_BIN_EXE_chaos-benches-counting"))
}

#[test]
fn nothing_is_allocated_while_nothing_is_on() {
    for row in Row::all()
        .into_iter()
        .filter(|row| row.budget.is_some_and(|budget| budget.free))
    {
        let measured = measure(&counting(), &row, Effort::QUICK).unwrap();
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
    for row in Row::all().into_iter().filter(Row::is_ours) {
        let firing = row.firing();
        let measured = measure(&counting(), &firing, Effort::QUICK).unwrap();
        assert!(measured.failed, "{} is not hit", firing.name());
        assert!(measured.allocations > 0.0, "{}", firing.name());
    }
}

/// Else the tests above would hold wherever nothing is counted.
#[test]
fn what_a_rival_allocates_is_counted() {
    let rows = Row::all();
    let rival = rows.iter().find(|row| row.title.starts_with("tower-res"));
    let measured = measure(&counting(), rival.unwrap(), Effort::QUICK).unwrap();
    assert!(measured.allocations >= 1.0, "{measured:?}");
    assert!(measured.bytes > 0.0, "{measured:?}");
}
