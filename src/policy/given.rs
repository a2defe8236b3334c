//! Documents as a person gives them: from where, for which layer, and what is wrong with them.

use serde::Serialize;
use serde_json::{Value, json};

use crate::catalogue::{ManagedPolicy, managed_policy};
use crate::report::model::Layer;

use super::document::{Document, Grammar, Problem, Severity};
use super::layers::{Layers, Scoped};
use super::lint::{Written, lint};
use super::node::Node;
use super::superfluous::{Excess, Needed, superfluous};

/// How the ARNs of the organizations' own policies begin.
const FULL_ACCESS_ARN: &str = "arn:aws:organizations::aws:policy/service_control_policy/p-";

/// What a document is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One of the role's own policies.
    Identity,
    /// The permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy at this level, counted from 0.
    ServiceControl(usize),
    /// A resource control policy.
    ResourceControl,
    /// The policy of the VPC endpoint of a service; `None` = of every service.
    Endpoint(Option<String>),
    /// The policy of a resource of a service; `None` = of the service that it names.
    Resource(Option<String>),
}

impl Place {
    /// The layer that it belongs to.
    #[must_use]
    pub fn layer(&self) -> Layer {
        match self {
            Self::Identity => Layer::IdentityPolicy,
            Self::Boundary => Layer::PermissionsBoundary,
            Self::Session => Layer::SessionPolicy,
            Self::ServiceControl(_) => Layer::ServiceControlPolicy,
            Self::ResourceControl => Layer::ResourceControlPolicy,
            Self::Endpoint(_) => Layer::VpcEndpointPolicy,
            Self::Resource(_) => Layer::ResourcePolicy,
        }
    }

    fn grammar(&self) -> Grammar {
        match self {
            Self::Identity | Self::Boundary | Self::Session | Self::ServiceControl(_) => {
                Grammar::Identity
            }
            Self::ResourceControl | Self::Endpoint(_) | Self::Resource(_) => Grammar::Resource,
        }
    }
}

/// One document, read for its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    place: Place,
    document: Document,
    /// Its JSON, where it is JSON.
    value: Option<Value>,
    managed: Option<&'static ManagedPolicy>,
}

/// What is told of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentVerdict {
    /// Its file, or its name.
    pub name: String,
    /// The layer that it was given for.
    pub layer: Layer,
    /// Of a managed policy held here, which version: AWS may have published a newer one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managed_policy: Option<ManagedVersion>,
    /// Whether its statements can be believed.
    pub readable: bool,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// What it grants and no chosen capability needs; of identity policies only.
    pub superfluous: Vec<Excess>,
}

/// The version of a managed policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ManagedVersion {
    /// Such as `v2`.
    pub version: &'static str,
    /// When it was made.
    pub date: &'static str,
}

impl Given {
    /// A document from its text.
    #[must_use]
    pub fn from_text(name: &str, text: &str, place: Place) -> Self {
        let (document, value) = Document::parse_both(name, text, place.grammar());
        Self {
            place,
            document,
            value,
            managed: None,
        }
    }

    /// One of AWS's own policies that is held here, by its name or ARN.
    #[must_use]
    pub fn by_name(name: &str, place: &Place) -> Option<Self> {
        let organizations = name.strip_prefix(FULL_ACCESS_ARN).unwrap_or(name);
        if let "FullAWSAccess" | "RCPFullAWSAccess" = organizations {
            return Some(Self::full_access(organizations, place));
        }
        let policy = managed_policy(name)?;
        Some(Self {
            managed: Some(policy),
            ..Self::from_text(policy.name, &policy.document().to_string(), place.clone())
        })
    }

    /// What an organization attaches everywhere until somebody takes it off.
    fn full_access(name: &str, place: &Place) -> Self {
        let mut statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        if let (Grammar::Resource, Value::Object(elements)) = (place.grammar(), &mut statement) {
            elements.insert("Principal".to_owned(), json!("*"));
        }
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
        Self::from_text(name, &policy.to_string(), place.clone())
    }

    /// A document that is known to be there and cannot be read by who asks.
    #[must_use]
    pub fn unreadable(place: Place) -> Self {
        let why = "it is there and not readable here";
        Self {
            document: Document::unreadable("unreadable", why),
            place,
            value: None,
            managed: None,
        }
    }

    /// The layer that it was given for.
    #[must_use]
    pub fn layer(&self) -> Layer {
        self.place.layer()
    }

    /// Whether it was given as a policy and is none.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        let is_error = |problem: &Problem| problem.severity == Severity::Error;
        self.document.problems.iter().any(is_error)
    }

    /// What is told of it.
    #[must_use]
    pub fn judge(&self, node: &Node, needed: &[Needed]) -> DocumentVerdict {
        let mut problems = self.document.problems.clone();
        let mut more = Vec::new();
        if let Some(value) = &self.value {
            problems.extend(lint(
                Written {
                    name: &self.document.name,
                    value,
                    layer: self.place.layer(),
                },
                node,
            ));
            if self.place == Place::Identity && self.document.is_readable() {
                more = superfluous(value, needed);
            }
        }
        DocumentVerdict {
            name: self.document.name.to_string(),
            layer: self.place.layer(),
            managed_policy: self.managed.map(|policy| ManagedVersion {
                version: policy.version,
                date: policy.version_date,
            }),
            readable: self.document.is_readable(),
            problems,
            superfluous: more,
        }
    }
}

/// The layers that these documents make.
#[must_use]
pub fn layers_of(given: &[Given]) -> Layers {
    let mut layers = Layers::default();
    for one in given {
        let document = one.document.clone();
        match &one.place {
            Place::Identity => layers.identity.push(document),
            Place::Boundary => layers.boundary = Some(document),
            Place::Session => layers.session.get_or_insert_default().push(document),
            Place::ServiceControl(level) => {
                let levels = &mut layers.service_control;
                if levels.len() <= *level {
                    levels.resize(level + 1, Vec::new());
                }
                if let Some(level) = levels.get_mut(*level) {
                    level.push(document);
                }
            }
            Place::ResourceControl => layers.resource_control.push(document),
            Place::Endpoint(service) => layers.endpoint.push(Scoped {
                service: service.clone(),
                document,
            }),
            Place::Resource(None) => layers.resource.push(Scoped::by_content(document)),
            Place::Resource(service) => layers.resource.push(Scoped {
                service: service.clone(),
                document,
            }),
        }
    }
    layers
}

/// What is wrong with documents taken together: the place of the first one of a layer that must
/// allow and, as given, never does.
pub(super) fn silent_layers(given: &[Given]) -> Vec<(usize, Problem)> {
    let must_allow = |place: &Place| {
        matches!(
            place,
            Place::Boundary | Place::Session | Place::ServiceControl(_) | Place::Endpoint(_)
        )
    };
    let mut found = Vec::new();
    for (index, first) in given.iter().enumerate() {
        let mut level = given.iter().filter(|one| one.place == first.place);
        let is_first = level.clone().next() == Some(first);
        if !must_allow(&first.place) || !is_first || !level.all(|one| one.document.allows_nothing())
        {
            continue;
        }
        let text = match first.place {
            Place::ServiceControl(_) => {
                "nothing given for this level allows anything, so everything is refused; unless it was taken off, FullAWSAccess is attached there too: give --scp FullAWSAccess,…"
            }
            _ => "it allows nothing, so everything is refused: this layer must allow too",
        };
        let problem = Problem {
            id: "layer-allows-nothing",
            severity: Severity::Warning,
            at: String::new(),
            text: text.to_owned(),
        };
        found.push((index, problem));
    }
    found
}
