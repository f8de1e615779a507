//! The mailbox against raw sockets and lettre, the gateway against plain HTTP.

use canvass::rehearse::mailbox::{self, KeptKind, Mailbox};
use lettre::message::header::ContentType;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::support::scratch::Scratch;

async fn open(name: &str) -> (Scratch, Mailbox) {
    let folder = Scratch::new(name);
    let mailbox = mailbox::start(&folder).await.expect("a mailbox");
    (folder, mailbox)
}

/// Sends lines as one packet and reads replies until the connection ends.
async fn talk(mailbox: &Mailbox, lines: &str) -> Vec<String> {
    let mut stream = TcpStream::connect(mailbox.smtp_addr).await.expect("a connection");
    stream.write_all(lines.replace('\n', "\r\n").as_bytes()).await.expect("a write");
    let mut replies = BufReader::new(stream).lines();
    let mut all = Vec::new();
    while let Ok(Some(line)) = replies.next_line().await {
        all.push(line);
    }
    all
}

fn codes(replies: &[String]) -> Vec<&str> {
    replies.iter().filter(|r| r.as_bytes().get(3) == Some(&b' ')).map(|r| &r[..3]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_what_lettre_sends_byte_for_byte() {
    let (_kept, mailbox) = open("lettre").await;
    let message = Message::builder()
        .from("客户体验 <cx@example.com>".parse().expect("an address"))
        .to("wang.fang@example.org".parse().expect("an address"))
        .subject("请用 3 分钟评价我们的服务")
        .date(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_767_574_800))
        .message_id(Some("<one@example.com>".to_owned()))
        .header(ContentType::TEXT_PLAIN)
        .header(lettre::message::header::ContentTransferEncoding::EightBit)
        .body(".一行以点开头\r\n..两点\r\n".to_owned())
        .expect("a message");
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(mailbox.smtp_addr.port())
        .build();
    transport.send(message.clone()).await.expect("taken");

    let kept = mailbox.take_new();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].to.as_str(), kept[0].kind), ("wang.fang@example.org", KeptKind::Mail));
    let name = kept[0].path.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(name.starts_with("wang.fang@example.org.2026-01-05T0100."), "{name}");
    let raw = std::fs::read(&kept[0].path).expect("the file");
    // SMTP ends the last line; lettre doesn't.
    let sent = [message.formatted().as_slice(), b"\r\n"].concat();
    assert_eq!(String::from_utf8_lossy(&raw), String::from_utf8_lossy(&sent));
    assert!(mailbox.take_new().is_empty(), "a message is new only once");
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_commands_are_answered_in_order() {
    let (_kept, mailbox) = open("pipelined").await;
    let replies = talk(
        &mailbox,
        "EHLO me\nMAIL FROM:<a@example.com> BODY=8BITMIME SMTPUTF8\nRCPT TO:<b@example.com>\nDATA\n\
         Subject: x\n\n..stuffed\n.\nMAIL FROM:<a@example.com>\nRSET\nNOOP\nQUIT\n",
    )
    .await;
    assert_eq!(codes(&replies), ["220", "250", "250", "250", "354", "250", "250", "250", "250", "221"]);
    assert!(replies.iter().any(|r| r == "250-PIPELINING"), "{replies:?}");
    let kept = mailbox.take_new();
    let text = std::fs::read_to_string(&kept[0].path).expect("the file");
    assert_eq!(text, "Subject: x\r\n\r\n.stuffed\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_order_and_nonsense_are_refused_and_the_talk_goes_on() {
    let (_kept, mailbox) = open("wrong").await;
    let replies = talk(
        &mailbox,
        "EHLO me\nDATA\nRCPT TO:<b@example.com>\nMAIL TO:<x>\nHAMMER\nMAIL FROM:<> SIZE=99999999\n\
         MAIL FROM:<>\nMAIL FROM:<>\nRCPT TO:<nobody>\nDATA\nQUIT\n",
    )
    .await;
    assert_eq!(
        codes(&replies),
        ["220", "250", "503", "503", "501", "500", "552", "250", "503", "553", "503", "221"]
    );
    assert!(mailbox.take_new().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_cut_before_its_dot_is_not_kept() {
    let (_kept, mailbox) = open("cut").await;
    let mut stream = TcpStream::connect(mailbox.smtp_addr).await.expect("a connection");
    let start = b"EHLO me\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nhalf a mai";
    stream.write_all(start).await.expect("a write");
    stream.shutdown().await.expect("a cut");
    let mut replies = BufReader::new(stream).lines();
    while let Ok(Some(_)) = replies.next_line().await {}
    assert!(mailbox.take_new().is_empty());
    assert_eq!(std::fs::read_dir(mailbox.folder()).expect("the folder").count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_a_mail_is_refused_whole_and_the_next_one_taken() {
    let (_kept, mailbox) = open("large").await;
    let line = "x".repeat(998);
    let body = format!("{line}\n").repeat(11 * 1024);
    let replies = talk(
        &mailbox,
        &format!(
            "EHLO me\nMAIL FROM:<>\nRCPT TO:<b@example.com>\nDATA\n{body}.\n\
             MAIL FROM:<>\nRCPT TO:<c@example.com>\nDATA\nsmall\n.\nQUIT\n"
        ),
    )
    .await;
    assert_eq!(
        codes(&replies),
        ["220", "250", "250", "250", "354", "552", "250", "250", "354", "250", "221"]
    );
    let kept = mailbox.take_new();
    assert_eq!(kept.iter().map(|k| k.to.as_str()).collect::<Vec<_>>(), ["c@example.com"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_come_from_content_and_a_repeated_id_is_seen() {
    let (_kept, mailbox) = open("names").await;
    let mail = |id: &str| {
        format!("MAIL FROM:<>\nRCPT TO:<b@example.com>\nDATA\nMessage-ID: <{id}@example.com>\n\nx\n.\n")
    };
    talk(&mailbox, &format!("EHLO me\n{}{}{}QUIT\n", mail("1"), mail("2"), mail("1"))).await;
    let names: Vec<String> = mailbox
        .take_new()
        .iter()
        .map(|k| k.path.file_name().expect("a name").to_string_lossy().into())
        .collect();
    assert_eq!(names.len(), 3);
    assert_eq!(names.iter().filter(|n| n.contains("again")).count(), 1, "{names:?}");

    let (_kept_too, other) = open("names-2").await;
    talk(&other, &format!("EHLO me\n{}{}QUIT\n", mail("2"), mail("1"))).await;
    let again: Vec<String> = other
        .take_new()
        .iter()
        .map(|k| k.path.file_name().expect("a name").to_string_lossy().into())
        .collect();
    assert!(again.iter().all(|n| names.contains(n)), "{again:?} of {names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_wants_its_token_and_keeps_an_id_once() {
    let (_kept, mailbox) = open("sms").await;
    let (url, token) = (mailbox.sms_url.clone(), mailbox.sms_token.clone());
    let post = move |token: &str, body: &str| {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let sent = agent.post(&url).header("Authorization", format!("Bearer {token}"));
        sent.content_type("application/json").send(body).expect("an answer").status().as_u16()
    };
    let message =
        r#"{"to": "+12025550123", "text": "请评价服务 http://x/y 退订回T", "id": "m1", "signature": "示例"}"#;
    let statuses = tokio::task::spawn_blocking(move || {
        [post("wrong", message), post(&token, "{}"), post(&token, message), post(&token, message)]
    })
    .await
    .expect("four answers");
    assert_eq!(statuses, [401, 400, 200, 200]);
    let kept = mailbox.take_new();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].to.as_str(), kept[0].kind), ("+12025550123", KeptKind::Sms));
    let text = std::fs::read_to_string(&kept[0].path).expect("the file");
    assert_eq!(text, "To: +12025550123\nId: m1\n\n【示例】请评价服务 http://x/y 退订回T\n");
}
