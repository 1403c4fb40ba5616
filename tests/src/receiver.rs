//! A server of somebody else on loopback: keeps what is posted to it, and answers as it is told to.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The first line and the headers, in lower case.
    pub head: String,
    /// The body.
    pub body: String,
}

#[derive(Default)]
struct State {
    posted: Vec<Posted>,
    answers: VecDeque<u16>,
}

/// A receiver. It ends with its test.
pub struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    /// Starts one that answers 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    /// Its address, with this path.
    pub fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Has it answer the next requests with these statuses, then with 200 again.
    pub fn answer_next(&self, statuses: &[u16]) {
        self.state.lock().unwrap().answers.extend(statuses);
    }

    /// What was posted so far.
    pub fn posted(&self) -> Vec<Posted> {
        self.state.lock().unwrap().posted.clone()
    }

    /// What was posted since the last time.
    pub fn take(&self) -> Vec<Posted> {
        std::mem::take(&mut self.state.lock().unwrap().posted)
    }
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let posted = loop {
        match stream.read(&mut chunk).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&chunk[..count]),
            _ => return,
        }
        if let Some(posted) = whole(&bytes) {
            break posted;
        }
    };
    let status = {
        let mut state = state.lock().unwrap();
        state.posted.push(posted);
        state.answers.pop_front().unwrap_or(200)
    };
    let response = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    // Whoever asked may have gone.
    let _gone = stream.write_all(response.as_bytes()).await;
}

/// The request, once all of it is there.
fn whole(bytes: &[u8]) -> Option<Posted> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let head = head.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
    (body.len() >= length.trim().parse().ok()?).then(|| Posted { head, body: body.to_owned() })
}
