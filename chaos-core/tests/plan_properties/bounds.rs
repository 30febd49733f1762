//! What must hold of whatever was read.

use chaos_core::plan::{
    self, Condition, Distribution, Mode, Phase, Plan, Reading, Severity, Trigger, text_at,
};
use serde_json::{Value, json};

pub(crate) fn check(text: &str) -> Reading {
    let reading = plan::read(text);
    if !reading.usable {
        assert_eq!(reading.plan, Plan::default(), "{text}");
        assert!(
            reading
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error),
            "{text}"
        );
    }
    assert!(reading.findings.len() <= 101, "{text}");
    for finding in &reading.findings {
        let line = finding.to_string();
        assert!(
            !finding.message.is_empty() && line.chars().count() < 800,
            "{text}: {line}"
        );
        assert!(!line.chars().any(char::is_control), "{text}: {line:?}");
    }
    let order = |flag: &plan::Flag| {
        let place = plan::MODES
            .iter()
            .position(|row| row.name == flag.mode.name());
        (place, flag.name.clone())
    };
    assert!(reading.plan.flags.is_sorted_by_key(order), "{text}");
    for flag in &reading.plan.flags {
        check_flag(flag, text);
    }
    reading
}

fn check_flag(flag: &plan::Flag, text: &str) {
    assert!((0.0..=100.0).contains(&flag.trigger.percentage), "{text}");
    assert!(
        flag.trigger.every != Some(0) && flag.trigger.limit != Some(0),
        "{text}"
    );
    assert!(
        (0.0..1.0).contains(&Trigger::pinned_draw(&flag.name, text)),
        "{text}"
    );
    let row = flag.mode.row();
    assert_eq!(row.name, flag.mode.name());
    assert!(
        if flag.phase == Phase::After {
            row.after
        } else {
            row.before
        },
        "{text}"
    );
    match &flag.mode {
        Mode::Latency(latency) => {
            assert!(
                0.0 <= latency.min_ms
                    && latency.min_ms <= latency.max_ms
                    && latency.max_ms <= 900_000.0,
                "{text}"
            );
            if let Distribution::Normal(spread) | Distribution::LogNormal(spread) =
                latency.distribution
            {
                assert!((0.0..=900_000.0).contains(&spread.mean_ms), "{text}");
                assert!((0.0..=900_000.0).contains(&spread.sigma_ms), "{text}");
            }
        }
        Mode::Timeout(timeout) => {
            assert!((0.0..=900_000.0).contains(&timeout.buffer_ms), "{text}");
        }
        Mode::DiskSpace(disk) => {
            assert!((1..=10_240).contains(&disk.megabytes), "{text}");
            assert!(disk.leave_free.is_none_or(|left| left <= 10_240), "{text}");
        }
        Mode::Memory(memory) => assert!((1..=10_240).contains(&memory.megabytes), "{text}"),
        Mode::DenyList(list) => {
            assert!(list.hosts.len() <= 64, "{text}");
            for host in &*list.hosts {
                assert!(!host.found_in_host(&"a".repeat(254)), "{text}");
            }
        }
        Mode::Cpu(cpu) => {
            assert!((1..=900_000).contains(&cpu.ms), "{text}");
            assert!(
                cpu.threads
                    .is_none_or(|threads| (1..=64).contains(&threads)),
                "{text}"
            );
        }
        Mode::StatusCode(status) => {
            assert!((100..=599).contains(&status.code), "{text}");
            assert!(
                status
                    .headers
                    .is_sorted_by_key(|(name, _)| name.to_ascii_lowercase()),
                "{text}"
            );
        }
        Mode::Corruption(fault) => {
            assert!(
                fault.drop_headers.len() <= 50 && fault.set_headers.len() <= 50,
                "{text}"
            );
            assert!(fault.drop_headers.is_sorted(), "{text}");
            assert_eq!(flag.phase, Phase::After, "{text}");
        }
        _ => {}
    }
    for event in [
        Value::Null,
        json!({ "headers": { "x-debug": ["a"] }, "": { "a": 1 } }),
        json!([[]]),
    ] {
        Condition::all_hold(&flag.aim.conditions, &event);
        text_at(&event, text);
    }
    flag.aim.concerns_point(text);
}
