use super::*;

/// The whole line that a user reads, for one document of each kind of mistake.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn findings_say_where_what_and_what_to_write() {
    let cases = [
        (
            json!({"exception": {}}),
            "exception.enabled: is missing; write true or false",
        ),
        (
            json!({"exception": {"enabled": "true"}}),
            "exception.enabled: \"true\" is a text; write true or false",
        ),
        (
            json!({"exception": []}),
            "exception: a list stands here; write an object, as {\"enabled\": true}",
        ),
        (
            flag(&json!({"percentage": 101})),
            "f.percentage: 101 is out of range; write a number from 0 to 100",
        ),
        (
            flag(&json!({"percentage": "50"})),
            "f.percentage: \"50\" is a text; write a number from 0 to 100",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": 500, "max_latency": 100}}),
            "latency.max_latency: 100 is less than min_latency (500); write at least 500",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": 5.98e-304, "max_latency": 1e-315}}),
            "latency.max_latency: 1e-315 is less than min_latency (5.98e-304); write at least 5.98e-304",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": -1}}),
            "latency.min_latency: -1 is out of range; write a number from 0 to 900000 ms",
        ),
        (
            json!({"latency": {"enabled": true}}),
            "latency.min_latency: without it and max_latency the wait is 0; write how many ms to wait",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "pareto"}}),
            "latency.distribution: \"pareto\" cannot be meant; write \"uniform\" or \"normal\" or \"lognormal\"",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "normal", "mean": 5}}),
            "latency.sigma: is missing; write a number from 0 to 900000 ms",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "lognormal", "mean": 0, "sigma": 1}}),
            "latency.mean: no lognormal distribution has a mean of 0; write a greater number",
        ),
        (
            json!({"latency": {"enabled": true, "distribution": "normal", "mean": 900_001, "sigma": 1}}),
            "latency.mean: 900001 is out of range; write a number from 0 to 900000 ms",
        ),
        (
            json!({"latency": {"enabled": true, "min_latency": 1, "mean": 5}}),
            "latency.mean: the uniform distribution has none; write \"distribution\": \"normal\" or \"lognormal\", or leave it out",
        ),
        (
            json!({"timeout": {"enabled": true, "timeout_buffer_ms": -1}}),
            "timeout.timeout_buffer_ms: -1 is out of range; write a number from 0 to 900000 ms",
        ),
        (
            json!({"diskspace": {"enabled": true, "disk_space": 1.5}}),
            "diskspace.disk_space: 1.5 is no whole number; write a whole number from 1 to 10240 MB",
        ),
        (
            json!({"lost_reply": {"enabled": true, "phase": "before"}}),
            "lost_reply.phase: lost_reply comes after the work by its nature; write \"after\", or leave it out",
        ),
        (
            json!({"corruption": {"enabled": true, "phase": "before"}}),
            "corruption.phase: corruption comes after the work by its nature; write \"after\", or leave it out",
        ),
        (
            json!({"corruption": {"enabled": true, "body": {"a": 1}}}),
            "corruption.body: an object stands here; write a text of at most 262144 characters",
        ),
        (
            json!({"corruption": {"enabled": true, "body": "x".repeat(262_145)}}),
            "corruption.body: 262145 characters are too many; write at most 262144",
        ),
        (
            json!({"corruption": {"enabled": true, "drop_headers": []}}),
            "corruption.drop_headers: an empty list names nothing; leave it out",
        ),
        (
            json!({"corruption": {"enabled": true, "drop_headers": 7}}),
            "corruption.drop_headers: 7 is a number; write the name of a header, as \"access-control-allow-origin\", or a list of names",
        ),
        (
            json!({"corruption": {"enabled": true, "drop_headers": ["a", "b c"]}}),
            "corruption.drop_headers[1]: is no name of an HTTP header; write letters, digits and hyphens",
        ),
        (
            json!({"corruption": {"enabled": true, "drop_headers": "x".repeat(257)}}),
            "corruption.drop_headers: 257 characters are too many; write at most 256",
        ),
        (
            json!({"corruption": {"enabled": true, "drop_headers": vec!["a"; 51]}}),
            "corruption.drop_headers: 51 are too many; write at most 50",
        ),
        (
            json!({"corruption": {"enabled": true, "set_headers": {"a": "x".repeat(4_097)}}}),
            "corruption.set_headers.a: 4097 characters are too many; write at most 4096",
        ),
        (
            json!({"corruption": {"enabled": true, "set_headers": {"a": "b\n"}}}),
            "corruption.set_headers.a: the text is no value of an HTTP header; write printable characters",
        ),
        (
            json!({"lost_reply": {"enabled": true, "exception_msg": 7}}),
            "lost_reply.exception_msg: a number stands here; write a text of at most 4096 characters",
        ),
        (
            json!({"memory": {"enabled": true, "memory_mb": 10_241}}),
            "memory.memory_mb: 10241 is out of range; write a whole number from 1 to 10240 MB",
        ),
        (
            json!({"memory": {"enabled": true, "phase": "after"}}),
            "memory.phase: memory after the work would change nothing; write \"before\", or leave it out",
        ),
        (
            json!({"cpu": {"enabled": true, "cpu_ms": 0}}),
            "cpu.cpu_ms: 0 is out of range; write a whole number from 1 to 900000 ms",
        ),
        (
            json!({"cpu": {"enabled": true, "cpu_threads": 65}}),
            "cpu.cpu_threads: 65 is out of range; write a whole number from 1 to 64",
        ),
        (
            json!({"panic": {"enabled": true, "exception_msg": null}}),
            "panic.exception_msg: null is no value; write a text of at most 4096 characters",
        ),
        (
            json!({"exit": {"enabled": true, "exit_code": 256}}),
            "exit.exit_code: 256 is out of range; write a whole number from 0 to 255",
        ),
        (
            json!({"diskspace": {"enabled": true, "phase": "after"}}),
            "diskspace.phase: diskspace after the work would change nothing; write \"before\", or leave it out",
        ),
        (
            json!({"diskspace": {"enabled": true, "disk_space": 5, "leave_free": 5}}),
            "diskspace.leave_free: cannot hold beside disk_space; leave one out",
        ),
        (
            json!({"diskspace": {"enabled": true, "leave_free": 10_241}}),
            "diskspace.leave_free: 10241 is out of range; write a whole number from 0 to 10240 MB",
        ),
        (
            json!({"exception": {"enabled": true, "leave_free": 5}}),
            "exception.leave_free: belongs to diskspace, and exception ignores it; leave it out",
        ),
        (
            flag(&json!({"percantage": 5})),
            "f.percantage: is no attribute; did you mean \"percentage\"?",
        ),
        (
            flag(&json!({"rate": 0.5})),
            "f.rate: is no attribute; did you mean \"percentage\"?",
        ),
        (
            flag(&json!({"mode": "latencie"})),
            "f.mode: \"latencie\" is no mode; write \"latency\"",
        ),
        (
            flag(&json!({"mode": 7})),
            "f.mode: 7 is a number; write one of latency, timeout, diskspace, memory, cpu, denylist, statuscode, exception, panic, exit, lost_reply, duplicate and corruption",
        ),
        (
            json!({"Latency": {"enabled": true}}),
            "Latency: names no mode, and nothing of it is applied; did you mean \"latency\"?",
        ),
        (
            json!({"slow": {"enabled": true}}),
            "slow: names no mode, and nothing of it is applied; write the \"mode\" that it has, one of latency, timeout, diskspace, memory, cpu, denylist, statuscode, exception, panic, exit, lost_reply, duplicate and corruption",
        ),
        (
            json!({"x-note": "hello"}),
            "x-note: is no flag and is ignored; leave it out",
        ),
        (
            flag(&json!({"phase": "later"})),
            "f.phase: \"later\" cannot be meant; write \"before\" or \"after\"",
        ),
        (
            flag(&json!({"every": 0})),
            "f.every: 0 is out of range; write a whole number of at least 1",
        ),
        (
            flag(&json!({"by": "label:"})),
            "f.by: \"label:\" names no label; write its name after the colon",
        ),
        (
            flag(&json!({"expires_at": "tomorrow"})),
            "f.expires_at: \"tomorrow\" is no point in time; write it as RFC 3339 has it, as \"2026-12-01T18:00:00Z\"",
        ),
        (
            flag(
                &json!({"starts_at": "2026-12-01T18:00:00Z", "expires_at": "2026-12-01T18:00:00+01:00"}),
            ),
            "f.expires_at: is not after starts_at; write a later time",
        ),
        (
            flag(&json!({"exception_type": ""})),
            "f.exception_type: \"\" cannot be meant; write a text of 1 to 4096 characters",
        ),
        (
            flag(&json!({"by": ""})),
            "f.by: \"\" cannot be meant; write a path into the event, or \"label:\" and the name of a label",
        ),
        (
            flag(&json!({"point": []})),
            "f.point: an empty list matches nothing; write a glob, as \"cache.*\", or a list of globs, or leave it out",
        ),
        (
            flag(&json!({"labels": {"t": [1]}})),
            "f.labels.t[0]: 1 is a number; write a text that is not empty",
        ),
        (
            flag(&json!({"labels": {"t": [""]}})),
            "f.labels.t[0]: \"\" is a text; write a text that is not empty",
        ),
        (
            flag(&json!({"labels": {"t": ""}})),
            "f.labels.t: an empty text matches nothing; write a text or a list of texts",
        ),
        (
            flag(&json!({"labels": {"": "a"}})),
            "f.labels: a label without a name matches nothing; write its name, as \"tenant\", or leave it out",
        ),
        (
            flag(&json!({"match": [{"path": "a", "operator": "contains", "value": "b"}]})),
            "f.match[0].operator: \"contains\" is no operator; write \"eq\", \"exists\", \"startsWith\" or \"regex\"",
        ),
        (
            flag(&json!({"match": [{"value": "b"}]})),
            "f.match[0].path: is missing; write where to look in the event, as \"headers.x-debug\"",
        ),
        (
            json!({"statuscode": {"enabled": true, "headers": {"A": "1", "a": "2"}}}),
            "statuscode.headers.a: is there twice; write it once",
        ),
        (
            json!({"statuscode": {"enabled": true, "headers": {"a b": "1"}}}),
            "statuscode.headers.a b: is no name of an HTTP header; write letters, digits and hyphens",
        ),
        (
            json!({"statuscode": {"enabled": true, "phase": "after", "body": "x"}}),
            "statuscode.body: with phase after the response keeps its own; leave it out",
        ),
        (
            json!({"settings": {"dry_runn": true}}),
            "settings.dry_runn: is no setting, and so the document is not used; did you mean \"dry_run\"?",
        ),
        (
            json!({"settings": {"seed": -1}}),
            "settings.seed: -1 is out of range; write a whole number of at least 0",
        ),
        (
            json!({"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 5, "maxLatency": 1}),
            "maxLatency: 1 is less than minLatency (5); write at least 5",
        ),
        (
            json!({"failureMode": "latency", "rate": 1, "minLatency": 5}),
            "isEnabled: is missing; write true or false",
        ),
        (
            json!({"isEnabled": true, "failureMode": "latency", "minLatency": 5}),
            "rate: is missing, and so nothing is injected; write a number from 0 to 1",
        ),
        (
            json!({"is_enabled": true, "fault_type": "latency", "delay": 1.5}),
            "delay: 1.5 cannot be meant, and so nothing is injected; write a whole number of ms from 1 to 900000",
        ),
        (
            json!({"is_enabled": true, "fault_type": "status_code", "error_code": 900}),
            "error_code: 900 is out of range; write a whole number from 100 to 599",
        ),
        (
            json!([]),
            "a list stands here; write an object, one key a flag",
        ),
    ];
    for (document, line) in cases {
        assert_eq!(said(&document), [line], "{document}");
    }
}
