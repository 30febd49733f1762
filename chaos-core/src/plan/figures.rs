//! The figures of each mode, read from a flag's fields. The rows of the table name these.

use serde_json::Value;

use super::fields::Fields;
use super::headers;
use super::json::json_text;
use super::mode::{
    Corruption, Cpu, DenyList, DiskSpace, Distribution, Exception, Exit, Latency, Memory, Mode,
    Panic, Spread, StatusCode, Timeout,
};
use super::pattern::Pattern;
use super::report::shown;
use super::table::{LARGEST_MB, LONGEST, LONGEST_BODY, LONGEST_TEXT};
use super::trigger::Phase;

/// Reads the figures of a mode; `None` only if a field is wrong, which has been reported.
pub(super) type Build = fn(&mut Fields<'_>, Phase) -> Option<Mode>;

pub(super) fn latency(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let min = fields.number("min_latency");
    let max = fields.number("max_latency");
    let min_key = fields.spell("min_latency");
    let max_key = fields.spell("max_latency");
    if let (Some(min), Some(max)) = (min, max)
        && max < min
    {
        // As the document has them: with all its digits a tiny number is as long as a page.
        let said = |key| fields.raw(key).map(shown).unwrap_or_default();
        let (min, max) = (said("min_latency"), said("max_latency"));
        let message = format!("{max} is less than {min_key} ({min}); write at least {min}");
        fields.error("max_latency", message);
        return None;
    }
    let distribution = distribution(fields)?;
    let uniform = distribution == Distribution::Uniform;
    let written = fields.raw("min_latency").or(fields.raw("max_latency"));
    if uniform && written.is_none() {
        let message = format!("without it and {max_key} the wait is 0; write how many ms to wait");
        fields.warning("min_latency", message);
    }
    let min_ms = min.unwrap_or(0.0);
    let longest = if uniform { min_ms } else { LONGEST };
    Some(Mode::Latency(Latency {
        min_ms,
        max_ms: max.unwrap_or(longest),
        distribution,
    }))
}

fn distribution(fields: &mut Fields<'_>) -> Option<Distribution> {
    let name = fields.text("distribution")?;
    let (mean, sigma) = (fields.number("mean"), fields.number("sigma"));
    if name == "uniform" {
        for key in ["mean", "sigma"] {
            if fields.raw(key).is_some() {
                let message = "the uniform distribution has none; write \"distribution\": \"normal\" \
                               or \"lognormal\", or leave it out";
                fields.error(key, message);
            }
        }
        return Some(Distribution::Uniform);
    }
    for key in ["mean", "sigma"] {
        if fields.raw(key).is_none() {
            let wanted = fields.wanted(key);
            fields.error(key, format_args!("is missing; write {wanted}"));
        }
    }
    let (mean_ms, sigma_ms) = (mean?, sigma?);
    let spread = Spread { mean_ms, sigma_ms };
    if name == "normal" {
        return Some(Distribution::Normal(spread));
    }
    if mean_ms <= 0.0 {
        fields.error(
            "mean",
            "no lognormal distribution has a mean of 0; write a greater number",
        );
        return None;
    }
    Some(Distribution::LogNormal(spread))
}

pub(super) fn timeout(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let buffer_ms = fields.number("timeout_buffer_ms")?;
    Some(Mode::Timeout(Timeout { buffer_ms }))
}

pub(super) fn disk_space(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let written = fields.raw("disk_space").is_some();
    let megabytes = fields.integer("disk_space");
    let leave_free = fields.integer("leave_free");
    if written && fields.raw("leave_free").is_some() {
        fields.error("leave_free", "cannot hold beside disk_space; leave one out");
        return None;
    }
    let megabytes = if leave_free.is_some() {
        LARGEST_MB
    } else {
        megabytes?
    };
    Some(Mode::DiskSpace(DiskSpace {
        megabytes,
        leave_free,
    }))
}

pub(super) fn memory(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let megabytes = fields.integer("memory_mb")?;
    Some(Mode::Memory(Memory { megabytes }))
}

pub(super) fn cpu(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let ms = fields.integer("cpu_ms");
    let threads = fields.integer("cpu_threads");
    Some(Mode::Cpu(Cpu {
        ms: ms?,
        threads: threads.and_then(|threads| threads.try_into().ok()),
    }))
}

pub(super) fn deny_list(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let list = match fields.raw("deny_list") {
        None => &[][..],
        Some(Value::Array(list)) => list,
        Some(other) => {
            fields.mistaken("deny_list", other, &fields.wanted("deny_list"));
            return None;
        }
    };
    if list.is_empty() {
        let message = "without an expression every name resolves; write which do not, as \
                       [\"dynamodb\\..*\\.amazonaws\\.com\"]";
        fields.warning("deny_list", message);
    }
    let hosts = list.iter().enumerate();
    let hosts: Vec<Pattern> = hosts
        .filter_map(|(at, source)| host(fields, at, source))
        .collect();
    Some(Mode::DenyList(DenyList {
        hosts: hosts.into(),
    }))
}

fn host(fields: &mut Fields<'_>, at: usize, source: &Value) -> Option<Pattern> {
    let Value::String(source) = source else {
        // the list as a whole, as in failure-lambda
        fields.mistaken("deny_list", source, &fields.wanted("deny_list"));
        return None;
    };
    let field = format!("deny_list[{at}]");
    if !fields.short_enough(&field, source, LONGEST_TEXT) {
        return None;
    }
    let compiled = fields
        .one_more_host()
        .and_then(|()| Pattern::for_hosts(source));
    compiled
        .map_err(|message| fields.error(&field, message))
        .ok()
}

pub(super) fn status_code(fields: &mut Fields<'_>, phase: Phase) -> Option<Mode> {
    let code = fields.integer("status_code");
    let mut body = body(fields);
    let mut headers = headers::read(fields, "headers");
    let keep_reply = phase == Phase::After;
    if keep_reply {
        for key in ["body", "headers"] {
            if fields.raw(key).is_some() {
                fields.warning(
                    key,
                    "with phase after the response keeps its own; leave it out",
                );
            }
        }
        body = None;
        headers.clear();
    }
    let code = code?.try_into().ok()?;
    Some(Mode::StatusCode(StatusCode {
        code,
        body,
        headers,
        keep_reply,
    }))
}

pub(super) fn exception(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    error(fields).map(Mode::Exception)
}

pub(super) fn lost_reply(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    error(fields).map(Mode::LostReply)
}

pub(super) fn corruption(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let corruption = Corruption {
        body: fields.text("body"),
        drop_headers: headers::names(fields, "drop_headers"),
        set_headers: headers::read(fields, "set_headers"),
    };
    fields.sound().then_some(Mode::Corruption(corruption))
}

pub(super) fn panic(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let message = fields.text("exception_msg")?;
    Some(Mode::Panic(Panic { message }))
}

pub(super) fn exit(fields: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    let code = fields.integer("exit_code")?.try_into().ok()?;
    Some(Mode::Exit(Exit { code }))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape of every row's function"
)]
pub(super) fn duplicate(_: &mut Fields<'_>, _: Phase) -> Option<Mode> {
    Some(Mode::Duplicate)
}

fn error(fields: &mut Fields<'_>) -> Option<Exception> {
    let message = fields.text("exception_msg");
    let error_type = fields.text("exception_type");
    Some(Exception {
        message: message?,
        error_type,
    })
}

fn body(fields: &mut Fields<'_>) -> Option<Value> {
    let body = fields.raw("body")?;
    match body {
        Value::Null => fields.mistaken("body", body, &fields.wanted("body")),
        Value::String(text) => _ = fields.short_enough("body", text, LONGEST_BODY),
        json => _ = fields.short_enough("body", &json_text(json), LONGEST_BODY),
    }
    Some(body.clone())
}
