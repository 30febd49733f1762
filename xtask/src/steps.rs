//! What `cargo xtask test` consists of.

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::bench;
use crate::debian::{self, VALGRIND};
use crate::deny::Deny;
use crate::features;
use crate::outside::Outside;
use crate::report;
use crate::shell::CommandLine;
use crate::workspace::Workspace;

/// The package that builds the SDK crates of the AWS services beyond one a protocol.
const ALL_SERVICES: &str = "chaos-tests-aws-all-services";

/// The steps in the order in which they are run: the cheap ones first, so that a slip is seen
/// early.
///
/// The steps that build name the same packages and features, for then the heavy crates below are
/// built once for all of them (and once more for those that only check).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Step {
    /// Everything is formatted
    Fmt,
    /// What the tests need from outside is installed: moto's server, cargo-lambda, cfn-lint, Chaos
    /// Toolkit, redis-server, valgrind, zsh, fish
    Outside,
    /// cfn-lint finds nothing in the examples' SAM templates
    Templates,
    /// Clippy finds nothing, in any target
    Clippy,
    /// Every combination of chaos-core's features compiles
    Features,
    /// The documentation builds without a warning
    Doc,
    /// Licences and origins of the dependencies are those that deny.toml allows
    Deny,
    /// Unit tests
    Unit,
    /// Examples in the documentation
    Doctest,
    /// An idle call takes no more instructions and allocations than its budget
    Idle,
    /// A function without a client of its own adds no more bytes than its budget, with the default features too
    Size,
    /// Compile-fail and end-to-end tests, those that need outside software among them
    E2e,
}

impl Step {
    /// All of them, in order.
    pub(crate) fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// What it is called on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// One line on what it makes sure of.
    pub(crate) fn about(self) -> String {
        self.to_possible_value()
            .and_then(|value| value.get_help().map(ToString::to_string))
            .unwrap_or_default()
    }

    /// What it runs, once what it needs is installed.
    pub(crate) fn commands(self, workspace: &Workspace) -> Vec<CommandLine> {
        let cargo = CommandLine::cargo;
        let all = |command| {
            let line = cargo().args([command, "--workspace", "--all-features"]);
            if workspace.all_services {
                line
            } else {
                line.args(["--exclude", ALL_SERVICES])
            }
        };
        let test = || all("test").arg("--no-fail-fast");
        match self {
            Self::Fmt => {
                let of = |manifest| {
                    let line = cargo().args(["fmt", "--check", "--manifest-path"]);
                    line.arg(manifest)
                };
                let alone = ["fuzz/Cargo.toml", "loom/Cargo.toml"].map(of);
                [cargo().args(["fmt", "--all", "--check"])]
                    .into_iter()
                    .chain(alone)
                    .collect()
            }
            Self::Outside => {
                let pypi = Outside::of(workspace).commands();
                let debian = debian::ALL.into_iter().flat_map(debian::Program::commands);
                pypi.into_iter().chain(debian).collect()
            }
            Self::Templates => vec![Outside::of(workspace).lint_templates()],
            Self::Clippy => vec![
                all("clippy")
                    .arg("--all-targets")
                    .args(["--", "-D", "warnings"]),
                // A workspace of its own, with a file of chaos-core in it. The other one, `fuzz`, takes a
                // compiler of C++.
                cargo()
                    .args(["clippy", "--tests", "--manifest-path", "loom/Cargo.toml"])
                    .arg("--target-dir")
                    .arg(workspace.tools().join("loom"))
                    .args(["--", "-D", "warnings"]),
            ],
            Self::Features => features::checks(),
            Self::Doc => vec![
                all("doc")
                    .arg("--no-deps")
                    // The examples draw in what tests depend on, so that everything below has the
                    // features that it has under clippy: one minute less.
                    .args(["--lib", "--bins", "--examples"])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ],
            Self::Deny => {
                let deny = Deny::of(workspace);
                vec![deny.command(), deny.check()]
            }
            Self::Unit => vec![test().args(["--lib", "--bins"])],
            Self::Doctest => vec![test().arg("--doc")],
            Self::Idle => bench::idle(workspace),
            Self::Size => bench::size(workspace),
            Self::E2e => {
                // Plain `cargo test` builds examples too, and tests may start them. A choice of
                // targets does not.
                let examples = all("build").args(["--bins", "--examples"]);
                let e2e = Outside::of(workspace)
                    .variables()
                    .into_iter()
                    .fold(test().args(["--test", "*"]), |line, (name, value)| {
                        line.env(name, value)
                    })
                    // What could not be tried is then a failure.
                    .env("CHAOS_TESTS_ALL", "1");
                let defaults = (!workspace.all_services).then(sdk_defaults);
                [examples]
                    .into_iter()
                    .chain(defaults)
                    .chain([e2e])
                    .collect()
            }
        }
    }

