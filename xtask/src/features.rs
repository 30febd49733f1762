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
    &[],
    &["--all-features"],
];

/// One command line a combination, and the test of what is left with everything off.
pub(crate) fn checks() -> Vec<CommandLine> {
    let off = CommandLine::cargo()
        .args(["test", "--package", "chaos-core"])
        .args(["--no-default-features", "--test", "off"]);
    COMBINATIONS
        .iter()
        .map(|row| {
            CommandLine::cargo()
                .args(["clippy", "--package", "chaos-core"])
                .args(*row)
                .args(["--", "-D", "warnings"])
        })
        .chain([off])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::COMBINATIONS;
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
            assert!(
                feature == "default" || rows.contains(&feature.as_str()),
                "chaos-core's feature `{feature}` is in no row of COMBINATIONS"
            );
        }
    }
}
