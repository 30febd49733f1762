//! The combinations of chaos-core's features that must compile.

use crate::shell::CommandLine;

/// What is added to `cargo clippy --package chaos-core`, one row a combination. A new feature gets
/// a row with the least that it needs.
const COMBINATIONS: &[&[&str]] = &[
    &["--no-default-features"],
    &["--no-default-features", "--features", "inject"],
    &["--no-default-features", "--features", "lambda"],
    &["--no-default-features", "--features", "inject,lambda"],
    &["--no-default-features", "--features", "inject,lambda_http"],
    &[
        "--no-default-features",
        "--features",
        "inject,lambda_http,axum",
    ],
    &["--no-default-features", "--features", "inject,ssm"],
    &["--no-default-features", "--features", "inject,extension"],
    &[
        "--no-default-features",
        "--features",
        "inject,lambda,extension",
    ],
    &["--no-default-features", "--features", "inject,dns"],
    &["--no-default-features", "--features", "aws"],
    &["--no-default-features", "--features", "inject,aws"],
    &["--no-default-features", "--features", "redis"],
    &["--no-default-features", "--features", "inject,redis"],
    &["--no-default-features", "--features", "reqwest"],
    &["--no-default-features", "--features", "inject,reqwest"],
    &["--no-default-features", "--features", "http"],
    &["--no-default-features", "--features", "inject,http"],
    &["--no-default-features", "--features", "inject,hyper_util"],
    &[],
    &["--all-features"],
];

/// What is added to `cargo test --package chaos-core`: code that is there only while a feature is
/// off runs in no other step.
const TESTED: &[&[&str]] = &[
    &["--no-default-features", "--test", "off"],
    &[
        "--no-default-features",
        "--features",
        "inject,lambda",
        "--lib",
        "--test",
        "modes",
    ],
    &[
        "--no-default-features",
        "--features",
        "inject,http",
        "--test",
        "denied_call",
    ],
    &[
        "--no-default-features",
        "--features",
        "inject,lambda,extension",
        "--lib",
        "--test",
        "doors",
    ],
];

/// One command line a combination, and the tests of what is there while others are off.
pub(crate) fn checks() -> Vec<CommandLine> {
    let line = |command: &str, row: &[&str]| {
        CommandLine::cargo()
            .args([command, "--package", "chaos-core"])
            .args(row)
    };
    let compiled = COMBINATIONS
        .iter()
        .map(|row| line("clippy", row).args(["--", "-D", "warnings"]));
    compiled
        .chain(TESTED.iter().map(|row| line("test", row)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{COMBINATIONS, CommandLine};
    use crate::workspace::metadata;

    #[test]
    fn every_feature_has_a_row() {
        let metadata = metadata().unwrap();
        let packages = metadata["packages"].as_array().unwrap();
        let core = packages.iter().find(|p| p["name"] == "chaos-core").unwrap();
        let rows: Vec<&str> = COMBINATIONS
            .iter()
            .filter_map(|row| row.last())
            .flat_map(|list| list.split(','))
            .collect();
        for feature in core["features"].as_object().unwrap().keys() {
            // What begins so is named by other features alone.
            let is_named = feature != "default" && !feature.starts_with('_');
            assert!(
                !is_named || rows.contains(&feature.as_str()),
                "chaos-core's feature `{feature}` is in no row of COMBINATIONS"
            );
        }
    }

    /// The packages that chaos-core draws into a binary with these features.
    fn packages(features: &str) -> Vec<String> {
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../chaos-core/Cargo.toml");
        let tree = CommandLine::cargo()
            .args([
                "tree",
                "--manifest-path",
                manifest,
                "--package",
                "chaos-core",
            ])
            .args(["--no-default-features", "--features", features])
            .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
            .output()
            .unwrap();
        let names = tree.lines().filter_map(|line| line.split(' ').next());
        names.map(str::to_owned).collect()
    }

    /// Each client's crate is there with its feature, and with no other.
    #[test]
    fn a_client_is_drawn_in_by_its_own_feature() {
        let clients = [
            ("aws", "aws-smithy-runtime"),
            ("reqwest", "reqwest"),
            ("hyper_util", "hyper-util"),
            ("redis", "redis"),
        ];
        // reqwest brings hyper-util along, which is no seam.
        let brought = |feature, crate_name| feature == "reqwest" && crate_name == "hyper-util";
        for feature in ["", "http"].into_iter().chain(clients.map(|(own, _)| own)) {
            let packages = packages(&format!("inject,{feature}"));
            for (own, crate_name) in clients {
                let expected = own == feature || brought(feature, crate_name);
                let found = packages.iter().any(|name| name == crate_name);
                assert_eq!(found, expected, "{crate_name} with `{feature}`");
            }
        }
    }

    #[test]
    fn the_agents_of_aws_are_read_without_an_sdk() {
        let of_aws = |name: &&String| name.starts_with("aws-");
        let packages = packages("inject,lambda,extension");
        assert!(packages.iter().any(|name| name == "hyper"), "{packages:?}");
        let sdk: Vec<&String> = packages.iter().filter(of_aws).collect();
        assert!(sdk.is_empty(), "{sdk:?}");
        // or else the question was wrong
        let with = self::packages("inject,lambda,extension,ssm");
        assert!(with.iter().any(|name| name == "aws-sdk-ssm"), "{with:?}");
    }
}
