//! Which source the environment names.

use std::sync::Arc;

use super::named::{Named, first_of};
use super::options::Env;
use super::{EnvSource, FileSource, Source};

/// The source that the environment names. The first that is set wins.
pub(super) fn choose(env: Env<'_>, warnings: &mut Vec<String>) -> Option<Arc<dyn Source>> {
    let (name, named) = first_of(env, cfg!(feature = "extension"), warnings)?;
    match named {
        Named::Document(document) => Some(Arc::new(EnvSource::new(name, document))),
        Named::File(path) => Some(Arc::new(FileSource::new(path))),
        Named::AppConfig {
            application,
            environment,
            configuration,
        } => appconfig_source([application, environment, configuration], env, warnings),
        Named::Parameter(parameter) => parameter_source(name, parameter, env, warnings),
    }
}

#[cfg(feature = "extension")]
#[expect(clippy::unnecessary_wraps, reason = "the same without the feature")]
fn appconfig_source(
    [application, environment, configuration]: [String; 3],
    env: Env<'_>,
    warnings: &mut Vec<String>,
) -> Option<Arc<dyn Source>> {
    use super::appconfig::{AppConfigSource, DEFAULT_PORT, PORT};

    let source = AppConfigSource::new(application, environment, configuration);
    Some(Arc::new(source.port(port(
        env,
        PORT,
        DEFAULT_PORT,
        warnings,
    ))))
}

#[cfg(not(feature = "extension"))]
fn appconfig_source(_: [String; 3], _: Env<'_>, _: &mut Vec<String>) -> Option<Arc<dyn Source>> {
    None
}

/// With both features the SDK is asked: it sees a change sooner, and during init too.
#[cfg(feature = "ssm")]
#[expect(clippy::unnecessary_wraps, reason = "the same without the feature")]
fn parameter_source(
    _: &str,
    parameter: String,
    _: Env<'_>,
    _: &mut Vec<String>,
) -> Option<Arc<dyn Source>> {
    Some(Arc::new(super::SsmSource::new(parameter)))
}

#[cfg(all(feature = "extension", not(feature = "ssm")))]
#[expect(clippy::unnecessary_wraps, reason = "the same without the feature")]
fn parameter_source(
    _: &str,
    parameter: String,
    env: Env<'_>,
    warnings: &mut Vec<String>,
) -> Option<Arc<dyn Source>> {
    use super::extension::{DEFAULT_PORT, ExtensionSource, PORT};

    let source = ExtensionSource::new(parameter);
    Some(Arc::new(source.port(port(
        env,
        PORT,
        DEFAULT_PORT,
        warnings,
    ))))
}

#[cfg(not(any(feature = "extension", feature = "ssm")))]
fn parameter_source(
    name: &str,
    _: String,
    _: Env<'_>,
    warnings: &mut Vec<String>,
) -> Option<Arc<dyn Source>> {
    warnings.push(super::named::without("ssm` or `extension", name));
    None
}

#[cfg(feature = "extension")]
fn port(env: Env<'_>, variable: &str, default: u16, warnings: &mut Vec<String>) -> u16 {
    super::agent::port(env, variable, default).unwrap_or_else(|warning| {
        warnings.push(warning);
        default
    })
}

#[cfg(test)]
mod tests {
    #[cfg(any(feature = "extension", feature = "ssm"))]
    use super::super::named::PARAM;
    use super::*;

    /// Where the document is, and every warning.
    fn chosen(vars: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
        let mut warnings = Vec::new();
        let env = |name: &str| {
            let var = vars.iter().find(|(key, _)| *key == name);
            var.map(|(_, value)| (*value).to_owned())
        };
        let source = choose(&env, &mut warnings);
        (source.map(|source| source.location()), warnings)
    }

    /// The location of a choice that must give no warnings.
    fn clean(vars: &[(&str, &str)]) -> String {
        let (location, warnings) = chosen(vars);
        assert_eq!(warnings, Vec::<String>::new());
        location.unwrap()
    }

    /// The location and the only warning.
    fn warned(vars: &[(&str, &str)]) -> (Option<String>, String) {
        let (location, warnings) = chosen(vars);
        let [warning] = warnings.try_into().unwrap();
        (location, warning)
    }

    const ENV: (&str, &str) = ("CHAOS_CONFIG", "{}");
    const FILE: (&str, &str) = ("CHAOS_CONFIG_FILE", "/etc/chaos.json");
    const IN_ENV: &str = "environment variable CHAOS_CONFIG";
    const IN_FILE: &str = "file /etc/chaos.json";
    const TRIPLE: [(&str, &str); 3] = [
        ("CHAOS_APPCONFIG_APPLICATION", "a"),
        ("CHAOS_APPCONFIG_ENVIRONMENT", "e"),
        ("CHAOS_APPCONFIG_CONFIGURATION", "c"),
    ];

    /// The three variables and one more.
    fn triple_and(other: (&'static str, &'static str)) -> [(&'static str, &'static str); 4] {
        [TRIPLE[0], TRIPLE[1], TRIPLE[2], other]
    }

    #[test]
    fn without_variables_there_is_no_source() {
        let empty = [
            ("CHAOS_CONFIG", ""),
            ("CHAOS_PARAM", " "),
            ("CHAOS_APPCONFIG_APPLICATION", ""),
        ];
        for vars in [&[][..], &empty] {
            assert_eq!(chosen(vars), (None, vec![]));
        }
    }

