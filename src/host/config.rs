//! The agent's configuration file, read as the agent would read it.
//!
//! Source: agent `agent/appconfig/{contracts,appconfig,appconfig_parser}.go`. A wrong type is
//! what Go's decoder rejects, and then the agent does not start; a number out of range silently
//! becomes the default. No judgement here, and no other file than the effective one.

use super::config_keys::{KEYS, Kind, Row};
use super::file::{self, JSON_LIMIT};
use super::go_json::{self, Json};
use crate::observations::{Config, ConfigWarning, CustomIdentityEntry, Reading};
use crate::world::World;

/// Reads the configuration at `path`; `Absent` = all defaults.
pub(super) fn read(world: &World, path: &str) -> Reading<Config> {
    file::read_bytes(world, path, JSON_LIMIT).parse(|bytes| parse(&bytes))
}

/// Parses a configuration file.
pub(super) fn parse(bytes: &[u8]) -> Result<Config, String> {
    let json = go_json::parse(bytes)?;
    json.expect_object()?;
    let mut warnings = Vec::new();
    let values = Values::decode(&json, &mut warnings)?;
    let order = consumption_order(&json, &mut warnings)?;
    Ok(Config {
        consumption_order: order.words,
        order_is_set: order.is_set,
        order_all_invalid: order.all_invalid,
        custom_identities: custom_identities(&json, &mut warnings)?,
        container_mode: values.flag("Agent.ContainerMode", false),
        agent_region: values.text("Agent.Region"),
        service_domain: values.text("Agent.ServiceDomain"),
        use_dual_stack: values.flag("Agent.UseDualStackEndpoint", false),
        share_creds: values.flag("Profile.ShareCreds", true),
        share_profile: values.text("Profile.ShareProfile").unwrap_or_default(),
        health_frequency_minutes: values.number("Ssm.HealthFrequencyMinutes", 5),
        credential_retry_max_sleep_seconds: values
            .number("Ssm.CredentialRetryMaxSleepSeconds", 1800),
        hibernation_max_backoff_minutes: values
            .number("Ssm.HibernationMaxBackoffIntervalMinutes", 60),
        endpoints: crate::observations::EndpointOverrides {
            ssm: values.text("Ssm.Endpoint"),
            ssmmessages: values.text("Mgs.Endpoint"),
            ssmmessages_region: values.text("Mgs.Region"),
            ec2messages: values.text("Mds.Endpoint"),
            s3: values.text("S3.Endpoint"),
            kms: values.text("Kms.Endpoint"),
        },
        warnings,
    })
}

/// The last value of every plain key that the file sets, after the agent's own limits.
struct Values<'a>(Vec<(&'static Row, &'a Json)>);

impl<'a> Values<'a> {
    /// Checks the type of every known key and drops numbers out of range.
    fn decode(json: &'a Json, warnings: &mut Vec<ConfigWarning>) -> Result<Self, String> {
        let mut values = Vec::new();
        for row in KEYS {
            let mut last = None;
            for section in sections(json, row.section())? {
                for value in section.all(row.name()) {
                    row.check(value)?;
                    last = Some(value);
                }
            }
            match last {
                Some(Json::Int(number)) if !row.kind.holds(*number) => {
                    warnings.push(row.out_of_range(*number));
                }
                Some(value) => values.push((row, value)),
                None => {}
            }
        }
        Ok(Self(values))
    }

    fn value(&self, key: &str) -> Option<&'a Json> {
        self.0
            .iter()
            .find(|(row, _)| row.key == key)
            .map(|(_, value)| *value)
    }

    fn flag(&self, key: &str, default: bool) -> bool {
        match self.value(key) {
            Some(Json::Bool(value)) => *value,
            _ => default,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.value(key) {
            Some(Json::Text(value)) if !value.is_empty() => Some(value.clone()),
            _ => None,
        }
    }

    fn number(&self, key: &str, default: u32) -> u32 {
        match self.value(key) {
            Some(Json::Int(value)) => u32::try_from(*value).unwrap_or(default),
            _ => default,
        }
    }
}

/// Every object of this name: Go merges them one after the other.
fn sections<'a>(json: &'a Json, name: &'a str) -> Result<Vec<&'a Json>, String> {
    let found: Vec<&Json> = json.all(name).collect();
    for section in &found {
        section
            .expect_object()
            .map_err(|why| format!("`{name}` {why}"))?;
    }
    Ok(found)
}

const ORDER: &str = "Identity.ConsumptionOrder";

/// The order of identities as the agent makes it of the file.
struct Order {
    words: Vec<String>,
    is_set: bool,
    all_invalid: bool,
}

impl Order {
    fn built_in(all_invalid: bool) -> Self {
        Self {
            words: Config::defaults().consumption_order,
            is_set: false,
            all_invalid,
        }
    }
}

