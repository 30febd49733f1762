//! The table of modes and seams in README.md: every cell that is filled in is backed by a test.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use chaos_core::plan::MODES;

/// The table's heading in README.md.
const HEADING: &str = "## What each mode does, and where";

const SEAMS: [&str; 5] = [
    "handler",
    "named point",
    "AWS call",
    "HTTP request",
    "Redis command",
];

/// The tests of a cell: a file and a function in it.
type Tests = &'static [(&'static str, &'static str)];

const AFTER: &str = "tests/tests/modes/after.rs";
const AWS: &str = "tests-aws/tests/aws/modes.rs";
const AWS_ANYWHERE: &str = "tests-aws/tests/aws/anywhere.rs";
const BLOCKS: &str = "chaos-core/tests/points/blocks.rs";
const DENIED: &str = "tests-clients/tests/denied.rs";
const ENDING: &str = "tests/tests/modes/ending.rs";
const POINT: &str = "chaos-core/tests/points/modes.rs";
const REDIS: &str = "tests-clients/tests/redis/modes.rs";
const REDIS_PROCESS: &str = "tests-clients/tests/redis/process.rs";
const REQWEST: &str = "tests-clients/tests/reqwest/modes.rs";
const REQWEST_PROCESS: &str = "tests-clients/tests/reqwest/process.rs";
const TOWER: &str = "tests-clients/tests/tower/modes.rs";
const TOWER_PROCESS: &str = "tests-clients/tests/tower/process.rs";
const WAITS: &str = "tests-clients/tests/memory/waits.rs";

const TAKEN: &str = "disk_memory_and_cores_are_taken_and_given_back";

