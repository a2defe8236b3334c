use http::{HeaderMap, HeaderName, HeaderValue};

use super::{MESSAGE_LIMIT, outcome};
use crate::network::Response;
use crate::observations::{Answer, Outcome};

fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Response {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    Response {
        status,
        headers: map,
        body: body.as_bytes().to_vec(),
        cut: false,
    }
}

#[track_caller]
fn answered(response: &Response) -> Answer {
    match outcome(response) {
        Outcome::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(body: &str, code: &str, message: &str) {
    let answer = answered(&response(400, &[], body));
    assert_eq!(
        (
            answer.code.as_deref(),
            answer.message.as_deref().unwrap_or("")
        ),
        (Some(code), message)
    );
}

const DENIAL: &str = "User: arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0 is not authorized to perform: ssmmessages:CreateControlChannel on resource: arn:aws:ssmmessages:eu-west-1:111122223333:* because no identity-based policy allows the ssmmessages:CreateControlChannel action";

#[test]
fn the_gateway_s_xml_is_read_in_all_its_spellings() {
    check(
        &format!(
            "<AccessDeniedException>\n  <Message>{DENIAL}</Message>\n</AccessDeniedException>\n"
        ),
        "AccessDeniedException",
        DENIAL,
    );
    check(
        r#"<BadRequest xmlns=""><message>Unauthorized request.</message></BadRequest>"#,
        "BadRequest",
        "Unauthorized request.",
    );
    check(
        r#"<BadRequest xmlns=""><message>0123abcd: Request is not authenticated.</message></BadRequest>"#,
        "BadRequest",
        "0123abcd: Request is not authenticated.",
    );
    check(
        "<BadRequest>\n<ClientErrorMessage>Session is already terminated</ClientErrorMessage>\n</BadRequest>",
        "BadRequest",
        "Session is already terminated",
    );
    check(
        "Server authentication failed: <UnauthorizedRequest><message>Forbidden.</message></UnauthorizedRequest>",
        "UnauthorizedRequest",
        "Forbidden.",
    );
}

#[test]
fn entities_and_cdata_are_decoded() {
    check(
        "<AccessDeniedException><Message>a &lt;b&gt; &amp; &#39;c&#39; <![CDATA[<d>]]></Message></AccessDeniedException>",
        "AccessDeniedException",
        "a <b> & 'c' <d>",
    );
}

#[test]
fn json_codes_lose_their_namespace() {
    check(
        r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized"}"#,
        "AccessDeniedException",
        "User: x is not authorized",
    );
    check(
        r#"{"__type":"com.amazonaws.ssm#InvalidInstanceId"}"#,
        "InvalidInstanceId",
        "",
    );
    check(
        r#"{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    );
    check(
        r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}"#,
        "UnknownOperationException",
        "",
    );
}

#[test]
fn a_query_service_s_error_is_read_from_inside() {
    let body = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token is expired</Message></Error>
  <RequestId>0b9c-1</RequestId></ErrorResponse>"#;
    let answer = answered(&response(403, &[], body));
    assert_eq!(answer.code.as_deref(), Some("ExpiredToken"));
    assert_eq!(
        answer.message.as_deref(),
        Some("The security token is expired")
    );
    assert_eq!(answer.request_id.as_deref(), Some("0b9c-1"));
}

#[test]
fn headers_give_the_code_the_id_and_the_clock() {
    let answer = answered(&response(
        400,
        &[
            (
                "x-amzn-errortype",
                "ThrottlingException:http://internal.amazon.com/",
            ),
            ("x-amzn-requestid", "r-1"),
            ("date", "Tue, 24 Nov 2026 04:00:00 GMT"),
        ],
        "",
    ));
    assert_eq!(answer.code.as_deref(), Some("ThrottlingException"));
    assert_eq!(answer.request_id.as_deref(), Some("r-1"));
    assert_eq!(answer.date.unwrap().to_string(), "2026-11-24T04:00:00Z");
}

#[test]
fn success_has_neither_code_nor_message_and_drops_the_token() {
    let answer = answered(&response(
        201,
        &[],
        "<CreateControlChannelOutput><MessageSchemaVersion>1.0</MessageSchemaVersion><TokenValue>planted</TokenValue></CreateControlChannelOutput>",
    ));
    assert_eq!(
        (answer.status, answer.code, answer.message),
        (201, None, None)
    );
    let json = response(200, &[("content-type", "application/x-amz-json-1.1")], "{}");
    assert_eq!(answered(&json).status, 200);
}

#[test]
fn what_a_proxy_or_portal_answers_is_not_aws() {
    for (status, headers, body, sign) in [
        (
            403,
            &[("server", "squid/5.7"), ("content-type", "text/html")][..],
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 4.01//EN\"><html><title>ERROR</title></html>",
            "an HTML page (server: squid/5.7)",
        ),
        (
            200,
            &[("content-type", "text/html")][..],
            "<html><body>Please sign in</body></html>",
            "an HTML page (content-type: text/html)",
        ),
        (302, &[][..], "", "an empty answer without a request id"),
        (
            503,
            &[][..],
            "upstream connect error",
            "an answer in a form that is not AWS's",
        ),
        (
            200,
            &[][..],
            "{\"hello\": 1}",
            "an answer in a form that is not AWS's",
        ),
    ] {
        let seen = outcome(&response(status, headers, body));
        let expected = Outcome::NotAws {
            status,
            sign: sign.to_owned(),
        };
        assert_eq!(seen, expected);
    }
}

#[test]
fn a_page_with_a_request_id_is_still_aws_s_answer() {
    let page = response(
        503,
        &[("x-amzn-requestid", "r-1")],
        "<html>Service Unavailable</html>",
    );
    let answer = answered(&page);
    assert_eq!((answer.status, answer.code), (503, None));
}

#[test]
fn a_long_message_is_cut_at_a_letter_and_loses_control_characters() {
    let body = format!(
        r#"{{"__type":"X","message":"a\u001b[31m{}"}}"#,
        "é".repeat(MESSAGE_LIMIT)
    );
    let message = answered(&response(400, &[], &body)).message.unwrap();
    assert!(message.len() <= MESSAGE_LIMIT && message.len() > MESSAGE_LIMIT - 4);
    assert!(!message.contains('\u{1b}'));
}

#[test]
fn broken_xml_and_deep_json_are_no_harm() {
    let deep = "[".repeat(60_000);
    let deep = format!("{{\"a\":{deep}");
    for body in [
        "<AccessDeniedException><Message>cut of",
        "<a><b></a></b>",
        "<",
        "<>",
        "<!DOCTYPE",
        "{\"__type\":",
        deep.as_str(),
    ] {
        let _seen = outcome(&response(400, &[], body));
    }
    check(
        "<AccessDeniedException><Message>cut of",
        "AccessDeniedException",
        "cut of",
    );
}

proptest::proptest! {
    #[test]
    fn any_body_is_read_without_a_panic(
        status in 100_u16..600,
        body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400),
    ) {
        let mut response = response(status, &[], "");
        response.body = body;
        let _seen = outcome(&response);
    }

    #[test]
    fn any_markup_is_read_without_a_panic(body in "[<>/&;!?a-zA-Z\"= {}\\[\\]#]{0,200}") {
        let _seen = outcome(&response(400, &[], &body));
    }
}
