//! Headers, times and the table at the end. Colours only where a person sees them.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use anstream::{eprintln, println};
use anstyle::{AnsiColor, Style};
use anyhow::Error;

use crate::shell::CommandLine;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// How a step ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It did what it should.
    Ok(Duration),
    /// It did not, with what is to be said about it.
    Failed(Duration, String),
    /// It was not run, and why.
    NotRun(Cow<'static, str>),
}

/// Announces a step.
pub(crate) fn step(name: &str, about: &str, number: usize, of: usize) {
    println!("\n{BOLD}[{number}/{of}] {name}{BOLD:#}: {about}");
    flush();
}

/// Says how a step ended, as soon as it has.
pub(crate) fn step_ended(name: &str, outcome: &Outcome) {
    match outcome {
        Outcome::Ok(took) => println!("{GREEN}ok{GREEN:#} {name}, {}", duration(*took)),
        Outcome::Failed(took, why) => {
            println!("{RED}failed{RED:#} {name}, {}\n{why}", duration(*took));
        }
        Outcome::NotRun(_) => {}
    }
    flush();
}

/// Shows a command before it is run.
pub(crate) fn command(command: &CommandLine) {
    println!("{DIM}${DIM:#} {command}");
    flush();
}

/// Something worth knowing.
pub(crate) fn note(text: &str) {
    println!("{text}");
    flush();
}

/// What a step is for, and what it runs.
pub(crate) fn list(name: &str, about: &str, commands: &[CommandLine]) {
    println!("{BOLD}{name}{BOLD:#}: {about}");
    for command in commands {
        println!("    {command}");
    }
}

/// The table at the end, what failed, and the count.
pub(crate) fn summary(outcomes: &[(String, Outcome)], took: Duration) {
    println!("\n{BOLD}{:<10} {:<9} {:>9}{BOLD:#}", "step", "", "time");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Ok(took) => {
                passed += 1;
                println!(
                    "{name:<10} {GREEN}{:<9}{GREEN:#} {:>9}",
                    "ok",
                    duration(*took)
                );
            }
            Outcome::Failed(took, why) => {
                failed += 1;
                let took = duration(*took);
                let mut lines = why.lines();
                let first = lines.next().unwrap_or_default();
                println!("{name:<10} {RED}{:<9}{RED:#} {took:>9}  {first}", "failed");
                for line in lines {
                    println!("{:<31}{line}", "");
                }
            }
            Outcome::NotRun(why) => {
                skipped += 1;
                println!(
                    "{name:<10} {YELLOW}{:<9}{YELLOW:#} {:>9}  {why}",
                    "not run", ""
                );
            }
        }
    }
    println!("{:<10} {:<9} {:>9}", "all", "", duration(took));
    println!("\nsteps: {passed} passed, {failed} failed, {skipped} skipped");
    flush();
}

/// An error that ends the program.
pub(crate) fn error(error: &Error) {
    eprintln!("{RED}error{RED:#}: {error:#}");
}

// What a child prints comes after its header, also where both go into a file.
fn flush() {
    // Nobody is left to be told.
    let _ = std::io::stdout().flush();
}

fn duration(took: Duration) -> String {
    let seconds = took.as_secs();
    if seconds < 60 {
        format!("{:.1} s", took.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::duration;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(40)), "0.0 s");
        assert_eq!(duration(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(duration(Duration::from_secs(65)), "1 min 05 s");
        assert_eq!(duration(Duration::from_secs(3_661)), "61 min 01 s");
    }
}