/// For each mode the tests of its cells, seam by seam.
const BACKED: &[(&str, [Tests; 5])] = &[
    (
        "latency",
        [
            &[
                ("tests/tests/modes/latency.rs", "always"),
                (AFTER, "the_work_is_done_and_then_it_waits"),
            ],
            &[
                (POINT, "latency_is_waited_and_the_function_runs"),
                (
                    POINT,
                    "with_phase_after_the_function_runs_and_then_it_waits",
                ),
            ],
            &[
                (AWS, "latency_runs_into_the_attempt_timeout"),
                (AWS, "latency_runs_into_the_operation_timeout"),
                (AWS, "latency_runs_into_the_read_timeout"),
                (AWS, "latency_after_the_call_ends_with_the_read_timeout_too"),
            ],
            &[
                (REQWEST, "latency_is_waited_and_the_real_response_comes"),
                (REQWEST, "latency_runs_into_the_timeout"),
                (
                    "tests-clients/tests/reqwest/real.rs",
                    "a_wait_that_is_longer_than_the_clients_timeout",
                ),
                (TOWER, "latency_is_waited_and_timeouts_around_it_run_out"),
                (WAITS, "latency_is_waited_before_the_call_and_after_it"),
                (WAITS, "latency_ends_with_the_clients_timeout"),
            ],
            &[
                (REDIS, "latency_is_waited_and_the_real_reply_comes"),
                (REDIS, "latency_runs_into_the_response_timeout"),
                (WAITS, "latency_is_waited_before_the_call_and_after_it"),
                (WAITS, "latency_ends_with_the_clients_timeout"),
            ],
        ],
    ),
    (
        "timeout",
        [
            &[
                (ENDING, "timeout_waits_until_the_deadline_less_the_buffer"),
                (
                    "chaos-core/tests/modes/timeout.rs",
                    "waits_after_the_work_too",
                ),
            ],
            &[(
                "chaos-core/tests/modes/timeout.rs",
                "a_point_waits_for_the_deadline_of_its_invocation",
            )],
            &[
                (AWS, "a_timeout_is_one_of_the_attempt"),
                (
                    "tests-aws/tests/aws/deadline.rs",
                    "a_timeout_ends_the_buffer_before_the_deadline",
                ),
            ],
            &[
                (REQWEST, "a_timeout_lasts_as_long_as_the_client_waits"),
                (TOWER, "a_timeout_lasts_as_long_as_the_client_waits"),
                (WAITS, "a_timeout_lasts_as_long_as_the_client_waits"),
                (WAITS, "a_timeout_ends_the_buffer_before_the_deadline"),
            ],
            &[
                (REDIS, "a_timeout_lasts_as_long_as_the_client_waits"),
                (WAITS, "a_timeout_lasts_as_long_as_the_client_waits"),
                (WAITS, "a_timeout_ends_the_buffer_before_the_deadline"),
            ],
        ],
    ),
    (
        "diskspace",
        taken(&[("tests/tests/modes/diskspace.rs", "always")]),
    ),
    (
        "memory",
        taken(&[("tests/tests/modes/memory.rs", "always")]),
    ),
    ("cpu", taken(&[("tests/tests/modes/cpu.rs", "always")])),
    (
        "denylist",
        [
            &[(
                "chaos-core/tests/modes/denylist.rs",
                "a_denied_name_fails_as_one_that_does_not_exist",
            )],
            &[(POINT, "names_are_denied_while_it_runs")],
            &[
                (AWS, "a_denied_host_does_not_resolve"),
                (
                    "tests-aws/tests/denied.rs",
                    "a_connection_that_is_kept_alive_is_refused",
                ),
            ],
            &[
                (REQWEST, "a_denied_host_does_not_resolve"),
                (TOWER, "a_denied_host_does_not_resolve"),
                (
                    "chaos-core/tests/denied_call.rs",
                    "a_denied_host_is_not_called",
                ),
                (DENIED, "a_connection_that_is_there_already_is_refused"),
            ],
            &[
                (REDIS, "a_denied_host_does_not_resolve"),
                (DENIED, "a_connection_that_is_there_already_is_refused"),
            ],
        ],
    ),
    (
        "statuscode",
        [
            &[
                (
                    "tests/tests/modes/statuscode.rs",
                    "always_under_lambda_runtime",
                ),
                (AFTER, "a_status_code_is_all_that_changes"),
            ],
            &[(
                POINT,
                "a_status_code_is_answered_where_the_type_carries_one",
            )],
            &[
                (AWS, "a_status_code_is_retried_if_the_sdk_would"),
                (AWS, "a_status_code_after_the_call_replaces_the_replys_own"),
            ],
            &[
                (REQWEST, "a_status_code_is_the_response"),
                (
                    REQWEST,
                    "a_status_code_after_the_request_replaces_the_responses_own",
                ),
                (TOWER, "a_status_code_is_the_response"),
            ],
            &[(
                REDIS,
                "a_status_code_and_a_second_run_are_nothing_and_the_log_says_so",
            )],
        ],
    ),
    (
        "exception",
        [
            &[(
                "tests/tests/modes/exception.rs",
                "a_boxed_error_has_the_message",
            )],
            &[(BLOCKS, "a_block_fails_where_its_labels_say_so")],
            &[
                (
                    AWS,
                    "an_exception_is_the_services_own_error_and_is_retried_as_such",
                ),
                (AWS, "a_connection_fails_as_the_flag_says"),
                (AWS, "after_the_call_the_error_comes_and_the_work_is_done"),
            ],
            &[
                (
                    REQWEST,
                    "an_exception_is_a_failure_of_the_connection_and_nothing_goes_out",
                ),
                (
                    REQWEST,
                    "after_the_request_the_error_comes_and_the_work_is_done",
                ),
                (
                    "tests-clients/tests/reqwest/real.rs",
                    "a_refused_connection",
                ),
                (
                    TOWER,
                    "an_exception_is_a_failure_of_the_connection_and_nothing_goes_out",
                ),
                ("tests-clients/tests/tower/real.rs", "a_refused_connection"),
                (
                    TOWER,
                    "after_the_request_the_error_comes_and_the_work_is_done",
                ),
            ],
            &[
                (
                    REDIS,
                    "an_exception_is_the_servers_error_and_nothing_is_sent",
                ),
                (
                    REDIS,
                    "after_the_command_the_error_comes_and_the_work_is_done",
                ),
                ("tests-clients/tests/redis/real.rs", "a_refused_connection"),
            ],
        ],
    ),
    (
        "panic",
        [
            &[(ENDING, "panic_fails_the_invocation_and_the_process_lives")],
            &[(POINT, "panic_is_one_if_it_is_allowed")],
            &[(AWS_ANYWHERE, "panic_is_one_of_whoever_calls")],
            &[
                (REQWEST_PROCESS, "panic_is_one_if_it_is_allowed"),
                (TOWER_PROCESS, "panic_is_one_if_it_is_allowed"),
            ],
            &[(REDIS_PROCESS, "panic_is_one_if_it_is_allowed")],
        ],
    ),
    (
        "exit",
        [
            &[(ENDING, "exit_ends_the_process_with_its_code")],
            &[(POINT, "exit_ends_the_process")],
            &[(
                AWS_ANYWHERE,
                "exit_ends_the_process_before_the_call_goes_out",
            )],
            &[
                (REQWEST_PROCESS, "exit_ends_the_process"),
                (TOWER_PROCESS, "exit_ends_the_process"),
            ],
            &[(REDIS_PROCESS, "exit_ends_the_process")],
        ],
    ),
    (
        "lost_reply",
        [
            &[
                (ENDING, "lost_reply_does_the_work_and_fails"),
                (AFTER, "the_work_is_done_and_then_it_fails"),
            ],
            &[(
                "chaos-core/tests/modes/lost_reply.rs",
                "at_a_point_the_work_is_done_and_its_reply_is_an_error",
            )],
            &[
                (AWS, "a_lost_reply_is_a_connection_error_after_the_work"),
                (
                    "tests-aws/tests/aws/real.rs",
                    "a_connection_that_is_cut_off",
                ),
            ],
            &[
                (
                    REQWEST,
                    "a_lost_reply_is_a_failed_connection_after_the_work",
                ),
                (
                    TOWER,
                    "after_the_request_the_error_comes_and_the_work_is_done",
                ),
            ],
            &[(REDIS, "a_lost_reply_is_a_failed_connection_after_the_work")],
        ],
    ),
    (
        "duplicate",
        [
            &[("tests/tests/modes/duplicate.rs", "always")],
            &[("chaos-core/tests/modes/duplicate.rs", "a_point_runs_once")],
            &[(AWS_ANYWHERE, "duplicate_is_nothing_and_the_log_says_so")],
            &[
                (REQWEST, "a_second_run_is_nothing_and_the_log_says_so"),
                (TOWER, "a_second_run_is_nothing_and_the_log_says_so"),
            ],
            &[(
                REDIS,
                "a_status_code_and_a_second_run_are_nothing_and_the_log_says_so",
            )],
        ],
    ),
    (
        "corruption",
        [
            &[
                (
                    "tests/tests/modes/corruption.rs",
                    "the_body_is_replaced_and_a_header_set",
                ),
                (
                    "tests/tests/modes/corruption.rs",
                    "without_attributes_the_body_is_cut_short_and_mangled",
                ),
                (
                    "chaos-core/tests/modes/corruption.rs",
                    "headers_go_and_come_whatever_their_case_and_the_body_stays",
                ),
            ],
            &[(
                "chaos-core/tests/modes/corruption.rs",
                "a_point_returns_what_its_type_takes",
            )],
            &[
                (AWS, "a_corrupted_reply_is_not_understood_or_is_another"),
                (AWS, "a_corrupted_reply_lacks_headers_and_has_others"),
            ],
            &[
                (REQWEST, "a_corrupted_response_is_mangled_or_another"),
                (TOWER, "a_corrupted_response_is_mangled_or_another"),
            ],
            &[(REDIS, "a_corrupted_reply_is_mangled_or_another")],
        ],
    ),
];