/// The order of identities, and whether the file sets it.
fn consumption_order(json: &Json, warnings: &mut Vec<ConfigWarning>) -> Result<Order, String> {
    let Some(words) = last_list(json, "ConsumptionOrder")? else {
        return Ok(Order::built_in(false));
    };
    let words = words
        .iter()
        .map(|word| match word {
            Json::Text(word) => Ok(word.as_str()),
            Json::Null => Ok(""),
            other => Err(format!(
                "`{ORDER}` should list texts, lists {}",
                other.kind()
            )),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (valid, invalid): (Vec<&str>, Vec<&str>) = words
        .into_iter()
        .partition(|word| ["OnPrem", "ECS", "EC2", "CustomIdentity"].contains(word));
    if !invalid.is_empty() {
        let dropped = quoted(&invalid);
        let effect = if valid.is_empty() {
            format!(
                "{dropped}: no valid word is left, so the built-in order applies; possibly with its first places overwritten by these words, and the identities there lost"
            )
        } else {
            format!("{dropped} dropped: not an identity (the words are case-sensitive)")
        };
        warnings.push(warning(ORDER, effect));
    }
    if valid.is_empty() {
        return Ok(Order::built_in(!invalid.is_empty()));
    }
    Ok(Order {
        words: valid.into_iter().map(str::to_owned).collect(),
        is_set: true,
        all_invalid: false,
    })
}

/// The entries the agent can use; others are skipped with a line in its log.
///
/// Source: agent `common/identity/availableidentities/customidentity/custom_identity.go`.
fn custom_identities(
    json: &Json,
    warnings: &mut Vec<ConfigWarning>,
) -> Result<Vec<CustomIdentityEntry>, String> {
    const KEY: &str = "Identity.CustomIdentities";
    let mut usable = Vec::new();
    for (index, entry) in last_list(json, "CustomIdentities")?
        .unwrap_or(&[])
        .iter()
        .enumerate()
    {
        if *entry == Json::Null {
            return Err(format!(
                "`{KEY}` has a null entry, which the agent cannot handle"
            ));
        }
        let within = |why: String| format!("`{KEY}`: {why}");
        entry.expect_object().map_err(within)?;
        for name in [
            "AvailabilityZone",
            "AvailabilityZoneId",
            "InstanceType",
            "CredentialsProvider",
        ] {
            entry.text(name).map_err(within)?;
        }
        let instance_id = entry.text("InstanceID").map_err(within)?;
        let region = entry.text("Region").map_err(within)?;
        match (instance_id.is_empty(), region.is_empty()) {
            (false, false) => usable.push(CustomIdentityEntry {
                instance_id,
                region,
            }),
            (true, _) => warnings.push(warning(
                KEY,
                format!("entry {index} skipped: it has no `InstanceID`"),
            )),
            (false, true) => warnings.push(warning(
                KEY,
                format!("entry {index} skipped: it has no `Region`"),
            )),
        }
    }
    Ok(usable)
}

/// The last list under `Identity` of this name.
fn last_list<'a>(json: &'a Json, name: &'a str) -> Result<Option<&'a [Json]>, String> {
    let mut last = None;
    for section in sections(json, "Identity")? {
        for value in section.all(name) {
            match value {
                Json::List(entries) => last = Some(entries.as_slice()),
                other => {
                    return Err(format!(
                        "`Identity.{name}` should be a list, is {}",
                        other.kind()
                    ));
                }
            }
        }
    }
    Ok(last)
}

fn quoted(words: &[&str]) -> String {
    let shown: Vec<String> = words
        .iter()
        .take(5)
        .map(|word| format!("`{}`", word.chars().take(40).collect::<String>()))
        .collect();
    shown.join(", ")
}

fn warning(key: &str, effect: String) -> ConfigWarning {
    ConfigWarning {
        key: key.to_owned(),
        effect,
    }
}

impl Row {
    fn check(&self, value: &Json) -> Result<(), String> {
        let fits = match (self.kind, value) {
            (Kind::Flag, Json::Bool(_))
            | (Kind::Text, Json::Text(_))
            | (Kind::Number { .. }, Json::Int(_)) => true,
            (Kind::Texts, Json::List(list)) => list
                .iter()
                .all(|value| matches!(value, Json::Text(_) | Json::Null)),
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let wanted = match self.kind {
            Kind::Flag => "true or false",
            Kind::Text => "a text",
            Kind::Texts => "a list of texts",
            Kind::Number { .. } => "a whole number",
        };
        Err(format!(
            "`{}` should be {wanted}, is {}",
            self.key,
            value.kind()
        ))
    }

    fn out_of_range(&self, number: i64) -> ConfigWarning {
        let effect = match self.kind {
            Kind::Number {
                min, max, default, ..
            } => format!("{number} is outside {min} to {max}: {default} is used instead"),
            Kind::Flag | Kind::Text | Kind::Texts => String::new(),
        };
        warning(self.key, effect)
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