    /// Runs it. Of several commands all are run, whichever fails.
    pub(crate) fn run(self, workspace: &Workspace) -> Result<()> {
        let commands = match self {
            Self::Outside => {
                Outside::of(workspace).install()?;
                return debian::ALL
                    .into_iter()
                    .try_for_each(debian::Program::install);
            }
            Self::Deny => {
                let deny = Deny::of(workspace);
                deny.install()?;
                vec![deny.check()]
            }
            Self::Idle => {
                VALGRIND.install()?;
                self.commands(workspace)
            }
            Self::Templates => {
                Outside::of(workspace).install()?;
                self.commands(workspace)
            }
            Self::E2e => {
                Outside::of(workspace).install()?;
                debian::ALL
                    .into_iter()
                    .try_for_each(debian::Program::install)?;
                self.commands(workspace)
            }
            _ => self.commands(workspace),
        };

        let mut failures = Vec::new();
        for command in &commands {
            report::command(command);
            if let Err(error) = command.run(&workspace.root) {
                failures.push(error.to_string());
            }
        }
        if !failures.is_empty() {
            bail!(failures.join("\n"));
        }
        Ok(())
    }
}

/// The SDK's default HTTP client and its CBOR, by themselves: with the rest they would give the heavy
/// crates features that nothing else here has.
fn sdk_defaults() -> CommandLine {
    CommandLine::cargo()
        .args(["test", "--package", ALL_SERVICES])
        .args(["--no-default-features", "--test", "defaults"])
}

#[cfg(test)]
mod tests {
    use super::{ALL_SERVICES, Step};
    use crate::workspace::Workspace;

    #[test]
    fn every_step_has_a_name_a_description_and_a_command() {
        let workspace = Workspace::find().unwrap();
        for step in Step::all() {
            assert!(!step.name().is_empty(), "{step:?}");
            assert!(!step.about().is_empty(), "{step:?}");
            assert!(!step.commands(&workspace).is_empty(), "{step:?}");
        }
    }

    #[test]
    fn all_services_are_built_only_if_asked_for() {
        let mut workspace = Workspace::find().unwrap();
        for (asked, left_out) in [(false, true), (true, false)] {
            workspace.all_services = asked;
            for step in [
                Step::Clippy,
                Step::Doc,
                Step::Unit,
                Step::Doctest,
                Step::E2e,
            ] {
                let commands = step.commands(&workspace).into_iter();
                let commands: Vec<String> = commands.map(|line| line.to_string()).collect();
                for command in commands.iter().filter(|line| line.contains("--workspace")) {
                    let excludes = format!("--exclude {ALL_SERVICES}");
                    assert_eq!(command.contains(&excludes), left_out, "{command}");
                }
                let apart = commands
                    .iter()
                    .any(|line| line.ends_with("--test defaults"));
                assert_eq!(apart, left_out && step == Step::E2e, "{commands:?}");
            }
        }
    }

    /// The glob does not miss an example whose template is gone.
    #[test]
    fn every_example_that_is_deployed_is_looked_at() {
        let workspace = Workspace::find().unwrap();
        let command = Step::Templates.commands(&workspace)[0].to_string();
        assert!(
            command.ends_with("/bin/cfn-lint 'examples/*/template.yaml'"),
            "{command}"
        );
        for example in ["http-api", "sqs-worker"] {
            let template = workspace.root.join("examples").join(example);
            assert!(template.join("template.yaml").exists(), "{example}");
        }
    }

    #[test]
    fn the_end_to_end_tests_are_told_where_the_outside_software_is() {
        let workspace = Workspace::find().unwrap();
        let commands = Step::E2e.commands(&workspace);
        let command = commands.last().unwrap().to_string();
        assert!(command.contains("CHAOS_TESTS_MOTO="), "{command}");
        assert!(command.contains("/bin/moto_server "), "{command}");
        assert!(command.contains("CHAOS_TESTS_CARGO_LAMBDA="), "{command}");
        assert!(command.contains("/bin/cargo-lambda "), "{command}");
        assert!(command.contains("CHAOS_TESTS_CHAOS_TOOLKIT="), "{command}");
    }
}
