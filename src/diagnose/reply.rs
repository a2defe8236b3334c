//! What an answer of AWS means: allowed, denied, or one of the kinds of unknown.
//!
//! Pure. Keys on the service's code, never on the HTTP status, because services disagree about
//! the status. A throttle, a 5xx, a validation error or a proxy's page is never a permission.
//!
//! Source: `facts/wire.md` sections 3, 4.3, 7 and 8 (agent source, IAM guide, public threads).

use jiff::Timestamp;

use super::denial::{self, Denial};
use crate::observations::{Answer, Call, CallRecord, Failure, NotAsked, Outcome};

/// What one answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// AWS let it through.
    Allowed,
    /// AWS refused it; the layer as far as it is said.
    Denied(Denial),
    /// `RequestManagedInstanceRoleToken`: Default Host Management is off in this account and Region.
    NotConfigured,
    /// The service does not know the instance id, or the credentials are another node's.
    InstanceUnknown,
    /// The machine is not the one that registered.
    FingerprintMismatch,
    /// The keys are past their end.
    Expired,
    /// The keys are unknown to AWS, disabled, of another partition, or the Region is not enabled.
    Unrecognized,
    /// The signature is refused because of the time; the service's own time where it says so.
    ClockSkew(Option<Timestamp>),
    /// The signature does not verify, and not because of the time.
    SignatureRefused,
    /// Too many requests.
    Throttled,
    /// The service failed (5xx).
    ServiceFailed,
    /// AWS answered something that says nothing about permission.
    Inconclusive,
    /// HTTP answered, and it was not AWS.
    NotAws,
    /// Nothing answered.
    Unreachable(Failure),
    /// It was not asked.
    NotAsked(NotAsked),
}

impl Reply {
    /// Whether AWS itself answered at all.
    #[must_use]
    pub fn is_from_aws(&self) -> bool {
        !matches!(
            self,
            Self::NotAws | Self::Unreachable(_) | Self::NotAsked(_)
        )
    }

    /// Whether it means that the service could not say anything this time.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Throttled | Self::ServiceFailed)
    }
}

/// Reads the answer to a call; `None` = it is not on record.
#[must_use]
pub fn read(call: Call, record: Option<&CallRecord>) -> Reply {
    match record.map(|record| &record.outcome) {
        None => Reply::NotAsked(NotAsked::NotNeeded),
        Some(Outcome::NotAsked { why }) => Reply::NotAsked(*why),
        Some(Outcome::Failed { failure }) => Reply::Unreachable(failure.clone()),
        Some(Outcome::NotAws { .. }) => Reply::NotAws,
        Some(Outcome::Answered(answer)) => read_answer(call, answer),
    }
}

fn read_answer(call: Call, answer: &Answer) -> Reply {
    let code = answer.code.as_deref().map_or("", bare_code);
    let message = answer.message.as_deref().unwrap_or_default();
    if code.is_empty() {
        return read_without_code(call, answer.status, message);
    }
    match code {
        "DryRunOperationException" if call == Call::DecryptSessionKey => Reply::Allowed,
        // Both come from behind authorization: there is nothing of this name.
        "ServerSideEncryptionConfigurationNotFoundError" if call == Call::GetBucketEncryption => {
            Reply::Allowed
        }
        "InvalidDocument" if call == Call::GetSessionDocument => Reply::Allowed,
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => {
            if message.contains("instance management role is not configured") {
                Reply::NotConfigured
            } else {
                Reply::Denied(denial::parse(message))
            }
        }
        "InvalidInstanceId" if call == Call::ListInstanceAssociations => Reply::Allowed,
        "InvalidInstanceId" => Reply::InstanceUnknown,
        "MachineFingerprintDoesNotMatch" => Reply::FingerprintMismatch,
        "ExpiredTokenException" | "ExpiredToken" => Reply::Expired,
        "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "OptInRequired" => Reply::Unrecognized,
        "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "RequestExpired"
        | "RequestTimeTooSkewed" => read_signature(code, message),
        "ThrottlingException"
        | "Throttling"
        | "TooManyRequestsException"
        | "TooManyUpdates"
        | "SlowDown" => Reply::Throttled,
        "InternalServerError"
        | "InternalServerException"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Reply::ServiceFailed,
        _ if answer.status >= 500 => Reply::ServiceFailed,
        "BadRequest" | "UnauthorizedRequest" => read_gateway(message),
        _ => Reply::Inconclusive,
    }
}

/// An answer with no error code: success where the status is the documented one.
fn read_without_code(call: Call, status: u16, message: &str) -> Reply {
    match (call, status) {
        (Call::CreateControlChannel | Call::CreateDataChannel, 201)
        | (Call::OpenControlChannel, 101) => Reply::Allowed,
        (
            Call::CreateControlChannel | Call::CreateDataChannel | Call::OpenControlChannel,
            200..=299,
        ) => Reply::Inconclusive,
        (_, 200) => Reply::Allowed,
        (_, 429) => Reply::Throttled,
        (_, 500..=599) => Reply::ServiceFailed,
        (_, 400..=499) => read_gateway(message),
        _ => Reply::Inconclusive,
    }
}

/// The message gateway's own words, which carry no code.
fn read_gateway(message: &str) -> Reply {
    let text = message.to_lowercase();
    if text.contains("throttl") {
        Reply::Throttled
    } else if text.contains("unauthorized request") {
        Reply::Denied(denial::parse(message))
    } else {
        Reply::Inconclusive
    }
}

