//! What the compiler says of each mistake, and that it says nothing where there is none.
//!
//! `TRYBUILD=overwrite cargo test -p chaos-macros --test ui` writes the expected
//! messages anew after a change of the compiler; read the difference before it is committed.

#[test]
fn mistakes_are_explained_where_they_are_made() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
