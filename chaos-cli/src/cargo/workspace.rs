//! The functions of the workspace, from `cargo metadata`.

use std::process::Stdio;

use anyhow::Context as _;
use serde_json::Value;

use super::{Binary, cargo};
use crate::ending::Ending;

/// Finds the binary that is meant by a package's name, and by the binary's own if the package
/// has several.
pub(crate) async fn find(package: &str, binary: Option<&str>) -> Result<Binary, Ending> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot start cargo")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("error: ");
        return Err(Ending::Usage(format!(
            "there is no workspace here to take a function from: {said}"
        )));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    choose(&packages(&metadata), package, binary).map_err(Ending::Usage)
}

/// A package of the workspace.
#[derive(Debug)]
struct Package {
    name: String,
    binaries: Vec<String>,
    default_run: Option<String>,
    /// Whether it uses one of the two crates that Lambda functions are written with.
    is_function: bool,
}

fn packages(metadata: &Value) -> Vec<Package> {
    let runtimes = ["lambda_runtime", "lambda_http"];
    items(&metadata["packages"])
        .map(|package| {
            let binaries = items(&package["targets"])
                .filter(|target| is_binary(target))
                .filter_map(|target| target["name"].as_str());
            Package {
                name: package["name"].as_str().unwrap_or_default().to_owned(),
                binaries: binaries.map(ToOwned::to_owned).collect(),
                default_run: package["default_run"].as_str().map(ToOwned::to_owned),
                is_function: items(&package["dependencies"])
                    .filter(|dependency| dependency["kind"].is_null())
                    .filter_map(|dependency| dependency["name"].as_str())
                    .any(|dependency| runtimes.contains(&dependency)),
            }
        })
        .collect()
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

pub(super) fn is_binary(target: &Value) -> bool {
    items(&target["kind"]).any(|kind| kind == "bin")
}

fn choose(packages: &[Package], wanted: &str, binary: Option<&str>) -> Result<Binary, String> {
    let Some(package) = packages.iter().find(|package| package.name == wanted) else {
        return Err(format!(
            "this workspace has no package `{wanted}`; {}",
            could_be_meant(packages)
        ));
    };
    let chosen = match (binary, &package.default_run, &package.binaries[..]) {
        (_, _, []) => {
            return Err(format!(
                "the package `{wanted}` has no binary, so it is no Lambda function; {}",
                could_be_meant(packages)
            ));
        }
        (Some(named), _, binaries) if binaries.iter().any(|binary| binary == named) => named,
        (Some(named), _, binaries) => {
            return Err(format!(
                "the package `{wanted}` has no binary `{named}`; it has {}",
                binaries.join(", ")
            ));
        }
        (None, Some(default), _) => default,
        (None, None, [only]) => only,
        (None, None, several) => {
            return Err(format!(
                "the package `{wanted}` has several binaries ({}); name one with --bin",
                several.join(", ")
            ));
        }
    };
    Ok(Binary {
        package: wanted.to_owned(),
        name: chosen.to_owned(),
        one_of_several: package.binaries.len() > 1,
    })
}

fn could_be_meant(packages: &[Package]) -> String {
    let functions: Vec<&str> = packages
        .iter()
        .filter(|package| package.is_function && !package.binaries.is_empty())
        .map(|package| package.name.as_str())
        .collect();
    if functions.is_empty() {
        return "and none of its packages has a binary on lambda_runtime or lambda_http".to_owned();
    }
    format!(
        "its functions on lambda_runtime or lambda_http are {}; name one with --package",
        functions.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn workspace() -> Vec<Package> {
        let bin = |name: &str| json!({"name": name, "kind": ["bin"]});
        let on = |name: &str| json!([{"name": name}]);
        packages(&json!({"packages": [
            {"name": "orders", "default_run": null, "dependencies": on("lambda_runtime"),
             "targets": [bin("orders"), {"name": "it", "kind": ["test"]}]},
            {"name": "users", "default_run": null, "dependencies": on("lambda_http"),
             "targets": [bin("get"), bin("put")]},
            {"name": "mails", "default_run": "send", "dependencies": on("lambda_http"),
             "targets": [bin("send"), bin("drain")]},
            {"name": "tool", "default_run": null, "dependencies": [], "targets": [bin("tool")]},
            {"name": "shared", "default_run": null, "dependencies": on("lambda_runtime"),
             "targets": [{"name": "shared", "kind": ["lib"]}]},
        ]}))
    }

    fn chosen(package: &str, binary: Option<&str>) -> Result<String, String> {
        choose(&workspace(), package, binary).map(|binary| binary.name)
    }

    #[test]
    fn the_one_binary_of_a_package_is_meant() {
        assert_eq!(chosen("orders", None).as_deref(), Ok("orders"));
        assert_eq!(chosen("mails", None).as_deref(), Ok("send"));
        assert_eq!(chosen("tool", None).as_deref(), Ok("tool"));
        assert_eq!(chosen("users", Some("put")).as_deref(), Ok("put"));
    }

    #[test]
    fn a_package_that_does_not_exist_names_those_that_do() {
        let error = chosen("oders", None).unwrap_err();
        assert_eq!(
            error,
            "this workspace has no package `oders`; its functions on lambda_runtime or \
             lambda_http are orders, users, mails; name one with --package"
        );
        let error = chosen("shared", None).unwrap_err();
        assert!(error.contains("no binary, so it is no Lambda function"));
    }

    #[test]
    fn several_binaries_have_to_be_told_apart() {
        let error = chosen("users", None).unwrap_err();
        assert_eq!(
            error,
            "the package `users` has several binaries (get, put); name one with --bin"
        );
        let error = chosen("users", Some("pot")).unwrap_err();
        assert!(error.ends_with("it has get, put"), "{error}");
    }
}
