//! Answers, from a server on this machine that says whatever a test wants.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

use crate::app::App;
use crate::app::offline::offline;
use crate::clock::Timestamp;
use crate::fetch::{FetchError, Fetched, Limits, Message, Reach, get, post, stand_in};

const LOCAL: Limits = Limits { reach: Reach::PublicAndLocal, bytes: 1000, time: Duration::from_secs(10) };

fn app() -> App {
    offline(Timestamp(1_800_000_000))
}

/// A server on a free port, and what it is asked.
fn serve(answer: impl Fn(&mut TcpStream) + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/document", listener.local_addr().unwrap());
    let (asked, hear) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = asked.send(request(&stream));
            answer(&mut stream);
        }
    });
    (url, hear)
}

fn request(stream: &TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") && reader.read_line(&mut text).unwrap() > 0 {}
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).unwrap();
    text + &String::from_utf8(body).unwrap()
}

fn say(answer: &'static str) -> (String, Receiver<String>) {
    serve(move |stream| {
        let _ = stream.write_all(answer.as_bytes());
    })
}

async fn fetched(answer: &'static str) -> Result<Fetched, FetchError> {
    get(&app(), &say(answer).0, &LOCAL).await
}

#[tokio::test]
async fn a_document_comes_back() {
    let (url, asked) = say(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: 2\r\n\r\n{}",
    );
    let document = get(&app(), &url, &LOCAL).await.unwrap();
    assert_eq!(document.body, "{}");
    assert!(document.is_json());
    let asked = asked.recv().unwrap();
    assert!(asked.starts_with("GET /document HTTP/1.1\r\n"), "{asked}");
    let mut names: Vec<_> = asked.lines().skip(1).filter_map(|line| Some(line.split_once(':')?.0)).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept-encoding", "host", "user-agent"]);
}

#[tokio::test]
async fn a_message_is_posted_as_it_is() {
    let (url, asked) = say("HTTP/1.1 204 No Content\r\n\r\n");
    let message = Message {
        content_type: "application/x-www-form-urlencoded",
        headers: &[("authorization", "Bearer theirs")],
        body: b"logout_token=x".to_vec(),
    };
    post(&app(), &url, message, &LOCAL).await.unwrap();
    let asked = asked.recv().unwrap();
    assert!(asked.starts_with("POST /document "), "{asked}");
    assert!(asked.contains("content-type: application/x-www-form-urlencoded\r\n"), "{asked}");
    assert!(
        asked.contains("authorization: Bearer theirs\r\n") && asked.ends_with("logout_token=x"),
        "{asked}"
    );
    let hostile =
        Message { content_type: "text/plain", headers: &[("x", "a\r\nhost: evil")], body: Vec::new() };
    assert_eq!(post(&app(), &url, hostile, &LOCAL).await.unwrap_err(), FetchError::Malformed);
}

#[tokio::test]
async fn a_redirect_leads_nowhere() {
    let (secret, asked) = say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret");
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let secret = secret.clone();
        let (url, _) = serve(move |stream| {
            let _ = write!(stream, "HTTP/1.1 {status}\r\nlocation: {secret}\r\ncontent-length: 0\r\n\r\n");
        });
        let refused = get(&app(), &url, &LOCAL).await.unwrap_err();
        assert!(matches!(refused, FetchError::Status(code) if code.is_redirection()), "{refused}");
    }
    assert!(asked.try_recv().is_err());
}

#[tokio::test]
async fn success_alone_counts() {
    for answer in [
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n",
    ] {
        assert!(matches!(fetched(answer).await, Err(FetchError::Status(_))), "{answer}");
    }
    assert_eq!(fetched("SSH-2.0-OpenSSH_9\r\n").await.unwrap_err(), FetchError::Unreachable);
    assert_eq!(fetched("").await.unwrap_err(), FetchError::Unreachable);
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort";
    assert_eq!(fetched(cut).await.unwrap_err(), FetchError::Unreachable);
}

#[tokio::test]
async fn an_answer_is_as_long_as_it_may_be_and_no_longer() {
    let of = |length: usize| {
        serve(move |stream| {
            let _ =
                write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length));
        })
    };
    assert_eq!(get(&app(), &of(1000).0, &LOCAL).await.unwrap().body.len(), 1000);
    assert_eq!(get(&app(), &of(1001).0, &LOCAL).await.unwrap_err(), FetchError::Large(1000));
}

#[tokio::test]
async fn an_endless_answer_ends() {
    let (url, _) = serve(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        while stream.write_all(b"64\r\n").and_then(|()| stream.write_all(&[b'x'; 100])).is_ok() {
            if stream.write_all(b"\r\n").is_err() {
                break;
            }
        }
    });
    assert_eq!(get(&app(), &url, &LOCAL).await.unwrap_err(), FetchError::Large(1000));
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_left() {
    let impatient = Limits { time: Duration::from_millis(30), ..LOCAL };
    let hold = |beginning: &'static str| {
        serve(move |stream| {
            let _ = stream.write_all(beginning.as_bytes());
            // Waits for the other side to give up.
            let _ = stream.read(&mut [0]);
        })
    };
    for beginning in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nx"] {
        let refused = get(&app(), &hold(beginning).0, &impatient).await.unwrap_err();
        assert_eq!(refused, FetchError::Slow, "{beginning}");
    }
}

#[tokio::test]
async fn nobody_answers_at_a_closed_port() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}/", listener.local_addr().unwrap().port());
    drop(listener);
    assert_eq!(get(&app(), &url, &LOCAL).await.unwrap_err(), FetchError::Unreachable);
}

#[tokio::test]
async fn this_machine_is_not_reached_by_a_name_that_leads_to_it() {
    let (url, asked) = say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nsecret");
    let port = url.rsplit(':').next().unwrap();
    for limits in [LOCAL, Limits::default()] {
        let refused = get(&app(), &format!("https://localhost.:{port}"), &limits).await.unwrap_err();
        assert_eq!(refused, FetchError::Unreachable);
    }
    assert!(matches!(get(&app(), &url, &Limits::default()).await, Err(FetchError::Target(_))));
    assert!(asked.try_recv().is_err());
}

#[derive(Debug)]
struct Echo;

impl HttpConnector for Echo {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let response = http::Response::new(SdkBody::from(request.uri().to_owned()));
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).unwrap()))
    }
}

#[tokio::test]
async fn a_stand_in_for_the_network_sees_what_may_be_asked_for() {
    let app = app();
    stand_in(&app, Echo);
    let document = get(&app, "https://acme.example/jwks", &Limits::default()).await.unwrap();
    assert_eq!(document.body, "https://acme.example/jwks");
    assert!(!document.is_json());
    assert!(get(&app, "https://10.0.0.1/jwks", &Limits::default()).await.is_err());
}