fn read_signature(code: &str, message: &str) -> Reply {
    let text = message.to_lowercase();
    let about_time = matches!(code, "RequestExpired" | "RequestTimeTooSkewed")
        || text.contains("signature expired")
        || text.contains("not yet current");
    if about_time {
        Reply::ClockSkew(service_time(message))
    } else {
        Reply::SignatureRefused
    }
}

/// The service's time in `… (20260101T002000Z - 5 min.)` or `… (20260101T002000Z + 5 min.)`.
fn service_time(message: &str) -> Option<Timestamp> {
    let inner = message.rsplit_once('(')?.1;
    let stamp = inner.split(' ').next()?;
    let parsed = jiff::fmt::strtime::parse("%Y%m%dT%H%M%SZ", stamp).ok()?;
    parsed
        .to_datetime()
        .ok()?
        .to_zoned(jiff::tz::TimeZone::UTC)
        .ok()
        .map(|zoned| zoned.timestamp())
}

/// `com.amazonaws.ssm#Name` and `Name:http://…` both mean `Name`.
fn bare_code(code: &str) -> &str {
    let name = code.rsplit('#').next().unwrap_or(code);
    name.split(':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{Reply, read_answer};
    use crate::observations::{Answer, Call};

    fn answer(status: u16, code: &str, message: &str) -> Answer {
        Answer {
            status,
            code: (!code.is_empty()).then(|| code.to_owned()),
            message: (!message.is_empty()).then(|| message.to_owned()),
            request_id: None,
            date: None,
            caller_arn: None,
        }
    }

    #[track_caller]
    fn check(call: Call, status: u16, code: &str, message: &str, reply: &Reply) {
        let seen = read_answer(call, &answer(status, code, message));
        assert_eq!(
            std::mem::discriminant(&seen),
            std::mem::discriminant(reply),
            "{seen:?}"
        );
    }

    #[test]
    fn a_control_channel_is_allowed_by_201_only() {
        check(Call::CreateControlChannel, 201, "", "", &Reply::Allowed);
        check(
            Call::CreateControlChannel,
            200,
            "",
            "",
            &Reply::Inconclusive,
        );
        check(
            Call::CreateControlChannel,
            404,
            "",
            "",
            &Reply::Inconclusive,
        );
    }

    #[test]
    fn the_gateway_s_old_words_are_a_denial_without_a_layer() {
        let seen = read_answer(
            Call::CreateControlChannel,
            &answer(400, "BadRequest", "Unauthorized request."),
        );
        let Reply::Denied(denial) = seen else {
            panic!("{seen:?}")
        };
        assert_eq!(denial.layer, crate::report::model::Layer::NotSaid);
    }

    #[test]
    fn nothing_that_says_nothing_is_a_permission() {
        for (status, code, message) in [
            (400, "ValidationException", "1 validation error detected"),
            (404, "UnknownOperationException", ""),
            (400, "SerializationException", ""),
            (400, "BadRequest", "0123abcd: Request is not authenticated."),
            (401, "UnauthorizedRequest", "Forbidden."),
            (400, "BadRequest", "Session is already terminated"),
            (400, "AuthorizationFailureException", ""),
        ] {
            check(
                Call::CreateDataChannel,
                status,
                code,
                message,
                &Reply::Inconclusive,
            );
        }
    }

    #[test]
    fn throttles_and_failures_are_neither_allowed_nor_denied() {
        check(
            Call::UpdateInstanceInformation,
            400,
            "ThrottlingException",
            "Rate exceeded",
            &Reply::Throttled,
        );
        check(
            Call::UpdateInstanceInformation,
            429,
            "",
            "",
            &Reply::Throttled,
        );
        check(
            Call::UpdateInstanceInformation,
            503,
            "",
            "",
            &Reply::ServiceFailed,
        );
        check(
            Call::UpdateInstanceInformation,
            500,
            "SomethingNew",
            "",
            &Reply::ServiceFailed,
        );
        check(
            Call::CreateControlChannel,
            400,
            "BadRequest",
            "Unable to process due to throttling.",
            &Reply::Throttled,
        );
    }

    #[test]
    fn default_host_management_switched_off_is_not_a_denial_of_the_role() {
        check(
            Call::RequestRoleTokenDefaultHostManagement,
            400,
            "com.amazonaws.ssm#AccessDeniedException",
            "Systems Manager's instance management role is not configured for account: 111122223333",
            &Reply::NotConfigured,
        );
    }

    #[test]
    fn a_signature_refused_for_its_time_tells_the_service_s_time() {
        let seen = read_answer(
            Call::UpdateInstanceInformation,
            &answer(
                400,
                "InvalidSignatureException",
                "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T002000Z - 5 min.)",
            ),
        );
        let Reply::ClockSkew(Some(at)) = seen else {
            panic!("{seen:?}")
        };
        assert_eq!(at.to_string(), "2026-01-01T00:20:00Z");
    }

    #[test]
    fn a_signature_refused_otherwise_is_not_the_clock() {
        check(
            Call::GetCallerIdentity,
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
            &Reply::SignatureRefused,
        );
    }

    #[test]
    fn an_unknown_instance_id_is_behind_authorization_for_reads_only() {
        check(
            Call::ListInstanceAssociations,
            400,
            "InvalidInstanceId",
            "",
            &Reply::Allowed,
        );
        check(
            Call::RequestRoleTokenHybrid,
            400,
            "InvalidInstanceId",
            "Not existing InstanceId mi-0",
            &Reply::InstanceUnknown,
        );
    }
}