    #[test]
    fn each_variable_names_its_source() {
        assert_eq!(clean(&[ENV]), IN_ENV);
        assert_eq!(clean(&[FILE]), IN_FILE);
    }

    #[test]
    fn the_first_that_is_set_wins_and_a_second_one_is_warned_about() {
        let (location, warning) = warned(&[("CHAOS_PARAM", "/a"), FILE]);
        assert_eq!(location.as_deref(), Some(IN_FILE));
        assert_eq!(
            warning,
            "CHAOS_PARAM is ignored, as CHAOS_CONFIG_FILE is set and goes first; unset one of them"
        );
        let (location, warning) = warned(&[FILE, ENV]);
        assert_eq!(location.as_deref(), Some(IN_ENV));
        assert!(warning.starts_with("CHAOS_CONFIG_FILE is ignored"));
    }

    #[cfg(any(feature = "extension", feature = "ssm"))]
    #[test]
    fn both_names_of_the_parameter_are_read() {
        // with both features through the SDK
        let through = if cfg!(feature = "ssm") {
            "parameter /a"
        } else {
            "parameter /a through the extension"
        };
        for name in PARAM {
            assert_eq!(clean(&[(name, "/a")]), through);
        }
        let both = [("CHAOS_PARAM", "/a"), ("FAILURE_INJECTION_PARAM", "/a")];
        assert_eq!(clean(&both), through);
        let (_, warning) = warned(&[("CHAOS_PARAM", "/a"), ("FAILURE_INJECTION_PARAM", "/b")]);
        assert!(warning.starts_with("FAILURE_INJECTION_PARAM is ignored"));
    }

    #[cfg(not(any(feature = "extension", feature = "ssm")))]
    #[test]
    fn a_parameter_without_its_feature_is_a_warning_that_names_it() {
        let (location, warning) = warned(&[("CHAOS_PARAM", "/a")]);
        assert_eq!(location, None);
        assert!(
            warning.contains("CHAOS_PARAM") && warning.contains("`ssm` or `extension`"),
            "{warning}"
        );
    }

    #[cfg(not(feature = "extension"))]
    #[test]
    fn appconfig_without_its_feature_is_a_warning_that_names_it() {
        let (location, warning) = warned(&triple_and(FILE));
        assert_eq!(location.as_deref(), Some(IN_FILE));
        assert!(
            warning.contains("CHAOS_APPCONFIG_APPLICATION") && warning.contains("`extension`"),
            "{warning}"
        );
    }

    #[cfg(feature = "extension")]
    mod extension {
        use super::*;

        const IN_APPCONFIG: &str = "AppConfig configuration a/e/c";

        #[test]
        fn both_names_of_the_three_variables_are_read() {
            assert_eq!(clean(&TRIPLE), IN_APPCONFIG);
            let theirs = TRIPLE.map(|(name, value)| (name.replace("CHAOS", "FAILURE"), value));
            let theirs = theirs.each_ref().map(|(name, value)| (&**name, *value));
            assert_eq!(clean(&theirs), IN_APPCONFIG);
            assert_eq!(clean(&[TRIPLE[0], theirs[1], theirs[2]]), IN_APPCONFIG);
            assert_eq!(
                clean(&triple_and(("FAILURE_APPCONFIG_APPLICATION", "a"))),
                IN_APPCONFIG
            );

            let (location, warning) = warned(&triple_and(("FAILURE_APPCONFIG_APPLICATION", "b")));
            assert_eq!(location.as_deref(), Some(IN_APPCONFIG));
            assert!(
                warning.starts_with("FAILURE_APPCONFIG_APPLICATION is ignored"),
                "{warning}"
            );
        }

        #[test]
        fn it_goes_after_a_file_and_before_a_parameter() {
            for (other, wins) in [(ENV, IN_ENV), (FILE, IN_FILE)] {
                let (location, warning) = warned(&triple_and(other));
                assert_eq!(location.as_deref(), Some(wins));
                assert!(
                    warning.starts_with("CHAOS_APPCONFIG_APPLICATION is ignored"),
                    "{warning}"
                );
            }
            let (location, warning) = warned(&triple_and(("CHAOS_PARAM", "/a")));
            assert_eq!(location.as_deref(), Some(IN_APPCONFIG));
            assert!(warning.starts_with("CHAOS_PARAM is ignored"), "{warning}");
        }

        #[test]
        fn a_variable_that_is_missing_is_named() {
            for without in 0..3 {
                let mut vars = TRIPLE.to_vec();
                let (missing, _) = vars.remove(without);
                vars.push(FILE);
                let (location, warning) = warned(&vars);
                assert_eq!(location.as_deref(), Some(IN_FILE));
                assert!(
                    warning.contains(&format!("as there is no {missing};")),
                    "{warning}"
                );
            }
            let (location, warning) = warned(&TRIPLE[2..]);
            assert_eq!(location, None);
            assert!(
                warning
                    .contains("no CHAOS_APPCONFIG_APPLICATION and no CHAOS_APPCONFIG_ENVIRONMENT;"),
                "{warning}"
            );
        }

        #[test]
        fn a_port_that_is_none_is_warned_about() {
            let port = ("AWS_APPCONFIG_EXTENSION_HTTP_PORT", "http");
            let (location, warning) = warned(&triple_and(port));
            assert_eq!(location.as_deref(), Some(IN_APPCONFIG));
            assert!(warning.ends_with("Until then it is 2772"), "{warning}");
        }
    }
}