/// The cells of a mode that takes something of the process.
const fn taken(handler: Tests) -> [Tests; 5] {
    [
        handler,
        &[(POINT, TAKEN)],
        &[
            (AWS_ANYWHERE, TAKEN),
            (
                AWS_ANYWHERE,
                "what_is_taken_is_given_back_when_the_attempt_ends",
            ),
        ],
        &[(REQWEST_PROCESS, TAKEN), (TOWER_PROCESS, TAKEN)],
        &[(REDIS_PROCESS, TAKEN)],
    ]
}

fn read(file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The rows of the table, the heading's first, each as its cells.
fn table() -> Vec<Vec<String>> {
    let readme = read("README.md");
    let (_, section) = readme.split_once(HEADING).expect("the table's heading");
    let lines = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|'));
    let cells = |row: &str| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().to_owned()).collect()
    };
    rows.filter(|row| !row.starts_with("| ---"))
        .map(cells)
        .collect()
}

/// Whether there is such a test in the text of a file.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let is_it = |line: &&str| {
        let line = line.trim_start();
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.strip_prefix("fn ")
            .is_some_and(|own| own.starts_with(&format!("{name}(")))
    };
    let Some(at) = lines.iter().position(is_it) else {
        return false;
    };
    let attributes = lines[..at].iter().rev().map(|line| line.trim_start());
    let mut attributes = attributes.take_while(|line| line.starts_with('#'));
    attributes.any(|line| line.starts_with("#[test") || line.starts_with("#[tokio::test"))
}

#[test]
fn every_mode_has_a_row_and_every_seam_a_column() {
    let table = table();
    assert_eq!(table[0][1..], SEAMS);
    let modes = |row: &Vec<String>| row[0].trim_matches('`').to_owned();
    let rows: Vec<String> = table[1..].iter().map(modes).collect();
    let all: Vec<&str> = MODES.iter().map(|mode| mode.name).collect();
    assert_eq!(rows, all);
}

#[test]
fn every_cell_is_backed_by_tests_that_there_are() {
    let mut files = BTreeMap::new();
    for row in &table()[1..] {
        let mode = row[0].trim_matches('`');
        let backed = BACKED.iter().find(|(own, _)| *own == mode);
        let (_, backed) = backed.unwrap_or_else(|| panic!("BACKED has no row for {mode}"));
        assert_eq!(row.len(), SEAMS.len() + 1, "{mode}");
        for ((seam, cell), tests) in SEAMS.iter().zip(&row[1..]).zip(backed) {
            assert_eq!(cell.is_empty(), tests.is_empty(), "{mode} at {seam}");
            for (file, name) in *tests {
                let text = files.entry(*file).or_insert_with(|| read(file));
                assert!(
                    has_test(text, name),
                    "{mode} at {seam}: no {name} in {file}"
                );
            }
        }
    }
    assert_eq!(BACKED.len(), MODES.len(), "a row of a mode that is none");
}

#[test]
fn a_test_is_told_from_what_is_none() {
    let text =
        "#[tokio::test]\n#[ignore]\nasync fn one() {}\n\nfn two() {}\n#[test]\nfn three_more() {}";
    for (name, expected) in [
        ("one", true),
        ("two", false),
        ("three", false),
        ("four", false),
    ] {
        assert_eq!(has_test(text, name), expected, "{name}");
    }
}
