//! What the instance metadata service says, raw statuses kept; and ECS's two local services.
//!
//! An edge with no opinion: whether a service is foreign, shut off or cut off is judged later.
//! Never through a proxy, IMDSv2 only. Secrets go to [`ImdsSecrets`] and nowhere else.
//!
//! Source: EC2 User Guide "Use IMDSv2"; agent `…/ec2/ec2_identity_deps.go`, `…/iirprovider`.

pub mod container;
mod document;
mod fetch;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;

use std::time::Duration;

use fetch::Service;

use crate::aws::Credentials;
use crate::network::Stack;
use crate::observations::{CredentialsDocument, Fetched, Imds};
use crate::secret::Secret;
use crate::world::World;

/// Where IMDS is, unless the environment says otherwise.
const IPV4: &str = "http://169.254.169.254";
/// Where IMDS is over IPv6, on Nitro instances that have it enabled.
const IPV6: &str = "http://[fd00:ec2::254]";
/// How long the token may stay away before the plain question is asked beside it.
const PATIENCE: Duration = Duration::from_millis(300);

/// What IMDS handed out that must never be observed.
#[derive(Debug, Default)]
pub struct ImdsSecrets {
    /// The instance profile's role.
    pub role: Option<Credentials>,
    /// The instance identity role.
    pub identity_role: Option<Credentials>,
}

/// Asks IMDS everything once. Cannot fail, and takes 3 s at most: one for the token, two for
/// the longest chain behind it.
pub async fn collect(world: &World, stack: &Stack) -> (Imds, ImdsSecrets) {
    if is_disabled(world) {
        let why = "`AWS_EC2_METADATA_DISABLED` is set for this program";
        return (Imds::not_asked(why), ImdsSecrets::default());
    }
    let place = Place::of(world);
    let service = Service::new(world, stack, &place.base);
    let (token, beside) = knock(world, stack, &service, &place).await;
    let (token, secret) = token;
    let mut imds = Imds {
        endpoint: place.base.clone(),
        token,
        token_ipv6: beside.token_ipv6,
        plain_get: beside.plain_get,
        ..Imds::not_asked("no token came")
    };
    let secrets = match secret {
        Some(secret) => read_all(&service, &secret, &mut imds).await,
        None => ImdsSecrets::default(),
    };
    (imds, secrets)
}

/// The plain question that an agent from before IMDSv2 asks, without a token.
pub async fn plain_get(world: &World, stack: &Stack) -> Fetched<bool> {
    let place = Place::of(world);
    Service::new(world, stack, &place.base).plain_get().await
}

/// As the SDKs read it: only the word `true`.
fn is_disabled(world: &World) -> bool {
    world
        .env
        .get("AWS_EC2_METADATA_DISABLED")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// Which address is asked.
struct Place {
    base: String,
    is_default: bool,
}

impl Place {
    fn of(world: &World) -> Self {
        if let Some(set) = world.env.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
            return Self {
                base: set.trim_end_matches('/').to_owned(),
                is_default: false,
            };
        }
        let over_ipv6 = world
            .env
            .get("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"));
        Self {
            base: if over_ipv6 { IPV6 } else { IPV4 }.to_owned(),
            is_default: !over_ipv6,
        }
    }
}

/// What is asked only when the token stays away.
struct Beside {
    plain_get: Fetched<bool>,
    token_ipv6: Fetched<u32>,
}

/// Asks for a token; when it does not come at once, also plainly and over IPv6, so that a lost
/// reply can be told from a service that is not there.
async fn knock(
    world: &World,
    stack: &Stack,
    service: &Service<'_>,
    place: &Place,
) -> ((Fetched<u32>, Option<Secret>), Beside) {
    let asked = service.token();
    tokio::pin!(asked);
    let early = tokio::time::timeout(PATIENCE, &mut asked).await.ok();
    if let Some((token @ Fetched::Value { .. }, secret)) = early {
        let beside = Beside {
            plain_get: Fetched::not_asked("the token came"),
            token_ipv6: Fetched::not_asked("the token came"),
        };
        return ((token, secret), beside);
    }
    let late = async {
        match early {
            Some(answer) => answer,
            None => asked.await,
        }
    };
    let over_ipv6 = async {
        if place.is_default {
            Service::new(world, stack, IPV6).token().await.0
        } else {
            Fetched::not_asked("another address is set")
        }
    };
    let (token, plain_get, token_ipv6) = tokio::join!(late, service.plain_get(), over_ipv6);
    let beside = Beside {
        plain_get,
        token_ipv6,
    };
    (token, beside)
}

/// Everything that needs a token, side by side.
async fn read_all(service: &Service<'_>, token: &Secret, imds: &mut Imds) -> ImdsSecrets {
    let role = async {
        let name = service
            .get(
                "meta-data/iam/security-credentials/",
                token,
                document::role_name,
            )
            .await;
        let credentials = match &name {
            Fetched::Value { value, .. } => {
                let path = format!("meta-data/iam/security-credentials/{value}");
                service.credentials(&path, token).await
            }
            _ => (Fetched::not_asked("no role is listed"), None),
        };
        (name, credentials)
    };
    let word = |path: &'static str| service.get(path, token, document::word);
    let (role, identity, id, identity_document, profile, zone, partition, domain) = tokio::join!(
        role,
        service.credentials(
            "meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
            token
        ),
        service.get("meta-data/instance-id", token, document::instance_id),
        service.get(
            "dynamic/instance-identity/document",
            token,
            document::parse_json
        ),
        service.get("meta-data/iam/info", token, document::parse_json),
        word("meta-data/placement/availability-zone"),
        word("meta-data/services/partition"),
        word("meta-data/services/domain"),
    );
    let (role_name, (role_credentials, role)) = role;
    let (identity_credentials, identity_role) = identity;
    imds.instance_id = id;
    imds.identity_document = identity_document;
    imds.profile_info = profile;
    imds.availability_zone = zone;
    imds.partition = partition;
    imds.domain = domain;
    imds.role_name = role_name;
    imds.role_credentials = role_credentials;
    imds.identity_credentials = identity_credentials;
    ImdsSecrets {
        role,
        identity_role,
    }
}

impl Service<'_> {
    /// A credentials document: what may be known of it, and the credentials if it has them.
    async fn credentials(
        &self,
        path: &str,
        token: &Secret,
    ) -> (Fetched<CredentialsDocument>, Option<Credentials>) {
        let mut credentials = None;
        let observed = self
            .get(path, token, |text| {
                let (observed, found) = document::credentials(text)?;
                credentials = found;
                Ok(observed)
            })
            .await;
        (observed, credentials)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
