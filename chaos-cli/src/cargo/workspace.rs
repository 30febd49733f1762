//! The functions of the workspace, from `cargo metadata`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context as _;
use serde_json::Value;

use super::{Binary, cargo};
use crate::ending::Ending;

/// Finds the binary that is meant by a package's name, and by the binary's own if the package
/// has several. Without a package's name it is the one of this folder, or the only function.
pub(crate) async fn find(package: Option<&str>, binary: Option<&str>) -> Result<Binary, Ending> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .context("cannot start cargo; put it into the path, or name it in CARGO")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("error: ");
        return Err(Ending::Usage(format!(
            "there is no workspace here to take a function from, so change to the folder of one: \
             {said}"
        )));
    }
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    let packages = packages(&metadata);
    let meant = match package {
        Some(package) => Ok(package),
        None => not_named(&packages, &std::env::current_dir()?),
    };
    let chosen = meant.and_then(|package| choose(&packages, package, binary));
    chosen.map_err(Ending::Usage)
}

/// The package whose folder we are in, or the only one that is a function.
fn not_named<'a>(packages: &'a [Package], here: &Path) -> Result<&'a str, String> {
    let mut own = packages
        .iter()
        .filter(|package| here.starts_with(&package.folder));
    let mut functions = packages.iter().filter(|package| package.could_be_meant());
    // Packages may lie in each other.
    let own = own
        .by_ref()
        .max_by_key(|package| package.folder.components().count());
    if let Some(own) = own.filter(|package| package.could_be_meant()) {
        return Ok(&own.name);
    }
    match (functions.next(), functions.next()) {
        (Some(only), None) => Ok(&only.name),
        _ => Err(format!(
            "it is not said which function is meant; {}",
            could_be_meant(packages)
        )),
    }
}

/// A package of the workspace.
#[derive(Debug)]
struct Package {
    name: String,
    folder: PathBuf,
    binaries: Vec<String>,
    default_run: Option<String>,
    /// Whether it uses one of the two crates that Lambda functions are written with.
    is_function: bool,
}

impl Package {
    fn could_be_meant(&self) -> bool {
        self.is_function && !self.binaries.is_empty()
    }
}

fn packages(metadata: &Value) -> Vec<Package> {
    let runtimes = ["lambda_runtime", "lambda_http"];
    items(&metadata["packages"])
        .map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
            let binaries = items(&package["targets"])
                .filter(|target| is_binary(target))
                .filter_map(|target| target["name"].as_str());
            Package {
                name: package["name"].as_str().unwrap_or_default().to_owned(),
                folder: manifest.parent().unwrap_or(manifest).to_owned(),
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
        .filter(|package| package.could_be_meant())
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
            {"name": "orders", "manifest_path": "/shop/orders/Cargo.toml", "default_run": null, "dependencies": on("lambda_runtime"),
             "targets": [bin("orders"), {"name": "it", "kind": ["test"]}]},
            {"name": "users", "default_run": null, "dependencies": on("lambda_http"),
             "targets": [bin("get"), bin("put")]},
            {"name": "mails", "default_run": "send", "dependencies": on("lambda_http"),
             "targets": [bin("send"), bin("drain")]},
            {"name": "tool", "manifest_path": "/shop/tool/Cargo.toml", "default_run": null, "dependencies": [], "targets": [bin("tool")]},
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
    fn without_a_name_it_is_the_one_of_the_folder_or_the_only_one() {
        let packages = workspace();
        let here = |folder: &str| not_named(&packages, Path::new(folder)).map(str::to_owned);
        assert_eq!(here("/shop/orders/src").as_deref(), Ok("orders"));
        let error = here("/shop/tool").unwrap_err();
        assert!(error.starts_with("it is not said which function is meant; its functions"));
        let only = not_named(&packages[..1], Path::new("/elsewhere"));
        assert_eq!(only, Ok("orders"));
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
