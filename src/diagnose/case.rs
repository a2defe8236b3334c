//! One run with its selection, permissions and clock worked out: what findings and checks read.

use super::backoff::Waiting;
use super::clock::{self, ClockOffset};
use super::identity::Identity;
use super::permissions;
use super::reply::Reply;
use super::selection::{Selection, select};
use super::sessions;
use super::simulation;
use super::view::View;
use super::waiting;
use crate::catalogue::Subject;
use crate::observations::{Call, Path, Principal};
use crate::report::model::{Decision, Need, Permission};

/// One run, worked out.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The observations.
    pub view: View<'a>,
    /// What the agent selects.
    pub selection: Selection,
    /// What is known of every action on the active path, or on the one it would try first.
    pub permissions: Vec<Permission>,
    /// The clock.
    pub clock: Option<ClockOffset>,
    /// Every wait that the running agent is in.
    pub waits: Vec<Waiting>,
}

impl<'a> Case<'a> {
    /// Works a run out.
    #[must_use]
    pub fn new(view: View<'a>) -> Self {
        let selection = select(view);
        let path = selection.active.or(selection.candidate);
        let mut case = Self {
            view,
            permissions: path
                .map(|path| permissions::judge(view, path))
                .unwrap_or_default(),
            clock: clock::offset(view),
            waits: waiting::of(view),
            selection,
        };
        if let Some(path) = path {
            let node = simulation::node_of(&case, path);
            simulation::fill(view, &node, &mut case.permissions);
        }
        case
    }

    /// The path that questions were put on.
    #[must_use]
    pub fn path(&self) -> Option<Path> {
        self.selection.active.or(self.selection.candidate)
    }

    /// The identity, certain or likely.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        self.selection.identity.best()
    }

    /// Whether the host runs as a hybrid node.
    #[must_use]
    pub fn is_hybrid(&self) -> bool {
        self.identity() == Some(Identity::OnPrem)
    }

    /// The node's id: `i-…` or `mi-…`.
    #[must_use]
    pub fn instance_id(&self) -> Option<&'a str> {
        let hybrid = self
            .view
            .registration()
            .map(|found| found.instance_id.as_str());
        let ec2 = self.view.ec2_instance_id();
        if self.is_hybrid() {
            hybrid.or(ec2)
        } else {
            ec2.or(hybrid)
        }
    }

    /// The Region the agent would use.
    #[must_use]
    pub fn region(&self) -> Option<&'a str> {
        self.view.region(self.is_hybrid())
    }

    /// The account: as a caller is named, else as the identity document says.
    #[must_use]
    pub fn account_id(&self) -> Option<String> {
        let caller = self
            .path()
            .and_then(|path| self.principal(path))
            .and_then(|one| one.account_id);
        caller.or_else(|| {
            self.view
                .all
                .imds
                .identity_document
                .value()
                .and_then(|document| document.account_id.clone())
        })
    }

    /// The partition: IMDS's word, else that of a caller's ARN, else by the Region's prefix.
    #[must_use]
    pub fn partition(&self) -> Option<String> {
        let said = self.view.all.imds.partition.value().cloned();
        let caller = self.path().and_then(|path| self.principal(path));
        said.or_else(|| caller.and_then(|one| one.arn.split(':').nth(1).map(str::to_owned)))
            .or_else(|| self.region().map(|region| partition_of(region).to_owned()))
    }

    /// Who AWS takes a path's credentials for.
    #[must_use]
    pub fn principal(&self, path: Path) -> Option<Principal> {
        let asked = self
            .view
            .record(Call::GetCallerIdentity)
            .filter(|one| one.path == Some(path));
        let said = asked.and_then(|record| match &record.outcome {
            crate::observations::Outcome::Answered(answer) => answer.caller_arn.clone(),
            _ => None,
        });
        said.or_else(|| self.denied_principal(path))
            .map(|arn| principal_of(&arn))
            .or_else(|| {
                (path == Path::InstanceProfile)
                    .then(|| self.profile_principal())
                    .flatten()
            })
    }

    /// The caller as a denial names it.
    fn denied_principal(&self, path: Path) -> Option<String> {
        Call::ALL
            .into_iter()
            .find_map(|call| match self.view.reply_on(call, path)? {
                Reply::Denied(denial) => denial.principal,
                _ => None,
            })
    }

    /// The caller as IMDS lets one expect it.
    fn profile_principal(&self) -> Option<Principal> {
        let role = self.view.all.imds.role_name.value()?;
        let document = self.view.all.imds.identity_document.value()?;
        let account = document.account_id.as_deref()?;
        let partition = self
            .view
            .all
            .imds
            .partition
            .value()
            .map_or_else(|| partition_of(&document.region), String::as_str);
        Some(principal_of(&format!(
            "arn:{partition}:sts::{account}:assumed-role/{role}/{}",
            document.instance_id
        )))
    }

    /// The permission on an action, if it is listed.
    #[must_use]
    pub fn permission(&self, action: &str) -> Option<&Permission> {
        self.permissions.iter().find(|one| one.action == action)
    }

    /// The denied permissions of a kind.
    #[must_use]
    pub fn denied(&self, need: Need) -> Vec<&Permission> {
        self.permissions
            .iter()
            .filter(|one| one.need == need && one.decision == Decision::Denied)
            .collect()
    }

    /// What remedies on this path are filled with.
    #[must_use]
    pub fn subject(&self, path: Option<Path>) -> Subject {
        let profile = self
            .view
            .all
            .imds
            .profile_info
            .value()
            .and_then(|info| info.instance_profile_arn.as_deref())
            .and_then(|arn| arn.rsplit('/').next())
            .map(str::to_owned);
        let known = sessions::preferences(self.view);
        Subject {
            path,
            role: path
                .and_then(|path| self.principal(path))
                .and_then(|one| one.role),
            account_id: self.account_id(),
            region: self
                .region()
                .or_else(|| self.view.registered_region())
                .map(str::to_owned),
            partition: self.partition(),
            instance_id: self.instance_id().map(str::to_owned),
            profile,
            install: self
                .view
                .all
                .host
                .agent
                .installs
                .first()
                .map(|install| install.kind),
            missing: Vec::new(),
            layer: None,
            policy_arn: None,
            endpoint: None,
            session_key: sessions::kms_key(&known).map(str::to_owned),
            bucket: sessions::bucket(&known).map(str::to_owned),
            log_group: sessions::log_group(&known).map(str::to_owned),
            user: None,
            denied_by: None,
            noexec: None,
        }
    }
}

/// The partition that a Region belongs to.
///
/// Source: agent `common/identity/endpoint/endpoint.go`; AWS General Reference.
#[must_use]
pub fn partition_of(region: &str) -> &'static str {
    const PREFIXES: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    PREFIXES
        .into_iter()
        .find(|(prefix, _)| region.starts_with(prefix))
        .map_or("aws", |(_, partition)| partition)
}

/// Takes a caller's ARN apart.
#[must_use]
pub fn principal_of(arn: &str) -> Principal {
    let mut parts = arn.splitn(6, ':').skip(4);
    let account = parts.next().unwrap_or_default();
    let resource = parts.next().unwrap_or_default();
    let role = resource
        .strip_prefix("assumed-role/")
        .and_then(|rest| rest.split('/').next());
    Principal {
        arn: arn.to_owned(),
        role: role.map(str::to_owned),
        account_id: (!account.is_empty()).then(|| account.to_owned()),
    }
}
