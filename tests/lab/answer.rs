//! What AWS answers, in its words and its forms.
//!
//! Source: facts recorded from the real agent's logs, IAM User Guide "Troubleshoot access denied
//! error messages", and the services' API references.

use serde_json::{Value, json};

use super::cloud::random_hex;

/// An HTTP answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// Headers beside `Date` and `Content-Length`.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: String,
}

impl Answer {
    /// Text, as IMDS gives it.
    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type", "text/plain".to_owned())],
            body: body.into(),
        }
    }

    fn aws(status: u16, content_type: &str, body: String) -> Self {
        Self {
            status,
            headers: vec![
                ("content-type", content_type.to_owned()),
                ("x-amzn-requestid", request_id()),
            ],
            body,
        }
    }
}

/// The protocol that a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// AWS JSON 1.1: `ssm`, `ec2messages`.
    Json,
    /// XML with an element per error: `ssmmessages`.
    Channel,
    /// The query protocol: `sts`.
    Query,
    /// XML without an envelope: `s3`.
    Storage,
}

impl Form {
    /// The form of a service.
    pub(crate) fn of(service: &str) -> Self {
        match service {
            "sts" | "iam" => Self::Query,
            "ssmmessages" => Self::Channel,
            "s3" => Self::Storage,
            _ => Self::Json,
        }
    }

    /// A good answer of a JSON service.
    pub(crate) fn json(body: &Value) -> Answer {
        Answer::aws(200, "application/x-amz-json-1.1", body.to_string())
    }

    /// A good answer in XML.
    pub(crate) fn xml(status: u16, body: String) -> Answer {
        Answer::aws(status, "text/xml", body)
    }

    /// Refused by authorization.
    pub(crate) fn denied(self, message: &str) -> Answer {
        match self {
            Self::Json => self.error(400, "AccessDeniedException", message),
            Self::Query | Self::Storage => self.error(403, "AccessDenied", message),
            Self::Channel => Self::xml(
                403,
                format!(
                    "<AccessDeniedException>\n  <Message>{}</Message>\n</AccessDeniedException>",
                    escape(message)
                ),
            ),
        }
    }

