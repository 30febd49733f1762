//! `cargo chaos schema`.

use crate::support::run;
use chaos_core::plan::schema;

#[test]
fn the_schema_is_the_librarys() {
    let ran = run(&["schema"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    assert_eq!(ran.json(), schema::json_schema());
}

#[test]
fn appconfigs_is_small_enough_as_it_is_printed() {
    let ran = run(&["schema", "--draft-04"]);
    assert_eq!(ran.code, 0);
    assert_eq!(ran.json(), schema::json_schema_draft_04());
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.len() <= 32_768);
}
