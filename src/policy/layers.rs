//! The policies of every layer, as they bear on one role.
//!
//! Source: "Policy evaluation logic".

use serde_json::Value;

use super::document::{Document, Grammar};

/// The policies that decide for one role. A layer that is `None` or has no level is not there;
/// one that is there and could not be read holds [`Document::unreadable`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layers {
    /// The role's own policies, attached and inline: united.
    pub identity: Vec<Document>,
    /// The permissions boundary.
    pub boundary: Option<Document>,
    /// The session policies passed when the role was assumed: united.
    pub session: Option<Vec<Document>>,
    /// The service control policies, one level (root, each unit, account) after the other: the
    /// documents of a level are united, every level must allow. Empty outside an organization.
    pub service_control: Vec<Vec<Document>>,
    /// The resource control policies. `RCPFullAWSAccess` need not be among them.
    pub resource_control: Vec<Document>,
    /// The policies of the VPC endpoints that calls go through.
    pub endpoint: Vec<Scoped>,
    /// The resources' own policies.
    pub resource: Vec<Scoped>,
}

/// A policy that holds for the requests to one service: an endpoint's, or a resource's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Scoped {
    /// The service's prefix, such as `s3`; `None` = every service.
    pub service: Option<String>,
    /// The policy.
    pub document: Document,
}

impl Scoped {
    /// A policy for the requests to every service.
    #[must_use]
    pub fn everywhere(document: Document) -> Self {
        Self {
            service: None,
            document,
        }
    }

    /// A resource's policy, for the service that it names; for every one if it names none, or
    /// several.
    #[must_use]
    pub fn by_content(document: Document) -> Self {
        let mut services = document.services();
        let service = services.pop_first().filter(|_| services.is_empty());
        Self { service, document }
    }

    fn holds_for(&self, service: &str) -> bool {
        self.service.as_ref().is_none_or(|mine| mine == service)
    }
}

/// The policies among these that hold for requests to a service.
pub(super) fn holding_for<'a>(
    policies: &'a [Scoped],
    service: &'a str,
) -> impl Iterator<Item = &'a Document> {
    policies
        .iter()
        .filter(move |policy| policy.holds_for(service))
        .map(|policy| &policy.document)
}

impl Layers {
    /// Reads layers from one JSON object with the members `identity`, `boundary`, `session`,
    /// `scps` (a list of levels), `rcps`, `endpoint` and `resource`.
    ///
    /// Where documents are united, one or a list of them. Each is a policy document,
    /// `{"name": …, "document": …}`, or the string `unreadable`. Documents without a name are
    /// called after their layer and place, such as `identity[1]`.
    ///
    /// # Errors
    /// An unknown member, or a value that is none of these, in a few words.
    pub fn from_value(value: &Value) -> Result<Self, String> {
        let members = value.as_object().ok_or("layers are a JSON object")?;
        let mut layers = Self::default();
        for (member, value) in members {
            match member.as_str() {
                "identity" => layers.identity = documents(member, value, Grammar::Identity)?,
                "boundary" => layers.boundary = single(member, value, Grammar::Identity)?,
                "session" => layers.session = Some(documents(member, value, Grammar::Identity)?),
                "scps" => layers.service_control = levels(value)?,
                "rcps" => layers.resource_control = documents(member, value, Grammar::Resource)?,
                "endpoint" => layers.endpoint = everywhere(member, value)?,
                "resource" => layers.resource = everywhere(member, value)?,
                _ => return Err(format!("`{member}` is no policy layer")),
            }
        }
        Ok(layers)
    }

    /// Every document of every layer.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.identity
            .iter()
            .chain(&self.boundary)
            .chain(self.session.iter().flatten())
            .chain(self.service_control.iter().flatten())
            .chain(&self.resource_control)
            .chain(self.endpoint.iter().map(|scoped| &scoped.document))
            .chain(self.resource.iter().map(|scoped| &scoped.document))
    }
}

fn everywhere(layer: &str, value: &Value) -> Result<Vec<Scoped>, String> {
    let found = documents(layer, value, Grammar::Resource)?;
    Ok(found.into_iter().map(Scoped::everywhere).collect())
}

fn levels(value: &Value) -> Result<Vec<Vec<Document>>, String> {
    let Value::Array(levels) = value else {
        return Ok(vec![documents("scps", value, Grammar::Identity)?]);
    };
    levels
        .iter()
        .zip(1..)
        .map(|(level, number)| documents(&format!("scps[{number}]"), level, Grammar::Identity))
        .collect()
}

fn single(layer: &str, value: &Value, grammar: Grammar) -> Result<Option<Document>, String> {
    let mut found = documents(layer, value, grammar)?;
    if found.len() > 1 {
        return Err(format!("`{layer}` holds one document"));
    }
    Ok(found.pop())
}

fn documents(layer: &str, value: &Value, grammar: Grammar) -> Result<Vec<Document>, String> {
    let values = match value {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    values
        .iter()
        .zip(1..)
        .map(|(value, number)| document(&format!("{layer}[{number}]"), value, grammar))
        .collect()
}

fn document(place: &str, value: &Value, grammar: Grammar) -> Result<Document, String> {
    match value {
        Value::String(text) if text == "unreadable" => {
            Ok(Document::unreadable(place, "it could not be read"))
        }
        Value::Object(members) => Ok(match (members.get("name"), members.get("document")) {
            (Some(Value::String(name)), Some(document)) => Document::parse(name, document, grammar),
            _ => Document::parse(place, value, grammar),
        }),
        _ => Err(format!("`{place}` is not a policy document")),
    }
}
