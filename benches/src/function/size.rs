//! How large a function is with each set of features, and how long it takes to start.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::build::{Profile, release};
use super::sets::{SETS, Set};
use super::start::Lambda;
use crate::measure::{Effort, median};
use crate::process::Programs;
use crate::sections::Page;

/// A set, built.
struct Built {
    set: Set,
    /// What is started: as `cargo lambda` makes it, if that was asked for.
    program: PathBuf,
    /// As the workspace's release profile makes it.
    bytes: u64,
    /// As `cargo lambda` does, if that was asked for.
    lambda: Option<u64>,
    /// Starts without a document, and with one, if its features read any.
    starts: [Vec<f64>; 2],
}

impl Built {
    /// What it has more than the one that it is compared with.
    fn more(&self, all: &[Self], bytes: fn(&Self) -> Option<u64>) -> Option<i128> {
        let (other, _) = self.set.over?;
        let other = all.iter().find(|built| built.set.features == other)?;
        Some(i128::from(bytes(self)?) - i128::from(bytes(other)?))
    }
}

/// The section of the page; for a look without what takes long.
pub(crate) fn section(_: &Programs, effort: Effort) -> Result<Page> {
    let quick = effort == Effort::QUICK;
    let mut all = build(!quick, true)?;
    start(&mut all, if quick { 20 } else { 200 })?;
    let mut text = String::from(
        "## Size and start of a function\n\n\
         `chaos-benches-function`, stripped, in bytes: with `lto = \"fat\"` and `codegen-units = 1`; as \
         `cargo lambda build --release` makes it where Cargo.toml says nothing of that (thin link-time \
         optimization, one unit, `panic = \"abort\"`, for the processors of Lambda), but for its linker. More \
         is over the function it is compared with. Starts are of the latter: milliseconds from exec to the \
         first request for an invocation, the best and the median, without a document and with an empty \
         one that `init()` reads from loopback: from Parameter Store with `ssm`, from AppConfig's agent with \
         `extension` alone and with all features.\n\n\
         | features | fat LTO | more | budget | cargo lambda | more | start | median | with a document | median |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for built in &all {
        let signed = |more: Option<i128>| more.map_or_else(String::new, |more| format!("{more:+}"));
        let most = built.set.over.map(|(_, most)| most);
        let bytes = |bytes: Option<u64>| bytes.map_or_else(String::new, |bytes| bytes.to_string());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            built.set.name,
            built.bytes,
            signed(built.more(&all, |built| Some(built.bytes))),
            bytes(most),
            bytes(built.lambda),
            signed(built.more(&all, |built| built.lambda)),
            milliseconds(&built.starts[0]),
            milliseconds(&built.starts[1]),
        );
    }
    Ok(Page {
        text,
        over: over(&all),
    })
}

/// What adds more bytes than it may, of the sets that take no minutes to build.
pub(crate) fn check() -> Result<Vec<String>> {
    Ok(over(&build(false, false)?))
}

fn build(long: bool, both_profiles: bool) -> Result<Vec<Built>> {
    let sets = SETS.iter().filter(|set| long || !set.long);
    let one = |set: &Set| {
        eprintln!("[size] {}", set.name);
        let fat = release(set, Profile::Fat)?;
        let lambda = both_profiles.then(|| release(set, Profile::Lambda));
        let lambda = lambda.transpose()?;
        let size = |program: &PathBuf| fs::metadata(program).map(|data| data.len());
        Ok(Built {
            set: *set,
            bytes: size(&fat)?,
            lambda: lambda.as_ref().map(size).transpose()?,
            program: lambda.unwrap_or(fat),
            starts: Default::default(),
        })
    };
    sets.map(one).collect()
}

/// Starts each so many times, one after the other, so that they share what else the machine does.
fn start(all: &mut [Built], times: usize) -> Result<()> {
    let lambda = Lambda::listen()?;
    for _ in 0..times {
        for built in &mut *all {
            let [without, with] = &mut built.starts;
            let took = |took: Duration| took.as_secs_f64() * 1000.0;
            without.push(took(lambda.start(&built.program, None)?));
            if let Some(document) = built.set.document {
                with.push(took(lambda.start(&built.program, Some(document))?));
            }
        }
    }
    Ok(())
}

/// The best and the median, as two cells.
fn milliseconds(starts: &[f64]) -> String {
    if starts.is_empty() {
        return " | ".to_owned();
    }
    let best = starts.iter().copied().fold(f64::INFINITY, f64::min);
    let median = median(&mut starts.to_vec());
    format!("{best:.2} | {median:.2}")
}

fn over(all: &[Built]) -> Vec<String> {
    let one = |built: &Built| {
        let (other, most) = built.set.over?;
        let other = all
            .iter()
            .find(|built| built.set.features == other)?
            .set
            .name;
        let more = built.more(all, |built| Some(built.bytes))?;
        let name = built.set.name;
        (more > i128::from(most))
            .then(|| format!("{name}: {more} bytes more than {other}; allowed: {most}"))
    };
    all.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(set: Set, bytes: u64) -> Built {
        Built {
            set,
            program: PathBuf::new(),
            bytes,
            lambda: None,
            starts: Default::default(),
        }
    }

    #[test]
    fn what_adds_more_than_its_budget_is_named() {
        let most = SETS[1].over.unwrap().1;
        let all = [built(SETS[0], 1000), built(SETS[1], 1000 + most)];
        assert_eq!(over(&all), Vec::<String>::new());
        let all = [built(SETS[0], 1000), built(SETS[1], 1001 + most)];
        let said = format!(
            "{}: {} bytes more than {}; allowed: {most}",
            SETS[1].name,
            most + 1,
            SETS[0].name
        );
        assert_eq!(over(&all), [said]);
    }

    #[test]
    fn a_start_that_was_not_measured_leaves_its_cells_empty() {
        assert_eq!(milliseconds(&[3.0, 1.0, 2.0]), "1.00 | 2.00");
        assert_eq!(milliseconds(&[]), " | ");
    }
}
