//! `cargo chaos man`.

use crate::support::run;

#[test]
fn there_is_a_page_for_all_and_one_for_each() {
    let page = run(&["man"]);
    assert_eq!((page.code, &*page.stderr), (0, ""));
    assert!(page.stdout.contains(".TH cargo-chaos 1"), "{page:?}");
    assert!(
        page.stdout.contains("cargo\\-chaos\\-validate(1)"),
        "{page:?}"
    );
    assert!(page.stdout.contains(".SH \"EXAMPLES\""), "{page:?}");

    let page = run(&["man", "validate"]);
    assert_eq!(page.code, 0);
    assert!(
        page.stdout.contains(".TH cargo-chaos-validate 1"),
        "{page:?}"
    );
    assert!(page.stdout.contains("\\-\\-json"), "{page:?}");
    assert!(
        page.stdout.contains("cargo chaos validate chaos.json"),
        "{page:?}"
    );
}

#[test]
fn every_page_that_a_page_names_is_there() {
    let mut pages = vec![Vec::new()];
    let mut count = 0;
    while let Some(command) = pages.pop() {
        let page = run(&[&["man"], &command[..]].concat());
        assert_eq!((page.code, &*page.stderr), (0, ""), "{command:?}");
        count += 1;
        let start = ["cargo", "chaos"].iter().chain(&command).copied();
        let start = start.collect::<Vec<_>>().join("\\-") + "\\-";
        for line in page.stdout.lines() {
            let Some(name) = line
                .strip_prefix(&start)
                .and_then(|rest| rest.strip_suffix("(1)"))
            else {
                continue;
            };
            let name: &'static str = name.replace("\\-", "-").leak();
            pages.push([&command[..], &[name]].concat());
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn a_command_that_does_not_exist_names_those_that_do() {
    let ran = run(&["man", "validat"]);
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    assert!(
        ran.stderr.contains("there is no command `validat`"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("validate"), "{ran:?}");
}