    /// Any other error, by its code and message.
    pub(crate) fn error(self, status: u16, code: &str, message: &str) -> Answer {
        match self {
            Self::Json => Answer::aws(
                status,
                "application/x-amz-json-1.1",
                json!({"__type": code, "message": message}).to_string(),
            ),
            Self::Query => Self::xml(
                status,
                format!(
                    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
                     <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n    \
                     <Message>{}</Message>\n  </Error>\n  \
                     <RequestId>{}</RequestId>\n</ErrorResponse>",
                    escape(message),
                    request_id()
                ),
            ),
            Self::Storage => storage(
                status,
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
                     <Message>{}</Message></Error>",
                    escape(message)
                ),
            ),
            Self::Channel => Self::xml(
                status,
                format!(
                    "<BadRequest xmlns=\"\"><message>{}</message></BadRequest>",
                    escape(message)
                ),
            ),
        }
    }

    /// The signature or its date is not accepted.
    pub(crate) fn bad_signature(self, message: &str) -> Answer {
        match self {
            Self::Json => self.error(400, "InvalidSignatureException", message),
            Self::Query | Self::Storage => self.error(403, "SignatureDoesNotMatch", message),
            Self::Channel => self.unauthenticated(),
        }
    }

    /// The credentials are past their end.
    pub(crate) fn expired(self) -> Answer {
        let message = "The security token included in the request is expired";
        match self {
            Self::Json => self.error(400, "ExpiredTokenException", message),
            Self::Query => self.error(403, "ExpiredToken", message),
            Self::Storage => self.error(400, "ExpiredToken", message),
            Self::Channel => self.unauthenticated(),
        }
    }

    /// The access key id is not known.
    pub(crate) fn unknown_key(self) -> Answer {
        let message = "The security token included in the request is invalid.";
        match self {
            Self::Json => self.error(400, "UnrecognizedClientException", message),
            Self::Query => self.error(403, "InvalidClientTokenId", message),
            Self::Storage => self.error(403, "InvalidAccessKeyId", message),
            Self::Channel => self.unauthenticated(),
        }
    }

    /// The gateway's one form for everything short of authorization.
    fn unauthenticated(self) -> Answer {
        let message = format!("{}: Request is not authenticated.", random_hex(4));
        self.error(403, "", &message)
    }

    /// No signature at all.
    pub(crate) fn unsigned(self) -> Answer {
        match self {
            Self::Json => self.error(
                400,
                "MissingAuthenticationTokenException",
                "Missing Authentication Token",
            ),
            Self::Query => self.error(
                403,
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            ),
            Self::Channel => self.unauthenticated(),
            Self::Storage => self.error(403, "AccessDenied", "Access Denied"),
        }
    }

    /// Too many requests.
    pub(crate) fn throttled(self) -> Answer {
        match self {
            Self::Json => self.error(400, "ThrottlingException", "Rate exceeded"),
            Self::Query => self.error(400, "Throttling", "Rate exceeded"),
            Self::Storage => self.error(503, "SlowDown", "Please reduce your request rate."),
            Self::Channel => self.error(400, "", "Unable to process due to throttling."),
        }
    }

    /// The service is down.
    pub(crate) fn unavailable(self) -> Answer {
        match self {
            Self::Json => self.error(
                500,
                "InternalServerError",
                "An error occurred on the server",
            ),
            Self::Query | Self::Storage => {
                self.error(503, "ServiceUnavailable", "Service is unavailable")
            }
            Self::Channel => self.error(503, "", "Service Unavailable"),
        }
    }

    /// An operation or route that the service does not have.
    pub(crate) fn unknown_operation(self) -> Answer {
        match self {
            Self::Json | Self::Query => self.error(400, "UnknownOperationException", ""),
            Self::Storage => self.error(405, "MethodNotAllowed", ""),
            Self::Channel => Answer::aws(
                404,
                "application/json",
                json!({
                    "Output": {"__type": "com.amazon.coral.service#UnknownOperationException"},
                    "Version": "1.0"
                })
                .to_string(),
            ),
        }
    }
}

/// The front page of S3: a way to the product's site.
pub(crate) fn storage_front_page() -> Answer {
    let mut answer = storage(307, String::new());
    let product = "https://aws.amazon.com/s3/".to_owned();
    answer.headers.push(("location", product));
    answer
}

fn storage(status: u16, body: String) -> Answer {
    Answer {
        status,
        headers: vec![
            ("content-type", "application/xml".to_owned()),
            ("server", "AmazonS3".to_owned()),
            ("x-amz-request-id", random_hex(8).to_uppercase()),
            ("x-amz-id-2", random_hex(32)),
        ],
        body,
    }
}

/// A proxy's refusal: what is no AWS.
pub(crate) fn proxy_page() -> Answer {
    Answer {
        status: 403,
        headers: vec![
            ("content-type", "text/html".to_owned()),
            ("server", "squid/5.7".to_owned()),
        ],
        body: "<html><head><title>ERROR: The requested URL could not be retrieved</title></head>\
               <body><h1>Access Denied.</h1></body></html>"
            .to_owned(),
    }
}

/// What a captive portal answers in place of a service.
pub(crate) fn portal_redirect() -> Answer {
    Answer {
        status: 302,
        headers: vec![
            ("location", "http://portal.example/login".to_owned()),
            ("content-type", "text/html".to_owned()),
        ],
        body: "<html><body>Please log in.</body></html>".to_owned(),
    }
}

/// What a captive portal says to everything.
pub(crate) fn portal_page() -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", "text/html".to_owned())],
        body: "<!DOCTYPE html><html><body>Welcome! Please accept our terms.</body></html>"
            .to_owned(),
    }
}

fn request_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Text inside XML.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
